"""Counts the people of a week: who was active, who was left out, who only saw quotations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from assistant.calendar import TOKYO
from assistant.usage.register import Register

RULE_VERSION: Final = "1"
"""Grows with every change of what counts; each frozen week says by which rule it was counted."""


class Use(NamedTuple):
    """Qualifying events as counting sees them; `person_id` "" where only a number is known.

    One event, or all of a week that agree in these values: `id` and `occurred_at` are the greatest
    of them, `written` whether a model wrote in any.
    """

    id: int
    person_id: str
    number: str
    source: str
    section: str
    occurred_at: str
    written: bool
    events: int = 1

    @property
    def day(self) -> date:
        """The day in Tokyo."""
        return datetime.fromisoformat(self.occurred_at).astimezone(TOKYO).date()


class Judged(NamedTuple):
    """For whom an event counts: a person (None: nobody is known), a section, left out or not."""

    person_id: str | None
    section: str
    excluded: bool


_NOBODY: Final = Judged(None, "", False)


class WeekPerson(NamedTuple):
    """A person of a week in one source; `section` is that of the last event.

    `written` tells whether a model wrote any text for them. Of an excluded one no event counts:
    `events` is how many there were.
    """

    person_id: str
    source: str
    section: str
    events: int
    written: bool
    excluded: bool = False


@dataclass(frozen=True)
class Count:
    """What a week comes to, for some sources together.

    `quotations_only` are those of `active` for whom no model wrote, `unresolved` the numbers that
    nobody is known by, who are in none of the others.
    """

    active: int
    excluded: int
    quotations_only: int
    unresolved: int
    events: int

    def document(self) -> dict[str, int]:
        """Return the figures by name."""
        return asdict(self)


@dataclass(frozen=True)
class WeekUse:
    """Everybody who used anything in a week, and the numbers that are nobody's yet."""

    people: tuple[WeekPerson, ...]
    unresolved: frozenset[tuple[str, str]]

    def count(self, sources: Collection[str] | None = None) -> Count:
        """Return the figures for some sources together, for all without any."""
        mine = [p for p in self.people if sources is None or p.source in sources]
        counted = [person for person in mine if not person.excluded]
        active = {person.person_id for person in counted}
        written = {person.person_id for person in counted if person.written}
        return Count(
            active=len(active),
            excluded=len({person.person_id for person in mine} - active),
            quotations_only=len(active - written),
            unresolved=sum(sources is None or source in sources for source, _ in self.unresolved),
            events=sum(person.events for person in counted),
        )

    def sources(self) -> list[str]:
        """Return the sources in which anybody did anything."""
        found = {person.source for person in self.people} | {s for s, _ in self.unresolved}
        return sorted(found)

    def document(self) -> dict[str, Any]:
        """Return the figures together and by source, as a frozen week keeps them."""
        apart = {source: self.count([source]).document() for source in self.sources()}
        return {**self.count().document(), "sources": apart}


def judged(use: Use, register: Register) -> Judged:
    """Return for whom an event counts as a register says."""
    account, section = use.person_id, use.section
    if not account:
        found = register.resolution(use.source, use.number, use.day)
        if found is None:
            return _NOBODY
        account, section = found.person_id, found.section
    # The day is worked out for few: it is half the time of counting a week.
    excluded = register.leaves_out(account) and register.is_excluded(account, use.day)
    return Judged(register.person(account), section, excluded)


def week_use(uses: Iterable[Use], register: Register) -> WeekUse:
    """Put the events of one week together by person and source, as a register says."""
    counted: dict[tuple[str, str], list[tuple[Use, str]]] = {}
    left_out: dict[tuple[str, str], list[tuple[Use, str]]] = {}
    unresolved: set[tuple[str, str]] = set()
    for use in uses:
        for_whom = judged(use, register)
        if for_whom.person_id is None:
            unresolved.add((use.source, use.number))
            continue
        into = left_out if for_whom.excluded else counted
        key = (for_whom.person_id, use.source)
        into.setdefault(key, []).append((use, for_whom.section))
    people = [_week_person(key, found, excluded=False) for key, found in counted.items()]
    people += [
        _week_person(key, found, excluded=True)
        for key, found in left_out.items()
        if key not in counted
    ]
    people.sort()
    return WeekUse(tuple(people), frozenset(unresolved))


def _week_person(
    key: tuple[str, str], uses: list[tuple[Use, str]], *, excluded: bool
) -> WeekPerson:
    if len(uses) == 1:  # nearly always: a third of a second in a million events
        [(use, section)] = uses
        return WeekPerson(key[0], key[1], section, use.events, use.written, excluded)
    _, section = max(uses, key=lambda pair: (pair[0].occurred_at, pair[0].id))
    written = any(use.written for use, _ in uses)
    events = sum(use.events for use, _ in uses)
    return WeekPerson(key[0], key[1], section, events, written, excluded)


def difference(after: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, int]:
    """Return by how much each figure of a week differs from before."""
    names = ("active", "excluded", "quotations_only", "unresolved", "events")
    return {name: int(after[name]) - int(before[name]) for name in names}
