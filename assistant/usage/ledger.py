"""The usage ledger: one append-only event a question, apart from the text of conversations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Boolean, Column, Connection, Float, Integer, String, case, cast, func, select
from sqlalchemy.dialects.sqlite import insert

from assistant import calendar, tables
from assistant.append_only import storable
from assistant.database import Database
from assistant.usage.counting import Use

SOURCE: Final = "chonai"
# A qualifying event needs a person at the screen who was shown something. A question marked 試験
# comes through the channel `trial`, another system's log through `log`.
QUALIFYING_CHANNELS: Final = frozenset({"screen", "log"})
QUALIFYING_OUTCOMES: Final = frozenset({"answered", "refused", "clarify"})
_EVENT: Final = tables.usage_event.c
_AT_ONCE: Final = 5_000


@dataclass(frozen=True)
class UsageEvent:
    """One question: who, when (aware), through what, and what was shown of the answer.

    `channel` is screen, log, trial, command or evaluation; only the first two count as use by
    staff. `number` is the 職員番号 where another system knows no more of the person.
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
    source: str = SOURCE
    number: str = ""
    manual: str = ""
    category: str = ""

    @property
    def qualifying(self) -> bool:
        """Whether the event makes its person active in its week."""
        return (
            self.shown
            and self.channel in QUALIFYING_CHANNELS
            and self.outcome in QUALIFYING_OUTCOMES
        )


class Ledger:
    """Appends events and reads them back by week; nothing else may be done with it."""

    def __init__(self, database: Database):
        self._database = database

    @property
    def database(self) -> Database:
        """Where the ledger is."""
        return self._database

    def append(self, event: UsageEvent) -> None:
        """Append an event; a second one for the same answer is ignored."""
        with self._database.write() as connection:
            append_events(connection, [event])

    def category_of(self, version_id: str) -> str:
        """Return the category of a version's manual as it is now, "" where there is none."""
        version, manual = tables.manual_version.c, tables.manual.c
        query = (
            select(manual.category)
            .join(tables.manual_version, version.manual_id == manual.id)
            .where(version.id == version_id)
        )
        with self._database.read() as connection:
            return str(connection.execute(query).scalar() or "")

    def weeks(self) -> list[str]:
        """Return the weeks that hold any event, oldest first."""
        with self._database.read() as connection:
            return event_weeks(connection)

    def rows(self, week: str) -> list[tuple[str, ...]]:
        """Return a week's events as text, in order of their ids."""
        with self._database.read() as connection:
            rows = connection.execute(_rows_of(week))
            return [tuple(str(value) for value in row) for row in rows]

    def qualifying(self, week: str) -> list[tuple[str, datetime]]:
        """Return (person id, instant) of each qualifying event of a week."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(_EVENT.person_id, _EVENT.occurred_at)
                .where(_EVENT.week == week, _EVENT.qualifying.is_(True))
                .order_by(_EVENT.id)
            )
            return [(row[0], datetime.fromisoformat(row[1])) for row in rows]


def append_events(connection: Connection, events: Iterable[UsageEvent]) -> int:
    """Append events within the caller's writing transaction; returns how many were new."""
    recorded_at = calendar.now().astimezone(UTC).isoformat(timespec="seconds")
    rows = [_row(event, recorded_at) for event in events]
    before = last_event(connection)
    statement = insert(tables.usage_event).on_conflict_do_nothing(index_elements=["answer_id"])
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(statement, rows[start : start + _AT_ONCE])
    added = select(func.count()).where(_EVENT.id > before)
    return int(connection.execute(added).scalar_one())


def last_event(connection: Connection) -> int:
    """Return the number of the last event, 0 without any."""
    return int(connection.execute(select(func.max(_EVENT.id))).scalar() or 0)


def event_weeks(connection: Connection) -> list[str]:
    """Return the weeks that hold any event, oldest first."""
    # From one week of the index to the next: a DISTINCT would read it all.
    found: list[str] = []
    week = connection.execute(select(func.min(_EVENT.week))).scalar()
    while week is not None:
        found.append(str(week))
        week = connection.execute(select(func.min(_EVENT.week)).where(_EVENT.week > week)).scalar()
    return found


def week_uses(
    connection: Connection, week: str, *, apart: Collection[str] = (), up_to: int | None = None
) -> list[Use]:
    """Return the qualifying events of a week up to a number, put together where nothing is lost.

    The events of the accounts in `apart`, and those of numbers without a person, come one by one:
    their days matter.
    """
    mine = (_EVENT.week == week) & _EVENT.qualifying.is_(True)
    if up_to is not None:
        mine &= _EVENT.id <= up_to
    one_by_one = (_EVENT.person_id == "") | _EVENT.person_id.in_(list(apart))
    key = (_EVENT.person_id, _EVENT.number, _EVENT.source, _EVENT.section)
    wrote = case((_EVENT.model_wrote, 1), else_=0)
    together = (
        select(
            func.max(_EVENT.id), *key, func.max(_EVENT.occurred_at), func.max(wrote), func.count()
        )
        .where(mine, ~one_by_one)
        .group_by(*key)
    )
    single = select(_EVENT.id, *key, _EVENT.occurred_at, wrote).where(mine, one_by_one)
    rows = [*connection.execute(together), *connection.execute(single)]
    return sorted(Use._make([*row[:6], bool(row[6]), *(row[7:] or (1,))]) for row in rows)


def late_events(connection: Connection, week: str, *, after: int) -> int:
    """Return how many qualifying events of a week have a greater number."""
    query = select(func.count()).where(
        _EVENT.week == week, _EVENT.qualifying.is_(True), _EVENT.id > after
    )
    return int(connection.execute(query).scalar_one())


def newest_event(connection: Connection, week: str, *, up_to: int) -> int:
    """Return the greatest number of an event of a week up to a number, 0 without any."""
    query = select(func.max(_EVENT.id)).where(_EVENT.week == week, _EVENT.id <= up_to)
    return int(connection.execute(query).scalar() or 0)


def week_text(connection: Connection, week: str, *, up_to: int) -> str:
    """Return the events of a week up to a number, in order, as the text that is hashed.

    Each is a line that ends with a line feed: a JSON array without spaces of all columns in the
    order of the table, booleans as 0 and 1, times of waiting in whole milliseconds. SQLite puts it
    together, in a fifth of the time that it takes here.
    """
    columns = [_hashed(column) for column in tables.usage_event.columns]
    in_order = (
        select(func.json_array(*columns, type_=String).label("line"))
        .where(_EVENT.week == week, _EVENT.id <= up_to)
        .order_by(_EVENT.id)
        .subquery()
    )
    text = connection.execute(select(func.group_concat(in_order.c.line, "\n"))).scalar()
    return "" if text is None else f"{text}\n"


def _hashed(column: Column[Any]) -> Any:
    if isinstance(column.type, Boolean):
        return case((column, 1), else_=0)
    if isinstance(column.type, Float):  # the text of a fraction differs between databases
        return cast(func.round(column * 1000), Integer)
    return column


def _rows_of(week: str) -> Any:
    return select(tables.usage_event).where(_EVENT.week == week).order_by(_EVENT.id)


def _row(event: UsageEvent, recorded_at: str) -> dict[str, Any]:
    instant = event.occurred_at.astimezone(UTC)
    return {
        "answer_id": storable(event.answer_id),
        "person_id": storable(event.person_id),
        "section": storable(event.section),
        "source": event.source,
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
        "number": storable(event.number),
        "manual": storable(event.manual),
        "category": storable(event.category),
        "recorded_at": recorded_at,
    }
