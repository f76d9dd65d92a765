"""What a library must hold after each action, in plain values: the reference of these tests."""

from __future__ import annotations

import copy
import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

Kind = Literal["publish", "draft", "release", "withdraw", "roll_back", "amend"]
Line = tuple[str, int, int, str, date | None, date | None]
"""Of a version: hash of its file, number, revision, state, 施行日, 廃止日."""
View = dict[date, dict[str, frozenset[str]]]
"""By day and manual the passages that a search shows."""
FIRST_DAY = date(2020, 4, 1)


@dataclass(frozen=True)
class Action:
    """One job: what it does to which manual; `target` is the hash of the version it is about."""

    kind: Kind
    manual: str
    passages: tuple[str, ...] = ()
    since: date = FIRST_DAY
    target: str = ""
    ends: date | None = None

    @property
    def content(self) -> bytes:
        return "\n".join(self.passages).encode()

    def arguments(self) -> dict[str, Any]:
        return {
            "manual": self.manual,
            "passages": list(self.passages),
            "since": self.since.isoformat(),
            "target": self.target,
            "ends": self.ends and self.ends.isoformat(),
        }


@dataclass
class Edition:
    """A version as the reference keeps it; `out` grows with every publication."""

    number: int
    revision: int
    since: date
    passages: tuple[str, ...]
    state: str
    ends: date | None = None
    out: int = 0

    @property
    def sha256(self) -> str:
        return hashlib.sha256("\n".join(self.passages).encode()).hexdigest()


@dataclass
class Shelf:
    """Manuals by id with all their editions, and the audit trail's lines."""

    manuals: dict[str, list[Edition]] = field(default_factory=dict)
    trail: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    publications: int = 0

    def after(self, action: Action) -> Shelf:
        """Return the shelf once the action is done."""
        new = copy.deepcopy(self)
        getattr(new, f"_{action.kind}")(action)
        return new

    def lines(self, manual: str) -> list[Line]:
        """Return a manual's versions as the database must have them."""
        editions = self.manuals.get(manual, [])
        return sorted((e.sha256, e.number, e.revision, e.state, e.since, e.ends) for e in editions)

    def shown(self, manual: str, day: date) -> frozenset[str]:
        """Return the passages of a manual in force on a day."""
        out = _latest(e for e in self.manuals.get(manual, []) if e.state == "published")
        begun = [e for e in out if e.since <= day]
        if not begun:
            return frozenset()
        last = max(begun, key=lambda e: (e.since, e.number))
        return frozenset(last.passages if last.ends is None or day < last.ends else ())

    def days(self) -> list[date]:
        """Return the days on which something begins or ends, and those before."""
        marks = {e.since for editions in self.manuals.values() for e in editions}
        marks |= {e.ends for editions in self.manuals.values() for e in editions if e.ends}
        return sorted(marks | {mark - timedelta(days=1) for mark in marks})

    def without_draft(self, action: Action) -> Shelf:
        """Return the shelf without the draft that the action's draft takes the place of."""
        new = copy.deepcopy(self)
        editions = new.manuals[action.manual]
        editions[:] = [e for e in editions if (e.state, e.since) != ("draft", action.since)]
        return new

    def _publish(self, action: Action) -> None:
        editions = self.manuals.setdefault(action.manual, [])
        corrected = [e for e in editions if e.state == "published" and e.since == action.since]
        number = corrected[0].number if corrected else _highest(editions) + 1
        used = [e.revision for e in editions if e.number == number]
        new = Edition(number, max(used, default=0) + 1, action.since, action.passages, "published")
        editions.append(new)
        self._bring_out(action.manual, new)

    def _draft(self, action: Action) -> None:
        editions = self.manuals.setdefault(action.manual, [])
        editions[:] = [e for e in editions if (e.state, e.since) != ("draft", action.since)]
        out = [e for e in editions if e.state == "published" and e.since == action.since]
        number = out[0].number if out else _highest(editions) + 1
        used = [e.revision for e in editions if e.number == number]
        new = Edition(number, max(used, default=0) + 1, action.since, action.passages, "draft")
        editions.append(new)
        self._say("manual.draft", action.manual, new)

    def _release(self, action: Action) -> None:
        self._bring_out(action.manual, self.edition(action))

    def _withdraw(self, action: Action) -> None:
        edition = self.edition(action)
        edition.state = "withdrawn"
        self._say("manual.withdraw", action.manual, edition)

    def _roll_back(self, action: Action) -> None:
        edition = self.edition(action)
        edition.state = "withdrawn"
        before = _corrected_by(edition, self.manuals[action.manual])
        if before is not None:
            before.state = "published"
        self._say("manual.roll_back", action.manual, edition)

    def _amend(self, action: Action) -> None:
        edition = self.edition(action)
        edition.ends = action.ends
        self._say("manual.change", action.manual, edition)

    def edition(self, action: Action) -> Edition:
        """Return the version that an action is about."""
        [found] = [e for e in self.manuals[action.manual] if e.sha256 == action.target]
        return found

    def _bring_out(self, manual: str, edition: Edition) -> None:
        for other in self.manuals[manual]:
            if other.number == edition.number and other.state == "published":
                other.state = "superseded"
        self.publications += 1
        edition.state, edition.out = "published", self.publications
        self._say("manual.publish", manual, edition)

    def _say(self, action: str, manual: str, edition: Edition) -> None:
        self.trail.setdefault(manual, []).append((action, edition.number, edition.revision))


