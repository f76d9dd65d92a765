"""Sections in fixed tables: transfers, renamed and merged sections, two systems, few people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from assistant import tables
from assistant.database import Database
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.decisions import exclude
from assistant.usage.freezing import freeze
from assistant.usage.ledger import Ledger, append_events
from assistant.usage.sections import SectionTable, section_history, section_table

MONDAY = date(2026, 11, 2)
WEEKS = ("2026-W45", "2026-W46", "2026-W47")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def _at(week: int, day: int = 0) -> datetime:
    return datetime(2026, 11, 2, 3, tzinfo=UTC) + timedelta(days=7 * week + day)


def _use(database: Database, event: Any, section: str, people: range, week: int) -> None:
    with database.write() as connection:
        append_events(
            connection,
            [event(f"p{n}", section=section, occurred_at=_at(week)) for n in people],
        )


def _rename(database: Database, day: date, *pairs: tuple[str, str]) -> None:
    with database.write() as connection:
        connection.execute(
            insert(tables.section_change),
            [{"takes_effect": day, "old": old, "new": new, "heir": True} for old, new in pairs],
        )


def _table(database: Database, *weeks: str) -> SectionTable:
    freeze(database, now=NOW)
    with database.read() as connection:
        return section_table(connection, weeks)


def _active(table: SectionTable) -> dict[str, int | None]:
    return {row.section: row.active for row in table.rows}


@pytest.fixture
def offices(database: Database, add_people: Any) -> Database:
    add_people(*(f"p{n}" for n in range(20)), section="総務課")
    add_people(*(f"p{n}" for n in range(20, 40)), section="税務課")
    return database


def test_sections_add_up_to_the_city(offices: Database, event: Any) -> None:
    _use(offices, event, "総務課", range(8), 0)
    _use(offices, event, "税務課", range(20, 32), 0)
    table = _table(offices, "2026-W45")
    assert _active(table) == {"税務課": 12, "総務課": 8}
    assert (table.active, table.staff) == (20, 40)
    assert [row.rate for row in table.rows] == [0.6, 0.4]


def test_few_people_are_hidden_and_somebody_else_with_them(offices: Database, event: Any) -> None:
    _use(offices, event, "総務課", range(3), 0)
    _use(offices, event, "税務課", range(20, 32), 0)
    assert _active(_table(offices, "2026-W45")) == {"税務課": None, "総務課": None}


def test_a_transfer_within_a_week_counts_once_where_they_asked_last(
    offices: Database, event: Any
) -> None:
    ledger = Ledger(offices)
    _use(offices, event, "総務課", range(9), 0)
    _use(offices, event, "税務課", range(20, 32), 0)
    ledger.append(event("p0", section="税務課", occurred_at=_at(0, 2)))
    table = _table(offices, "2026-W45")
    assert _active(table) == {"税務課": 13, "総務課": 8}
    assert table.active == 21


def test_a_month_puts_people_where_they_were_in_its_last_week(
    offices: Database, event: Any
) -> None:
    _use(offices, event, "総務課", range(9), 0)
    _use(offices, event, "税務課", range(20, 32), 0)
    _use(offices, event, "税務課", range(2), 2)
    table = _table(offices, *WEEKS)
    assert _active(table) == {"税務課": 14, "総務課": 7}


def test_a_week_keeps_the_names_of_its_time_and_a_longer_table_has_the_new_ones(
    offices: Database, event: Any
) -> None:
    _rename(offices, date(2026, 11, 10), ("総務課", "行政課"), ("税務課", "行政課"))
    _use(offices, event, "総務課", range(9), 0)
    _use(offices, event, "税務課", range(20, 32), 0)
    _use(offices, event, "行政課", range(6), 1)
    assert _active(_table(offices, "2026-W45")) == {"税務課": 12, "総務課": 9}
    assert _active(_table(offices, "2026-W45", "2026-W46")) == {"行政課": 21}


def test_a_section_that_took_over_sees_the_rows_of_both_as_they_were(
    offices: Database, event: Any
) -> None:
    _rename(offices, date(2026, 11, 10), ("総務課", "行政課"), ("税務課", "行政課"))
    _use(offices, event, "総務課", range(9), 0)
    _use(offices, event, "税務課", range(20, 32), 0)
    freeze(offices, now=NOW)
    with offices.read() as connection:
        history = section_history(connection, "行政課", today=date(2026, 12, 1))
    assert [table.weeks for table in history] == [("2026-W47",), ("2026-W46",), ("2026-W45",)]
    assert {row.section: row.active for row in history[-1].rows} == {"総務課": 9, "税務課": 12}


def test_somebody_in_two_systems_counts_once(offices: Database, event: Any) -> None:
    ledger = Ledger(offices)
    _use(offices, event, "総務課", range(9), 0)
    for n in range(5):
        ledger.append(
            event(f"p{n}", source="gpt", channel="log", section="税務課", occurred_at=_at(0, 1))
        )
    assert _table(offices, "2026-W45").active == 9


def test_an_excluded_account_is_in_no_section(offices: Database, event: Any) -> None:
    _use(offices, event, "総務課", range(9), 0)
    _use(offices, event, "税務課", range(20, 32), 0)
    exclude(
        offices, "p0", kind="test", first=date(2026, 4, 1), last=None, reason="試験",
        by=OPERATOR_ACTOR,
    )  # fmt: skip
    table = _table(offices, "2026-W45")
    assert _active(table) == {"税務課": 12, "総務課": 8}
    assert table.staff == 39
