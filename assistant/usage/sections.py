"""How many people of each section used it, in fixed tables: week, month, fiscal year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from assistant import calendar
from assistant.people.sections.lineage import Lineage, read_lineage
from assistant.usage.book import read_entries
from assistant.usage.counting import WeekPerson
from assistant.usage.ledger import SOURCE
from assistant.usage.readings import excluded_people
from assistant.usage.summaries import read_people
from assistant.usage.suppression import shown_cells
from assistant.usage.weeks import FrozenWeek, frozen_weeks

NO_SECTION = "（所属なし）"


@dataclass(frozen=True)
class SectionRow:
    """A section by its name at the end of the period; None is hidden.

    `staff` are those who could have used it on the last day, `rate` is active of staff, 0..1.
    """

    section: str
    active: int | None
    staff: int | None

    @property
    def rate(self) -> float | None:
        """The share of the staff that was active, None where a part of it is hidden."""
        if self.active is None or not self.staff:
            return None
        return self.active / self.staff


@dataclass(frozen=True)
class SectionTable:
    """One period of closed weeks; `active`, `staff` and `excluded` are those of the whole city."""

    weeks: tuple[str, ...]
    rows: tuple[SectionRow, ...]
    active: int
    staff: int
    excluded: int


def section_table(connection: Connection, weeks: Sequence[str]) -> SectionTable:
    """Return the table of some closed weeks that follow one another, sections by name.

    Each person is in one section: that of their last question in the last week in which they
    asked. So the sections add up to the city, and a table stays as it is once its weeks are closed.
    """
    frozen = frozen_weeks(read_entries(connection, "week", "adjustment"))
    lineage = read_lineage(connection)
    return _table([frozen[key] for key in weeks], read_people(connection, weeks=weeks), lineage)


def section_history(connection: Connection, section: str, *, today: date) -> list[SectionTable]:
    """Return each closed week, newest first, with the rows of what is this section today.

    The rows are those of the week's table, by the names of that week: none can be set off against
    another table.
    """
    frozen = frozen_weeks(read_entries(connection, "week", "adjustment"))
    lineage, people = read_lineage(connection), read_people(connection)
    found = []
    for key, week in reversed(frozen.items()):
        table = _table([week], people, lineage)
        sunday = _last_day(key)
        rows = tuple(
            row for row in table.rows
            if lineage.heir(row.section, said=sunday, today=today) == section
        )  # fmt: skip
        found.append(replace(table, rows=rows))
    return found


def _table(
    weeks: Sequence[FrozenWeek], people: Mapping[str, Iterable[WeekPerson]], lineage: Lineage
) -> SectionTable:
    last_day = _last_day(weeks[-1].key)
    section_of: dict[str, str] = {}
    for week in weeks:
        said = _last_day(week.key)
        for person, section in _sections(people.get(week.key, ())).items():
            section_of[person] = (
                lineage.heir(section, said=said, today=last_day) if section else NO_SECTION
            )
    staff = {name or NO_SECTION: int(n) for name, n in weeks[-1].frozen["staff"].items()}
    active = Counter(section_of.values())
    names = sorted({*staff, *active})
    known_staff = {name: staff.get(name, 0) for name in names}
    # Somebody who asked and then left is active in a section that has fewer staff by now.
    most = {name: max(known_staff[name], active[name]) for name in names}
    shown = shown_cells({name: active[name] for name in names}, most)
    shown_staff = shown_cells(known_staff)
    rows = tuple(SectionRow(name, shown[name], shown_staff[name]) for name in names)
    everybody = (person for week in weeks for person in people.get(week.key, ()))
    return SectionTable(
        tuple(week.key for week in weeks), rows, len(section_of), sum(known_staff.values()),
        len(excluded_people(everybody)),
    )  # fmt: skip


def _sections(people: Iterable[WeekPerson]) -> dict[str, str]:
    """Return the one section of each active person of a week; this system's word comes first."""
    found: dict[str, str] = {}
    for person in sorted(people, key=lambda p: (p.source != SOURCE, p.source)):
        if not person.excluded:
            found[person.person_id] = found.get(person.person_id) or person.section
    return found


def _last_day(week: str) -> date:
    return calendar.week_start(week) + timedelta(days=6)
