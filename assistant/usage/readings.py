"""Readings of who is active: the sustained, the new and the returning, and cohorts; all of sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from assistant.usage.counting import WeekPerson

SUSTAINED_WEEKS: Final = 4
Week = frozenset[str]
"""Who was active in one closed week."""


@dataclass(frozen=True)
class Movement:
    """The people of a week by what they did before.

    New, continuing (active in the week before too) and returning together are the active.
    `dormant` have used it, but in none of the last four weeks; `never` are staff that has not used
    it yet, None where the staff is not given.
    """

    new: int
    continuing: int
    returning: int
    dormant: int
    never: int | None = None


@dataclass(frozen=True)
class Cohort:
    """The people whose first week was number `first`: how many were active 0, 1, 2 … weeks on."""

    first: int
    active: tuple[int, ...]


def active_people(
    people: Iterable[WeekPerson], *, sources: Collection[str], quotations: bool = True
) -> Week:
    """Return who was active in some systems; not those for whom no model wrote if so wanted."""
    mine = [person for person in people if person.source in sources and not person.excluded]
    return frozenset(person.person_id for person in mine if quotations or person.written)


def excluded_people(
    people: Iterable[WeekPerson], *, sources: Collection[str] | None = None
) -> Week:
    """Return who was left out in some systems (of all, if none are named) and counted in none."""
    mine = [person for person in people if sources is None or person.source in sources]
    left_out = {person.person_id for person in mine if person.excluded}
    if not left_out:
        return frozenset()
    return frozenset(left_out - {person.person_id for person in mine if not person.excluded})


def sustained(weeks: Sequence[Week], place: int, *, least: int = SUSTAINED_WEEKS) -> int | None:
    """Return how many were active in at least `least` of the four weeks that end at a place.

    None where there are no four closed weeks yet.
    """
    if place + 1 < SUSTAINED_WEEKS:
        return None
    last = weeks[place + 1 - SUSTAINED_WEEKS : place + 1]
    times = Counter(chain.from_iterable(last))
    return sum(number >= least for number in times.values())


def movements(weeks: Sequence[Week], staff: Week | None = None) -> list[Movement]:
    """Return the movement of each week; `staff` is who could have used it in the last one."""
    found = []
    ever: set[str] = set()
    for place, week in enumerate(weeks):
        before = weeks[place - 1] if place else frozenset()
        recent = frozenset().union(*weeks[max(0, place + 1 - SUSTAINED_WEEKS) : place + 1])
        last = place == len(weeks) - 1
        known = ever | week
        there = known if staff is None or not last else known & staff
        found.append(
            Movement(
                new=len(week - ever),
                continuing=len(week & before),
                returning=len((week & ever) - before),
                dormant=len(there - recent),
                never=len(staff - known) if last and staff is not None else None,
            )
        )
        ever |= week
    return found


def cohorts(weeks: Sequence[Week], *, most: int = 12) -> list[Cohort]:
    """Return the cohorts of first weeks, up to `most` weeks after."""
    found = []
    ever: set[str] = set()
    for place, week in enumerate(weeks):
        new = week - ever
        ever |= week
        if new:
            after = weeks[place : place + most + 1]
            found.append(Cohort(place, tuple(len(new & later) for later in after)))
    return found
