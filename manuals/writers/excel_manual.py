"""Write a manual as an Excel workbook: titled sheets of ruled tables with merged cells."""

from __future__ import annotations

import re
from itertools import accumulate
from pathlib import Path
from typing import Any

from manual_blocks import (
    Block,
    Cell,
    Item,
    ManualSource,
    Merge,
    Note,
    Paragraph,
    Row,
    Sheet,
    Table,
    merges,
)
from office_file import FIXED_TIME, fix_times
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from sample_mark import MARK, RUNNING_HEAD, SUBJECT
from text_size import line_count

FONT = "ＭＳ ゴシック"
BODY_SIZE, TITLE_SIZE, SMALL_SIZE = 10, 14, 9
LINE_HEIGHT = 1.35  # of the font size
SHEET_WIDTH = 90.0  # em of body text, over all columns
# A column of Excel is measured in digits of the standard font; two make one em.
DIGITS_PER_EM = 2.0
HEAD_FILL = PatternFill("solid", fgColor="E3ECF5")
NOTE_FILL = PatternFill("solid", fgColor="FFF6DD")
LINE = Side(style="thin", color="1F2933")
GRID = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
COMMENT_WIDTH, COMMENT_HEIGHT = 260, 110  # pixels
NUMBER = re.compile(r"[1-9]\d{0,2}(,\d{3})*|0")


def write_excel(source: ManualSource, target: Path) -> None:
    """Write the workbook to target; the same source gives the same bytes."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    properties = workbook.properties
    properties.title = source.front_matter["題名"]
    properties.subject = SUBJECT
    properties.creator = properties.lastModifiedBy = source.front_matter["発行"]
    properties.created = FIXED_TIME
    for name, blocks in _sheets(source.blocks):
        ManualSheet(workbook.create_sheet(name), blocks).write(source)
    workbook.save(target)
    fix_times(target)


def _sheets(blocks: tuple[Block, ...]) -> list[tuple[str, list[Block]]]:
    """Return each sheet's name and blocks."""
    sheets: list[tuple[str, list[Block]]] = []
    for block in blocks:
        if isinstance(block, Sheet):
            sheets.append((block.name, []))
        else:
            sheets[-1][1].append(block)
    return sheets


