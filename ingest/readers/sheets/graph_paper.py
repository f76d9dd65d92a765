"""Worksheets laid out on graph paper (方眼紙): narrow columns, texts in merged cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ingest.document import Block
from ingest.readers.sheets.sheet_cells import Sheet, SheetCell
from ingest.readers.sheets.sheet_tables import sheet_table
from ingest.readers.sheets.sheet_text import Rows, text_blocks, text_rows

_TABLE_ROWS = 3  # rows cut alike make a table


def graph_paper_blocks(sheet: Sheet) -> list[Block]:
    """Read graph paper row by row; rows that are ruled alike stay a table."""
    blocks: list[Block] = []
    text: Rows = []
    rows = _with_signatures(text_rows(sheet.cells))
    for _, group in groupby(rows, key=lambda item: item[0]):
        part = [row for _, row in group]
        if len(part) >= _TABLE_ROWS and _signature(part[0]):
            blocks += text_blocks(text, sheet) if text else []
            text = []
            blocks += sheet_table([cell for row in part for cell in row], sheet, None)
        else:
            text += [[cell for cell in row if cell.text] for row in part]
    return blocks + (text_blocks(text, sheet) if text else [])


def _signature(row: Sequence[SheetCell]) -> tuple[tuple[int, int], ...]:
    """Return how the ruled cells of a row are cut, nothing where there are less than two."""
    cuts = tuple((cell.left, cell.right) for cell in row if cell.ruled)
    wide = [cut for cut in cuts if cut[1] > cut[0]]
    return cuts if len(wide) > 1 and all(cell.ruled for cell in row if cell.text) else ()


def _with_signatures(rows: Rows) -> list[tuple[object, list[SheetCell]]]:
    """Pair each row with what it shares with its neighbours in one table."""
    found: list[tuple[object, list[SheetCell]]] = []
    table = 0
    for i, row in enumerate(rows):
        above = rows[i - 1] if i else []
        same = above and _signature(above) == _signature(row)
        touches = above and max(c.bottom for c in above) + 1 == row[0].top
        table += not (same and touches)
        found.append(((table, _signature(row)), row))
    return found
