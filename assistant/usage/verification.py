"""Counts every frozen week again from the ledger and says what is not as it was.

What one machine keeps can be rebuilt whole by whoever owns that machine. Only a head that was
printed and kept elsewhere shows it.
"""

from __future__ import annotations

import json
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
from assistant.usage.book import Entry, entry_hash
from assistant.usage.recount import Recount, problems_of_events

PrintedState = Literal["current", "earlier", "unknown"]
_TABLES: Final = ("usage_event", "usage_entry")
# The guards as the migrations make them, each with the beginning of the SHA-256 of its SQL.
_GUARDS: Final = {
    "usage_event_refuses_update": "f5fecdc979cd051de4c04cf7d54b1a25",
    "usage_event_refuses_delete": "d016b834768fc8d8dd9f3fa81e4f9b90",
    "usage_entry_refuses_update": "80c690a511422e1d280a102a87993926",
    "usage_entry_refuses_delete": "06bc5fa84a9b4e6604b85d162ced39ad",
}


@dataclass(frozen=True)
class PrintedHead:
    """Where a printed head stands in the chain: at an entry, or nowhere (None)."""

    state: PrintedState
    entry: int | None = None
    at: str | None = None


@dataclass(frozen=True)
class Verification:
    """What was verified, and every problem in words; `head` is the end of the chain.

    `open_events` are events that no frozen week and no printed head covers yet.
    """

    entries: int
    weeks: int
    events: int
    open_events: int
    head: ChainHead
    simulated: bool
    problems: tuple[str, ...]
    printed: PrintedHead | None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong, as far as can be told from here."""
        return not self.problems and (self.printed is None or self.printed.state != "unknown")


def verify(database: Database, *, head: str | None = None) -> Verification:
    """Walk the chain, count every week again, and place a printed head in the chain.

    All is read from one state of the database. Raises UsageError for a head that cannot be one.
    """
    wanted = checked_head(head, printed_on="報告や書き出し") if head is not None else None
    found: PrintedHead | None = None
    problems: list[str] = []
    with database.read() as connection:
        connection.exec_driver_sql("BEGIN")
        recount = Recount(connection, problems)
        walk = _Walk(problems)
        for entry, values in _entries(connection, problems):
            walk.take(values)
            if values["hash"] == wanted:
                found = PrintedHead("earlier", values["id"], values["at"])
            if entry is not None:
                recount.take(entry)
        walk.finish(last_id_given(connection, "usage_entry"))
        problems += problems_of_events(connection)
        problems += problems_of_guards(connection, _TABLES, _GUARDS)
        open_events = recount.finish()
    if wanted is not None:
        found = _placed(wanted, found, walk.head)
    return Verification(
        entries=walk.count,
        weeks=recount.weeks,
        events=recount.events,
        open_events=open_events,
        head=walk.head,
        simulated=recount.simulated,
        problems=tuple(problems),
        printed=found,
    )


class _Walk:
    """Takes the entries as they stand in the table and says where the chain is broken."""

    def __init__(self, problems: list[str]):
        self._problems = problems
        self.head = ChainHead(0, BEGINNING)
        self.count = 0

    def take(self, values: dict[str, Any]) -> None:
        number = int(values["id"])
        named = f"台帳の登録 {number}（{values['kind']} {values['subject']}）"
        if number != self.head.id + 1:
            self._add_missing(number - 1)
        if values["previous"] != self.head.hash:
            self._problems.append(
                f"{named} は、直前の登録とつながりません。書換え・差替え・削除のどれかです。"
            )
        if entry_hash(values) != values["hash"]:
            self._problems.append(f"{named} の内容かハッシュ値が書き換えられています。")
        self.head = ChainHead(number, str(values["hash"]))
        self.count += 1

    def finish(self, expected_to: int) -> None:
        if expected_to > self.head.id:
            self._add_missing(expected_to)

    def _add_missing(self, to: int) -> None:
        first = self.head.id + 1
        numbers = str(first) if to == first else f"{first}〜{to}"
        self._problems.append(f"台帳の登録 {numbers} がありません。")


def _entries(
    connection: Connection, problems: list[str]
) -> Iterator[tuple[Entry | None, dict[str, Any]]]:
    """Give every entry as its row, and as an entry where its body can be read."""
    query = select(tables.usage_entry).order_by(tables.usage_entry.c.id)
    for row in connection.execute(query).mappings().all():
        values = dict(row)
        try:
            body = json.loads(values["body"])
        except (TypeError, ValueError):
            problems.append(f"台帳の登録 {values['id']} の内容を読めません。")
            yield None, values
            continue
        yield (
            Entry(
                values["id"], values["at"], values["actor"], values["kind"], values["subject"],
                body, values["hash"],
            ),
            values,
        )  # fmt: skip


def _placed(wanted: str, found: PrintedHead | None, head: ChainHead) -> PrintedHead:
    if wanted == head.hash:
        return PrintedHead("current", head.id, found.at if found else None)
    if found is not None:
        return found
    return PrintedHead("earlier", 0) if wanted == BEGINNING else PrintedHead("unknown")
