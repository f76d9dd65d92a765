"""Cells of a worksheet that are a table: where its heads are, and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.document import Block
from ingest.readers.sheets.sheet_cells import Sheet, SheetCell
from ingest.readers.spanned_table import Grid, head_levels, is_data, table_blocks


def sheet_table(
    cells: Sequence[SheetCell], sheet: Sheet, heads: tuple[str, ...] | None
) -> list[Block]:
    """Return a table as blocks; `heads` are those of a table that this one carries on."""
    top, left = min(c.top for c in cells), min(c.left for c in cells)
    moved = [
        SheetCell(
            c.top - top, c.left - left, c.bottom - top, c.right - left, c.text, c.ruled, c.strong
        )
        for c in cells
    ]
    return table_blocks(
        _with_joint_heads(moved),
        count_heads=_count_heads,
        heads=heads,
        label_of=lambda row: sheet.label(row + top),
    )


def _count_heads(grid: Grid) -> int:
    """Return the number of head rows, 0 where the first column names the rows instead."""
    strong = [[isinstance(c, SheetCell) and c.strong for c in row if c and c.text] for row in grid]
    names_rows = all(row[0] for row in strong) and not all(strong[0]) if strong else False
    return 0 if names_rows else head_levels(grid)


def _with_joint_heads(cells: list[SheetCell]) -> list[SheetCell]:
    """Widen heads that stand, unmerged, left of empty cells above the heads of a second level."""
    said = [cell for cell in cells if cell.text]
    first = {c.left: c for c in said if c.top == 0}
    second = {c.left: c for c in said if c.top == 1}
    below = [cell for cell in said if cell.top > 1]
    only_second = second.keys() - {i for c in first.values() for i in range(c.left, c.right + 1)}
    texts = [cell.text for cell in (*first.values(), *second.values())]
    if (
        not below
        or not only_second
        or not (first.keys() - second.keys())
        or is_data(texts)
        or any(cell.bottom > cell.top for cell in first.values())
        or min(only_second) < min(first)
    ):
        return cells
    ends = {}
    for left, cell in first.items():
        right = cell.right
        while right + 1 in only_second:
            right += 1
        if left in second:
            ends[left] = right
    changed = [
        replace(c, right=ends[c.left]) if c.top == 0 and c.left in ends and c.text else c
        for c in cells
    ]
    widened = {(0, i) for left, right in ends.items() for i in range(left + 1, right + 1)}
    return [c for c in changed if c.text or (c.top, c.left) not in widened]
