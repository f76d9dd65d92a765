"""What tests of the audit trail share: a clock that is set, and somebody who owns the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from assistant import calendar
from assistant.database import Database
from assistant.people.audit.trail import BEGINNING, Actor, append_event, event_hash

CLERK = Actor("p1", "1001")
COLUMNS = ("at", "actor", "actor_name", "action", "subject", "detail")


class Clock:
    """Stands in for the clock that events are stamped with; it stands still until it is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, moment: datetime):
        self.moment = moment
        monkeypatch.setattr(calendar, "now", lambda: self.moment)

    def set(self, *numbers: int) -> None:
        """Set the time in Tokyo."""
        self.moment = datetime(*numbers, tzinfo=calendar.TOKYO).astimezone(UTC)

    def go_on(self, **time: float) -> None:
        self.moment += timedelta(**time)


def append(database: Database, count: int = 1, *, subject: str = "1001") -> None:
    """Append events of a clerk in one transaction."""
    with database.write() as connection:
        for number in range(count):
            append_event(connection, CLERK, "person.change", subject, {"number": number})


def events_of(database: Database) -> list[sqlite3.Row]:
    with sqlite3.connect(database.path) as raw:
        raw.row_factory = sqlite3.Row
        return raw.execute("SELECT * FROM audit_event ORDER BY id").fetchall()


@contextmanager
def unguarded(database: Database, *, put_back: bool = True) -> Iterator[sqlite3.Connection]:
    """Give what an owner of the file can do: no triggers; afterwards they stand as before."""
    raw = sqlite3.connect(database.path, isolation_level=None)
    raw.execute("PRAGMA synchronous = OFF")
    guards = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
    ).fetchall()
    for name, _ in guards:
        raw.execute(f"DROP TRIGGER {name}")
    try:
        yield raw
    finally:
        for _, sql in guards if put_back else ():
            raw.execute(sql)
        raw.close()


def rebuild(raw: sqlite3.Connection) -> None:
    """Give every event the hash that its content asks for, as an owner who knows how would."""
    previous = BEGINNING
    rows = raw.execute(f"SELECT id, {', '.join(COLUMNS)} FROM audit_event ORDER BY id").fetchall()
    for number, *values in rows:
        previous = event_hash(previous, dict(zip(COLUMNS, values, strict=True)))
        raw.execute("UPDATE audit_event SET hash = ? WHERE id = ?", (previous, number))


def forget_ids(raw: sqlite3.Connection) -> None:
    """Set SQLite's counter of ids back to the last event that is there."""
    raw.execute(
        "UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM audit_event) "
        "WHERE name = 'audit_event'"
    )
