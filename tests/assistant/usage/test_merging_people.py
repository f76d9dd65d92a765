"""Two people who turn out to be one after weeks were frozen are one in every reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from assistant import tables
from assistant.database import Database, _engine, migrate
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.book import read_entries
from assistant.usage.decisions import same_person
from assistant.usage.figures import UsageFigures, read_usage
from assistant.usage.freezing import adjust, freeze
from assistant.usage.ledger import Ledger
from assistant.usage.sections import section_table
from assistant.usage.verification import verify
from assistant.usage.weeks import frozen_weeks

FIRST = datetime(2026, 10, 28, 3, tzinfo=UTC)
WEEKS = ("2026-W44", "2026-W45", "2026-W46", "2026-W47")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def frozen(database: Database, ledger: Ledger, event: Any, add_people: Any) -> Database:
    """Four frozen weeks: in the first two somebody asked by the old number, then by the new."""
    add_people("old", "new")
    for week, person in enumerate(("old", "old", "new", "new")):
        ledger.append(event(person, occurred_at=FIRST + timedelta(days=7 * week)))
    freeze(database, now=NOW)
    return database


def _figures(database: Database) -> UsageFigures:
    return read_usage(database, now=NOW)


def _active(database: Database) -> int:
    with database.read() as connection:
        return section_table(connection, WEEKS).active


def test_the_readings_over_weeks_know_them_as_one(frozen: Database) -> None:
    before = _figures(frozen)
    assert (before.closed[-1].sustained, before.movements[2].new, _active(frozen)) == (0, 1, 2)
    same_person(frozen, "old", "new", reason="再任用で番号が変わった", by=OPERATOR_ACTOR)
    adjust(frozen)
    after = _figures(frozen)
    assert (after.closed[-1].sustained, after.movements[2].new, _active(frozen)) == (1, 0, 1)
    assert [week.active for week in after.closed] == [1, 1, 1, 1]


def test_each_week_that_it_touches_says_so_though_its_count_stays(frozen: Database) -> None:
    same_person(frozen, "old", "new", reason="再任用で番号が変わった", by=OPERATOR_ACTOR)
    assert adjust(frozen) == WEEKS[:2]
    assert adjust(frozen) == ()
    with frozen.read() as connection:
        weeks = frozen_weeks(read_entries(connection, "week", "adjustment"))
        [decision] = read_entries(connection, "same_person")
    for key in WEEKS[:2]:
        [adjustment] = weeks[key].adjustments
        assert adjustment.body["difference"]["active"] == 0
        assert adjustment.body["decisions"] == [decision.id]
    assert verify(frozen).right


def test_weeks_that_were_frozen_before_the_update_are_counted_once_more(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "before.db")
    migrate(engine, "0011")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO counter VALUES ('usage_decisions_counted', 7)")
        connection.exec_driver_sql("INSERT INTO counter VALUES ('other', 3)")
    engine.dispose()
    database = Database(tmp_path / "before.db")
    with database.read() as connection:
        rows = connection.execute(select(tables.counter.c.name, tables.counter.c.value))
        kept = {row.name: row.value for row in rows}
    database.close()
    assert "usage_decisions_counted" not in kept
    assert kept["other"] == 3
