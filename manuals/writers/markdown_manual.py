"""Write a manual as Markdown; a merged cell's text stands in every place that it covers."""

from __future__ import annotations

import re
from pathlib import Path

from manual_blocks import (
    FOOTNOTE,
    Block,
    Heading,
    Item,
    ManualSource,
    NewPage,
    Note,
    Paragraph,
    Table,
    filled_rows,
)
from sample_mark import MARK, RUNNING_HEAD

# Characters that Markdown would read as marks; the sources hold no marks of their own.
SPECIAL = re.compile(r"([\\`*_\[\]<>~])")


def write_markdown(source: ManualSource, target: Path) -> None:
    """Write the manual to target as UTF-8."""
    front_matter = source.front_matter
    about = (front_matter.get("副題"), source.edition_line, front_matter.get("連絡先"))
    writer = MarkdownBody()
    parts = [
        f"<!-- {RUNNING_HEAD}　{front_matter['題名']} -->",
        f"# {front_matter['題名']}",
        f"> {MARK}",
        *filter(None, about),
        *(writer.block(block) for block in source.blocks),
        *(f"[^{number}]: {text}" for number, text in enumerate(writer.footnotes, start=1)),
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    target.write_text(text, encoding="utf-8", newline="\n")


class MarkdownBody:
    """Writes blocks as Markdown and numbers their footnotes."""

    def __init__(self) -> None:
        """Start without footnotes."""
        self.footnotes: list[str] = []

    def block(self, block: Block) -> str:
        """Return one block; the title of the manual is the only heading of level 1."""
        match block:
            case Heading(level=level, text=text):
                return f"{'#' * (level + 1)} {self._text(text)}"
            case Paragraph(text=text):
                return self._text(text)
            case Item(label=label, text=text):
                return f"- {label}　{self._text(text)}"
            case Note(text=text):
                return f"> {self._text(text)}"
            case Table():
                return self._table(block)
            case NewPage():
                return ""
        raise AssertionError(f"the source reader lets no {type(block).__name__} into Markdown")

    def _table(self, table: Table) -> str:
        """Return a caption and a pipe table; two head rows become one."""
        heads = zip(*filled_rows(table.head), strict=True)
        head = [" ".join(dict.fromkeys(texts)) for texts in heads]
        rows = [head, ["---"] * len(head), *filled_rows(table.rows)]
        lines = [f"| {' | '.join(self._text(cell) for cell in row)} |" for row in rows]
        return "\n".join([self._text(table.caption), "", *lines])

    def _text(self, text: str) -> str:
        """Return text with Markdown's own marks escaped and footnotes as references."""
        parts = []
        position = 0
        for match in FOOTNOTE.finditer(text):
            self.footnotes.append(match[1].strip())
            parts.append(SPECIAL.sub(r"\\\1", text[position : match.start()]))
            parts.append(f"[^{len(self.footnotes)}]")
            position = match.end()
        return "".join([*parts, SPECIAL.sub(r"\\\1", text[position:])])
