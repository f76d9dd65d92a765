"""Writes events of the audit trail to a file that can be verified against the chain later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal

from sqlalchemy import func, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.records import (
    AuditFilter,
    action_words,
    conditions,
    count_events,
    each_event,
    tokyo_time,
)
from assistant.people.audit.trail import Actor, AuditEvent, append_event, chain_head
from assistant.people.audit.words import detail_words
from assistant.spreadsheet_cells import TYPED, as_text, csv_writer, workbook

Format = Literal["csv", "xlsx"]
MOST_SHEET_EVENTS: Final = 1_000_000  # a sheet ends at row 1,048,576
_LONGEST_CELL: Final = 32_767
_CUT: Final = "…（長いため省略。CSV にはすべてあります）"
COLUMNS: Final = (
    "番号", "日時（日本時間）", "利用者", "操作", "対象", "詳細",
    "利用者ID", "操作の記号", "日時（UTC）", "詳細（JSON）", "ハッシュ値",
)  # fmt: skip
_WIDTHS: Final = (9, 20, 16, 26, 30, 60, 34, 18, 30, 40, 66)


@dataclass(frozen=True)
class Export:
    """What a file of events says about itself: `head` is the chain's end after the export's event.

    `first_id` and `last_id` are those of the events in it, None without any; `at` is an ISO
    instant in UTC.
    """

    by: str
    at: str
    filter_words: str
    events: int
    first_id: int | None
    last_id: int | None
    head_id: int
    head: str

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """What is printed at the head of the file: names and values."""
        return (
            ("書き出した日時（日本時間）", tokyo_time(self.at)),
            ("書き出した人", self.by),
            ("絞り込み", self.filter_words),
            ("件数", str(self.events)),
            ("最初の番号", str(self.first_id or "")),
            ("最後の番号", str(self.last_id or "")),
            ("連鎖の末尾の番号", str(self.head_id)),
            ("連鎖の末尾のハッシュ値", self.head),
            ("確かめ方", f"chonai audit verify --head {self.head}"),
        )


def export_events(
    database: Database, wanted: AuditFilter, *, format_: Format, by: Actor, file: BinaryIO
) -> Export:
    """Write the events of a filter, oldest first, to an open file; raises UsageError.

    That they were exported is recorded before anything is written, and is itself among them where
    the filter lets it through.
    """
    if format_ == "xlsx" and count_events(database, wanted) >= MOST_SHEET_EVENTS:
        raise UsageError(
            f"Excel の1枚には {MOST_SHEET_EVENTS:,} 件まで書けます。期間で絞り込むか、CSV で"
            "書き出してください。"
        )
    export = _recorded(database, wanted, format_, by)
    write = _write_csv if format_ == "csv" else _write_xlsx
    with database.read() as connection:
        connection.exec_driver_sql("BEGIN")
        write(export, each_event(connection, wanted, up_to=export.head_id), file)
    return export


def _recorded(database: Database, wanted: AuditFilter, format_: Format, by: Actor) -> Export:
    event = tables.audit_event.c
    found = select(func.count(), func.min(event.id), func.max(event.id)).where(*conditions(wanted))
    with database.write() as connection:
        append_event(
            connection, by, "export", "監査記録", {"format": format_, "filter": wanted.words}
        )
        count, first, last = connection.execute(found).one()
        head = chain_head(connection)
    return Export(
        by=by.name,
        at=calendar.now().isoformat(),
        filter_words=wanted.words,
        events=count,
        first_id=first,
        last_id=last,
        head_id=head.id,
        head=head.hash,
    )


def _cells(event: AuditEvent) -> tuple[Any, ...]:
    return (
        event.id,
        tokyo_time(event.at),
        event.actor_name,
        action_words(event.action),
        event.subject,
        detail_words(event.detail),
        event.actor,
        event.action,
        event.at,
        json.dumps(dict(event.detail), ensure_ascii=False, sort_keys=True),
        event.hash,
    )


def _write_csv(export: Export, events: Iterable[AuditEvent], file: BinaryIO) -> None:
    """Write lines that all have as many cells: what the file says of itself, then the events."""
    empty = ("",) * (len(COLUMNS) - 2)
    with csv_writer(file) as writer:
        for name, value in export.lines:
            writer.writerow((name, as_text(value), *empty))
        writer.writerow(("",) * len(COLUMNS))
        writer.writerow(COLUMNS)
        writer.writerows([as_text(cell) for cell in _cells(event)] for event in events)


def _write_xlsx(export: Export, events: Iterable[AuditEvent], file: BinaryIO) -> None:
    """Write a sheet of events and one that says what they are; the head is on every page."""
    with workbook(file, row_by_row=True) as book:
        text = book.add_format({**TYPED, "valign": "top"})
        _fill_events(book, text, export, events)
        about = book.add_worksheet("書き出しについて")
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 90)
        for row, (name, value) in enumerate(export.lines):
            about.write_string(row, 0, name)
            about.write_string(row, 1, value, text)


def _fill_events(book: Any, text: Any, export: Export, events: Iterable[AuditEvent]) -> None:
    sheet = book.add_worksheet("監査記録")
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header("&L監査記録&R" + f"{tokyo_time(export.at)} {export.by}".replace("&", "&&"))
    sheet.set_footer(f"&L連鎖の末尾 {export.head_id}: {export.head}&R&P / &N")
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, bold)
    for row, event in enumerate(events, 1):
        for column, cell in enumerate(_cells(event)):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell)
            else:
                sheet.write_string(row, column, _fitting(cell), text)


def _fitting(cell: str) -> str:
    return cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - len(_CUT)] + _CUT