def possible_actions(
    shelf: Shelf, manual: str, passages: Sequence[str], rng: random.Random
) -> list[Action]:
    """Return one action of every kind that can be done to a manual as it stands."""
    editions = shelf.manuals.get(manual, [])
    out = [e for e in editions if e.state == "published"]
    newest = max((e.since for e in editions), default=FIRST_DAY - timedelta(days=7))
    text = tuple(passages)
    following = newest + timedelta(days=7)
    found = [
        Action("publish", manual, text, following),  # a first version, or the next one
        Action("draft", manual, text, rng.choice([following, *(e.since for e in out)])),
    ]
    if out:
        found.append(Action("publish", manual, text, rng.choice(out).since))  # a correction
        chosen = rng.choice(out)
        found.append(Action("withdraw", manual, target=chosen.sha256))
        ends = chosen.since + timedelta(days=rng.randint(1, 9))
        if ends != chosen.ends:
            found.append(
                Action("amend", manual, since=chosen.since, target=chosen.sha256, ends=ends)
            )
        latest = max(out, key=lambda e: e.out)
        if len(out) > 1 or _corrected_by(latest, editions) is not None:
            found.append(Action("roll_back", manual, target=latest.sha256))
    waiting = [e for e in editions if e.state in ("draft", "withdrawn") and _may_come(e, out)]
    if waiting:
        found.append(Action("release", manual, target=rng.choice(waiting).sha256))
    return found


def _may_come(edition: Edition, out: Sequence[Edition]) -> bool:
    rivals = [e for e in out if e.since == edition.since or e.number == edition.number]
    return all(e.number == edition.number and e.revision < edition.revision for e in rivals)


def _corrected_by(edition: Edition, editions: Sequence[Edition]) -> Edition | None:
    corrected = [
        e
        for e in editions
        if (e.state, e.number) == ("superseded", edition.number) and e.revision < edition.revision
    ]
    return max(corrected, key=lambda e: e.revision, default=None)


def _latest(editions: Iterable[Edition]) -> list[Edition]:
    latest: dict[int, Edition] = {}
    for edition in editions:
        known = latest.get(edition.number)
        if known is None or known.revision < edition.revision:
            latest[edition.number] = edition
    return list(latest.values())


def _highest(editions: Sequence[Edition]) -> int:
    return max((e.number for e in editions), default=0)
