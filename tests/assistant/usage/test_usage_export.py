"""The ledger as a file: a disk that is full, and cells that somebody typed."""

from __future__ import annotations

import csv
import errno
import gc
import io
from collections.abc import Callable

import openpyxl
import pytest
from full_disk import FullDisk

from assistant.database import Database
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.export import COLUMNS, Format, UsageExport, export_usage
from assistant.usage.ledger import Ledger, UsageEvent

MakeEvent = Callable[..., UsageEvent]


def _export(database: Database, format_: Format, file: io.BytesIO) -> UsageExport:
    return export_usage(database, key=b"key", format_=format_, by=OPERATOR_ACTOR, file=file)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_full_disk_is_told_as_such(
    database: Database, ledger: Ledger, event: MakeEvent, format_: Format
) -> None:
    ledger.append(event())
    with pytest.raises(OSError, match="No space") as raised:
        _export(database, format_, FullDisk())
    assert raised.value.errno == errno.ENOSPC
    del raised
    gc.collect()  # the archive that was begun tidies up after itself here, not in another test


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_only_events_that_qualify_are_rows(
    database: Database, ledger: Ledger, event: MakeEvent, format_: Format
) -> None:
    ledger.append(event())
    ledger.append(event(channel="trial"))
    assert _export(database, format_, io.BytesIO()).rows == 1


def test_numbers_that_are_nobodys_can_be_counted_without_being_named(
    database: Database, ledger: Ledger, event: MakeEvent
) -> None:
    for number in ("9001", "9001", "9002"):
        ledger.append(event("", channel="log", source="gpt", number=number))
    file = io.BytesIO()
    _export(database, "csv", file)
    lines = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    rows = lines[lines.index(list(COLUMNS)) + 1 :]
    named = [row[COLUMNS.index("今の人（仮名）")] for row in rows]
    assert named[0] == named[1] != named[2]
    assert all(name.startswith("（未解決 ") for name in named)
    assert not any("900" in cell for row in rows for cell in row)


def test_what_somebody_typed_stays_text_once_it_is_edited(
    database: Database, ledger: Ledger, event: MakeEvent
) -> None:
    ledger.append(event(category="=1+1"))
    file = io.BytesIO()
    _export(database, "xlsx", file)
    sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue()))["利用の記録"]
    cells = {head: sheet.cell(2, column) for column, head in enumerate(COLUMNS, 1)}
    typed, number = cells["区分"], cells["番号"]
    assert (typed.value, typed.data_type, typed.quotePrefix) == ("=1+1", "s", True)
    assert (number.data_type, number.quotePrefix) == ("n", False)
