"""Questions that were refused: whose manuals would have had to answer, and who asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select

from assistant import calendar, tables
from assistant.database import Database
from assistant.people.sections.lineage import read_lineage

DAYS: Final = 90
_REFUSED: Final = '"outcome": "refused"'
_ANSWER: Final = tables.answer.c


@dataclass(frozen=True)
class OpenQuestion:
    """A refused question without its words: `owner` is the section that was named to ask instead.

    Both sections are as they are today, "" where none was known.
    """

    asked_on: date
    owner: str
    asker: str


def open_questions(database: Database, *, today: date, days: int = DAYS) -> list[OpenQuestion]:
    """Return the questions refused within so many days before today, oldest first."""
    midnight = datetime.combine(today - timedelta(days=days), time(), calendar.TOKYO)
    query = (
        select(_ANSWER.asked_at, _ANSWER.section, _ANSWER.snapshot)
        .where(
            _ANSWER.state == "answered",
            _ANSWER.asked_at >= calendar.stored(midnight),
            # Most answers are none of these, and to parse them all takes seconds.
            _ANSWER.snapshot.contains(_REFUSED, autoescape=True),
        )
        .order_by(_ANSWER.asked_at)
    )
    found = []
    with database.read() as connection:
        lineage = read_lineage(connection)
        for row in connection.execute(query):
            snapshot = json.loads(row.snapshot)
            if snapshot.get("outcome") != "refused":
                continue
            day = row.asked_at.replace(tzinfo=UTC).astimezone(calendar.TOKYO).date()
            said = ((snapshot.get("owner") or {}).get("section") or "", row.section)
            owner, asker = (lineage.heir(name, said=day, today=today) for name in said)
            found.append(OpenQuestion(day, owner, asker))
    return found
