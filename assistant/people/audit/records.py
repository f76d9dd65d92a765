"""The audit trail as it is read: filtered, paged, newest first, in the words of the office."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, or_, select

from assistant import tables
from assistant.append_only import ChainHead
from assistant.calendar import TOKYO
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import ACTION_WORDS, AuditEvent, chain_head

_EVENT = tables.audit_event.c
_EARLIEST: Final = date(1900, 1, 1)  # days that can be turned into an instant of any time zone
_LATEST: Final = date(9000, 1, 1)
_AT_ONCE: Final = 5_000


@dataclass(frozen=True)
class AuditFilter:
    """Which events are wanted; what is empty excludes none.

    Both days (Asia/Tokyo) are included. `actor` is a person's number or id, or the name of the
    operator or the system, `action` an Action, `text` stands in the subject or the detail.
    """

    first_day: date | None = None
    last_day: date | None = None
    actor: str = ""
    action: str = ""
    text: str = ""

    @property
    def words(self) -> str:
        """The filter as it is printed: 期間 2026-10-01〜2026-10-31、利用者 1001."""
        parts = []
        if self.first_day or self.last_day:
            parts.append(f"期間 {self.first_day or ''}〜{self.last_day or ''}")
        if self.actor:
            parts.append(f"利用者 {self.actor}")
        if self.action:
            parts.append(f"操作 {action_words(self.action)}")
        if self.text:
            parts.append(f"文字「{self.text}」")
        return "、".join(parts) or "なし（すべての記録）"


def checked_filter(
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    actor: str = "",
    action: str = "",
    text: str = "",
) -> AuditFilter:
    """Return a filter of what somebody typed; raises UsageError for what cannot be meant.

    An action may be given by its Japanese words.
    """
    if first_day and last_day and first_day > last_day:
        raise UsageError("期間の始まりが終わりより後です。日付を確かめてください。")
    wanted = unicodedata.normalize("NFKC", action).strip()
    known = next(
        (key for key, words in ACTION_WORDS.items() if wanted in (key, _half_width(words))), ""
    )
    if wanted and not known:
        names = "、".join(f"{key}（{words}）" for key, words in ACTION_WORDS.items())
        raise UsageError(f"操作「{action}」はありません。次のどれかを指定してください: {names}。")
    return AuditFilter(first_day, last_day, _half_width(actor).strip().lower(), known, text.strip())


def read_events(
    database: Database, wanted: AuditFilter, *, limit: int, offset: int = 0
) -> list[AuditEvent]:
    """Return the events of one page of a filter, newest first."""
    query = select(tables.audit_event).where(*conditions(wanted)).order_by(_EVENT.id.desc())
    with database.read() as connection:
        rows = connection.execute(query.limit(limit).offset(offset))
        return [_event(row) for row in rows]


def count_events(database: Database, wanted: AuditFilter) -> int:
    """Return how many events a filter lets through."""
    query = select(func.count()).select_from(tables.audit_event).where(*conditions(wanted))
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())


def read_head(database: Database) -> ChainHead:
    """Return where the chain ends now."""
    with database.read() as connection:
        return chain_head(connection)


def each_event(connection: Connection, wanted: AuditFilter, *, up_to: int) -> Iterator[AuditEvent]:
    """Give the events of a filter up to an id, oldest first, without holding them all."""
    query = select(tables.audit_event).where(*conditions(wanted), _EVENT.id <= up_to)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(query.order_by(_EVENT.id))
    return (_event(row) for row in rows)


def conditions(wanted: AuditFilter) -> list[Any]:
    """Return a filter as conditions on the table of events."""
    found: list[Any] = []
    if wanted.first_day:
        found.append(_EVENT.at >= _start_of(wanted.first_day))
    if wanted.last_day:
        found.append(_EVENT.at < _start_of(min(wanted.last_day, _LATEST) + timedelta(days=1)))
    if wanted.actor:
        names = (func.lower(_EVENT.actor_name), func.lower(_EVENT.actor))
        found.append(or_(*(name == wanted.actor for name in names)))
    if wanted.action:
        found.append(_EVENT.action == wanted.action)
    if wanted.text:
        columns = (_EVENT.subject, _EVENT.detail)
        found.append(or_(*(c.icontains(wanted.text, autoescape=True) for c in columns)))
    return found


def action_words(action: str) -> str:
    """Return an action as the office calls it; one that nobody knows stays as it is."""
    return next((words for key, words in ACTION_WORDS.items() if key == action), action)


def tokyo_time(at: str) -> str:
    """Return an event's instant as the time in Tokyo: 2026-10-31 09:15:02."""
    try:
        moment = datetime.fromisoformat(at).astimezone(TOKYO)
    except (ValueError, OverflowError):
        return at  # somebody has tampered with it: shown as it is
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _start_of(day: date) -> str:
    """Return the first instant of a day in Tokyo as events carry it; such text sorts by time."""
    midnight = datetime.combine(max(day, _EARLIEST), time(), TOKYO).astimezone(UTC)
    return midnight.isoformat(timespec="milliseconds")


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(
        id=row.id,
        at=row.at,
        actor=row.actor,
        actor_name=row.actor_name,
        action=row.action,
        subject=row.subject,
        detail=_detail(row.detail),
        hash=row.hash,
    )


def _detail(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        found = None
    # What is no object was not written by us: it is shown as it is, and verification names it.
    return found if isinstance(found, dict) else {"": text}
