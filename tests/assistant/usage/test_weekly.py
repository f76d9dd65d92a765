from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistant.database import Database
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.book import append_entry
from assistant.usage.ledger import Ledger
from assistant.usage.weekly import weekly_table
from assistant.usage.weeks import special_days

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def _exclude(database: Database, person: str, first: date, end: date | None) -> None:
    body = {
        "kind": "test", "from": str(first), "to": None if end is None else str(end),
        "reason": "試験用",
    }  # fmt: skip
    with database.write() as connection:
        append_entry(connection, "exclusion", person, body, by=OPERATOR_ACTOR)


def _week(ledger: Ledger, key: str) -> dict[str, Any]:
    return next(row for row in weekly_table(ledger, now=NOW) if row["week"] == key)


def test_an_empty_ledger_shows_the_present_week_with_nobody(ledger: Ledger) -> None:
    [row] = weekly_table(ledger, now=NOW)
    assert (row["week"], row["start"], row["active"]) == ("2026-W47", "2026-11-16", 0)
    assert (row["state"], row["fiscal_year"]) == ("provisional", 2026)


def test_a_person_counts_once_a_week(ledger: Ledger, event: Any) -> None:
    for person in ("p1", "p2", "p1", "p1"):
        ledger.append(event(person))
    assert _week(ledger, "2026-W47")["active"] == 2


def test_weeks_come_newest_first_without_gaps(ledger: Ledger, event: Any) -> None:
    ledger.append(event(occurred_at=datetime(2026, 10, 26, 0, 0, tzinfo=UTC)))
    rows = weekly_table(ledger, now=NOW)
    assert [row["week"] for row in rows] == ["2026-W47", "2026-W46", "2026-W45", "2026-W44"]
    assert [row["active"] for row in rows] == [0, 0, 0, 1]


def test_sunday_night_and_monday_morning_in_tokyo_are_two_weeks(ledger: Ledger, event: Any) -> None:
    ledger.append(event("p1", occurred_at=datetime(2026, 11, 15, 14, 59, 59, tzinfo=UTC)))
    ledger.append(event("p2", occurred_at=datetime(2026, 11, 15, 15, 0, 0, tzinfo=UTC)))
    assert {row["week"]: row["active"] for row in weekly_table(ledger, now=NOW)} == {
        "2026-W46": 1,
        "2026-W47": 1,
    }


def test_the_week_over_the_end_of_march_belongs_to_the_new_fiscal_year(
    ledger: Ledger, event: Any
) -> None:
    ledger.append(event(occurred_at=datetime(2026, 3, 30, 1, 0, tzinfo=UTC)))
    row = _week(ledger, "2026-W14")
    assert (row["start"], row["fiscal_year"], row["active"]) == ("2026-03-30", 2026, 1)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        pytest.param("2026-W53", "年末年始", id="turn of the year"),
        pytest.param("2027-W17", "ゴールデンウィーク", id="Showa Day"),
        pytest.param("2030-W19", "ゴールデンウィーク", id="6 May as the substitute holiday"),
        pytest.param("2027-W19", "", id="the week after"),
        pytest.param("2026-W33", "お盆", id="Bon"),
        pytest.param("2026-W47", "", id="a week like others"),
    ],
)
def test_weeks_unlike_others_are_marked(week: str, words: str) -> None:
    assert special_days(week) == words


def test_excluded_accounts_are_counted_apart(
    ledger: Ledger, database: Database, event: Any
) -> None:
    for person in ("p1", "p2", "tester"):
        ledger.append(event(person))
    _exclude(database, "tester", date(2026, 4, 1), None)
    row = _week(ledger, "2026-W47")
    assert (row["active"], row["excluded"]) == (2, 1)


def test_an_exclusion_ends_on_its_last_day_in_tokyo(
    ledger: Ledger, database: Database, event: Any
) -> None:
    _exclude(database, "p1", date(2026, 11, 1), date(2026, 11, 19))
    ledger.append(event("p1", occurred_at=datetime(2026, 11, 18, 14, 59, tzinfo=UTC)))
    assert _week(ledger, "2026-W47")["active"] == 0
    ledger.append(event("p1", occurred_at=datetime(2026, 11, 18, 15, 0, tzinfo=UTC)))
    row = _week(ledger, "2026-W47")
    assert (row["active"], row["excluded"]) == (1, 0)


def test_someone_else_is_not_excluded(ledger: Ledger, database: Database, event: Any) -> None:
    _exclude(database, "tester", date(2026, 4, 1), None)
    ledger.append(event("p1"))
    assert _week(ledger, "2026-W47")["excluded"] == 0


def test_the_hash_of_a_week_changes_with_its_rows_only(ledger: Ledger, event: Any) -> None:
    ledger.append(event("p1"))
    first = _week(ledger, "2026-W47")["hash"]
    ledger.append(event("p1", occurred_at=datetime(2026, 11, 9, 0, 0, tzinfo=UTC)))
    assert _week(ledger, "2026-W47")["hash"] == first
    ledger.append(event("p2", shown=False))
    assert _week(ledger, "2026-W47")["hash"] != first


def test_an_event_of_a_clock_ahead_is_not_lost(ledger: Ledger, event: Any) -> None:
    ledger.append(event("p1", occurred_at=datetime(2026, 12, 2, 0, 0, tzinfo=UTC)))
    assert _week(ledger, "2026-W49")["active"] == 1
