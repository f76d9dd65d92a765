"""The worksheets of an .xlsx or .xlsm file, by openpyxl; macros are never run."""

from __future__ import annotations

import io
import warnings
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from lxml.etree import XMLSyntaxError
from openpyxl.utils.datetime import from_excel, to_excel
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.readers.office_archive import EXCEL, damaged, require_sound_archive
from ingest.readers.sheets.number_format import Value, cell_text, format_of, is_date_format
from ingest.readers.sheets.sheet_cells import MOST_COLUMNS, MOST_ROWS, FileCell, FileSheet
from ingest.readers.sheets.xlsx_structure import read_structure, sheet_paths

BROKEN = (
    zipfile.BadZipFile, InvalidFileException, XMLSyntaxError, SyntaxError, LookupError, ValueError,
    TypeError, AttributeError, OverflowError, OSError, StopIteration,
)  # fmt: skip
"""What openpyxl and the libraries under it raise for files that are damaged."""

# What openpyxl cannot write back is nothing to us, and standard error is for progress.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
_WHITE = (("rgb", "FFFFFFFF"), ("rgb", "00FFFFFF"), ("theme", 0))
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


def xlsx_sheets(content: bytes) -> tuple[list[FileSheet], list[str], str]:
    """Return the visible worksheets, the names of the hidden ones, and the title.

    Formulas give the values that the file keeps for them. Raises UnreadableManual.
    """
    require_sound_archive(content, EXCEL)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_known_dialect(archive)
            # The streaming mode makes no cells for merged and linked ranges, whose size a file can
            # set at will, and passes over what openpyxl would refuse a whole workbook for.
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            paths = sheet_paths(archive)
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            hidden = [s.title for s in book.worksheets if s.sheet_state != "visible"]
            sheets = [_sheet(archive, paths[sheet.title], sheet) for sheet in visible]
            return sheets, hidden, readable(book.properties.title or "").strip()
    except BROKEN as error:
        raise damaged(EXCEL) from error


def _require_known_dialect(archive: zipfile.ZipFile) -> None:
    workbook = next((n for n in archive.namelist() if n.lower() == "xl/workbook.xml"), None)
    if workbook is not None and _STRICT in archive.read(workbook)[:4096]:
        raise UnreadableManual(
            "「Strict Open XML」形式の Excel ファイルです。"
            "Excel で「Excel ブック（.xlsx）」として保存し直してください。"
        )


def _sheet(archive: zipfile.ZipFile, path: str, sheet: Any) -> FileSheet:
    structure = read_structure(archive, path)
    styles: dict[tuple[int, ...], tuple[str, bool, bool, bool]] = {}
    cells: dict[tuple[int, int], FileCell] = {}
    # The size that the file declares may be wrong: a row ends where its cells end.
    sheet.reset_dimensions()
    last_row = min(structure.last_row or 1, MOST_ROWS)
    for row in sheet.iter_rows(max_row=last_row, max_col=MOST_COLUMNS):
        for cell in row:
            if not hasattr(cell, "style_array"):
                continue
            style = cell.style_array
            key = (style.numFmtId, style.fontId, style.fillId, style.borderId)
            if key not in styles:
                code = format_of(style.numFmtId, cell.number_format)
                looks = _is_ruled(cell.border), _is_strong(cell)
                styles[key] = (code, is_date_format(code), *looks)
            code, is_date, ruled, strong = styles[key]
            value = _value(cell.value, is_date, sheet.parent.epoch)
            text = cell_text(value, code)
            if text or ruled:
                cells[cell.row, cell.column] = FileCell(text, ruled, strong)
    shown = FileSheet(
        sheet.title,
        cells,
        structure.merges,
        structure.hidden_rows,
        structure.hidden_columns,
        structure.widths,
        structure.notes,
        structure.shapes,
    )
    if structure.uncalculated:
        shown.problems.append(
            f"シート「{sheet.title}」に計算結果のない数式が {structure.uncalculated} か所あります。"
            "Excel で開いて保存し直すと、値も取り込めます。"
        )
    if structure.last_row > MOST_ROWS or structure.last_column > MOST_COLUMNS:
        shown.problems.append(limit_problem(sheet.title))
    return shown


def limit_problem(name: str) -> str:
    """Return what to say of a sheet that was not read to its end."""
    return (
        f"シート「{name}」は大きいため、{MOST_ROWS:,}行・{MOST_COLUMNS}列までを取り込みました。"
        "残りも要るときは、シートを分けてください。"
    )


def _value(value: Value, is_date: bool, epoch: datetime) -> Value:
    """Return what openpyxl read, a date where the format displays one and only there."""
    moment: Value = value
    if isinstance(value, str):
        moment = unescape(value) if "_x" in value else value
    elif isinstance(value, datetime | date | time | timedelta):
        moment = value if is_date else to_excel(value, epoch)
    elif is_date and value is not None and not isinstance(value, bool):
        with suppress(OverflowError, ValueError):  # no such day: the program shows ####
            moment = from_excel(value, epoch)
    return moment


def _is_ruled(border: Any) -> bool:
    sides = {
        name: getattr(border, name) is not None and getattr(border, name).style is not None
        for name in ("left", "right", "top", "bottom")
    }
    return (sides["left"] or sides["right"]) and (sides["top"] or sides["bottom"])


def _is_strong(cell: Any) -> bool:
    """Tell whether a cell is bold or coloured; white hides the lines of the grid."""
    fill = cell.fill
    colour = fill.fgColor if fill is not None and fill.fill_type == "solid" else None
    coloured = colour is not None and (colour.type, colour.value) not in _WHITE
    return bool(cell.font is not None and cell.font.b) or coloured
