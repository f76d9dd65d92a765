"""A small encoder for tests: character bigrams hashed into 64 numbers, in milliseconds."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from assistant.embeddings.encoder import Encoder, Vectors
from assistant.japanese.normalize import folded

_DIMENSION = 64
_COMMON = 0.8  # unrelated texts get this cosine, as with e5, for which the judgement was fitted


class HashedEncoder(Encoder):
    """An encoder that needs no model files; one token a character.

    The cosine of two texts is 0.8 and 0.2 of the cosine of their bigrams.
    """

    def __init__(self, fingerprint: str = "hashed") -> None:
        self.name = "hashed"
        self.dimension = _DIMENSION
        self.most_tokens = 512
        self.fingerprint = fingerprint
        self._query_prompt = ""
        self._document_prompt = ""
        self._question_engine = None
        self._recent: OrderedDict[tuple[str, bool], Vectors] = OrderedDict()
        self._recent_lock = threading.Lock()

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def _encode(self, texts: Sequence[str], prompt: str, *, in_background: bool = False) -> Vectors:
        rows = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            plain = folded(text)
            for start in range(max(1, len(plain) - 1)):
                piece = plain[start : start + 2].encode()
                digest = hashlib.blake2b(piece, digest_size=4).digest()
                place = 1 + int.from_bytes(digest[:2], "big") % (_DIMENSION - 1)
                row[place] += 1.0 if digest[3] % 2 else -1.0
            row *= (1 - _COMMON) ** 0.5 / (float(np.linalg.norm(row)) or 1.0)
            row[0] = _COMMON**0.5
            row /= np.linalg.norm(row)
        return rows
