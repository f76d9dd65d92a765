"""The text of a section as HTML: its paragraphs, and its tables as tables again, with marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Final

from assistant.answers.evidence import TABLE_MARK
from assistant.domain import Chunk
from ui.components.marked_text import Range, with_marks
from ui.components.text import as_html

Finder = Callable[[str], list[Range]]
_HEADS_TOGETHER: Final = "・"
_UNIT: Final = re.compile(r"[（(][^（）()]{1,4}[）)]$")


@dataclass(eq=False)
class _Column:
    """A column with its head; "" where the table has no heads."""

    head: str


@dataclass
class _Table:
    """Rows of cells by their column; a row is read as 「区分：委託 ｜ 額：50万円」."""

    columns: list[_Column] = field(default_factory=list)
    rows: list[dict[_Column, str]] = field(default_factory=list)

    def takes(self, heads: Sequence[str]) -> bool:
        """Tell whether a row belongs to this table: empty cells are not said, so some may lack."""
        if not self.columns:
            return True
        common = sum(self._column(head, ()) is not None for head in heads)
        least = min(len(heads), len(self.columns))
        return heads[0] == self.columns[0].head and common * 2 >= least

    def add(self, cells: Sequence[tuple[str, str]]) -> None:
        """Take a row of (head, HTML of the cell)."""
        row: dict[_Column, str] = {}
        after = 0
        for head, cell in cells:
            column = self._column(head, row)
            if column is None:
                column = _Column(head)
                self.columns.insert(after, column)
            after = self.columns.index(column) + 1
            row[column] = cell
        self.rows.append(row)

    def _column(self, head: str, taken: Container[_Column]) -> _Column | None:
        free = [column for column in self.columns if column not in taken]
        same = next((column for column in free if column.head == head), None)
        # A unit of the caption is said at the head of bare numbers only: 月額, 月額（円）.
        bare = _UNIT.sub("", head)
        return same or next((c for c in free if _UNIT.sub("", c.head) == bare), None)

    def html(self) -> str:
        """Return the table; what is said under several heads at once spans their columns."""
        spans = {column: self._spanned(column) for column in self.columns}
        columns = [column for column in self.columns if not spans[column]]
        heads = "".join(f'<th scope="col">{as_html(c.head)}</th>' for c in columns)
        top = f"<tr>{heads}</tr>" if any(column.head for column in columns) else ""
        body = "".join(f"<tr>{_row_html(row, columns, spans)}</tr>" for row in self.rows)
        return f'<div class="chonai-scroll" tabindex="0"><table>{top}{body}</table></div>'

    def _spanned(self, column: _Column) -> list[_Column]:
        """Return the columns of 課長・部長, where both have a column of their own."""
        heads = column.head.split(_HEADS_TOGETHER)
        known = {other.head: other for other in self.columns}
        return (
            [known[head] for head in heads] if len(heads) > 1 and known.keys() >= set(heads) else []
        )


def _row_html(
    row: dict[_Column, str], columns: Sequence[_Column], spans: dict[_Column, list[_Column]]
) -> str:
    """Return the cells of a row in the order of the columns."""
    over = {own[0]: (row[wide], own) for wide, own in spans.items() if own and wide in row}
    parts: list[str] = []
    left_out: list[_Column] = []
    for column in columns:
        if column in left_out:
            continue
        if column in over:
            cell, left_out = over[column]
            parts.append(f'<td colspan="{len(left_out)}">{cell}</td>')
        else:
            parts.append(f"<td>{row.get(column, '')}</td>")
    return "".join(parts)


def section_html(chunks: Sequence[Chunk], find: Finder) -> tuple[str, int]:
    """Return the text of chunks that follow each other, and in how many places it is marked.

    `find` tells where the marks are in the text of all chunks, joined by line ends.
    """
    ranges = find("\n".join(chunk.text for chunk in chunks))
    parts: list[str] = []
    table: _Table | None = None
    said: set[str] = set()
    at = 0
    for chunk in chunks:
        captions: set[str] = set()
        for line in chunk.text.split("\n"):
            start, at = at, at + len(line) + 1
            if TABLE_MARK in line:
                cells = _cells(line, start, ranges)
                if table is None or not table.takes([head for head, _ in cells]):
                    parts += [table.html()] if table else []
                    table = _Table()
                table.add(cells)
                continue
            if chunk.kind == "table":
                captions.add(line)
                if line in said:
                    continue  # a table over several chunks has its caption in each
            parts += [table.html()] if table else []
            table = None
            if line.strip():
                parts.append(f"<p>{with_marks(line, ranges, start=start)}</p>")
        said = captions
    parts += [table.html()] if table else []
    # Our script scrolls to the first mark.
    marked = " chonai-marked" if ranges else ""
    return f'<div class="chonai-document{marked}">{"".join(parts)}</div>', len(ranges)


def _cells(line: str, start: int, ranges: Sequence[Range]) -> list[tuple[str, str]]:
    """Return the head of each cell of a row's line and the HTML of its value."""
    found: list[tuple[str, str]] = []
    at = start
    for cell in line.split(TABLE_MARK):
        head, colon, value = cell.partition("：")
        if not colon:
            head, value = "", cell
        place = at + len(cell) - len(value)
        found.append((head, with_marks(value, ranges, start=place)))
        at += len(cell) + len(TABLE_MARK)
    return found
