from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from audit_tools import CLERK, Clock, append, events_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assistant import calendar
from assistant.database import Database
from assistant.people.audit.records import read_head
from assistant.people.audit.retention import seal
from assistant.people.audit.trail import BEGINNING, AuditTrail, append_event, event_hash
from assistant.people.audit.verification import verify


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "chonai.db")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, calendar.now())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET subject = 'x' WHERE id = 2",
        "UPDATE audit_event SET id = 99 WHERE id = 2",
        "UPDATE audit_event SET hash = hash",
        "DELETE FROM audit_event WHERE id = 2",
        "DELETE FROM audit_event",
        "REPLACE INTO audit_event SELECT id, at, 'x', actor_name, action, subject, detail, hash"
        " FROM audit_event WHERE id = 2",
        "INSERT INTO audit_event SELECT id, at, 'x', actor_name, action, subject, detail, hash"
        " FROM audit_event WHERE id = 2",
        "INSERT OR IGNORE INTO audit_event SELECT * FROM audit_event WHERE id = 2",
        "INSERT INTO audit_event SELECT * FROM audit_event WHERE id = 2"
        " ON CONFLICT (id) DO UPDATE SET subject = 'x'",
        "UPDATE OR REPLACE audit_event SET id = 1 WHERE id = 2",
    ],
)
def test_an_event_cannot_be_changed_or_removed(database: Database, statement: str) -> None:
    append(database, 3)
    before = [tuple(row) for row in events_of(database)]
    try:
        with database.write() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        assert isinstance(error.orig, sqlite3.IntegrityError)  # refused by the database
    assert [tuple(row) for row in events_of(database)] == before
    assert verify(database).right


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_segment",
        "UPDATE audit_segment SET last_id = 99",
        "UPDATE audit_segment SET head = 'x', removed_at = '2030-01-01'",
        "UPDATE audit_segment SET removed_at = NULL",
        "REPLACE INTO audit_segment SELECT id, month, 1, 99, head, sealed_at, removed_at"
        " FROM audit_segment",
    ],
)
def test_a_segment_cannot_be_changed_but_for_its_removal(
    database: Database, clock: Clock, statement: str
) -> None:
    clock.set(2026, 10, 5)
    append(database, 3)
    clock.set(2026, 11, 5)
    assert len(seal(database)) == 1
    with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
        connection.execute(text(statement))
    assert verify(database).right


def test_a_transaction_that_fails_leaves_no_event_and_no_gap(database: Database) -> None:
    def fail_after_appending() -> None:
        with database.write() as connection:
            append_event(connection, CLERK, "role.grant", "1002", {"role": "administrator"})
            raise RuntimeError("the change itself failed")

    append(database)
    with pytest.raises(RuntimeError):
        fail_after_appending()
    append(database)
    assert [row["id"] for row in events_of(database)] == [1, 2]
    assert [row["action"] for row in events_of(database)] == ["person.change"] * 2
    assert verify(database).right


def test_threads_that_append_at_once_keep_one_chain(database: Database) -> None:
    trail = AuditTrail(database)
    with ThreadPoolExecutor(8) as pool:
        work = [
            pool.submit(trail.record, CLERK, "original.open", f"{thread}-{number}")
            for thread in range(8)
            for number in range(25)
        ]
        for one in work:
            one.result()
    rows = events_of(database)
    assert [row["id"] for row in rows] == list(range(1, 201))
    assert len({row["subject"] for row in rows}) == 200
    assert verify(database).right


def test_each_event_carries_the_hash_of_itself_and_of_the_one_before(database: Database) -> None:
    assert (read_head(database).id, read_head(database).hash) == (0, BEGINNING)
    append(database, 2)
    first, second = events_of(database)
    assert first["hash"] == event_hash(BEGINNING, dict(first))
    assert second["hash"] == event_hash(first["hash"], dict(second))
    assert (read_head(database).id, read_head(database).hash) == (2, second["hash"])


def test_whatever_somebody_typed_can_be_recorded(database: Database) -> None:
    typed = "1001\0\ud800=cmd\U0001f600"
    AuditTrail(database).record(CLERK, "sign_in.failed", typed, {"typed": typed})
    (row,) = events_of(database)
    assert row["subject"] == "1001\ufffd?=cmd\U0001f600"
    assert json.loads(row["detail"])["typed"].endswith("=cmd\U0001f600")
    assert verify(database).right


def test_times_are_kept_in_utc_whatever_the_clock_says(database: Database, clock: Clock) -> None:
    clock.set(2026, 11, 1, 8, 30)
    clock.moment = clock.moment.astimezone()
    append(database)
    assert events_of(database)[0]["at"] == "2026-10-31T23:30:00.000+00:00"
