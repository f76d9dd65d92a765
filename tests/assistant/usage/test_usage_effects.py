"""Effects rest on the questions and answers of those who count."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from assistant import calendar, tables
from assistant.database import Database
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.decisions import end_exclusion, exclude
from assistant.usage.effects import Effects, read_effects
from assistant.usage.ledger import Ledger

WEEK = "2026-W47"


def _at(day: int) -> datetime:
    return datetime(2026, 11, day, 9, tzinfo=calendar.TOKYO)


@pytest.fixture
def surveyed(database: Database, ledger: Ledger, event: Any, add_people: Any) -> Database:
    """Two people who asked on Monday and on Thursday, and said on Thursday what it saved."""
    add_people("p1", "p2")
    with database.write() as connection:
        for person in ("p1", "p2"):
            connection.execute(
                insert(tables.usage_survey),
                {
                    "answer_id": f"s-{person}", "person_id": person, "rate": 0.1, "band": "to_5",
                    "offered_at": datetime(2026, 11, 19, 0, 0),
                },
            )  # fmt: skip
    for person in ("p1", "p2"):
        for day in (16, 19):
            ledger.append(event(person, occurred_at=_at(day)))
    return database


def _effects(database: Database) -> Effects:
    with database.read() as connection:
        return read_effects(connection, [WEEK])


def _exclude(database: Database, first: date) -> int:
    made = exclude(
        database, "p2", kind="test", first=first, last=None, reason="動作確認", by=OPERATOR_ACTOR
    )
    return made.entry


def test_everybody_counts_who_is_not_left_out(surveyed: Database) -> None:
    found = _effects(surveyed)
    assert (found.questions, found.answered, found.offered, found.replies) == (4, 4, 2, 2)


def test_an_account_that_is_left_out_saves_no_time_from_that_day_on(surveyed: Database) -> None:
    _exclude(surveyed, date(2026, 11, 19))
    found = _effects(surveyed)
    assert (found.questions, found.answered, found.offered, found.replies) == (3, 3, 1, 1)


def test_after_the_last_day_it_counts_again(surveyed: Database) -> None:
    entry = _exclude(surveyed, date(2026, 11, 16))
    assert _effects(surveyed).questions == 2
    end_exclusion(surveyed, entry, last=date(2026, 11, 18), by=OPERATOR_ACTOR)
    found = _effects(surveyed)
    assert (found.questions, found.offered) == (3, 2)
