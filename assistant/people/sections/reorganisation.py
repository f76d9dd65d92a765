"""A reorganisation of sections: what would follow from it, recorded for its day, taken back.

Nothing is rewritten on the day: Lineage says at every read what a name of an earlier day means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.sections.known_sections import sections_before
from assistant.people.sections.lineage import SectionChange
from assistant.people.sections.reorganisation_check import ChangeLine, checked_changes
from assistant.people.sections.reorganisation_preview import (
    Consequence,
    Reorganisation,
    preview_changes,
)

__all__ = [
    "ChangeLine", "Consequence", "RecordedChange", "Reorganisation", "preview_changes",
    "record_changes", "recorded_changes", "withdraw_change",
]  # fmt: skip
_CHANGE = tables.section_change.c


@dataclass(frozen=True)
class RecordedChange:
    """A change with the id under which it can be withdrawn while it is still to come."""

    id: int
    change: SectionChange

    @property
    def is_planned(self) -> bool:
        """Tell whether it takes effect on a day to come."""
        return self.change.takes_effect > calendar.today()


def record_changes(
    database: Database, lines: Sequence[ChangeLine], *, day: date, by: Actor
) -> tuple[SectionChange, ...]:
    """Record changes for a day in one transaction; raises UnusableList as the preview does."""
    # The library reads sections, and only here do sections touch the library.
    from assistant.library.publishing import grow_revision

    with database.write() as connection:
        changes = checked_changes(connection, lines, day=day)
        connection.execute(
            insert(tables.section_change),
            [
                {
                    "takes_effect": day, "old": c.old, "new": c.new, "heir": c.heir,
                    "manual_id": c.manual_id,
                }
                for c in changes
            ],
        )  # fmt: skip
        append_event(connection, by, "sections.change", str(day), {"changes": _details(changes)})
        grow_revision(connection)
    return changes


def recorded_changes(database: Database) -> list[RecordedChange]:
    """Return all changes recorded so far, by day."""
    with database.read() as connection:
        return _recorded(connection)


def withdraw_change(database: Database, change_id: int, *, by: Actor) -> tuple[SectionChange, ...]:
    """Take back a change that is still to come, and return what was taken back.

    The lines of one section belong together and go together; the line of a manual goes alone.
    Raises UsageError.
    """
    from assistant.library.publishing import grow_revision

    with database.write() as connection:
        known = _recorded(connection)
        one = next((item for item in known if item.id == change_id), None)
        if one is None:
            raise UsageError(
                f"番号 {change_id} の組織改正は登録されていません。一覧で番号を確かめてください。"
            )
        if not one.is_planned:
            raise UsageError(
                f"{one.change.takes_effect} の組織改正はもう始まっています。取り消す代わりに、"
                "元に戻す組織改正を登録してください。"
            )
        gone = [
            item
            for item in known
            if item == one
            or (
                one.change.manual_id is None
                and (item.change.takes_effect, item.change.old)
                == (one.change.takes_effect, one.change.old)
            )
        ]
        connection.execute(
            delete(tables.section_change).where(_CHANGE.id.in_([item.id for item in gone]))
        )
        _require_no_later_change(connection, one.change.takes_effect)
        changes = tuple(item.change for item in gone)
        append_event(
            connection, by, "sections.withdraw", str(one.change.takes_effect),
            {"changes": _details(changes)},
        )  # fmt: skip
        grow_revision(connection)
    return changes


def _recorded(connection: Connection) -> list[RecordedChange]:
    rows = connection.execute(
        select(tables.section_change).order_by(_CHANGE.takes_effect, _CHANGE.id)
    )
    return [
        RecordedChange(
            row.id, SectionChange(row.takes_effect, row.old, row.new, row.heir, row.manual_id)
        )
        for row in rows
    ]


def _require_no_later_change(connection: Connection, day: date) -> None:
    """Refuse what leaves a later change without the section that it changes."""
    for item in _recorded(connection):
        change = item.change
        if change.takes_effect > day and change.old not in sections_before(
            connection, change.takes_effect
        ):
            raise UsageError(
                f"{change.takes_effect} の変更（「{change.old}」→「{change.new}」、番号 {item.id}）"
                "が、この変更の後の課名を使っています。先にそちらを取り消してください。"
            )


def _details(changes: Sequence[SectionChange]) -> list[dict[str, object]]:
    return [
        {"old": c.old, "new": c.new, "heir": c.heir, "manual": c.manual_id or ""} for c in changes
    ]
