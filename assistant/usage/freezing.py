"""Freezes the weeks that are over, and turns what came later into visible adjustments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor
from assistant.usage.book import COUNTED_BY, Entry, append_entry, read_entries
from assistant.usage.counting import RULE_VERSION, WeekUse, difference, week_use
from assistant.usage.ledger import (
    event_weeks,
    last_event,
    late_events,
    week_uses,
)
from assistant.usage.register import Register
from assistant.usage.resolving import read_register, resolve_numbers
from assistant.usage.rows_hash import rows_hash
from assistant.usage.staff import staff_by_section
from assistant.usage.summaries import read_people, write_summary
from assistant.usage.weeks import frozen_weeks, is_due, weeks_between

_COUNTER: Final = tables.counter.c
_COUNTED: Final = "usage_decisions_counted"


@dataclass(frozen=True)
class Freezing:
    """The weeks that were frozen, and those of earlier ones that got an adjustment."""

    frozen: tuple[str, ...]
    adjusted: tuple[str, ...]


def freeze(database: Database, *, now: datetime, by: Actor = SYSTEM_ACTOR) -> Freezing:
    """Freeze every week that is due and adjust the earlier ones; returns what was done.

    Each week stands or falls with its own transaction: two freezes at once, or one that is killed,
    leave each week frozen once and wholly, or not yet.
    """
    with database.write() as connection:
        resolve_numbers(connection, by=by)
    frozen = []
    for key in _due(database, now):
        if _freeze_week(database, key, by):
            frozen.append(key)
    return Freezing(tuple(frozen), _adjust_weeks(database, by))


def adjust(database: Database, *, by: Actor = SYSTEM_ACTOR) -> tuple[str, ...]:
    """Adjust the frozen weeks that late events or new decisions change; returns their keys."""
    with database.write() as connection:
        resolve_numbers(connection, by=by)
    return _adjust_weeks(database, by)


def _adjust_weeks(database: Database, by: Actor) -> tuple[str, ...]:
    keys, decision = _doubtful(database)
    adjusted = tuple(key for key in keys if _adjust_week(database, key, by))
    _set_counted_to(database, decision)
    return adjusted


def counted_now(connection: Connection, key: str, register: Register) -> WeekUse:
    """Return a week as all its events and a register make it."""
    return week_use(week_uses(connection, key, apart=register.accounts_left_out), register)


def _due(database: Database, now: datetime) -> list[str]:
    with database.read() as connection:
        known = event_weeks(connection)
        done = {entry.subject for entry in read_entries(connection, "week")}
    if not known:
        return []
    latest = max(known[-1], calendar.week_key(now))
    return [
        key for key in weeks_between(known[0], latest) if key not in done and is_due(key, now=now)
    ]


def _freeze_week(database: Database, key: str, by: Actor) -> bool:
    with database.write() as connection:
        if any(entry.subject == key for entry in read_entries(connection, "week")):
            return False  # another freeze came first
        register = read_register(connection)
        use, last = counted_now(connection, key, register), last_event(connection)
        monday = calendar.week_start(key)
        sunday = monday + timedelta(days=6)
        body: dict[str, Any] = {
            **use.document(),
            "start": monday.isoformat(),
            "fiscal_year": calendar.fiscal_year(monday),
            "staff": staff_by_section(connection, register, day=sunday),
            "rule": RULE_VERSION,
            "last_event": last,
            "rows": rows_hash(connection, key, up_to=last),
        }
        append_entry(connection, "week", key, body, by=by)
        write_summary(connection, key, use)
    return True


def _doubtful(database: Database) -> tuple[list[str], int]:
    """Return the frozen weeks that may come to something else by now, and the last decision."""
    with database.read() as connection:
        weeks = frozen_weeks(read_entries(connection, "week", "adjustment"))
        decisions = read_entries(connection, *sorted(COUNTED_BY))
        last = decisions[-1].id if decisions else 0
        if last > _counted_to(connection):
            return list(weeks), last
        late = [
            key
            for key, week in weeks.items()
            if late_events(connection, key, after=week.last.body["last_event"])
        ]
        return late, last


def _counted_to(connection: Connection) -> int:
    query = select(_COUNTER.value).where(_COUNTER.name == _COUNTED)
    return int(connection.execute(query).scalar() or 0)


def _set_counted_to(database: Database, decision: int) -> None:
    """Keep up to which decision all frozen weeks were counted again, to spare it the next time."""
    with database.write() as connection:
        connection.execute(delete(tables.counter).where(_COUNTER.name == _COUNTED))
        connection.execute(insert(tables.counter), {"name": _COUNTED, "value": decision})


def _adjust_week(database: Database, key: str, by: Actor) -> bool:
    with database.write() as connection:
        week = frozen_weeks(read_entries(connection, "week", "adjustment"))[key]
        register = read_register(connection)
        use, last = counted_now(connection, key, register), last_event(connection)
        late = late_events(connection, key, after=week.last.body["last_event"])
        after = use.document()
        before = {name: week.now[name] for name in after}
        # Who is one person now may leave a week's count as it was, but not the readings over weeks.
        known = read_people(connection, weeks=[key]).get(key, [])
        if not late and after == before and tuple(known) == use.people:
            return False
        body = {
            "after": after,
            "difference": difference(after, before),
            "late_events": late,
            "decisions": _decisions_since(
                read_entries(connection, *sorted(COUNTED_BY)), key, week.last
            ),
            "rule": RULE_VERSION,
            "last_event": last,
            "rows": rows_hash(connection, key, up_to=last),
        }
        append_entry(connection, "adjustment", key, body, by=by)
        write_summary(connection, key, use)
    return True


def _decisions_since(entries: list[Entry], key: str, last: Entry) -> list[int]:
    """Return the numbers of the decisions that may have changed a week since its last figures."""
    monday = calendar.week_start(key).isoformat()
    after = (calendar.week_start(key) + timedelta(days=7)).isoformat()
    return [
        entry.id
        for entry in entries
        if entry.id > last.id
        and (
            "from" not in entry.body
            or (entry.body["from"] < after and (entry.body["to"] or after) > monday)
        )
    ]
