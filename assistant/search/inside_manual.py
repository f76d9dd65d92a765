"""Looking for words inside one version of a manual: where they stand, and what means the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from assistant.domain import Chunk, Reader, Source
from assistant.japanese.normalize import folded
from assistant.library.contents import Contents, ReadingSection
from assistant.library.reading import ManualListing
from assistant.search.fusion import fused
from assistant.search.retrieval import Retriever

NEAREST: Final = 5  # sections that mean the same without holding the words


@dataclass(frozen=True)
class InsideHit:
    """A section that was found, with the sentence or table row of it that fits best.

    `page` is that of the sentence; `count` how many sentences hold one of the words, 0 where the
    section was found by its meaning.
    """

    section: ReadingSection
    sentence: str
    page: int | None
    label: str | None
    count: int = 0


def search_words(query: str) -> tuple[str, ...]:
    """Return the words of a query, set apart by white space, as they are compared."""
    words = (folded(word) for word in re.split(r"\s+", query))
    return tuple(dict.fromkeys(word for word in words if word))


def holding_words(query: str, contents: Contents) -> list[InsideHit]:
    """Return the sections that hold all words, in the order of the manual.

    Width, case, spaces and forms of a letter do not matter; a heading counts as text.
    """
    words = search_words(query)
    found = []
    for section in contents.sections if words else ():
        heading = folded(" ".join(section.heading))
        text = folded(section.text)
        if all(word in heading or word in text for word in words):
            found.append(_hit(section, words))
    return found


def meaning_the_same(
    query: str,
    contents: Contents,
    *,
    listing: ManualListing,
    retriever: Retriever,
    reader: Reader,
    today: date,
) -> list[InsideHit]:
    """Return the nearest sections of this version alone, best first.

    The caller has checked that the reader may read the version. One that is corrected (修正前) is
    in no index, so nothing of it is found here.
    """
    asked = retriever.understanding.understand(query, reader=reader, as_of=today)
    source = _source(listing)
    # Versions that have ended are in the archive, which is searched for days gone by only.
    found = retriever.candidates.find(
        asked, sources={source.version_id: source}, as_of=date.min, wanted=NEAREST * 4
    )
    scores = fused(
        {key: candidate.signals for key, candidate in found.items()},
        {key: candidate.heading_length for key, candidate in found.items()},
    )
    chunks = {chunk.id: chunk for section in contents.sections for chunk in section.chunks}
    hits: dict[str, InsideHit] = {}
    for key in sorted(scores, key=lambda key: (-scores[key], key)):
        section = contents.holding(key)
        if section is None or section.key in hits:
            continue
        best = asked.match.best(chunks[key], found[key].cosines)
        hits[section.key] = replace(_at(section, chunks[key], best), count=0)
    return list(hits.values())


def _hit(section: ReadingSection, words: tuple[str, ...]) -> InsideHit:
    """Return a section with the sentence that holds most of the words."""
    best = (0, section.chunks[0], 0)
    count = 0
    for chunk in section.chunks:
        for place, sentence in enumerate(chunk.sentences()):
            text = folded(sentence)
            held = sum(word in text for word in words)
            count += bool(held)
            if held > best[0]:
                best = (held, chunk, place)
    return replace(_at(section, best[1], best[2]), count=max(count, 1))


def _at(section: ReadingSection, chunk: Chunk, place: int) -> InsideHit:
    if not chunk.spans:
        return InsideHit(section, chunk.text, chunk.first_page, None)
    span = chunk.spans[place]
    return InsideHit(section, chunk.text[span.start : span.end], span.page, span.label)


def _source(listing: ManualListing) -> Source:
    manual, version = listing.manual, listing.version
    return Source(
        manual.id, manual.title, manual.category, manual.owner_section, manual.owner_extension,
        version.id, version.number, version.file_name, version.effective_from,
        version.effective_to, version.revision,
    )  # fmt: skip
