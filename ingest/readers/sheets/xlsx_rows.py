"""The rows of an .xlsx file as plain texts, for lists of people or sections rather than manuals."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import openpyxl
from openpyxl.utils.escape import unescape

from assistant.japanese.normalize import readable
from ingest.readers.office_archive import EXCEL, damaged, require_sound_archive
from ingest.readers.sheets.xlsx_sheets import BROKEN
from ingest.readers.sheets.xlsx_structure import read_structure, sheet_paths

_ZEROS: Final = re.compile("0{2,64}")
# What openpyxl cannot make a day of becomes a text that no day can be read from.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


@dataclass(frozen=True)
class ListSheet:
    """A visible worksheet: its rows from the first on, and what of them is hidden (from 1)."""

    name: str
    rows: list[tuple[str, ...]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def list_sheets(content: bytes, *, most_rows: int, most_columns: int) -> list[ListSheet]:
    """Return the visible worksheets, at most so many rows and columns; raises UnreadableManual.

    A number becomes its digits (00123 where it is displayed so), a day 2026-04-01, a formula the
    value that the file keeps for it.
    """
    require_sound_archive(content, EXCEL)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            paths = sheet_paths(archive)
            sheets = []
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                structure = read_structure(archive, paths[sheet.title])
                # The size that the file declares may be wrong.
                sheet.reset_dimensions()
                rows = sheet.iter_rows(max_row=most_rows, max_col=most_columns)
                sheets.append(
                    ListSheet(
                        sheet.title,
                        [_texts(row) for row in rows],
                        frozenset(structure.hidden_rows),
                        frozenset(structure.hidden_columns),
                    )
                )
            return sheets
    except BROKEN as error:
        raise damaged(EXCEL) from error


def _texts(row: Iterable[Any]) -> tuple[str, ...]:
    return tuple(
        "" if cell.value is None else _text(cell.value, cell.number_format) for cell in row
    )


def _text(value: object, number_format: str) -> str:
    if isinstance(value, str):
        return readable(unescape(value) if "_x" in value else value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        digits = f"{value:.15g}"  # a spreadsheet keeps 15 digits
        return digits.zfill(len(number_format)) if _ZEROS.fullmatch(number_format) else digits
    if isinstance(value, datetime):
        return str(value.date() if value == datetime.combine(value, datetime.min.time()) else value)
    return value.isoformat() if isinstance(value, date) else str(value)
