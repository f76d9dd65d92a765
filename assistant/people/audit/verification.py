"""Verifies the audit trail: that it says today what it said when each event was written.

What one machine keeps can be rebuilt whole by whoever owns that machine. Only a head that was
printed and kept elsewhere shows it, or that the latest events were cut off with care.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, select

from assistant import tables
from assistant.append_only import (
    BEGINNING,
    ChainHead,
    checked_head,
    last_id_given,
    problems_of_guards,
)
from assistant.database import Database
from assistant.people.audit.chain import ChainWalk, Problem
from assistant.people.audit.segments import Segment, SegmentsCheck, read_segments

PrintedState = Literal["current", "earlier", "removed", "unknown"]
_AT_ONCE: Final = 5_000
_GUARDED: Final = ("audit_event", "audit_segment")
# The guards as migration 0004 makes them, each with the beginning of the SHA-256 of its SQL.
_GUARDS: Final = {
    "audit_event_refuses_update": "85b7bcc11fe7ff0d56e77c211c0340b2",
    "audit_event_refuses_delete": "6452b170e0598bad365413b19a7211e1",
    "audit_segment_refuses_delete": "cb421608eee3b10dc6601b6b10689ced",
    "audit_segment_refuses_update": "a5834456e086300081acfc17a147ba07",
}


@dataclass(frozen=True)
class PrintedHead:
    """Where a printed head stands in the chain: at event `id`, or nowhere (None)."""

    state: PrintedState
    id: int | None = None
    at: str | None = None


@dataclass(frozen=True)
class Verification:
    """What was verified and what is wrong, the first wrong event first.

    `head` is the hash that the chain ends with at event `last_id`, written `at`; `removed` is the
    last segment that is gone because its time of keeping is over. Of very many problems only the
    first are kept, all are counted.
    """

    events: int
    first_id: int | None
    last_id: int
    at: str | None
    head: str
    segments: int
    removed: Segment | None
    problems: tuple[Problem, ...]
    problem_count: int
    printed: PrintedHead | None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong, as far as can be told from here."""
        return not self.problems and (self.printed is None or self.printed.state != "unknown")


def verify(database: Database, *, head: str | None = None) -> Verification:
    """Walk the whole chain and say what is wrong, and where a printed head stands in it.

    All is read from one state of the database. Raises UsageError for a head that cannot be one.
    """
    wanted = checked_head(head, printed_on="書き出した記録") if head is not None else None
    printed: PrintedHead | None = None
    with database.read() as connection:
        connection.exec_driver_sql("BEGIN")
        segments = read_segments(connection)
        months = SegmentsCheck(segments)
        gone = months.removed
        walk = ChainWalk(ChainHead(gone.last_id, gone.head) if gone else ChainHead(0, BEGINNING))
        for event in _events(connection):
            walk.take(event)
            months.take(event)
            if event["hash"] == wanted:
                printed = PrintedHead("earlier", event["id"], event["at"])
        walk.finish(expected_to=max(months.closed_to, last_id_given(connection, "audit_event")))
        guards = problems_of_guards(connection, _GUARDED, _GUARDS)
    months.finish()
    for words in months.problems:
        walk.add(Problem("segment", words))
    for words in guards:
        walk.add(Problem("guard", words))
    if wanted is not None:
        printed = _placed(wanted, printed, walk, segments)
    return Verification(
        events=walk.events,
        first_id=walk.first_id,
        last_id=walk.last_id,
        at=walk.at,
        head=walk.head,
        segments=len(segments),
        removed=gone,
        problems=tuple(walk.problems),
        problem_count=walk.problem_count,
        printed=printed,
    )


def _placed(
    wanted: str, found: PrintedHead | None, walk: ChainWalk, segments: list[Segment]
) -> PrintedHead:
    if wanted == walk.head:
        return PrintedHead("current", walk.last_id, walk.at)
    if found is not None:
        return found
    for segment in segments:
        if segment.removed and segment.head == wanted:
            return PrintedHead("removed", segment.last_id)
    return PrintedHead("earlier", 0) if wanted == BEGINNING else PrintedHead("unknown")


def _events(connection: Connection) -> Iterator[dict[str, Any]]:
    """Give every event, oldest first, with its columns as the text that was hashed."""
    query = select(tables.audit_event).order_by(tables.audit_event.c.id)
    names = tables.audit_event.c.keys()
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
        yield {name: v if name == "id" else str(v) for name, v in zip(names, row, strict=True)}
