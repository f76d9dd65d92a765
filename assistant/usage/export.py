"""Writes the ledger as pseudonymised rows from which a spreadsheet counts every figure again."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final, Literal

from sqlalchemy import Connection, func, select

from assistant import calendar, tables
from assistant.append_only import ChainHead
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.records import tokyo_time
from assistant.people.audit.trail import Actor, append_event
from assistant.spreadsheet_cells import TYPED, as_text, csv_writer, workbook
from assistant.usage.book import COUNTED_BY, Entry, read_entries
from assistant.usage.counting import Judged, Use, judged
from assistant.usage.definition import DEFINITION, SIMULATED
from assistant.usage.ledger import event_weeks
from assistant.usage.register import Register
from assistant.usage.sealing import head_lines, seal
from assistant.usage.weekly import is_simulated
from assistant.usage.weeks import FrozenWeek, frozen_weeks

Format = Literal["csv", "xlsx"]
MOST_SHEET_ROWS: Final = 1_000_000
COLUMNS: Final = (
    "番号", "週", "年度", "曜日", "時", "利用元", "状態",
    "確定時の人（仮名）", "確定時に数えた", "確定時に除外",
    "今の人（仮名）", "今数える", "今除外",
    "AIの文", "結果", "作り方", "区分", "最初の表示までの秒",
)  # fmt: skip
_EVENT: Final = tables.usage_event.c
_DAYS: Final = "月火水木金土日"


@dataclass(frozen=True)
class UsageExport:
    """What a file of the ledger says of itself; `head` covers every row in it."""

    by: str
    at: str
    rows: int
    head: ChainHead
    simulated: bool

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """What is printed at the head of the file: names and values."""
        return (
            *((("注意", SIMULATED),) if self.simulated else ()),
            ("書き出した日時（日本時間）", tokyo_time(self.at)),
            ("書き出した人", self.by),
            ("行数（利用と数える質問）", str(self.rows)),
            *head_lines(self.head),
            (
                "数え直し方",
                "確定した人数は、週ごとに「確定時に数えた」が1の行の「確定時の人」の種類を数える。"
                "調整後の人数は「今数える」が1の行の「今の人」の種類を数える。除外した人数は、"
                "除外の列が1の人のうち、その週に数えた行のない人を数える。引用だけの人は、数えた人のうち"
                "「AIの文」が1の行のない人。未解決の番号は、「（未解決 …）」の種類を数える。",
            ),
            *DEFINITION,
        )


def pseudonym(person_id: str, key: bytes) -> str:
    """Return what stands for a person in files: 16 hexadecimal digits that need the key."""
    return hmac.new(key, person_id.encode(), hashlib.sha256).hexdigest()[:16]


def export_usage(
    database: Database, *, key: bytes, format_: Format, by: Actor, file: BinaryIO
) -> UsageExport:
    """Write all qualifying events to an open file, oldest week first; raises UsageError."""
    with database.write() as connection:
        append_event(connection, by, "export", "利用の記録", {"format": format_})
        head = seal(connection, by=by)
    with database.read() as connection:
        connection.exec_driver_sql("BEGIN")
        qualifying = select(func.count()).where(_EVENT.qualifying.is_(True))
        rows = int(connection.execute(qualifying).scalar_one())
        if format_ == "xlsx" and rows > MOST_SHEET_ROWS:
            raise UsageError(
                f"Excel の1枚には {MOST_SHEET_ROWS:,} 行まで書けます。CSV で書き出してください。"
            )
        simulated = is_simulated(read_entries(connection, "simulation"))
        export = UsageExport(by.name, calendar.now().isoformat(), rows, head, simulated)
        write = _write_csv if format_ == "csv" else _write_xlsx
        write(export, _rows(connection, key), file)
    return export


def _rows(connection: Connection, key: bytes) -> Iterator[tuple[Any, ...]]:
    frozen = frozen_weeks(read_entries(connection, "week", "adjustment"))
    decisions = read_entries(connection, *sorted(COUNTED_BY))
    now = Register(decisions)
    names: dict[str | None, str] = {None: ""}
    for week in event_weeks(connection):
        known = frozen.get(week)
        then = _register_then(decisions, known) if known else now
        for event in connection.execute(_events_of(week)):
            use = Use(
                event.id, event.person_id, event.number, event.source, event.section,
                event.occurred_at, event.model_wrote,
            )  # fmt: skip
            late = known is not None and event.id > known.entry.body["last_event"]
            state = "遅れて届いた" if late else "確定" if known else "速報"
            first = judged(use, then)
            unknown = f"（未解決 {pseudonym(f'{use.source} {use.number}', key)}）"
            yield (
                *_place(week, event.occurred_at, event.id), event.source, state,
                *(("", 0, 0) if late or known is None else _judged(first, key, names, unknown)),
                *_judged(judged(use, now), key, names, unknown),
                int(event.model_wrote), event.outcome, event.mode, event.category,
                "" if event.evidence_seconds is None else round(event.evidence_seconds, 3),
            )  # fmt: skip


def _place(week: str, occurred_at: str, number: int) -> tuple[Any, ...]:
    local = datetime.fromisoformat(occurred_at).astimezone(calendar.TOKYO)
    fiscal_year = calendar.fiscal_year(calendar.week_start(week))
    return number, week, fiscal_year, _DAYS[local.weekday()], local.hour


def _judged(
    found: Judged, key: bytes, names: dict[str | None, str], unknown: str
) -> tuple[Any, ...]:
    person = found.person_id
    if person not in names:
        names[person] = pseudonym(str(person), key)
    counts = person is not None and not found.excluded
    return names[person] or unknown, int(counts), int(found.excluded)


def _register_then(decisions: list[Entry], week: FrozenWeek) -> Register:
    return Register(entry for entry in decisions if entry.id < week.entry.id)


def _events_of(week: str) -> Any:
    query = select(
        _EVENT.id, _EVENT.person_id, _EVENT.number, _EVENT.source, _EVENT.section,
        _EVENT.occurred_at, _EVENT.model_wrote, _EVENT.outcome, _EVENT.mode, _EVENT.category,
        _EVENT.evidence_seconds,
    )  # fmt: skip
    return query.where(_EVENT.week == week, _EVENT.qualifying.is_(True)).order_by(_EVENT.id)


def _write_csv(export: UsageExport, rows: Iterator[tuple[Any, ...]], file: BinaryIO) -> None:
    """Write lines that all have as many cells: what the file says of itself, then the rows."""
    empty = ("",) * (len(COLUMNS) - 2)
    with csv_writer(file) as writer:
        for name, value in export.lines:
            writer.writerow((name, as_text(value), *empty))
        writer.writerow(("",) * len(COLUMNS))
        writer.writerow(COLUMNS)
        writer.writerows([as_text(cell) for cell in row] for row in rows)


def _write_xlsx(export: UsageExport, rows: Iterator[tuple[Any, ...]], file: BinaryIO) -> None:
    """Write a sheet of rows and one that says what they are."""
    with workbook(file, row_by_row=True) as book:
        text = book.add_format(TYPED)
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet("利用の記録")
        sheet.freeze_panes(1, 0)
        sheet.set_footer(f"&L台帳の末尾 {export.head.id}: {export.head.hash}&R&P / &N")
        if export.simulated:
            sheet.set_header(f"&C{SIMULATED}")
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.set_column(0, len(COLUMNS) - 1, 14)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, text if isinstance(cell, str) else None)
        about = book.add_worksheet("書き出しについて")
        wrapped = book.add_format({**TYPED, "text_wrap": True, "valign": "top"})
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 100)
        for number, (name, value) in enumerate(export.lines):
            about.write_string(number, 0, name, wrapped)
            about.write_string(number, 1, value, wrapped)
