"""What has become of the words that a citation pins: unchanged or not, and in force or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.domain import Chunk, Citation, ManualVersion, Reader, Source
from assistant.library import ChunkDraft, ManualLibrary


@dataclass(frozen=True)
class Pin:
    """A citation as it stands on a day.

    `is_unchanged`: the stored passage has the pinned content hash, worked out anew, and holds the
    quoted words. `is_current`: the cited version is in force. `current` is what else is in force
    of the manual; None where the cited version is, or nothing.
    """

    version: ManualVersion
    is_unchanged: bool
    is_current: bool
    current: Source | None

    @property
    def newer(self) -> int | None:
        """The number of the version in force, where it came after the cited one."""
        if self.current is None:
            return None
        place = (self.current.effective_from or date.min, self.current.version)
        own = (self.version.effective_from or date.min, self.version.number)
        came_later = (*place, self.current.revision) > (*own, self.version.revision)
        return self.current.version if came_later else None


def pins(
    library: ManualLibrary, citations: Sequence[Citation], *, reader: Reader, today: date
) -> dict[int, Pin]:
    """Return what has become of citations by marker; those that cannot be read are left out."""
    chunks = library.chunks([citation.chunk_id for citation in citations])
    sources = library.sources(reader=reader, as_of=today)
    in_force = {source.manual_id: source for source in sources.values()}
    listings = {key: library.version(key, reader=reader) for key in _versions(citations)}
    found: dict[int, Pin] = {}
    for citation in citations:
        listing = listings[citation.version_id]
        if listing is None:
            continue
        current = in_force.get(listing.manual.id)
        is_current = current is not None and current.version_id == citation.version_id
        found[citation.marker] = Pin(
            version=listing.version,
            is_unchanged=_is_unchanged(citation, chunks.get(citation.chunk_id)),
            is_current=is_current,
            current=None if is_current else current,
        )
    return found


def _versions(citations: Sequence[Citation]) -> list[str]:
    return list(dict.fromkeys(citation.version_id for citation in citations))


def _is_unchanged(citation: Citation, chunk: Chunk | None) -> bool:
    if chunk is None or chunk.version_id != citation.version_id:
        return False
    stored = ChunkDraft(
        chunk.heading_path, chunk.first_page, chunk.last_page, chunk.kind, chunk.text, chunk.spans
    )
    return stored.text_hash == citation.text_hash and citation.quote in chunk.text
