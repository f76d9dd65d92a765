"""職員番号: their one spelling, and how long each is somebody's."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from assistant import tables
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event

_IDENTITY = tables.identity.c
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._@+-]{0,63}")


def checked_number(text: str) -> str:
    """Return a 職員番号 in its one spelling (half width, lower case); raises UsageError."""
    number = unicodedata.normalize("NFKC", text).strip().lower()
    if not _NUMBER.fullmatch(number):
        raise UsageError(
            f"職員番号「{text[:80]}」を読めません。英数字（ . _ @ + - を含む64文字まで）で"
            "入力してください。"
        )
    return number


def require_free(
    connection: Connection, number: str, valid_from: date, valid_to: date | None
) -> None:
    """Refuse a number that somebody has on a day of the given time; raises UsageError."""
    ends = _IDENTITY.valid_to
    query = select(_IDENTITY.person_id).where(
        _IDENTITY.sign_in_name == number, ends.is_(None) | (ends > valid_from)
    )
    if valid_to is not None:
        query = query.where(_IDENTITY.valid_from < valid_to)
    if connection.execute(query).first():
        raise UsageError(
            f"職員番号 {number} はすでに使われています。番号と有効期間を確かめてください。"
        )


def set_last_day(
    connection: Connection,
    number: str,
    person_id: str,
    *,
    last_day: date | None,
    by: Actor,
) -> None:
    """Let a person have a number up to a day, None without an end, in the caller's transaction.

    What would begin after that day is taken back. Raises UsageError where somebody else has the
    number in the time that it adds.
    """
    until = None if last_day is None else last_day + timedelta(days=1)
    mine = (_IDENTITY.sign_in_name == number) & (_IDENTITY.person_id == person_id)
    if until is not None:
        connection.execute(delete(tables.identity).where(mine, _IDENTITY.valid_from >= until))
    latest = connection.execute(
        select(_IDENTITY.valid_from).where(mine).order_by(_IDENTITY.valid_from.desc()).limit(1)
    ).scalar()
    if latest is not None:
        _require_nobody_else(connection, number, latest, until)
        connection.execute(
            update(tables.identity)
            .where(mine, _IDENTITY.valid_from == latest)
            .values(valid_to=until)
        )
    append_event(connection, by, "person.change", number, {"last_day": last_day or ""})


def _require_nobody_else(
    connection: Connection, number: str, since: date, until: date | None
) -> None:
    query = select(_IDENTITY.person_id).where(
        _IDENTITY.sign_in_name == number, _IDENTITY.valid_from > since
    )
    if until is not None:
        query = query.where(_IDENTITY.valid_from < until)
    if connection.execute(query).first():
        raise UsageError(
            f"職員番号 {number} は、その期間にほかの人が使います。"
            "番号と有効期間を確かめてください。"
        )
