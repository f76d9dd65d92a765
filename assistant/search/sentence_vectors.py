"""How near each sentence of a few passages is to a question, by meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.domain import RetrievedChunk
from assistant.embeddings.encoder import Vectors
from assistant.library.drafts import sentences_hash
from assistant.library.reading import ManualLibrary

_HEADING_SHARE = 0.25  # a sentence is read under its heading


class SentenceVectors:
    """Vectors of sentences; those that ingestion has not made are made when first asked for."""

    def __init__(self, library: ManualLibrary):
        self._library = library

    def cosines(self, question: str, found: Sequence[RetrievedChunk]) -> list[list[float]]:
        """Return the cosine (-1..1) of every sentence of every chunk with a question.

        A quarter of each is the cosine of the headings above the sentence.
        """
        keys = [sentences_hash(hit.chunk.text_hash, len(hit.chunk.spans)) for hit in found]
        encoder, vectors = self._library.encoder, self._library.vectors
        known = vectors.get_matrices(keys, encoder.dimension)
        for key, hit in zip(keys, found, strict=True):
            if key not in known and hit.chunk.spans:
                known[key] = encoder.encode_documents(hit.chunk.sentences())
                vectors.add_matrices({key: known[key]})
        vector = encoder.encode_asking(question)
        return [
            _mixed(known[key] @ vector, hit.signals.get("heading")) if key in known else []
            for key, hit in zip(keys, found, strict=True)
        ]


def _mixed(cosines: Vectors, heading: float | None) -> list[float]:
    if heading is None:
        return [float(cosine) for cosine in cosines]
    mixed = (1 - _HEADING_SHARE) * cosines + np.float32(_HEADING_SHARE * heading)
    return [float(cosine) for cosine in mixed]
