"""First passwords as a table that Excel reads: to be printed as slips, and deleted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from assistant.people.staff.staff_import import FirstPassword
from assistant.spreadsheet_cells import as_text

HEADS: Final = ("職員番号", "氏名", "所属", "初期パスワード")


def password_slips(rows: Iterable[FirstPassword]) -> bytes:
    """Return the rows as CSV, UTF-8 with the byte order mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADS)
    for row in rows:
        writer.writerow(map(as_text, (row.number, row.name, row.section, row.password)))
    return text.getvalue().encode("utf-8-sig")
