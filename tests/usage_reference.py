"""Counts weeks as slowly and plainly as can be, from facts in the order in which they came.

It shares nothing with what it checks: not the calendar (UTC plus nine hours, days counted from a
Monday), not the sums (one person after the other, one event after the other).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

A_MONDAY = date(2001, 1, 1)


def tokyo_day(instant: datetime) -> date:
    return (instant.astimezone(UTC) + timedelta(hours=9)).date()


def monday_of(day: date) -> date:
    return day - timedelta(days=(day - A_MONDAY).days % 7)


def fiscal_year_of(monday: date) -> int:
    """A fiscal year has the weeks of which most days, from April to March, are in it."""
    days = [monday + timedelta(days=n) for n in range(7)]
    years = [day.year - (day.month < 4) for day in days]
    return max(set(years), key=years.count)


@dataclass
class Fact:
    """An event as it happened; `person` None while nobody is known by its number."""

    at: datetime
    source: str
    person: str | None
    number: str
    counts: bool
    wrote: bool
    section: str = ""


@dataclass
class World:
    """Everything that is known by now; methods let it grow as the real thing does."""

    events: list[Fact] = field(default_factory=list)
    numbers: list[tuple[str, date, date | None, str]] = field(default_factory=list)
    found: list[tuple[str, str, date, date | None, str]] = field(default_factory=list)
    exclusions: dict[int, tuple[str, date, date | None]] = field(default_factory=dict)
    is_really: dict[str, str] = field(default_factory=dict)

    def holder(self, number: str, day: date) -> str | None:
        for name, first, end, person in self.numbers:
            if name == number and first <= day and (end is None or day < end):
                return person
        return None

    def look_for_people(self) -> None:
        """What the office learnt since: numbers without a person are looked up again."""
        for event in self.events:
            day = tokyo_day(event.at)
            if event.person is not None or self.known(event, day) is not None:
                continue
            for name, first, end, person in self.numbers:
                if name == event.number and first <= day and (end is None or day < end):
                    self.found.append((event.source, name, first, end, person))
                    break

    def known(self, event: Fact, day: date) -> str | None:
        for source, number, first, end, person in reversed(self.found):
            same = (source, number) == (event.source, event.number)
            if same and first <= day and (end is None or day < end):
                return person
        return None

    def really(self, person: str) -> str:
        while person in self.is_really:
            person = self.is_really[person]
        return person

    def is_excluded(self, person: str, day: date) -> bool:
        return any(
            who == person and first <= day and (end is None or day < end)
            for who, first, end in self.exclusions.values()
        )

    def count(self, monday: date, sources: set[str] | None = None) -> dict[str, int]:
        active: set[str] = set()
        touched: set[str] = set()
        wrote: set[str] = set()
        unresolved: set[tuple[str, str]] = set()
        questions = 0
        for event in self.events:
            day = tokyo_day(event.at)
            if not event.counts or monday_of(day) != monday:
                continue
            if sources is not None and event.source not in sources:
                continue
            account = event.person if event.person is not None else self.known(event, day)
            if account is None:
                unresolved.add((event.source, event.number))
                continue
            person = self.really(account)
            touched.add(person)
            if self.is_excluded(account, day):
                continue
            active.add(person)
            questions += 1
            if event.wrote:
                wrote.add(person)
        return {
            "active": len(active),
            "excluded": len(touched - active),
            "quotations_only": len(active - wrote),
            "unresolved": len(unresolved),
            "events": questions,
        }
