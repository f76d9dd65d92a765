"""Append-only tables: the hash chain over their rows, printed heads, and guards still in place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, text

from assistant.errors import UsageError

BEGINNING: Final = "0" * 64
"""What stands in place of a hash before the first row."""
_HEAD: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ChainHead:
    """The end of a chain: the number of its last row (0 before the first) and its hash."""

    id: int
    hash: str


def chained_hash(previous: str, parts: Sequence[str]) -> str:
    """Return the SHA-256 (64 hexadecimal digits) over the hash before and a row's own values."""
    joined = json.dumps([previous, *parts], ensure_ascii=False)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def storable(text_: str) -> str:
    """Return text that every database keeps as it is: what somebody typed may hold anything."""
    return text_.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def checked_head(head: str, *, printed_on: str) -> str:
    """Return a printed head in its one spelling; raises UsageError."""
    plain = "".join(head.split()).lower()
    if not _HEAD.fullmatch(plain):
        raise UsageError(
            f"控えのハッシュ値を読めません。{printed_on}に印刷された64桁（0〜9 と a〜f）を"
            "そのまま入力してください。"
        )
    return plain


def last_id_given(connection: Connection, table: str) -> int:
    """Return the last id that SQLite ever gave in a table, whether or not its row is there."""
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return int(connection.execute(query, {"name": table}).scalar() or 0)


def problems_of_guards(
    connection: Connection, tables: Sequence[str], guards: Mapping[str, str]
) -> list[str]:
    """Say which triggers that refuse changes are gone, changed, or not ours.

    `guards` has, by the name of each trigger, the beginning of the SHA-256 of its SQL.
    """
    query = text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :tables"
    ).bindparams(bindparam("tables", expanding=True))
    found = {
        str(row.name): hashlib.sha256(str(row.sql).encode()).hexdigest()[:32]
        for row in connection.execute(query, {"tables": list(tables)})
    }
    missing = [name for name in guards if name not in found]
    changed = [name for name, known in guards.items() if found.get(name, known) != known]
    strangers = sorted(found.keys() - guards.keys())
    return [
        f"書換えを拒む仕組み（トリガー）{name} が{words}。"
        for names, words in (
            (missing, "外されています"),
            (changed, "作り替えられています"),
            (strangers, "知らないうちに加えられています"),
        )
        for name in names
    ]
