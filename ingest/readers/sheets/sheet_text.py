"""Cells of a worksheet that are plain text: a line a row, broken sentences joined again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from assistant.japanese.sentences import starts_item
from ingest.document import Block
from ingest.readers.sheets.sheet_cells import Sheet, SheetCell
from ingest.readers.spanned_table import text_lines

UNIT = re.compile(r"[(（]?\s*単位.{1,15}$")
_SPACE = "　"
_END = re.compile(r"[。！？!?:：」』]$")
_FULL, _LONG = 0.75, 20  # a line so long that the next may carry its sentence on
Rows = list[list[SheetCell]]


def text_rows(cells: Sequence[SheetCell]) -> Rows:
    """Return the cells by the row in which they begin, rows without any text left out."""
    rows = (list(row) for _, row in groupby(cells, key=lambda cell: cell.top))
    return [row for row in rows if any(cell.text for cell in row)]


def text_blocks(rows: Rows, sheet: Sheet) -> list[Block]:
    """Return rows as lines of text; a sentence broken over rows is joined again."""
    lines = [_SPACE.join(cell.text for cell in row) for row in rows]
    for i in range(len(rows) - 1, 0, -1):  # the unit belongs to the caption above it
        if UNIT.match(lines[i]) and not _END.search(lines[i - 1]):
            lines[i - 1] += _SPACE + lines.pop(i)
            rows = rows[:i] + rows[i + 1 :]
    longest = max(len(line) for line in lines)
    goes_on = [
        len(after) == 1
        and row[-1].left == after[0].left
        and len(line) >= max(_LONG, _FULL * longest)
        and not _END.search(line)
        and not starts_item(next_line)
        for (row, line), (after, next_line) in pairwise(zip(rows, lines, strict=True))
    ]
    blocks: list[Block] = []
    start = 0
    while start < len(rows):
        end = start
        while end < len(goes_on) and goes_on[end]:
            end += 1
        # Only a full stop tells a sentence from a list of long names.
        end = max((i for i in range(start, end + 1) if "。" in lines[i]), default=start)
        text = "".join(lines[start : end + 1])
        blocks += text_lines(text, label=sheet.label(rows[start][0].top))
        start = end + 1
    return blocks
