"""A real ledger on an empty database, and events of a person at the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from assistant import tables
from assistant.database import Database
from assistant.usage.ledger import Ledger, UsageEvent

MakeEvent = Callable[..., UsageEvent]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "chonai.db")
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def add_people(database: Database) -> Callable[..., None]:
    """Add people with sign-in names of their own, in a section if one is said."""

    def add(*people: str, section: str = "") -> None:
        since = date(2026, 4, 1)
        with database.write() as connection:
            for person in people:
                rows: list[tuple[Any, dict[str, Any]]] = [
                    (
                        tables.person,
                        {"id": person, "created_at": datetime(2026, 4, 1), "name": person},
                    ),
                    (
                        tables.identity,
                        {"sign_in_name": person, "valid_from": since, "person_id": person},
                    ),
                ]
                if section:
                    posted = {"person_id": person, "valid_from": since, "section": section}
                    rows.append((tables.posting, posted))
                for table, row in rows:
                    connection.execute(insert(table), row)

    return add


@pytest.fixture
def event() -> MakeEvent:
    """Make an event of a shown answer at the screen, in week 2026-W47 unless said otherwise."""
    made = 0

    def make(person: str = "p1", **values: Any) -> UsageEvent:
        nonlocal made
        made += 1
        given: dict[str, Any] = {
            "answer_id": f"a{made}",
            "section": "総務課",
            "channel": "screen",
            "occurred_at": datetime(2026, 11, 18, 3, 0, tzinfo=UTC),
            "outcome": "answered",
            "mode": "extractive",
            "model_wrote": False,
            "shown": True,
        }
        return UsageEvent(person_id=person, **{**given, **values})

    return make
