"""The worksheets of an old .xls file (Excel 5.0 to 2003), by xlrd; macros are never run."""

from __future__ import annotations

import io
import struct
from datetime import datetime, timedelta
from typing import Any

import olefile
import xlrd
from xlrd.compdoc import CompDocError
from xlrd.xldate import XLDateError, xldate_as_datetime

from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.readers.office_archive import EXCEL, OLE2, damaged
from ingest.readers.sheets.number_format import Value, cell_text, format_of, is_date_format
from ingest.readers.sheets.sheet_cells import MOST_COLUMNS, MOST_ROWS, FileCell, FileSheet
from ingest.readers.sheets.xlsx_sheets import limit_problem

_BROKEN = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, ValueError, TypeError, LookupError,
    AttributeError, NotImplementedError, EOFError, OSError, OverflowError, RecursionError,
)  # fmt: skip
_SOLID = 1
_WHITES = (9, 64)  # of the palette: white, and the window's own background
_BOLD = 600
_WIDTH_UNIT = 256


def xls_sheets(content: bytes) -> tuple[list[FileSheet], list[str], str]:
    """Return the visible worksheets, the names of the hidden ones, and no title.

    Raises UnreadableManual.
    """
    try:
        # Standard output belongs to the commands' JSON: xlrd's warnings go nowhere.
        book = xlrd.open_workbook(
            file_contents=_workbook(content), formatting_info=True, logfile=io.StringIO()
        )
        sheets = book.sheets()
        visible = [_sheet(book, sheet) for sheet in sheets if not sheet.visibility]
    except _BROKEN as error:
        if "encrypted" in str(error).lower():
            raise UnreadableManual(
                "パスワードで保護された Excel ファイルです。"
                "保護を外し、.xlsx で保存し直してから登録してください。"
            ) from error
        raise damaged(EXCEL) from error
    return visible, [sheet.name for sheet in sheets if sheet.visibility], ""


def _workbook(content: bytes) -> bytes:
    """Return the stream of the workbook out of its container, older files as they are.

    xlrd follows a chain of sectors that leads back into itself until the memory is full.
    """
    if not content.startswith(OLE2):
        return content
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        names = [name for name in ("Workbook", "Book") if container.exists(name)]
        if not names:
            raise CompDocError("no workbook in it")
        stream: bytes = container.openstream(names[0]).read()
        return stream


def _sheet(book: Any, sheet: Any) -> FileSheet:
    styles: dict[int, tuple[str, bool, bool]] = {}
    cells: dict[tuple[int, int], FileCell] = {}
    for row in range(min(sheet.nrows, MOST_ROWS)):
        for column in range(min(sheet.row_len(row), MOST_COLUMNS)):
            cell = sheet.cell(row, column)
            if cell.xf_index not in styles:
                styles[cell.xf_index] = _style(book, cell.xf_index)
            code, ruled, strong = styles[cell.xf_index]
            text = cell_text(_value(cell, code, book.datemode), code)
            if text or ruled:
                cells[row + 1, column + 1] = FileCell(text, ruled, strong)
    shown = FileSheet(
        sheet.name,
        cells,
        [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells],
        {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden},
        {column + 1 for column, info in sheet.colinfo_map.items() if info.hidden},
        {c + 1: info.width / _WIDTH_UNIT for c, info in sheet.colinfo_map.items()},
        {
            (row + 1, column + 1): " ".join(readable(note.text).split())
            for (row, column), note in sheet.cell_note_map.items()
        },
    )
    if sheet.nrows > MOST_ROWS or sheet.ncols > MOST_COLUMNS:
        shown.problems.append(limit_problem(sheet.name))
    return shown


def _style(book: Any, index: int) -> tuple[str, bool, bool]:
    style = book.xf_list[index]
    number_format = book.format_map.get(style.format_key)
    code = format_of(style.format_key, number_format.format_str if number_format else None)
    border, fill = style.border, style.background
    sides = border.left_line_style or border.right_line_style
    ruled = bool(sides and (border.top_line_style or border.bottom_line_style))
    filled = fill.fill_pattern == _SOLID and fill.pattern_colour_index not in _WHITES
    return code, ruled, filled or book.font_list[style.font_index].weight >= _BOLD


def _value(cell: Any, code: str, date_mode: int) -> Value:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    number = float(cell.value)
    if not is_date_format(code):
        return number
    if "[h" in code.lower():
        return timedelta(days=number)
    try:
        moment: datetime = xldate_as_datetime(number, date_mode)
    except (XLDateError, OverflowError):
        return number
    return moment
