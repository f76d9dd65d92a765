"""CSV files and workbooks for spreadsheets: what begins like a formula is text, whoever wrote it.

Both are written to an open file, which stays open; a disk that is full is an OSError.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

import xlsxwriter
import xlsxwriter.exceptions

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TYPED: Final = {"quote_prefix": True}
"""The format of cells that somebody typed: Excel's own apostrophe, so that they stay text also
once they are edited."""


def as_text(cell: Any) -> Any:
    """Return a cell that Excel takes for text: an apostrophe before what it would compute."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


@contextmanager
def csv_writer(file: BinaryIO) -> Iterator[Any]:
    """Give a writer of UTF-8 with a byte order mark, by which Excel knows it, and RFC 4180 lines.

    Cells go through `as_text` where they may hold anything.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield csv.writer(text, lineterminator="\r\n")
    finally:
        text.detach()  # writes what is left


@contextmanager
def workbook(file: BinaryIO, *, row_by_row: bool = False) -> Iterator[Any]:
    """Give a workbook in which no text is computed; it is written at the end of the block.

    `row_by_row` keeps no rows in memory: each must be written after the one before it.
    """
    with TemporaryDirectory() as folder:  # nothing of it stays behind, also where it fails
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": row_by_row, "in_memory": not row_by_row, "tmpdir": folder,
                "strings_to_formulas": False, "strings_to_urls": False,
            },
        )  # fmt: skip
        yield book
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(*error.args[0].args) from error
