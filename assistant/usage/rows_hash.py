"""The hash over the rows of a week, and the same hash at each earlier number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from assistant.usage.ledger import week_rows

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def rows_hash(connection: Connection, week: str, *, up_to: int) -> str:
    """Return the SHA-256 over a week's rows up to a number.

    Each row is one line of JSON, a list of the columns in the order of the table (as `usage_event`
    has them, booleans as 0 and 1), and ends with a line feed.
    """
    return rows_hashes(week_rows(connection, week), {up_to})[up_to]


def rows_hashes(rows: Iterable[Sequence[Any]], marks: Collection[int]) -> dict[int, str]:
    """Return the hash over the rows up to each of some numbers, from one walk over the rows."""
    found: dict[int, str] = {}
    waiting = sorted(marks)
    running = hashlib.sha256()
    lines: list[str] = []
    for row in rows:
        while waiting and row[0] > waiting[0]:
            _add(running, lines)
            found[waiting.pop(0)] = running.copy().hexdigest()
        if not waiting:
            break
        lines.append(_ENCODE(list(row)))
    _add(running, lines)
    return {**found, **{mark: running.hexdigest() for mark in waiting}}


def _add(running: Any, lines: list[str]) -> None:
    if lines:
        running.update(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))
        lines.clear()
