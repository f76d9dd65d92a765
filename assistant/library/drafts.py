"""Chunks before they belong to a version, and the vectors they need."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.domain import ChunkKind, CrossReference, Span
from assistant.embeddings.encoder import Encoder
from assistant.search.stored_vectors import StoredVectors

_BATCH = 64


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
    progress: Callable[[int, int], None] | None = None,
) -> tuple[int, int]:
    """Embed and store what has no vector yet; returns (chunk texts embedded, reused).

    Of each chunk: its headings, its body, and its sentences one by one; `progress` hears how many
    of all these are done, and of how many.

    Vectors are kept batch by batch: an interrupted run carries on where it stopped.
    """
    headings = {draft.heading_hash: draft.heading_text for draft in drafts}
    bodies = {draft.text_hash: draft.embedded_text for draft in drafts}
    missing = vectors.missing([*headings, *bodies])
    work = [(key, text, True) for key, text in headings.items() if key in missing]
    work += [(key, text, False) for key, text in bodies.items() if key in missing]
    sentences = _missing_sentences(vectors, drafts)
    done, total = 0, len(work) + len(sentences)
    for heading in (True, False):
        part = sorted((w for w in work if w[2] is heading), key=lambda w: len(w[1]))
        encode = encoder.encode_queries if heading else encoder.encode_documents
        for start in range(0, len(part), _BATCH):
            batch = part[start : start + _BATCH]
            encoded = encode([text for _, text, _ in batch])
            vectors.add({key: row for (key, _, _), row in zip(batch, encoded, strict=True)})
            done += len(batch)
            if progress:
                progress(done, total)
    for start in range(0, len(sentences), _BATCH):
        some = sentences[start : start + _BATCH]
        _store_sentences(vectors, encoder, some)
        done += len(some)
        if progress:
            progress(done, total)
    return len(work), len(headings) + len(bodies) - len(work)


def _missing_sentences(
    vectors: StoredVectors, drafts: Sequence[ChunkDraft]
) -> list[tuple[str, list[str]]]:
    """Return the sentences of the chunks that have no vectors of them yet, by their hash."""
    wanted = {sentences_hash(d.text_hash, len(d.spans)): d.sentences for d in drafts if d.spans}
    missing = vectors.missing(wanted)
    return [(key, list(sentences)) for key, sentences in wanted.items() if key in missing]


def _store_sentences(
    vectors: StoredVectors, encoder: Encoder, batch: Sequence[tuple[str, list[str]]]
) -> None:
    """Embed the sentences of some chunks, each different one once."""
    texts = list(dict.fromkeys(text for _, sentences in batch for text in sentences))
    row_of = {text: row for row, text in enumerate(texts)}
    encoded = encoder.encode_documents(texts)
    vectors.add_matrices(
        {key: encoded[[row_of[text] for text in sentences]] for key, sentences in batch}
    )
