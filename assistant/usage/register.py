"""Who an event counts for: exclusions, people who are one, numbers that found their person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from assistant.usage.book import Entry

ExclusionKind = Literal["test", "shared", "machine"]
EXCLUSION_WORDS: Final[dict[ExclusionKind, str]] = {
    "test": "試験用",
    "shared": "共用",
    "machine": "機械（自動処理）",
}


def exclusion_words(kind: str) -> str:
    """Return a kind of exclusion as the office calls it."""
    return next((words for known, words in EXCLUSION_WORDS.items() if known == kind), kind)


@dataclass(frozen=True)
class Exclusion:
    """An account that does not count from `first` until the day before `end`.

    `entry` is the number of the entry that says so, `person_id` whose account it is.
    """

    entry: int
    person_id: str
    kind: str
    first: date
    end: date | None
    reason: str

    def covers(self, day: date) -> bool:
        """Tell whether the account does not count on a day."""
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Resolution:
    """In one source, a number belongs to a person from `first` until the day before `end`."""

    source: str
    number: str
    person_id: str
    section: str
    first: date
    end: date | None

    def covers(self, day: date) -> bool:
        """Tell whether the number belongs to the person on a day."""
        return self.first <= day and (self.end is None or day < self.end)


class Register:
    """What the entries up to one of them say; built once, asked for every event."""

    def __init__(self, entries: Iterable[Entry] = ()):
        self._exclusions: dict[int, Exclusion] = {}
        self._left_out: set[str] = set()
        self._is: dict[str, str] = {}
        self._resolutions: dict[tuple[str, str], list[Resolution]] = {}
        for entry in entries:
            self.take(entry)

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """All exclusions as they stand, in the order in which they were entered."""
        return tuple(self._exclusions.values())

    @property
    def accounts_left_out(self) -> frozenset[str]:
        """The accounts that do not count on some days."""
        return frozenset(self._left_out)

    def leaves_out(self, person_id: str) -> bool:
        """Tell whether an account does not count on some days."""
        return person_id in self._left_out

    def take(self, entry: Entry) -> None:
        """Let the next entry count; what is no decision on people changes nothing."""
        body = entry.body
        if entry.kind == "exclusion":
            self._left_out.add(entry.subject)
            first, end = date.fromisoformat(body["from"]), _day(body["to"])
            self._exclusions[entry.id] = Exclusion(
                entry.id, entry.subject, body["kind"], first, end, body["reason"]
            )
        elif entry.kind == "exclusion_end":
            known = self._exclusions[body["entry"]]
            self._exclusions[known.entry] = replace(known, end=date.fromisoformat(body["to"]))
        elif entry.kind == "same_person":
            self._is[entry.subject] = body["is"]
        elif entry.kind == "resolution":
            found = Resolution(
                body["source"], body["number"], body["person"], body["section"],
                date.fromisoformat(body["from"]), _day(body["to"]),
            )  # fmt: skip
            self._resolutions.setdefault((found.source, found.number), []).append(found)

    def person(self, person_id: str) -> str:
        """Return the one id under which a person counts."""
        while person_id in self._is:
            person_id = self._is[person_id]
        return person_id

    def is_excluded(self, person_id: str, day: date) -> bool:
        """Tell whether an account (not the person: each account has its own line) is left out."""
        return self.leaves_out(person_id) and any(
            e.person_id == person_id and e.covers(day) for e in self._exclusions.values()
        )

    def resolution(self, source: str, number: str, day: date) -> Resolution | None:
        """Return to whom a number of a source belongs on a day; the latest decision counts."""
        known = self._resolutions.get((source, number), ())
        return next((one for one in reversed(known) if one.covers(day)), None)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
