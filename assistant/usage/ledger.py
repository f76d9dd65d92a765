"""The usage ledger: one append-only event a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from assistant import calendar, tables
from assistant.database import Database

SOURCE = "chonai"
# A qualifying event needs a person at the screen who was shown something: see docs/indicator.md.
_QUALIFYING_CHANNELS = frozenset({"screen"})
_QUALIFYING_OUTCOMES = frozenset({"answered", "refused", "clarify"})

Exclusion = tuple[str, date, date | None]  # person id, first day, first day no longer


@dataclass(frozen=True)
class UsageEvent:
    """One question: who, when (aware), through what, and what was shown of the answer.

    `channel` is screen, command or evaluation; only the screen counts as use by staff.
    """

    answer_id: str
    person_id: str
    section: str
    channel: str
    occurred_at: datetime
    outcome: str
    mode: str
    model_wrote: bool
    shown: bool
    evidence_seconds: float | None = None
    seconds: float | None = None

    @property
    def qualifying(self) -> bool:
        """Whether the event makes its person active in its week."""
        return (
            self.shown
            and self.channel in _QUALIFYING_CHANNELS
            and self.outcome in _QUALIFYING_OUTCOMES
        )


class Ledger:
    """Appends events and reads them back by week; nothing else may be done with it."""

    def __init__(self, database: Database):
        self._database = database

    def append(self, event: UsageEvent) -> None:
        """Append an event; a second one for the same answer is ignored."""
        instant = event.occurred_at.astimezone(UTC)
        values = {
            "answer_id": event.answer_id,
            "person_id": event.person_id,
            "section": event.section,
            "source": SOURCE,
            "channel": event.channel,
            "occurred_at": instant.isoformat(),
            "week": calendar.week_key(instant),
            "outcome": event.outcome,
            "mode": event.mode,
            "model_wrote": event.model_wrote,
            "shown": event.shown,
            "qualifying": event.qualifying,
            "evidence_seconds": event.evidence_seconds,
            "seconds": event.seconds,
        }
        with self._database.write() as connection:
            connection.execute(
                insert(tables.usage_event)
                .values(values)
                .on_conflict_do_nothing(index_elements=["answer_id"])
            )

    def weeks(self) -> list[str]:
        """Return the weeks that hold any event, oldest first."""
        query = select(tables.usage_event.c.week).distinct()
        with self._database.read() as connection:
            return sorted(str(week) for week in connection.execute(query).scalars())

    def rows(self, week: str) -> list[tuple[str, ...]]:
        """Return a week's events as text, in order of their ids: what its hash is made of."""
        table = tables.usage_event.c
        query = (
            select(
                table.id,
                table.answer_id,
                table.person_id,
                table.section,
                table.source,
                table.channel,
                table.occurred_at,
                table.outcome,
                table.mode,
                table.model_wrote,
                table.shown,
                table.qualifying,
            )
            .where(table.week == week)
            .order_by(table.id)
        )
        with self._database.read() as connection:
            return [tuple(str(value) for value in row) for row in connection.execute(query)]

    def qualifying(self, week: str) -> list[tuple[str, datetime]]:
        """Return (person id, instant) of each qualifying event of a week."""
        table = tables.usage_event.c
        query = select(table.person_id, table.occurred_at).where(
            table.week == week, table.qualifying.is_(True)
        )
        with self._database.read() as connection:
            return [(row[0], datetime.fromisoformat(row[1])) for row in connection.execute(query)]

    def qualifying_sections(self, week: str) -> list[tuple[str, datetime, str]]:
        """Return (person id, instant, section of that day) of each qualifying event of a week."""
        table = tables.usage_event.c
        query = select(table.person_id, table.occurred_at, table.section).where(
            table.week == week, table.qualifying.is_(True)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [(row[0], datetime.fromisoformat(row[1]), row[2]) for row in rows]

    def exclusions(self) -> list[Exclusion]:
        """Return the register of accounts that do not count."""
        table = tables.usage_exclusion.c
        query = select(table.person_id, table.valid_from, table.valid_to)
        with self._database.read() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]
