"""Shared terminals: browsers on which people sign in with number and PIN, for minutes only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.sign_on.tokens import new_token, token_hash

_TERMINAL = tables.terminal.c
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Terminal:
    """A browser marked as shared: where it stands, since when, by whom."""

    id: str
    name: str
    marked_at: datetime
    marked_by: str


class Terminals:
    """Marks browsers as shared, and lets them go again."""

    def __init__(self, database: Database):
        self._database = database

    def mark(self, name: str, *, by: Actor) -> str:
        """Mark a browser as shared and return the token that it keeps; raises UsageError."""
        name = " ".join(name.split())
        if not name or len(name) > _LONGEST_NAME:
            raise UsageError(
                f"端末の名前を{_LONGEST_NAME}文字までで入力してください（例：市民課窓口2番）。"
            )
        token, terminal_id = new_token(), secrets.token_hex(8)
        values = {
            "id": terminal_id,
            "token_hash": token_hash(token),
            "name": name,
            "marked_at": calendar.stored_now(),
            "marked_by": by.name,
        }
        with self._database.write() as connection:
            connection.execute(insert(tables.terminal), values)
            append_event(connection, by, "terminal.mark", name, {"terminal": terminal_id})
        return token

    def find(self, token: str) -> Terminal | None:
        """Return the shared terminal that keeps this token, or None."""
        query = select(tables.terminal).where(
            _TERMINAL.token_hash == token_hash(token), _TERMINAL.ended_at.is_(None)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else Terminal(row.id, row.name, row.marked_at, row.marked_by)

    def all(self) -> list[Terminal]:
        """Return the shared terminals, by name."""
        query = select(tables.terminal).where(_TERMINAL.ended_at.is_(None)).order_by(_TERMINAL.name)
        with self._database.read() as connection:
            return [
                Terminal(row.id, row.name, row.marked_at, row.marked_by)
                for row in connection.execute(query)
            ]

    def end(self, terminal_id: str, *, by: Actor) -> None:
        """Let a terminal be shared no longer; the sessions on it end."""
        with self._database.write() as connection:
            done = connection.execute(
                update(tables.terminal)
                .where(_TERMINAL.id == terminal_id, _TERMINAL.ended_at.is_(None))
                .values(ended_at=calendar.stored_now())
            )
            if done.rowcount:
                append_event(connection, by, "terminal.end", terminal_id)
