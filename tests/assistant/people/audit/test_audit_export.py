from __future__ import annotations

import csv
import errno
import gc
import io
import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from audit_tools import CLERK, Clock, append, events_of
from full_disk import FullDisk

from assistant import calendar
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit import export as audit_export
from assistant.people.audit.export import COLUMNS, Export, Format, export_events
from assistant.people.audit.records import AuditFilter, read_head
from assistant.people.audit.trail import OPERATOR_ACTOR, AuditTrail
from assistant.people.audit.verification import verify

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1")

ALL = AuditFilter()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, datetime(2026, 10, 10, 9, 15, 2, tzinfo=calendar.TOKYO))


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Database:
    database = Database(tmp_path / "chonai.db")
    append(database, 3, subject='改行\nと"引用符", コンマ')
    clock.set(2026, 11, 22, 8, 0)
    append(database, 2, subject="00123")
    return database


def _export(database: Database, format_: Format, wanted: AuditFilter = ALL) -> tuple[Export, bytes]:
    file = io.BytesIO()
    export = export_events(database, wanted, format_=format_, by=OPERATOR_ACTOR, file=file)
    return export, file.getvalue()


def _read(format_: Format, content: bytes) -> tuple[dict[str, str], list[list[str]]]:
    """Return what the file says of itself, and its rows of events, as text."""
    if format_ == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        about = {row[0].value: row[1].value or "" for row in book["書き出しについて"].rows}
        sheet = [["" if c.value is None else str(c.value) for c in row] for row in book["監査記録"]]
        assert sheet[0] == list(COLUMNS)
        return about, sheet[1:]
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    head = rows.index(list(COLUMNS))
    return {row[0]: row[1] for row in rows[: head - 1]}, rows[head + 1 :]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_file_read_back_holds_the_events_of_its_filter(
    database: Database, format_: Format
) -> None:
    export, content = _export(database, format_)
    about, rows = _read(format_, content)
    kept = events_of(database)
    assert [int(row[0]) for row in rows] == [row["id"] for row in kept] == [1, 2, 3, 4, 5, 6]
    for row, event in zip(rows, kept, strict=True):
        assert row[2:3] + row[4:5] + row[6:9] == [
            event[name] for name in ("actor_name", "subject", "actor", "action", "at")
        ]
        assert json.loads(row[9]) == json.loads(event["detail"])
        assert row[10] == event["hash"]
    assert rows[0][1] == "2026-10-10 09:15:02"
    assert rows[0][3] == "利用者の変更"
    assert about == dict(export.lines)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_that_it_was_exported_is_the_last_event_of_the_file(
    database: Database, format_: Format
) -> None:
    export, content = _export(database, format_)
    last = _read(format_, content)[1][-1]
    assert (last[2], last[3]) == ("サーバーの運用者", "記録の書き出し")
    assert json.loads(last[9]) == {"filter": "なし（すべての記録）", "format": format_}
    assert (export.head_id, export.head) == (6, events_of(database)[-1]["hash"])
    assert last[10] == export.head


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_filtered_file_says_so_and_holds_no_other_event(
    database: Database, format_: Format
) -> None:
    wanted = AuditFilter(last_day=date(2026, 10, 31))
    export, content = _export(database, format_, wanted)
    about, rows = _read(format_, content)
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert about["絞り込み"] == "期間 〜2026-10-31"
    assert (about["件数"], about["最初の番号"], about["最後の番号"]) == ("3", "1", "3")
    assert about["書き出した人"] == "サーバーの運用者"
    assert about["書き出した日時（日本時間）"] == "2026-11-22 08:00:00"
    assert (about["連鎖の末尾の番号"], about["連鎖の末尾のハッシュ値"]) == ("6", export.head)
    assert about["確かめ方"] == f"chonai audit verify --head {export.head}"


def test_the_trail_can_be_verified_against_a_file_later(database: Database) -> None:
    export, _ = _export(database, "csv")
    append(database, 3)
    found = verify(database, head=export.head)
    assert (found.right, found.printed and found.printed.id) == (True, 6)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_file_without_any_event_says_so(database: Database, format_: Format) -> None:
    _, content = _export(database, format_, AuditFilter(text="どこにもない"))
    about, rows = _read(format_, content)
    # The filter's own words stand in the event that tells of the export.
    assert [row[3] for row in rows] == ["記録の書き出し"]
    _, content = _export(database, format_, AuditFilter(actor="どこにもない"))
    about, rows = _read(format_, content)
    assert (rows, about["件数"], about["最初の番号"]) == ([], "0", "")


def test_lines_are_as_rfc_4180_wants_them(database: Database) -> None:
    content = _export(database, "csv")[1]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == len(rows)


def test_nothing_in_a_csv_file_is_computed(database: Database) -> None:
    for formula in FORMULAS:
        AuditTrail(database).record(CLERK, "sign_in.failed", formula)
    rows = _read("csv", _export(database, "csv", AuditFilter(action="sign_in.failed"))[1])[1]
    assert [row[4] for row in rows] == [f"'{formula}" for formula in FORMULAS]
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULAS)]


def test_nothing_in_a_sheet_is_computed_not_even_after_editing(database: Database) -> None:
    for formula in FORMULAS:
        AuditTrail(database).record(CLERK, "sign_in.failed", formula)
    book = openpyxl.load_workbook(io.BytesIO(_export(database, "xlsx")[1]))
    cells = [cell for row in book["監査記録"].iter_rows(min_row=2) for cell in row[1:]]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert not any(cell.hyperlink for cell in cells)


def test_every_printed_page_of_a_sheet_carries_the_head(database: Database) -> None:
    export, content = _export(database, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["監査記録"]
    assert export.head in str(sheet.oddFooter.left.text)
    assert sheet.print_title_rows == "$1:$1"


def test_a_text_longer_than_a_cell_says_that_it_was_cut(database: Database) -> None:
    AuditTrail(database).record(CLERK, "staff.import", "x", {"rows": "あ" * 40_000})
    rows = _read("xlsx", _export(database, "xlsx")[1])[1]
    assert rows[-2][5].endswith("…（長いため省略。CSV にはすべてあります）")
    assert len(rows[-2][5]) == 32_767
    assert len(_read("csv", _export(database, "csv")[1])[1][-3][5]) > 40_000


def test_more_events_than_a_sheet_holds_are_refused_before_anything_is_recorded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_export, "MOST_SHEET_EVENTS", 5)
    before = read_head(database)
    with pytest.raises(UsageError, match="CSV で"):
        _export(database, "xlsx")
    assert read_head(database) == before
    assert _export(database, "csv")[0].events == 6


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_an_export_that_could_not_be_written_stays_recorded(
    database: Database, format_: Format
) -> None:
    with pytest.raises(OSError, match="No space") as raised:
        export_events(database, ALL, format_=format_, by=CLERK, file=FullDisk())
    assert raised.value.errno == errno.ENOSPC
    del raised
    gc.collect()  # the archive that was begun tidies up after itself here, not in another test
    assert events_of(database)[-1]["action"] == "export"
    assert verify(database).right
