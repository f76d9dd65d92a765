"""The book of the indicator: one chain of entries, from exclusions to frozen weeks.

An entry counts for what is counted after it: a frozen week rests on the entries before its own,
so that it can be counted again as it was counted then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, select

from assistant import calendar, tables
from assistant.append_only import BEGINNING, ChainHead, chained_hash, storable
from assistant.people.audit.trail import Actor

EntryKind = Literal[
    "week",
    "adjustment",
    "seal",
    "exclusion",
    "exclusion_end",
    "same_person",
    "resolution",
    "source",
    "official",
    "target",
    "import",
    "simulation",
]
COUNTED_BY: Final[frozenset[EntryKind]] = frozenset(
    {"exclusion", "exclusion_end", "same_person", "resolution"}
)
"""Entries that may change what an earlier week comes to."""
_ENTRY: Final = tables.usage_entry.c


@dataclass(frozen=True)
class Entry:
    """One entry; `at` is an ISO instant in UTC, `subject` what `kind` speaks of (a week, a person).

    `body` is what it says, as JSON keeps it.
    """

    id: int
    at: str
    actor: str
    kind: str
    subject: str
    body: Mapping[str, Any]
    hash: str


def append_entry(
    connection: Connection, kind: EntryKind, subject: str, body: Mapping[str, Any], *, by: Actor
) -> ChainHead:
    """Append an entry within the caller's writing transaction and return the new head."""
    previous = read_head(connection).hash
    values = {
        "at": calendar.now().astimezone(UTC).isoformat(timespec="milliseconds"),
        "actor": storable(by.name),
        "kind": kind,
        "subject": storable(subject),
        "body": storable(json.dumps(dict(body), ensure_ascii=False, sort_keys=True)),
        "previous": previous,
    }
    values["hash"] = entry_hash(values)
    number = connection.execute(insert(tables.usage_entry), values).lastrowid
    return ChainHead(number, values["hash"])


def entry_hash(values: Mapping[str, Any]) -> str:
    """Return the hash that an entry's own values and the hash before ask for."""
    names = ("at", "actor", "kind", "subject", "body")
    return chained_hash(str(values["previous"]), [str(values[name]) for name in names])


def read_head(connection: Connection) -> ChainHead:
    """Return where the chain ends."""
    query = select(_ENTRY.id, _ENTRY.hash).order_by(_ENTRY.id.desc()).limit(1)
    latest = connection.execute(query).first()
    return ChainHead(0, BEGINNING) if latest is None else ChainHead(*latest)


def read_entries(connection: Connection, *kinds: EntryKind) -> list[Entry]:
    """Return the entries of some kinds (all kinds without any), oldest first."""
    query = select(tables.usage_entry).order_by(_ENTRY.id)
    if kinds:
        query = query.where(_ENTRY.kind.in_(kinds))
    return [
        Entry(row.id, row.at, row.actor, row.kind, row.subject, json.loads(row.body), row.hash)
        for row in connection.execute(query)
    ]
