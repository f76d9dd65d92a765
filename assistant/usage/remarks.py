"""What the section in charge writes beside a report (PDCA), kept with its period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event

PARTS: Final[dict[str, str]] = {
    "plan": "計画（Plan）",
    "do": "実行（Do）",
    "check": "評価（Check）",
    "act": "改善（Act）",
}
_LONGEST: Final = 2_000
_REMARK: Final = tables.usage_remark.c


def read_remarks(connection: Connection, period: str) -> dict[str, str]:
    """Return what was written beside a period's report, by part; "" where nothing was."""
    query = select(_REMARK.part, _REMARK.text).where(_REMARK.period == period)
    known = {row.part: row.text for row in connection.execute(query)}
    return {part: known.get(part, "") for part in PARTS}


def keep_remarks(database: Database, period: str, texts: Mapping[str, str], *, by: Actor) -> None:
    """Keep what is written beside a period's report; raises UsageError where it is too long."""
    if any(len(text) > _LONGEST for text in texts.values()):
        raise UsageError(f"各欄は{_LONGEST:,}文字までにしてください。")
    with database.write() as connection:
        before = read_remarks(connection, period)
        changed = {part: texts[part].strip() for part in PARTS if part in texts}
        changed = {part: text for part, text in changed.items() if text != before[part]}
        for part, text in changed.items():
            connection.execute(
                delete(tables.usage_remark).where(_REMARK.period == period, _REMARK.part == part)
            )
            row = {
                "period": period, "part": part, "text": text,
                "changed_at": calendar.stored_now(), "changed_by": by.person_id,
            }  # fmt: skip
            connection.execute(insert(tables.usage_remark), row)
        if changed:
            append_event(connection, by, "usage.change", f"報告 {period}", {"kind": "PDCA"})
