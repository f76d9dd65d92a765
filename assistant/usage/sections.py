"""Weekly active users of one section, for its leader: cells of few people are not shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from assistant import calendar
from assistant.people.sections.lineage import Lineage
from assistant.usage.ledger import Ledger
from assistant.usage.weekly import is_excluded, week_keys

LEAST_SHOWN: Final = 5
"""Fewer people than this are told only as "fewer than": they could be told apart."""


@dataclass(frozen=True)
class SectionWeek:
    """A week of one section: its ISO key, its Monday, its people; None for 1 to 4."""

    week: str
    start: date
    active: int | None


def section_table(
    ledger: Ledger, lineage: Lineage, section: str, *, now: datetime
) -> list[SectionWeek]:
    """Return one row a week, newest first; what a section did under an earlier name counts too.

    Of the same people as the official count, with the same exclusions. A person counts in each
    section in which they asked.
    """
    today = now.astimezone(calendar.TOKYO).date()
    exclusions = ledger.exclusions()
    rows = []
    for key in week_keys(ledger, now=now):
        people = set()
        for person, instant, said in ledger.qualifying_sections(key):
            day = instant.astimezone(calendar.TOKYO).date()
            if not is_excluded(person, day, exclusions) and section == lineage.heir(
                said, said=day, today=today
            ):
                people.add(person)
        shown = None if 0 < len(people) < LEAST_SHOWN else len(people)
        rows.append(SectionWeek(key, calendar.week_start(key), shown))
    return rows
