"""Seals the months of the audit trail that are over, and removes those kept long enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.people.audit.segments import Segment, month_of, read_segments
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor, append_event
from assistant.settings import Settings

_EVENT = tables.audit_event.c
_SEGMENT = tables.audit_segment.c


@dataclass(frozen=True)
class HouseKeeping:
    """The months that were sealed, and those that were removed."""

    sealed: tuple[Segment, ...]
    removed: tuple[Segment, ...]


def keep_house(database: Database, settings: Settings) -> HouseKeeping:
    """Seal what is over, then remove what was kept for the years of the settings."""
    return HouseKeeping(seal(database), remove_expired(database, settings.audit_years))


def seal(database: Database, *, by: Actor = SYSTEM_ACTOR) -> tuple[Segment, ...]:
    """Close every calendar month (Asia/Tokyo) that is over and has events; return the segments."""
    with database.write() as connection:
        sealed = _months_over(connection)
        for segment in sealed:
            connection.execute(
                insert(tables.audit_segment),
                {
                    "month": segment.month, "first_id": segment.first_id,
                    "last_id": segment.last_id, "head": segment.head, "sealed_at": _now(),
                },
            )  # fmt: skip
            append_event(connection, by, "audit.seal", segment.month, segment.detail)
    return sealed


def remove_expired(
    database: Database, years: int, *, by: Actor = SYSTEM_ACTOR
) -> tuple[Segment, ...]:
    """Remove whole sealed months that ended more than `years` years ago, the oldest first.

    A month's events go in one transaction, with the event that tells how many they were and with
    which hash they ended; the segment stays and bridges the chain. Returns what was removed.
    """
    removed: list[Segment] = []
    while (segment := _remove_oldest(database, years, by)) is not None:
        removed.append(segment)
    return tuple(removed)


def _remove_oldest(database: Database, years: int, by: Actor) -> Segment | None:
    with database.write() as connection:
        oldest = next((s for s in read_segments(connection) if not s.removed), None)
        if oldest is None or not _is_expired(oldest, years):
            return None
        connection.execute(
            update(tables.audit_segment)
            .where(_SEGMENT.first_id == oldest.first_id, _SEGMENT.removed_at.is_(None))
            .values(removed_at=_now())
        )
        connection.execute(
            delete(tables.audit_event).where(_EVENT.id.between(oldest.first_id, oldest.last_id))
        )
        append_event(connection, by, "audit.remove", oldest.month, oldest.detail)
        return oldest


def _is_expired(segment: Segment, years: int) -> bool:
    try:
        month = date.fromisoformat(f"{segment.month}-01")
    except ValueError:  # somebody has tampered with it: kept, and verification names it
        return False
    over = date(month.year + years + month.month // 12, month.month % 12 + 1, 1)
    return calendar.today() >= over


def _months_over(connection: Connection) -> tuple[Segment, ...]:
    """Return the months that can be closed, from the first event that no segment holds.

    A segment begins with the first event of a later month and goes on until the next one, so a
    clock that was set back leaves events in the month after theirs, kept longer, never shorter.
    Events dated after the present month come from a clock that was wrong: they begin nothing.
    """
    segments = read_segments(connection)
    start = segments[-1].last_id if segments else 0
    query = select(_EVENT.id, _EVENT.at, _EVENT.hash).where(_EVENT.id > start).order_by(_EVENT.id)
    return tuple(_closed(connection.execute(query), calendar.today().strftime("%Y-%m")))


def _closed(rows: Iterable[tuple[int, str, str]], present: str) -> Iterable[Segment]:
    month, first = "", None
    latest: tuple[int, str] | None = None
    for number, at, hash_ in rows:
        found = month_of(at) or ""
        if month < found <= present:
            if month and first is not None and latest is not None:
                yield Segment(month, first, *latest)
                first = None
            month = found
        first = number if first is None else first
        latest = (number, hash_)
    if month and month < present and first is not None and latest is not None:
        yield Segment(month, first, *latest)


def _now() -> str:
    return calendar.now().isoformat(timespec="milliseconds")
