"""What changes near the day asked for: quoted passages beside their reading in another version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from assistant.answers.evidence import Passage
from assistant.answers.readings import Range, readings
from assistant.as_of import AsOf
from assistant.domain import Chunk, Citation, ManualVersion, NearChange, Reader
from assistant.library import ManualLibrary, ManualListing
from assistant.library.counterparts import counterpart
from assistant.library.library_list import version_chunks

_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Nearby:
    """The changes near a day, and the citations that they need beside those of the quotations."""

    changes: tuple[NearChange, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class _Neighbour:
    """Another version of a manual, in force up to the one quoted or from its end on."""

    listing: ManualListing
    chunks: Sequence[Chunk]
    is_later: bool


def near_changes(
    library: ManualLibrary, passages: Sequence[Passage], when: AsOf, *, reader: Reader
) -> Nearby:
    """Return the quoted passages that read otherwise in a version before or after, near the day.

    Only versions that the reader may read. New citations are numbered on from the quotations'.
    """
    changes: list[NearChange] = []
    citations = [passage.citation for passage in passages]
    for version_id in dict.fromkeys(citation.version_id for citation in citations):
        listing = library.version(version_id, reader=reader)
        if listing is None:  # a draft that is being tried
            continue
        quoted = [p for p in passages if p.citation.version_id == version_id]
        for neighbour in _neighbours(library, listing, when, reader):
            for chunk_id in dict.fromkeys(p.citation.chunk_id for p in quoted):
                some = [p for p in quoted if p.citation.chunk_id == chunk_id]
                change = _change(library, listing, some, neighbour, citations)
                changes += [change] if change else []
    return Nearby(tuple(changes), tuple(citations[len(passages) :]))


def _neighbours(
    library: ManualLibrary, quoted: ManualListing, when: AsOf, reader: Reader
) -> Iterator[_Neighbour]:
    """Give the versions that the quoted one follows or gives way to, near the day."""
    term = library.terms().get(quoted.version.id)
    if term is None:
        return
    if term.first is not None and term.first > date.min and when.is_near(term.first):
        yield from _in_force(library, quoted, term.first - _A_DAY, reader, is_later=False)
    if term.end is not None and when.is_near(term.end):
        yield from _in_force(library, quoted, term.end, reader, is_later=True)


def _in_force(
    library: ManualLibrary, quoted: ManualListing, day: date, reader: Reader, *, is_later: bool
) -> Iterator[_Neighbour]:
    for key, source in library.sources(reader=reader, as_of=day).items():
        if source.manual_id == quoted.manual.id and key != quoted.version.id:
            listing = library.version(key, reader=reader)
            if listing is not None:
                yield _Neighbour(listing, version_chunks(library.database, key), is_later)


def _change(
    library: ManualLibrary,
    listing: ManualListing,
    passages: Sequence[Passage],
    neighbour: _Neighbour,
    citations: list[Citation],
) -> NearChange | None:
    """Return the change of the passages of one chunk, None where they read the same.

    What it cites beside the quotations is added to `citations`.
    """
    first = passages[0].citation
    chunk = library.chunks([first.chunk_id])[first.chunk_id]
    other = counterpart(chunk, neighbour.chunks)
    own_marker: int | None = first.marker
    other_marker: int | None = None
    if other is not None:
        found = readings(
            chunk,
            [passage.citation.found_words for passage in passages],
            [sentence.text for passage in passages for sentence in passage.around],
            other,
            own_section=library.neighbours(chunk),
            other_section=[c for c in neighbour.chunks if c.heading_path == other.heading_path],
        )
        if found is None:
            return None
        own, theirs = found
        own_marker = _cited(library, chunk, own, first, citations)
        source = _of_version(first, neighbour.listing)
        other_marker = _cited(library, other, theirs, source, citations)
    mine, later = listing.version, neighbour.listing.version
    before, after = (mine, later) if neighbour.is_later else (later, mine)
    markers = (own_marker, other_marker) if neighbour.is_later else (other_marker, own_marker)
    return _named(first, before, after, markers)


def _named(
    quoted: Citation,
    before: ManualVersion,
    after: ManualVersion,
    markers: tuple[int | None, int | None],
) -> NearChange | None:
    if after.effective_from is None:  # nothing is before what has held ever since
        return None
    return NearChange(
        manual=quoted.manual,
        heading_path=quoted.heading_path,
        changes_on=after.effective_from,
        before_version=before.number,
        before_from=before.effective_from,
        after_version=after.number,
        after_from=after.effective_from,
        before=markers[0],
        after=markers[1],
        counted_by=after.counted_by,
        transition_notes=tuple(
            dict.fromkeys(
                note.strip()
                for note in (after.transition_note, before.transition_note)
                if note.strip()
            )
        ),
    )


def _of_version(quoted: Citation, listing: ManualListing) -> Citation:
    """Return a citation as one of another version; its place is still to be filled in."""
    version = listing.version
    return replace(
        quoted,
        version_id=version.id,
        version=version.number,
        revision=version.revision,
        effective_from=version.effective_from,
        file=version.file_name,
    )


def _cited(
    library: ManualLibrary, chunk: Chunk, span: Range, like: Citation, citations: list[Citation]
) -> int:
    """Return the marker of the citation of some sentences of a chunk, a new one if need be."""
    start, end = _edges(chunk, span)
    quote = chunk.text[start:end]
    for known in citations:
        if known.chunk_id == chunk.id and quote in (known.quote, known.found_words):
            return known.marker
    page = chunk.spans[span[0]].page if chunk.spans else chunk.first_page
    label = chunk.spans[span[0]].label if chunk.spans else None
    if page is not None:
        label = library.page_labels([chunk.version_id]).get((chunk.version_id, page))
    citations.append(
        replace(
            like,
            marker=len(citations) + 1,
            chunk_id=chunk.id,
            heading_path=chunk.heading_path,
            quote=quote,
            core="",
            text_hash=chunk.text_hash,
            page=page,
            label=label,
        )
    )
    return len(citations)


def _edges(chunk: Chunk, span: Range) -> tuple[int, int]:
    if not chunk.spans:
        return 0, len(chunk.text)
    return chunk.spans[span[0]].start, chunk.spans[span[1]].end
