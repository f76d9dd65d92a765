"""How near each sentence of a few passages is to a question, by meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.domain import Chunk
from assistant.embeddings.encoder import Vectors
from assistant.library.drafts import content_hash
from assistant.library.reading import ManualLibrary

_MOST = 60  # sentences embedded for one question: about half a second on two cores


class SentenceVectors:
    """Vectors of sentences, made when first asked for and kept in the database from then on."""

    def __init__(self, library: ManualLibrary):
        self._library = library

    def cosines(self, question: Vectors, chunks: Sequence[Chunk]) -> list[list[float]]:
        """Return the cosine (-1..1) of every sentence of every chunk with the question vector.

        A sentence is embedded with the last heading above it. Of more than 60 sentences without
        a vector the rest is 0: they stand in the passages that are least likely.
        """
        texts = [[_with_heading(chunk, s) for s in chunk.sentences()] for chunk in chunks]
        flat = list(dict.fromkeys(text for part in texts for text in part))
        hashes = {text: content_hash("sentence", text) for text in flat}
        known = self._library.vectors.get(list(hashes.values()))
        missing = [text for text in flat if hashes[text] not in known][:_MOST]
        if missing:
            made = self._library.encoder.encode_documents(missing)
            fresh = {hashes[text]: row for text, row in zip(missing, made, strict=True)}
            self._library.vectors.add(fresh)
            known = {**known, **fresh}
        return [[_cosine(known.get(hashes[text]), question) for text in part] for part in texts]


def _with_heading(chunk: Chunk, sentence: str) -> str:
    return f"{chunk.heading_path[-1]} {sentence}" if chunk.heading_path else sentence


def _cosine(vector: Vectors | None, question: Vectors) -> float:
    return 0.0 if vector is None else float(np.dot(vector, question))
