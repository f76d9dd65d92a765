"""Tables of web pages: which are data, and the cells that these fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.document import Block
from ingest.readers.spanned_table import Cell, Grid, head_levels, table_blocks

_WIDEST, _TALLEST = 1000, 65_534  # the spans that HTML allows
_LARGEST = 500_000  # cells with all that they span


@dataclass(frozen=True)
class _WebCell(Cell):
    """A cell of a web page's table; `is_head` by its tag or by standing in the thead."""

    is_head: bool = False


def is_for_layout(table: Any) -> bool:
    """Tell whether a table only arranges the page: it holds headings, tables or one column."""
    rows = list(_rows(table))
    return (
        (table.get("role") or "").lower() in ("presentation", "none")
        or next(table.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None
        or any(inner is not table for inner in table.iter("table"))
        or max((len(_cells(row)) for row in rows), default=0) < 2
        or sum(_span(c, "colspan") * _span(c, "rowspan") for r in rows for c in _cells(r))
        > max(_LARGEST, _WIDEST * len(rows))
    )


def web_table(table: Any, text_of: Callable[[Any], str]) -> list[Block]:
    """Return a table as blocks, spanned cells filled; `text_of` says what stands in a cell."""
    rows = list(_rows(table))
    ends = {row.getparent(): index for index, row in enumerate(rows)}
    taken: set[tuple[int, int]] = set()
    cells: list[_WebCell] = []
    for top, row in enumerate(rows):
        left = 0
        in_head = row.getparent().tag == "thead"
        for element in _cells(row):
            while (top, left) in taken:
                left += 1
            bottom = min(top + _span(element, "rowspan") - 1, ends[row.getparent()])
            right = left + _span(element, "colspan") - 1
            taken |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            is_head = in_head or element.tag == "th"
            cells.append(_WebCell(top, left, bottom, right, text_of(element), is_head))
            left = right + 1
    return table_blocks(cells, count_heads=_count_heads)


def _count_heads(grid: Grid) -> int:
    """Return how many rows hold heads: those of th, else the first, but none beside row heads."""
    heads = [[isinstance(cell, _WebCell) and cell.is_head for cell in row if cell] for row in grid]
    leading = next((i for i, row in enumerate(heads) if not all(row)), len(heads))
    if leading or any(row[0] for row in heads if row):
        return min(leading, max(1, len(grid) - 1))
    return head_levels(grid)


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows as a browser shows them: those of the thead first, of the tfoot last."""
    parts = {"thead": 0, "tfoot": 2}
    groups = sorted(table, key=lambda part: parts.get(part.tag, 1))
    for group in groups:
        if group.tag == "tr":
            yield group
        elif group.tag in ("thead", "tbody", "tfoot"):
            yield from group.iterchildren("tr")


def _cells(row: Any) -> list[Any]:
    return list(row.iterchildren("td", "th"))


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "").strip()
    most = _WIDEST if name == "colspan" else _TALLEST
    if not value.isdecimal():
        return 1
    return min(int(value), most) or (most if name == "rowspan" else 1)
