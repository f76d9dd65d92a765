"""Verifies the audit trail: that it says today what it said when each event was written.

What one machine keeps can be rebuilt whole by whoever owns that machine. Only a head that was
printed and kept elsewhere shows it, or that the latest events were cut off with care.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, select, text

from assistant import tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.chain import ChainWalk, Problem
from assistant.people.audit.segments import Segment, SegmentsCheck, read_segments
from assistant.people.audit.trail import BEGINNING, ChainHead

PrintedState = Literal["current", "earlier", "removed", "unknown"]
_AT_ONCE: Final = 5_000
_HEAD: Final = re.compile(r"[0-9a-f]{64}")
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
    wanted = _checked_head(head) if head is not None else None
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
        walk.finish(expected_to=max(months.closed_to, _counted_to(connection)))
        guards = _problems_of_guards(connection)
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


def _counted_to(connection: Connection) -> int:
    """Return the last id that SQLite ever gave to an event, whether or not it is there."""
    query = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_event'")
    return int(connection.execute(query).scalar() or 0)


def _problems_of_guards(connection: Connection) -> list[str]:
    """Say which triggers that refuse changes are gone, changed, or not ours."""
    query = text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
        "AND tbl_name IN ('audit_event', 'audit_segment')"
    )
    found = {
        str(row.name): hashlib.sha256(str(row.sql).encode()).hexdigest()[:32]
        for row in connection.execute(query)
    }
    missing = [name for name in _GUARDS if name not in found]
    changed = [name for name, known in _GUARDS.items() if found.get(name, known) != known]
    strangers = sorted(found.keys() - _GUARDS.keys())
    return [
        f"書換えを拒む仕組み（トリガー）{name} が{words}。"
        for names, words in (
            (missing, "外されています"),
            (changed, "作り替えられています"),
            (strangers, "知らないうちに加えられています"),
        )
        for name in names
    ]


def _checked_head(head: str) -> str:
    """Return a printed head in its one spelling; raises UsageError."""
    plain = "".join(head.split()).lower()
    if not _HEAD.fullmatch(plain):
        raise UsageError(
            "控えのハッシュ値を読めません。書き出した記録に印刷された64桁（0〜9 と a〜f）を"
            "そのまま入力してください。"
        )
    return plain
