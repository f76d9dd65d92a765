"""Which version of a manual is in force on a day: worked out from the versions, never stored.

A server that was off over midnight therefore answers right, and so does one on which a version has
just been withdrawn: the one before it is in force again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from assistant import tables
from assistant.domain import ManualVersion

_VERSION = tables.manual_version.c


@dataclass(frozen=True)
class Term:
    """When a version is in force: first <= day < end; None is without a beginning, without end."""

    first: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Tell whether the version is in force on a day."""
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)

    def over(self, day: date) -> bool:
        """Tell whether the version is no longer in force on a day, and never will be again."""
        return self.end is not None and self.end <= day


def is_out(version: ManualVersion, *, today: date) -> bool:
    """Tell whether a version has been published, by a date that was set for it too."""
    due = version.publish_on is not None and version.publish_on <= today
    return version.state == "published" or (version.state == "ready" and due)


def out_on(today: date) -> ColumnElement[bool]:
    """Return the condition on the version table that says what `is_out` says."""
    due = _VERSION.publish_on.is_not(None) & (_VERSION.publish_on <= today)
    published: ColumnElement[bool] = _VERSION.state == "published"
    return published | ((_VERSION.state == "ready") & due)


def shown_on(today: date) -> ColumnElement[bool]:
    """Return the condition that a citation may lead to a version: it is or was published."""
    return out_on(today) | (_VERSION.state == "superseded")


def terms(versions: Iterable[ManualVersion], *, today: date) -> dict[str, Term]:
    """Return, by version id, when each version is in force that ever is, as things stand today.

    Of each number the latest revision counts. A version ends on its 廃止日 and where the next one
    begins; of two with the same 施行日 the one with the higher number counts.
    """
    latest: dict[str, dict[int, ManualVersion]] = defaultdict(dict)
    for version in versions:
        known = latest[version.manual_id].get(version.number)
        if is_out(version, today=today) and (known is None or known.revision < version.revision):
            latest[version.manual_id][version.number] = version
    found: dict[str, Term] = {}
    for editions in latest.values():
        found.update(_terms_of(list(editions.values())))
    return found


def _terms_of(editions: Sequence[ManualVersion]) -> dict[str, Term]:
    ordered = sorted(editions, key=lambda e: (e.effective_from or date.min, e.number))
    found: dict[str, Term] = {}
    for position, edition in enumerate(ordered):
        following: Any = ordered[position + 1] if position + 1 < len(ordered) else None
        ends = [edition.effective_to]
        if following is not None:
            ends.append(following.effective_from or date.min)
        end = min((day for day in ends if day is not None), default=None)
        if end is None or end > (edition.effective_from or date.min):
            found[edition.id] = Term(edition.effective_from, end)
    return found
