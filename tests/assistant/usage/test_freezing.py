from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from assistant import calendar
from assistant.database import Database
from assistant.usage import freezing
from assistant.usage.book import read_entries
from assistant.usage.counting import WeekUse
from assistant.usage.freezing import counted_now, freeze
from assistant.usage.ledger import Ledger
from assistant.usage.register import Register
from assistant.usage.weeks import frozen_weeks

WEDNESDAY = datetime(2026, 11, 25, 0, 0, tzinfo=calendar.TOKYO)


def _weeks(database: Database) -> Any:
    with database.read() as connection:
        return frozen_weeks(read_entries(connection, "week", "adjustment"))


def test_a_week_is_frozen_when_its_wednesday_begins_in_tokyo(
    ledger: Ledger, database: Database, event: Any
) -> None:
    ledger.append(event("p1"))
    assert freeze(database, now=WEDNESDAY - timedelta(seconds=1)).frozen == ()
    assert freeze(database, now=WEDNESDAY).frozen == ("2026-W47",)
    assert freeze(database, now=WEDNESDAY).frozen == ()
    body = _weeks(database)["2026-W47"].frozen
    assert (body["active"], body["excluded"], body["last_event"]) == (1, 0, 1)


def test_weeks_without_any_event_are_frozen_too(
    ledger: Ledger, database: Database, event: Any
) -> None:
    ledger.append(event("p1", occurred_at=datetime(2026, 11, 3, tzinfo=UTC)))
    done = freeze(database, now=WEDNESDAY)
    assert done.frozen == ("2026-W45", "2026-W46", "2026-W47")
    assert [week.frozen["active"] for week in _weeks(database).values()] == [1, 0, 0]


def test_a_late_event_is_an_adjustment_and_the_frozen_count_stays(
    ledger: Ledger, database: Database, event: Any
) -> None:
    ledger.append(event("p1"))
    freeze(database, now=WEDNESDAY)
    ledger.append(event("p2"))
    assert freeze(database, now=WEDNESDAY).adjusted == ("2026-W47",)
    assert freeze(database, now=WEDNESDAY).adjusted == ()
    week = _weeks(database)["2026-W47"]
    assert (week.frozen["active"], week.now["active"]) == (1, 2)
    [adjustment] = week.adjustments
    assert adjustment.body["difference"]["active"] == 1
    assert adjustment.body["late_events"] == 1


@pytest.mark.parametrize("channel", ["command", "evaluation", "trial"])
def test_what_does_not_qualify_is_no_late_event(
    ledger: Ledger, database: Database, event: Any, channel: str
) -> None:
    ledger.append(event("p1"))
    freeze(database, now=WEDNESDAY)
    ledger.append(event("p2", channel=channel))
    assert freeze(database, now=WEDNESDAY).adjusted == ()


def test_a_late_event_that_does_not_qualify_lets_no_week_be_counted_again(
    ledger: Ledger, database: Database, event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(event("p1"))
    freeze(database, now=WEDNESDAY)
    counted: list[str] = []

    def count(connection: Connection, key: str, register: Register) -> WeekUse:
        counted.append(key)
        return counted_now(connection, key, register)

    monkeypatch.setattr(freezing, "counted_now", count)
    ledger.append(event("p2", channel="trial"))
    freeze(database, now=WEDNESDAY)
    assert counted == []
    ledger.append(event("p3"))
    freeze(database, now=WEDNESDAY)
    assert counted == ["2026-W47"]
