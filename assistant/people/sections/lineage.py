"""Sections renamed, merged and split: what a section's name of one day means on a later one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from assistant import tables
from assistant.database import Database
from assistant.people.access import audience_parts


@dataclass(frozen=True)
class SectionChange:
    """From a day on, what `old` did is done by `new`.

    The heir takes over manuals and people that nobody moves elsewhere; with `manual_id` the line
    says where one manual goes. `old` itself lives on where one line has it as `new` too.
    """

    takes_effect: date
    old: str
    new: str
    heir: bool = True
    manual_id: str | None = None


class Lineage:
    """What became of sections; names are followed from the day on which they were said."""

    def __init__(self, changes: Iterable[SectionChange] = ()):
        self.changes = tuple(sorted(changes, key=lambda change: change.takes_effect))

    def heir(self, name: str, *, said: date, today: date, manual_id: str | None = None) -> str:
        """Return which section stands today where `name` stood on the day it was said."""
        for day in self._days(said, today):
            on_the_day = [c for c in self.changes if c.takes_effect == day and c.old == name]
            own = [c for c in on_the_day if manual_id and c.manual_id == manual_id]
            heirs = [c for c in on_the_day if c.heir and c.manual_id is None]
            name = next((c.new for c in (*own, *heirs)), name)
        return name

    def successors(self, name: str, *, said: date, today: date) -> frozenset[str]:
        """Return all sections that do today what `name` did: more than one after a split."""
        names = {name}
        for day in self._days(said, today):
            moved = [c for c in self.changes if c.takes_effect == day and c.manual_id is None]
            gone = {c.old for c in moved}
            names = {n for n in names if n not in gone} | {c.new for c in moved if c.old in names}
        return frozenset(names)

    def audience(self, audience: str, *, said: date, today: date) -> str:
        """Return an audience with the sections that stand today in place of those it names."""
        if not any(said < change.takes_effect <= today for change in self.changes):
            return audience
        parts: dict[str, None] = {}
        for part in audience_parts(audience):
            kind, _, name = part.partition(":")
            if kind == "section":
                after = sorted(self.successors(name, said=said, today=today))
                parts |= dict.fromkeys(f"section:{section}" for section in after)
            else:
                parts[part] = None
        return ",".join(parts)

    def _days(self, said: date, today: date) -> list[date]:
        return sorted({c.takes_effect for c in self.changes if said < c.takes_effect <= today})


def read_lineage(connection: Connection) -> Lineage:
    """Read all changes, also those of days to come."""
    change = tables.section_change.c
    rows = connection.execute(
        select(change.takes_effect, change.old, change.new, change.heir, change.manual_id)
    )
    return Lineage(SectionChange(*row) for row in rows)


def lineage(database: Database) -> Lineage:
    """Read all changes from a database."""
    with database.read() as connection:
        return read_lineage(connection)
