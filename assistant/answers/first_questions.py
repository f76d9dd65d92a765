"""What somebody may begin with: questions that the manuals of the own section answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assistant.domain import Reader, Source
from assistant.library import ManualLibrary
from assistant.library.headings import HeadingPath, headings_of, published_since
from assistant.understanding.heading_questions import question_about

MOST: Final = 4
NEW_DAYS: Final = 30
_MOST_NEW: Final = 5
_OF_ANYTHING: Final = "について教えてください"
_MANUALS: Final = 12  # looked at for examples


@dataclass(frozen=True)
class NewManual:
    """A manual that came out lately, with the day."""

    title: str
    version: int
    published_on: date


def first_questions(library: ManualLibrary, *, reader: Reader, today: date) -> list[str]:
    """Return up to four questions, one a manual, other ones each week.

    The manuals that the reader's section owns come first, then those of the same categories,
    then all others that the reader may read.
    """
    sources = library.sources(reader=reader, as_of=today)
    week = today.isocalendar().week
    chosen = [
        source
        for distance in range(3)
        for source in _mixed(
            [s for s in sources.values() if _distance(s, sources, reader) == distance], week
        )
    ][:_MANUALS]
    headings = headings_of(library.database, [source.version_id for source in chosen])
    found: list[str] = []
    for source in chosen:
        questions = _questions(source, headings.get(source.version_id, ()))
        fresh = [question for question in questions if question not in found]
        found += fresh[week % len(fresh) :][:1] if fresh else []
        if len(found) == MOST:
            break
    return found


def new_manuals(library: ManualLibrary, *, reader: Reader, today: date) -> list[NewManual]:
    """Return up to five manuals in force that came out within 30 days, newest first."""
    sources = library.sources(reader=reader, as_of=today)
    since = today - timedelta(days=NEW_DAYS)
    found = published_since(library.database, sources, since)[:_MOST_NEW]
    return [NewManual(sources[key].manual, sources[key].version, day) for key, day in found]


def _distance(source: Source, sources: dict[str, Source], reader: Reader) -> int:
    """Return 0 for a manual of the reader's section, 1 for one of its categories, else 2."""
    if not reader.section:
        return 2
    if source.owner_section == reader.section:
        return 0
    own = {s.category for s in sources.values() if s.owner_section == reader.section}
    return 1 if source.category and source.category in own else 2


def _mixed(sources: Sequence[Source], by: int) -> list[Source]:
    """Return sources with one of each category first, beginning at another one each week."""
    rank: dict[str, int] = {}
    of_category: dict[str, int] = {}
    for source in sorted(sources, key=lambda s: (s.manual, s.version_id)):
        rank[source.version_id] = of_category.get(source.category, 0)
        of_category[source.category] = rank[source.version_id] + 1
    ordered = sorted(sources, key=lambda s: (rank[s.version_id], s.category, s.manual))
    start = by % len(ordered) if ordered else 0
    return [*ordered[start:], *ordered[:start]]


def _questions(source: Source, paths: Sequence[HeadingPath]) -> list[str]:
    """Return the questions of a manual: those that ask for something definite, if there are."""
    questions = [question for path in paths if (question := question_about(path, source.manual))]
    return [q for q in questions if not q.endswith(_OF_ANYTHING)] or questions