class ManualSheet:
    """A worksheet that fills from the top."""

    def __init__(self, sheet: Any, blocks: list[Block]) -> None:
        """Set the columns of the table that has most; other tables join some of them."""
        self.sheet = sheet
        self.blocks = blocks
        self.row = 1
        tables = [block.widths for block in blocks if isinstance(block, Table)]
        finest = max(tables, key=len, default=(1.0,))
        self.widths = [SHEET_WIDTH * width / sum(finest) for width in finest]
        for number, width in enumerate(self.widths, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width * DIGITS_PER_EM

    def write(self, source: ManualSource) -> None:
        """Write title, edition, mark and all blocks, and set up printing."""
        front_matter = source.front_matter
        self._line(f"{front_matter['題名']}　{self.sheet.title}", size=TITLE_SIZE, bold=True)
        self._line(MARK, size=SMALL_SIZE, fill=NOTE_FILL)
        about = [front_matter.get("副題"), source.edition_line, front_matter.get("連絡先")]
        self._line("　".join(filter(None, about)), size=SMALL_SIZE)
        tables = [block for block in self.blocks if isinstance(block, Table)]
        for block in self.blocks:
            self.row += 1
            match block:
                case Table():
                    self._table(block, is_only=len(tables) == 1)
                case Note(text=text):
                    self._line(text, fill=NOTE_FILL)
                case Item(label=label, text=text):
                    self.row -= 1
                    self._line(f"{label}　{text}")
                case Paragraph(text=text):
                    self.row -= 1
                    self._line(text)
        self._set_up_printing(front_matter["題名"])

    def _line(
        self, text: str, *, size: int = BODY_SIZE, bold: bool = False, fill: Any = None
    ) -> None:
        """Write text over all columns."""
        cell = self.sheet.cell(self.row, 1, text)
        cell.font = Font(name=FONT, size=size, bold=bold)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        if fill:
            cell.fill = fill
        if len(self.widths) > 1:
            self.sheet.merge_cells(
                start_row=self.row, end_row=self.row, start_column=1, end_column=len(self.widths)
            )
        lines = line_count(text, SHEET_WIDTH * BODY_SIZE / size)
        self.sheet.row_dimensions[self.row].height = _height(lines, size)
        self.row += 1

    def _table(self, table: Table, *, is_only: bool) -> None:
        """Write caption, heads and rows; the heads of the only table stay in view."""
        self._line(table.caption, bold=True)
        first = self.row
        starts = self._column_starts(table.widths)
        self._rows(table.head, starts, is_head=True)
        if is_only:
            self.sheet.freeze_panes = self.sheet.cell(self.row, 1)
            self.sheet.print_title_rows = f"{first}:{self.row - 1}"
        elif not self.sheet.freeze_panes:
            self.sheet.freeze_panes = "A2"
        self._rows(table.rows, starts, is_head=False)

    def _column_starts(self, widths: tuple[float, ...]) -> list[int]:
        """Return the sheet's column, from 0, where each column of a table and its end stands."""
        edges = [0.0, *accumulate(self.widths)]
        starts = [0]
        for number, edge in enumerate(accumulate(widths), start=1):
            wanted = edge / sum(widths) * SHEET_WIDTH
            last = len(self.widths) - (len(widths) - number)
            possible = range(starts[-1] + 1, last + 1)
            starts.append(min(possible, key=lambda column: abs(edges[column] - wanted)))
        return starts

    def _rows(self, rows: tuple[Row, ...], starts: list[int], *, is_head: bool) -> None:
        """Write one part of a table, merge its cells and make its rows high enough."""
        top = self.row
        self.row += len(rows)
        spans = {(merge.row, merge.column): merge for merge in merges(rows)}
        for number in range(top, self.row):
            self.sheet.row_dimensions[number].height = _height(1, BODY_SIZE)
            for column in range(1, len(self.widths) + 1):
                self.sheet.cell(number, column).border = GRID
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell.joined:
                    continue
                merge = spans.get((number, column), Merge(number, column, 1, 1))
                left, right = starts[column], starts[column + merge.width]
                last = top + number + merge.height - 1
                if merge.height > 1 or right - left > 1:
                    self.sheet.merge_cells(
                        start_row=top + number,
                        end_row=last,
                        start_column=left + 1,
                        end_column=right,
                    )
                self._write_cell(self.sheet.cell(top + number, left + 1), cell, is_head=is_head)
                lines = line_count(cell.text, sum(self.widths[left:right]))
                self._stretch(top + number, last, lines)

    def _write_cell(self, written: Any, cell: Cell, *, is_head: bool) -> None:
        """Write text, look and comment of one cell."""
        written.font = Font(name=FONT, size=BODY_SIZE, bold=is_head)
        centred = "center" if is_head else None
        written.alignment = Alignment(wrap_text=True, vertical="center", horizontal=centred)
        if is_head:
            written.fill = HEAD_FILL
        _set_value(written, cell.text)
        if cell.memo:
            written.comment = Comment(cell.memo, "担当者", COMMENT_HEIGHT, COMMENT_WIDTH)

    def _stretch(self, first: int, last: int, lines: int) -> None:
        """Heighten the last row where the rows from first on are too low for some lines."""
        dimensions = self.sheet.row_dimensions
        missing = _height(lines, BODY_SIZE)
        missing -= sum(dimensions[number].height for number in range(first, last + 1))
        if missing > 0:
            dimensions[last].height += missing

    def _set_up_printing(self, title: str) -> None:
        """Print on A4 landscape, one page wide, with mark and page number."""
        sheet = self.sheet
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.oddHeader.left.text = RUNNING_HEAD
        sheet.oddHeader.right.text = title
        sheet.oddFooter.center.text = "&P / &N"


def _height(lines: int, size: int) -> float:
    """Return the points that lines of text need in a cell."""
    return lines * size * LINE_HEIGHT + 4


def _set_value(cell: Any, text: str) -> None:
    """Write a number as a number, shown as the source writes it, and everything else as text."""
    if NUMBER.fullmatch(text):
        cell.value = int(text.replace(",", ""))
        cell.number_format = "#,##0"
    elif text:
        cell.value = text
        cell.data_type = "s"
