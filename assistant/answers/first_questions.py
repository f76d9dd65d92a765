"""What somebody may begin with: definite questions about the manuals of the own section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assistant.domain import Reader, Source
from assistant.library import ManualLibrary
from assistant.library.headings import HeadingPath, headings_of, published_since
from assistant.understanding.heading_questions import HeadingQuestion, question_about

NEW_DAYS: Final = 30
_MOST_NEW: Final = 5
_MANUALS: Final = 40  # looked at for examples
_VAGUEST: Final = 2


@dataclass(frozen=True)
class NewManual:
    """A manual that came out lately, with the day."""

    manual_id: str
    title: str
    version: int
    published_on: date


def first_questions(
    library: ManualLibrary, *, reader: Reader, today: date
) -> Iterator[HeadingQuestion]:
    """Yield questions to begin with, the most definite first, other ones each week.

    Of equally definite ones those of manuals that the reader's section owns come first, then of
    those of the same categories, then of all others that the reader may read.
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
    found = [_questions(source, headings.get(source.version_id, ()), week) for source in chosen]
    for vagueness in range(_VAGUEST + 1):
        for questions in found:
            yield from (q for q in questions if q.vagueness == vagueness)


def new_manuals(library: ManualLibrary, *, reader: Reader, today: date) -> list[NewManual]:
    """Return up to five manuals in force that came out within 30 days, newest first."""
    sources = library.sources(reader=reader, as_of=today)
    since = today - timedelta(days=NEW_DAYS)
    found = published_since(library.database, sources, since)[:_MOST_NEW]
    return [
        NewManual(sources[key].manual_id, sources[key].manual, sources[key].version, day)
        for key, day in found
    ]


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


def _questions(source: Source, paths: Sequence[HeadingPath], by: int) -> list[HeadingQuestion]:
    """Return the questions of a manual, each once, beginning at another one each week."""
    named: dict[str, HeadingPath] = {}
    for path in paths:
        named.setdefault(question_about(path, source.manual), path)
    found = [HeadingQuestion(text, source.version_id, path) for text, path in named.items() if text]
    start = by % len(found) if found else 0
    return [*found[start:], *found[:start]]
