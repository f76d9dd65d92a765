"""Write a manual as one HTML page: semantic headings, merged cells, nothing from outside."""

from __future__ import annotations

from html import escape
from itertools import groupby
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
    Row,
    Table,
    merges,
)
from sample_mark import MARK, RUNNING_HEAD

CONTENTS_LEVELS = 2
STYLE = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1f2933; line-height: 1.8;
  font-family: "游ゴシック", "Yu Gothic", "ＭＳ ゴシック", sans-serif; }
h1 { line-height: 1.4; margin-bottom: 0.5rem; }
header p { margin: 0.4rem 0; }
h2 { border-bottom: 2px solid #1f2933; margin-top: 2.5rem; }
h3 { border-left: 0.4rem solid #52708f; padding-left: 0.6rem; margin-top: 2rem; }
.mark, aside { border: 1px solid #1f2933; background: #fff6dd; padding: 0.5rem 1rem; }
.running-head { font-size: 0.85rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: 0.9rem; }
caption { text-align: left; padding: 0.3rem 0; }
th, td { border: 1px solid #1f2933; padding: 0.25rem 0.5rem; }
thead th { background: #e3ecf5; }
nav ul { list-style: none; padding-left: 0; columns: 2; }
nav .level2 { padding-left: 1.5rem; }
ul.items { list-style: none; padding-left: 1rem; }
ul.items li { padding-left: 2rem; text-indent: -2rem; }
footer { border-top: 1px solid #1f2933; margin-top: 3rem; font-size: 0.85rem; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } nav { break-after: page; }
  tr, aside { break-inside: avoid; } h2, h3, h4, h5, caption { break-after: avoid; }
  .new-page { break-before: page; } }
"""


def write_html(source: ManualSource, target: Path) -> None:
    """Write the manual to target as UTF-8."""
    title = escape(source.front_matter["題名"])
    page = HtmlBody()
    body = page.write(source.blocks)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="ja">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        *_header(source),
        *_contents(source.blocks),
        "<main>",
        *body,
        *page.footnote_list(),
        "</main>",
        f"<footer>{RUNNING_HEAD}　{title}　{escape(source.edition_line)}</footer>",
        "</body>",
        "</html>",
    ]
    target.write_text("\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def _header(source: ManualSource) -> list[str]:
    """Return the header with title, edition and mark."""
    front_matter = source.front_matter
    about = (front_matter.get("副題"), source.edition_line, front_matter.get("連絡先"))
    return [
        "<header>",
        f'<p class="running-head">{RUNNING_HEAD}</p>',
        f"<h1>{escape(front_matter['題名'])}</h1>",
        *(f"<p>{escape(line)}</p>" for line in filter(None, about)),
        f'<p class="mark">{MARK}</p>',
        "</header>",
    ]


def _contents(blocks: tuple[Block, ...]) -> list[str]:
    """Return the contents: links to chapters and sections."""
    parts = ['<nav aria-label="目次">', "<h2>目次</h2>", "<ul>"]
    number = 0
    for block in blocks:
        if isinstance(block, Heading):
            number += 1
            if block.level <= CONTENTS_LEVELS:
                link = f'<a href="#s{number}">{escape(block.text)}</a>'
                parts.append(f'<li class="level{block.level}">{link}</li>')
    return [*parts, "</ul>", "</nav>"]


class HtmlBody:
    """Writes blocks as HTML, and numbers headings and footnotes."""

    def __init__(self) -> None:
        """Start without headings or footnotes."""
        self.headings = 0
        self.footnotes: list[str] = []

    def write(self, blocks: tuple[Block, ...]) -> list[str]:
        """Return the lines of all blocks; items that follow each other are one list."""
        parts: list[str] = []
        for is_item, group in groupby(blocks, key=lambda block: isinstance(block, Item)):
            lines = [line for block in group for line in self._block(block)]
            parts += ['<ul class="items">', *lines, "</ul>"] if is_item else lines
        return parts

    def footnote_list(self) -> list[str]:
        """Return the list of footnotes, if there are any."""
        if not self.footnotes:
            return []
        notes = [
            f'<li id="note{number}">{escape(text)} <a href="#ref{number}">↩</a></li>'
            for number, text in enumerate(self.footnotes, start=1)
        ]
        return ['<section aria-label="脚注">', "<ol>", *notes, "</ol>", "</section>"]

    def _block(self, block: Block) -> list[str]:
        """Return one block."""
        match block:
            case Heading(level=level, text=text):
                self.headings += 1
                tag = f"h{level + 1}"
                return [f'<{tag} id="s{self.headings}">{escape(text)}</{tag}>']
            case Paragraph(text=text):
                return [f"<p>{self._text(text)}</p>"]
            case Item(label=label, text=text):
                return [f"<li>{escape(label)}　{self._text(text)}</li>"]
            case Note(text=text):
                return [f"<aside>{self._text(text)}</aside>"]
            case Table():
                return self._table(block)
            case NewPage():
                return ['<div class="new-page"></div>']
        raise AssertionError(f"the source reader lets no {type(block).__name__} into HTML")

    def _table(self, table: Table) -> list[str]:
        """Return a table with rowspan and colspan."""
        total = sum(table.widths)
        columns = "".join(f'<col style="width: {w / total:.1%}">' for w in table.widths)
        return [
            "<table>",
            f"<caption>{escape(table.caption)}</caption>",
            f"<colgroup>{columns}</colgroup>",
            "<thead>",
            *self._rows(table.head, 'th scope="col"'),
            "</thead>",
            "<tbody>",
            *self._rows(table.rows, "td"),
            "</tbody>",
            "</table>",
        ]

    def _rows(self, rows: tuple[Row, ...], tag: str) -> list[str]:
        """Return the rows of one part of a table."""
        spans = {(merge.row, merge.column): merge for merge in merges(rows)}
        lines = []
        for number, row in enumerate(rows):
            cells = []
            for column, cell in enumerate(row):
                if cell.joined:
                    continue
                merge = spans.get((number, column))
                span = f' rowspan="{merge.height}"' if merge and merge.height > 1 else ""
                span += f' colspan="{merge.width}"' if merge and merge.width > 1 else ""
                cells.append(f"<{tag}{span}>{self._text(cell.text)}</{tag.split()[0]}>")
            lines.append(f"<tr>{''.join(cells)}</tr>")
        return lines

    def _text(self, text: str) -> str:
        """Return escaped text with links to its footnotes."""
        parts = []
        position = 0
        for match in FOOTNOTE.finditer(text):
            parts.append(escape(text[position : match.start()]))
            self.footnotes.append(match[1].strip())
            number = len(self.footnotes)
            parts.append(f'<sup id="ref{number}"><a href="#note{number}">注{number}</a></sup>')
            position = match.end()
        return "".join([*parts, escape(text[position:])])
