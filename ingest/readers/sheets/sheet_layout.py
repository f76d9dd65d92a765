"""What stands on a worksheet as people see it: tables, their captions, and plain text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from ingest.document import Block
from ingest.readers.reading_order import separated
from ingest.readers.sheets.graph_paper import graph_paper_blocks
from ingest.readers.sheets.sheet_cells import Sheet, SheetCell
from ingest.readers.sheets.sheet_tables import sheet_table
from ingest.readers.sheets.sheet_text import UNIT, Rows, text_blocks, text_rows
from ingest.readers.spanned_table import is_data

_MARKER = re.compile(
    r"[(（]?(?:[0-9０-９一二三四五六七八九十]{1,3}|[ア-ンa-zA-Z①-⑳])[)）.．、]?|[・※○●◎■□◆◇]"
)
_NOTE = re.compile(r"[(（]?(?:※|[*＊]|注|備考)")


@dataclass(frozen=True)
class _Known:
    """The heads of the table before: between which columns, and whether bold or coloured."""

    edges: tuple[int, int]
    heads: tuple[str, ...]
    strong: bool


def sheet_blocks(sheet: Sheet) -> list[Block]:
    """Return the blocks of a worksheet in reading order, each labelled with its row."""
    if sheet.is_graph_paper:
        return graph_paper_blocks(sheet)
    blocks: list[Block] = []
    known: _Known | None = None
    for group in _with_markers(separated(sheet.cells, gap=1)):
        for is_table, rows in _parts(group):
            table, text = (rows, []) if is_table else _going_on(rows, known)
            if table:
                found, known = _read_table(table, sheet, known)
                blocks += found
            if text:
                blocks += text_blocks(text, sheet)
    return blocks


def _going_on(rows: Rows, known: _Known | None) -> tuple[Rows, Rows]:
    """Part the rows that are cut like the table before, though too few for one, from text."""
    going = list(takewhile(lambda row: known and len(row) > 1 and _edges(row) == known.edges, rows))
    return going, rows[len(going) :]


def _read_table(
    rows: Rows, sheet: Sheet, known: _Known | None
) -> tuple[list[Block], _Known | None]:
    """Return a table as blocks, and its heads for a table that carries it on."""
    cells = [cell for row in rows for cell in row]
    first = [cell for cell in rows[0] if cell.text]
    strong = all(cell.strong for cell in first)
    goes_on = (
        known is not None
        and known.edges == _edges(cells)
        and (len(rows) == 1 or is_data([c.text for c in first]) or (known.strong and not strong))
    )
    blocks = sheet_table(cells, sheet, known.heads if known and goes_on else None)
    heads = next((block.rows[0] for block in blocks if block.is_table), None)
    if heads is not None:
        known = _Known(_edges(cells), heads, strong or goes_on)
    return blocks, known


def _edges(cells: Sequence[SheetCell]) -> tuple[int, int]:
    return min(cell.left for cell in cells), max(cell.right for cell in cells)


def _with_markers(groups: Sequence[list[SheetCell]]) -> list[list[SheetCell]]:
    """Join a column of markers or numbers with the text that an empty column parts from it."""
    joined: list[list[SheetCell]] = []
    for group in groups:
        before = [cell for cell in joined[-1] if cell.text] if joined else []
        if (
            before
            and all(_MARKER.fullmatch(cell.text) for cell in before)
            and {cell.top for cell in before} <= {cell.top for cell in group}
        ):
            joined[-1] = sorted([*joined[-1], *group], key=lambda cell: (cell.top, cell.left))
        else:
            joined.append(group)
    return joined


def _parts(group: Sequence[SheetCell]) -> list[tuple[bool, Rows]]:
    """Part a group of cells into tables (True) and lines of text (False)."""
    rows = text_rows(group)
    if not rows:
        return []
    said = [[cell for cell in row if cell.text] for row in rows]
    in_row = Counter(i for c in group if c.text for i in range(c.top, c.bottom + 1))
    several = [in_row[row[0].top] > 1 for row in rows]
    if sum(several) * 2 < max(4, len(rows)) or _is_list(said):
        return [(False, said)]
    ruled = [cell.ruled for row in said for cell in row]
    if sum(ruled) * 2 > len(ruled):
        marks = [any(cell.ruled for cell in row) for row in rows]
    else:
        marks = _between_lines(said)
    parts: list[tuple[bool, Rows]] = []
    for mark, part in groupby(zip(marks, rows, said, strict=True), key=lambda item: item[0]):
        lines = list(part)
        table = mark and sum(in_row[row[0].top] > 1 for _, row, _ in lines) > 1
        parts.append((table, [row if table else texts for _, row, texts in lines]))
    return parts


def _between_lines(rows: Rows) -> list[bool]:
    """Mark the rows of a table without rulings: not its captions above and notes below."""
    left = min(cell.left for row in rows for cell in row)
    first, last = 0, len(rows)
    while first < last and _is_caption(rows[first], left):
        first += 1
    while last > first and len(rows[last - 1]) == 1 and _NOTE.match(rows[last - 1][0].text):
        last -= 1
    return [first <= i < last for i in range(len(rows))]


def _is_caption(row: Sequence[SheetCell], left: int) -> bool:
    """Tell whether a row above a table is its caption or unit rather than its heads."""
    alone = len(row) == 1 and (row[0].left == left or UNIT.match(row[0].text) is not None)
    return alone or (len(row) == 2 and UNIT.match(row[1].text) is not None)


def _is_list(rows: Rows) -> bool:
    """Tell whether every row begins with a marker or number in a cell of its own."""
    return len(rows) > 1 and all(
        len(row) == 2 and _MARKER.fullmatch(row[0].text) for row in rows if len(row) > 1
    )
