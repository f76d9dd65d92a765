"""Reads Markdown files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument
from ingest.readers.text.plain_text import decode

_DEEPEST = 100  # levels, two for each list; the parser leaves out unsaid what is deeper


def read_markdown(content: bytes) -> ReadDocument:
    """Read headings, paragraphs, lists, tables and code; raw HTML is kept as plain text."""
    text = readable(decode(content))
    options = {"html": False, "maxNesting": _DEEPEST}
    tokens = MarkdownIt("commonmark", options).enable("table").parse(_without_meta(text))
    if max((token.level for token in tokens), default=0) >= _DEEPEST - 1:
        raise UnreadableManual(
            "引用や箇条書きの入れ子が深すぎて読めません。"
            "行の初めの「>」や「-」を減らして、もう一度登録してください。"
        )
    blocks = list(_blocks(tokens))
    title = next((b.text for b in blocks if b.level == 1), "")
    return ReadDocument([Page(None, None, text, "document")], blocks, title=title)


def _without_meta(text: str) -> str:
    """Drop a YAML head between --- lines."""
    if text.startswith("---\n") and (end := text.find("\n---", 4)) > 0:
        return text[text.find("\n", end + 1) + 1 :]
    return text


def _blocks(tokens: Sequence[Any]) -> list[Block]:
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    marks: list[str] = []
    level: int | None = None
    in_table = False
    for token in tokens:
        kind = token.type
        if kind == "heading_open":
            level = int(token.tag[1])
        elif kind == "table_open":
            in_table, rows = True, []
        elif kind == "table_close":
            blocks.append(Block("", rows=tuple(rows)))
            in_table = False
        elif kind == "tr_open":
            cells = []
        elif kind == "tr_close":
            rows.append(tuple(cells))
        elif kind == "list_item_open":
            marks.append(f"{token.info}{token.markup} " if token.info else "・")
        elif kind == "list_item_close" and marks:
            marks.pop()
        elif kind == "inline":
            words = _plain(token)
            if in_table:
                cells.append(words)
            else:
                for line in filter(None, (part.strip() for part in words.split("\n"))):
                    blocks.append(Block((marks[-1] if marks else "") + line, level=level))
                if marks:
                    marks[-1] = ""
            level = None
        elif kind in ("fence", "code_block"):
            lines = (line.strip() for line in token.content.split("\n"))
            blocks += [Block(line) for line in lines if line]
    return blocks


def _plain(token: Any) -> str:
    """Return the words of an inline token without its marks."""
    words: list[str] = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append("\n" if child.type == "hardbreak" else "")
    return "".join(words).strip()
