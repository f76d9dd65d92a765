"""Fills a library with noisy copies of real manuals, always the same ones."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from assistant.domain import Chunk, Manual, Page, Span
from assistant.embeddings.encoder import Vectors
from assistant.errors import OperationError
from assistant.library import ChunkDraft, ManualLibrary, Publisher
from assistant.library.drafts import sentences_hash
from assistant.library.publishing import PreparedManual
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.benchmarks.process_memory import own_megabytes
from ingest.pipeline import ingest_paths

# A copy lies between its passage and another, at most half way, and this far beside: its nearest
# neighbours have a cosine of .94, the median of all passages .84; those of manuals .95 and .84.
_TOWARDS: Final = 0.5
_NOISE: Final = 0.25  # length of the random vector added to a vector of length 1
_SWAPPED: Final = 0.3  # of the words of a copy
_WORD: Final = re.compile(r"[一-龠々]{2,}|[ァ-ヶー]{2,}")
_OF_A_MANUAL, _AT_ONCE = 100, 5_000  # copies
_WHOLE_SECONDS: Final = 900.0


def fill(assistant: Assistant, *, manuals: Path, chunks: int) -> dict[str, Any]:
    """Ingest the manuals, publish copies until the index holds so many chunks; return the seconds.

    A copy has the vectors of a chunk, moved towards another's and at random, and its text with
    other words of the manuals in place of some: each word is about as frequent as in the manuals,
    which makes the keyword lists grow with the library. Always the same copies. Raises
    OperationError.
    """
    began = time.perf_counter()
    ingest_paths(assistant, [manuals])
    ingested = time.perf_counter()
    library = assistant.library
    held = library.chunks(sorted(library.index_contents("bodies")))
    originals = [_draft(chunk) for chunk in held.values()]
    words = [word for draft in originals for word in _WORD.findall(draft.text)]
    known = _Known(library, originals)
    chance, noise = Random(0), np.random.default_rng(0)  # nosec B311 - the same in every run
    missing = range(max(0, chunks - len(originals)))
    for numbers in (missing[start : start + _AT_ONCE] for start in missing[::_AT_ONCE]):
        pairs = [
            (original, _variant(original, number, words, chance))
            for number in numbers
            for original in [originals[number % len(originals)]]
        ]
        known.store_moved(pairs, noise)
        copies = [draft for _, draft in pairs]
        Publisher(library).publish_all(
            [
                _manual(numbers[0] + place, copies[place : place + _OF_A_MANUAL])
                for place in range(0, len(copies), _OF_A_MANUAL)
            ]
        )
    if not library.index.wait_until_whole(_WHOLE_SECONDS):
        raise OperationError(f"索引が壊れたままです（{'、'.join(library.index.broken)}）。")
    return {
        "manuals_seconds": round(ingested - began, 1),
        "copies_seconds": round(time.perf_counter() - ingested, 1),
        "peak_megabytes": own_megabytes("VmHWM"),
    }


def _draft(chunk: Chunk) -> ChunkDraft:
    return ChunkDraft(
        chunk.heading_path,
        chunk.first_page,
        chunk.last_page,
        chunk.kind,
        chunk.text,
        chunk.spans,
    )


def _variant(original: ChunkDraft, number: int, words: Sequence[str], chance: Random) -> ChunkDraft:
    """Return a chunk with as many sentences, some of their words swapped; its heading is new."""

    def other(found: re.Match[str]) -> str:
        return chance.choice(words) if chance.random() < _SWAPPED else found[0]

    text, spans, end = "", [], 0
    for span in original.spans:
        text += original.text[end : span.start]
        start, end = len(text), span.end
        text += _WORD.sub(other, original.text[span.start : end])
        spans.append(Span(start, len(text), span.page, span.label))
    *above, last = original.heading_path or ("写し",)
    heading = (*above, f"{_WORD.sub(other, last)} その{number + 1}")
    return replace(original, heading_path=heading, text=text, spans=tuple(spans))


def _manual(number: int, drafts: Sequence[ChunkDraft]) -> PreparedManual:
    pages = max((draft.last_page or 0 for draft in drafts), default=0)
    name = f"copies{number}"
    return PreparedManual(
        Manual(name, f"写し{number}の手引き"),
        name.encode(),
        f"{name}.md",
        "1",
        [Page(page, str(page), "", "document") for page in range(1, pages + 1)],
        drafts,
        None,
        OPERATOR_ACTOR,
    )


class _Known:
    """The vectors of the chunks that are copied."""

    def __init__(self, library: ManualLibrary, originals: Sequence[ChunkDraft]):
        self._store = library.vectors
        self._originals = originals
        hashes = [key for draft in originals for key in (draft.text_hash, draft.heading_hash)]
        self._vectors = self._store.get(hashes)
        self._matrices = self._store.get_matrices(
            [_sentences_hash(draft) for draft in originals], library.encoder.dimension
        )

    def store_moved(
        self, pairs: Sequence[tuple[ChunkDraft, ChunkDraft]], noise: np.random.Generator
    ) -> None:
        """Store for each (chunk, copy) the vectors of the one, moved, for the other.

        Those of its text and headings towards another chunk's, those of its sentences at random.
        """
        vectors, matrices = {}, {}
        for old, new in pairs:
            other = self._originals[int(noise.integers(len(self._originals)))]
            share = noise.uniform(0, _TOWARDS)
            for kind in ("text_hash", "heading_hash"):
                own, its = (self._vectors[getattr(draft, kind)] for draft in (old, other))
                between = _unit((1 - share) * own + share * its)
                vectors[getattr(new, kind)] = _moved(between, noise)
            if old.spans:
                matrices[_sentences_hash(new)] = _moved(self._matrices[_sentences_hash(old)], noise)
        self._store.add(vectors)
        self._store.add_matrices(matrices)


def _sentences_hash(draft: ChunkDraft) -> str:
    return sentences_hash(draft.text_hash, len(draft.spans))


def _moved(vectors: Vectors, noise: np.random.Generator) -> Vectors:
    """Return vectors of length 1, shape (…, dimension), with noise, and of length 1 again."""
    return _unit(vectors + _NOISE * _unit(noise.standard_normal(vectors.shape, dtype=np.float32)))


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return found
