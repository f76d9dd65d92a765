"""Finds whose the numbers in another system's log are; what stays unknown is kept, not counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from assistant import calendar, tables
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor
from assistant.people.sections.lineage import Lineage, read_lineage
from assistant.usage.book import COUNTED_BY, append_entry, read_entries
from assistant.usage.register import Register

_EVENT = tables.usage_event.c
_IDENTITY = tables.identity.c
_POSTING = tables.posting.c


@dataclass(frozen=True)
class UnresolvedNumber:
    """A number of another system with the events of which nobody is known, and their days."""

    source: str
    number: str
    events: int
    first_day: date
    last_day: date


def read_register(connection: Connection) -> Register:
    """Return the register as all entries make it."""
    return Register(read_entries(connection, *sorted(COUNTED_BY)))


def resolve_numbers(connection: Connection, *, by: Actor = SYSTEM_ACTOR) -> int:
    """Enter to whom unresolved numbers belong by now; returns how many entries that took.

    Within the caller's writing transaction. Each entry says the section of its days too.
    """
    register, lineage = read_register(connection), read_lineage(connection)
    count = 0
    for source, number in _numbers(connection):
        days = _open_days(connection, register, source, number)
        if not days:
            continue
        for person, first, end in _holders(connection, number):
            for start, until, section in _postings(connection, lineage, person, first, end):
                if any(start <= day and (until is None or day < until) for day in days):
                    body = {
                        "source": source, "number": number, "person": person, "section": section,
                        "from": start.isoformat(), "to": until.isoformat() if until else None,
                    }  # fmt: skip
                    append_entry(connection, "resolution", f"{source}/{number}", body, by=by)
                    count += 1
    return count


def unresolved_numbers(connection: Connection) -> list[UnresolvedNumber]:
    """Return the numbers of which nobody is known on some days, by source and number."""
    register = read_register(connection)
    found = []
    for source, number in _numbers(connection):
        days = _open_days(connection, register, source, number)
        if days:
            found.append(UnresolvedNumber(source, number, sum(days.values()), min(days), max(days)))
    return found


def _numbers(connection: Connection) -> list[tuple[str, str]]:
    query = (
        select(_EVENT.source, _EVENT.number)
        .where(_EVENT.person_id == "")
        .group_by(_EVENT.source, _EVENT.number)
        .order_by(_EVENT.source, _EVENT.number)
    )
    return [(row.source, row.number) for row in connection.execute(query)]


def _open_days(
    connection: Connection, register: Register, source: str, number: str
) -> dict[date, int]:
    """Return on which days in Tokyo a number has events that are nobody's, and how many."""
    query = (
        select(_EVENT.occurred_at, func.count())
        .where(_EVENT.person_id == "", _EVENT.source == source, _EVENT.number == number)
        .group_by(_EVENT.occurred_at)
    )
    days: dict[date, int] = {}
    for occurred_at, events in connection.execute(query):
        day = datetime.fromisoformat(occurred_at).astimezone(calendar.TOKYO).date()
        if register.resolution(source, number, day) is None:
            days[day] = days.get(day, 0) + events
    return days


def _holders(connection: Connection, number: str) -> list[tuple[str, date, date | None]]:
    query = (
        select(_IDENTITY.person_id, _IDENTITY.valid_from, _IDENTITY.valid_to)
        .where(_IDENTITY.sign_in_name == number)
        .order_by(_IDENTITY.valid_from)
    )
    return [(row.person_id, row.valid_from, row.valid_to) for row in connection.execute(query)]


def _postings(
    connection: Connection, lineage: Lineage, person: str, first: date, end: date | None
) -> Iterator[tuple[date, date | None, str]]:
    """Give the parts of a time in which a person's section has one name, in order."""
    query = (
        select(_POSTING.valid_from, _POSTING.section)
        .where(_POSTING.person_id == person)
        .order_by(_POSTING.valid_from)
    )
    said = [(row.valid_from, row.section) for row in connection.execute(query)]
    changes = [change.takes_effect for change in lineage.changes]
    cuts = sorted({first, *(day for day, _ in said), *changes} - {date.min})
    cuts = [day for day in cuts if day >= first and (end is None or day < end)]
    for start, until in zip(cuts, [*cuts[1:], end], strict=True):
        known = [(day, section) for day, section in said if day <= start]
        section = lineage.heir(known[-1][1], said=known[-1][0], today=start) if known else ""
        yield start, until, section
