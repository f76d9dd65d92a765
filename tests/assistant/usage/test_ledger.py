from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from assistant.database import Database
from assistant.usage.ledger import Ledger

WEEK = "2026-W47"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE usage_event SET person_id = 'somebody'", id="update"),
        pytest.param("UPDATE usage_event SET qualifying = 1 WHERE qualifying = 0", id="qualify"),
        pytest.param("DELETE FROM usage_event", id="delete"),
        pytest.param("DELETE FROM usage_event WHERE id = 1", id="delete one"),
    ],
)
def test_the_database_refuses_to_change_the_past(
    ledger: Ledger, database: Database, event: Any, statement: str
) -> None:
    ledger.append(event(shown=False))
    before = ledger.rows(WEEK)
    with pytest.raises(DatabaseError, match="append-only"), database.write() as connection:
        connection.execute(text(statement))
    assert ledger.rows(WEEK) == before


def test_replacing_a_row_is_refused_too(ledger: Ledger, database: Database, event: Any) -> None:
    ledger.append(event("p1"))
    before = ledger.rows(WEEK)
    statement = text(
        "INSERT OR REPLACE INTO usage_event SELECT id, answer_id, 'p2', section, source, channel,"
        " occurred_at, week, outcome, mode, model_wrote, shown, qualifying, evidence_seconds,"
        " seconds, number, manual, category, recorded_at FROM usage_event"
    )
    with pytest.raises(DatabaseError), database.write() as connection:
        connection.execute(statement)
    assert ledger.rows(WEEK) == before


def test_the_same_answer_counts_once(ledger: Ledger, event: Any) -> None:
    ledger.append(event("p1", answer_id="same"))
    ledger.append(event("p2", answer_id="same", outcome="refused"))
    assert [person for person, _ in ledger.qualifying(WEEK)] == ["p1"]
    assert len(ledger.rows(WEEK)) == 1


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        pytest.param({}, True, id="answer shown"),
        pytest.param({"outcome": "refused"}, True, id="refusal shown"),
        pytest.param({"outcome": "clarify"}, True, id="clarification shown"),
        pytest.param({"mode": "local", "model_wrote": True}, True, id="model wrote"),
        pytest.param({"shown": False}, False, id="not shown"),
        pytest.param({"outcome": "refused", "shown": False}, False, id="refusal not shown"),
        pytest.param({"outcome": "failed"}, False, id="failed"),
        pytest.param({"channel": "command"}, False, id="command"),
        pytest.param({"channel": "evaluation"}, False, id="evaluation"),
        pytest.param({"channel": "batch"}, False, id="a channel unknown today"),
    ],
)
def test_only_a_person_who_was_shown_something_qualifies(
    ledger: Ledger, event: Any, values: dict[str, Any], counts: bool
) -> None:
    ledger.append(event("p1", **values))
    assert [person for person, _ in ledger.qualifying(WEEK)] == (["p1"] if counts else [])
    assert len(ledger.rows(WEEK)) == 1


def test_an_instant_is_kept_in_utc_under_its_week_in_tokyo(ledger: Ledger, event: Any) -> None:
    tokyo = timezone(timedelta(hours=9))
    ledger.append(event(occurred_at=datetime(2026, 11, 23, 0, 0, tzinfo=tokyo)))
    ledger.append(event(occurred_at=datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC)))
    assert ledger.weeks() == ["2026-W47", "2026-W48"]
    [(_, instant)] = ledger.qualifying("2026-W48")
    assert instant == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert "2026-11-22T15:00:00+00:00" in ledger.rows("2026-W48")[0]


def test_an_empty_ledger_has_no_weeks(ledger: Ledger) -> None:
    assert ledger.weeks() == []
    assert ledger.qualifying(WEEK) == []
