"""Chunks before they belong to a version, and the vectors they need."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.domain import ChunkKind, CrossReference, Span
from assistant.embeddings.encoder import Encoder, Vectors
from assistant.search.stored_vectors import StoredVectors

_BATCH = 16  # chunks between two words of progress: some two seconds of work
Progress = Callable[[int, int], None]
"""Hears how many are done, and of how many."""


@dataclass(frozen=True)
class ChunkDraft:
    """A chunk before it belongs to a version; `places` are the keys of those that begin in it."""

    heading_path: tuple[str, ...]
    first_page: int | None
    last_page: int | None
    kind: ChunkKind
    text: str
    spans: tuple[Span, ...]
    references: tuple[CrossReference, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def embedded_text(self) -> str:
        """What the body vector stands for: the headings, then the text."""
        return " ".join(self.heading_path) + "\n" + self.text if self.heading_path else self.text

    @property
    def heading_text(self) -> str:
        """What the heading vector stands for."""
        return " ".join(self.heading_path) or self.text[:60]

    @property
    def text_hash(self) -> str:
        """Hash of heading path and text."""
        return content_hash("body", *self.heading_path, self.text)

    @property
    def sentences(self) -> list[str]:
        """The sentences or table rows of the text, in order."""
        return [self.text[span.start : span.end] for span in self.spans]

    @property
    def heading_hash(self) -> str:
        """Hash of the heading text alone; chunks of one section share its vector."""
        return content_hash("heading", self.heading_text)


def content_hash(*parts: str) -> str:
    """Return a SHA-256 over the parts, as 64 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def sentences_hash(text_hash: str, count: int) -> str:
    """Return the hash under which the vectors of a chunk's `count` sentences are kept."""
    return content_hash("sentences", text_hash, str(count))


def store_vectors(
    vectors: StoredVectors,
    encoder: Encoder,
    drafts: Sequence[ChunkDraft],
    *,
    progress: Progress | None = None,
    pages: Progress | None = None,
) -> tuple[int, int]:
    """Embed and store what has no vector yet; returns (chunk texts embedded, reused).

    Of each chunk: its headings, its body, and its sentences one by one; `progress` hears how many
    of all these are done, and of how many; `pages` how many of the document's pages are done with
    all their chunks, where its format has pages. All is computed in the background, so that no
    question waits for it.

    Vectors are kept batch by batch: an interrupted run carries on where it stopped.
    """
    headings = {draft.heading_hash: draft.heading_text for draft in drafts}
    bodies = {draft.text_hash: draft.embedded_text for draft in drafts}
    sentences = {sentences_hash(d.text_hash, len(d.spans)): d.sentences for d in drafts if d.spans}
    missing = vectors.missing([*headings, *bodies, *sentences])
    whole = _whole_pages(drafts)
    last = whole[-1]
    total, embedded = len(missing), len(missing & {*headings, *bodies})
    for start in range(0, len(drafts), _BATCH):
        batch = drafts[start : start + _BATCH]
        _store_texts(
            vectors,
            encoder.encode_queries,
            {d.heading_hash: d.heading_text for d in batch if d.heading_hash in missing},
        )
        _store_texts(
            vectors,
            encoder.encode_documents,
            {d.text_hash: d.embedded_text for d in batch if d.text_hash in missing},
        )
        keys = {sentences_hash(d.text_hash, len(d.spans)): d for d in batch if d.spans}
        _store_sentences(
            vectors, encoder, {key: d.sentences for key, d in keys.items() if key in missing}
        )
        missing -= {*keys, *(d.heading_hash for d in batch), *(d.text_hash for d in batch)}
        if progress and total:
            progress(total - len(missing), total)
        if pages and last:
            pages(whole[start + len(batch)], last)
    return embedded, len(headings) + len(bodies) - embedded


def _store_texts(
    vectors: StoredVectors, encode: Callable[..., Vectors], texts: Mapping[str, str]
) -> None:
    if texts:
        encoded = encode(list(texts.values()), in_background=True)
        vectors.add(dict(zip(texts, encoded, strict=True)))


def _store_sentences(
    vectors: StoredVectors, encoder: Encoder, chunks: Mapping[str, Sequence[str]]
) -> None:
    """Embed the sentences of some chunks, each different one once."""
    if not chunks:
        return
    texts = list(dict.fromkeys(text for sentences in chunks.values() for text in sentences))
    row_of = {text: row for row, text in enumerate(texts)}
    encoded = encoder.encode_documents(texts, in_background=True)
    vectors.add_matrices(
        {key: encoded[[row_of[text] for text in found]] for key, found in chunks.items()}
    )


def _whole_pages(drafts: Sequence[ChunkDraft]) -> list[int]:
    """Return how many pages have no chunk waiting when 0, 1, … and all of the drafts are done."""
    pages = [max((draft.last_page or 0 for draft in drafts), default=0)]
    for draft in reversed(drafts):
        pages.append(
            pages[-1] if draft.first_page is None else min(pages[-1], draft.first_page - 1)
        )
    return pages[::-1]
