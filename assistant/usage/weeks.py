"""The weeks as the book has them: frozen once, adjusted visibly, provisional until Wednesday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from assistant import calendar
from assistant.usage.book import Entry

_PROVISIONAL_DAYS: Final = 2  # after Sunday: the week is frozen when Wednesday begins


@dataclass(frozen=True)
class FrozenWeek:
    """A week with its count, and the adjustments that came after it, oldest first."""

    entry: Entry
    adjustments: tuple[Entry, ...] = ()

    @property
    def key(self) -> str:
        """The ISO week."""
        return self.entry.subject

    @property
    def frozen(self) -> Mapping[str, Any]:
        """The figures as they were frozen."""
        return self.entry.body

    @property
    def now(self) -> Mapping[str, Any]:
        """The figures after all adjustments."""
        return self.adjustments[-1].body["after"] if self.adjustments else self.entry.body

    @property
    def last(self) -> Entry:
        """The entry that spoke of the week last."""
        return self.adjustments[-1] if self.adjustments else self.entry

    @property
    def staff(self) -> int:
        """How many people could have used it on the week's last day."""
        return sum(self.entry.body["staff"].values())


def frozen_weeks(entries: Iterable[Entry]) -> dict[str, FrozenWeek]:
    """Return the frozen weeks by their keys, in the order of time."""
    found: dict[str, FrozenWeek] = {}
    for entry in entries:
        if entry.kind == "week":
            found[entry.subject] = FrozenWeek(entry)
        elif entry.kind == "adjustment" and entry.subject in found:
            known = found[entry.subject]
            found[entry.subject] = FrozenWeek(known.entry, (*known.adjustments, entry))
    return dict(sorted(found.items()))


def is_due(key: str, *, now: datetime) -> bool:
    """Tell whether a week is over long enough to be frozen: its Wednesday after has begun."""
    wednesday = calendar.week_start(key) + timedelta(days=7 + _PROVISIONAL_DAYS)
    return now >= calendar.midnight(wednesday)


def weeks_between(first: str, last: str) -> list[str]:
    """Return the keys from a week to another, both included, without a gap."""
    keys = []
    while first <= last:
        keys.append(first)
        first = calendar.next_week(first)
    return keys


def special_days(key: str) -> str:
    """Return what makes a week unlike others (年末年始, ゴールデンウィーク, お盆), "" without.

    Of a week that has 6 May and no day before it, that Monday is the substitute holiday.
    """
    monday = calendar.week_start(key)
    days = {(day.month, day.day) for day in (monday + timedelta(days=n) for n in range(7))}
    return "・".join(name for name, some in _SPECIAL.items() if days & some)


_SPECIAL: Final = {
    "年末年始": frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}),
    "ゴールデンウィーク": frozenset({(4, 29), (4, 30), *((5, day) for day in range(1, 7))}),
    "お盆": frozenset((8, day) for day in range(13, 17)),
}
