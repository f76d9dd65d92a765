"""Heads that are printed: each covers every event that was there when it was printed."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from assistant import tables
from assistant.append_only import ChainHead
from assistant.database import Database
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor
from assistant.usage.book import append_entry, read_entries, read_head
from assistant.usage.ledger import last_event
from assistant.usage.rows_hash import rows_hash

_EVENT = tables.usage_event.c


def printed_head(database: Database, *, by: Actor = SYSTEM_ACTOR) -> ChainHead:
    """Return a head that covers all events, also those of weeks that are not frozen yet."""
    with database.write() as connection:
        return seal(connection, by=by)


def seal(connection: Connection, *, by: Actor = SYSTEM_ACTOR) -> ChainHead:
    """Enter the hashes of the weeks that got events since the last seal; return the head.

    Within the caller's writing transaction; nothing is entered where nothing is new.
    """
    seals = read_entries(connection, "seal")
    sealed = int(seals[-1].body["last_event"]) if seals else 0
    last = last_event(connection)
    if last <= sealed:
        return read_head(connection)
    covered = {
        entry.subject: int(entry.body["last_event"])
        for entry in read_entries(connection, "week", "adjustment")
    }
    newest = (
        select(_EVENT.week, func.max(_EVENT.id)).where(_EVENT.id > sealed).group_by(_EVENT.week)
    )
    weeks = {
        week: rows_hash(connection, week, up_to=last)
        for week, number in sorted(tuple(row) for row in connection.execute(newest))
        if number > covered.get(week, 0)
    }
    if not weeks:
        return read_head(connection)
    return append_entry(connection, "seal", "", {"last_event": last, "weeks": weeks}, by=by)


def head_lines(head: ChainHead) -> tuple[tuple[str, str], ...]:
    """Return what files and reports print of a head: names and values."""
    return (
        ("台帳の末尾の番号", str(head.id)),
        ("台帳の末尾のハッシュ値", head.hash),
        ("確かめ方", f"chonai usage verify --head {head.hash}"),
    )
