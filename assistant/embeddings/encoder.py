"""Text to vectors: an engine with its model's prompts, the latest questions remembered."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.embeddings.engine import Engine, Vectors

__all__ = ["Encoder", "Vectors"]
_REMEMBERED_QUERIES = 512


class Encoder(Embeddings):
    """An embedding model with its own prompts for questions and passages.

    All vectors are float32 of length 1, shape (number of texts, `dimension`). `fingerprint`
    changes whenever vectors of two installations cannot be compared; those of two engines can.
    `question_engine` is the model as changed by a question adapter, where there is one.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        name: str,
        query_prompt: str,
        document_prompt: str,
        fingerprint: str = "",
        question_engine: Engine | None = None,
    ):
        self._engine = engine
        self._question_engine = question_engine
        self._query_prompt = query_prompt
        self._document_prompt = document_prompt
        self.name = name
        self.dimension = engine.dimension
        self.most_tokens = engine.most_tokens
        self.fingerprint = _fingerprint(fingerprint or name, query_prompt, document_prompt)
        self._recent: OrderedDict[tuple[str, bool], Vectors] = OrderedDict()
        self._recent_lock = threading.Lock()

    def encode_queries(self, texts: Sequence[str], *, in_background: bool = False) -> Vectors:
        """Encode questions or headings; shape (len(texts), dimension), rows of length 1.

        `in_background`: giving way to all that is encoded without it.
        """
        return self._encode(texts, self._query_prompt, in_background=in_background)

    def encode_documents(self, texts: Sequence[str], *, in_background: bool = False) -> Vectors:
        """Encode passages; shape (len(texts), dimension), rows of length 1.

        `in_background`: giving way to all that is encoded without it.
        """
        return self._encode(texts, self._document_prompt, in_background=in_background)

    def encode_question(self, text: str) -> Vectors:
        """Encode one question; shape (dimension,). The latest questions are remembered."""
        return self._remembered(text, None)

    def encode_asking(self, text: str) -> Vectors:
        """Encode one question as sentences that answer it are looked for; shape (dimension,).

        The mean of its vectors with and without the question adapter, so that a product with a
        sentence's vector is the mean of two cosines; the plain vector where there is no adapter.
        """
        plain = self.encode_question(text)
        if self._question_engine is None:
            return plain
        mean: Vectors = np.float32(0.5) * (plain + self._remembered(text, self._question_engine))
        return mean

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of model tokens of each text, special tokens and prompt left out."""
        return self._engine.token_counts(texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Encode passages (LangChain's interface)."""
        return [[float(x) for x in row] for row in self.encode_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Encode one question (LangChain's interface)."""
        return [float(x) for x in self.encode_question(text)]

    def _remembered(self, text: str, adapted: Engine | None) -> Vectors:
        key = (text, adapted is not None)
        with self._recent_lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        texts = [text]
        vector: Vectors = (
            self.encode_queries(texts)
            if adapted is None
            else adapted.encode(texts, self._query_prompt)
        )[0]
        with self._recent_lock:
            self._recent[key] = vector
            while len(self._recent) > _REMEMBERED_QUERIES:
                self._recent.popitem(last=False)
        return vector

    def _encode(self, texts: Sequence[str], prompt: str, *, in_background: bool = False) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._engine.encode(texts, prompt, in_background=in_background)


def _fingerprint(model: str, query_prompt: str, document_prompt: str) -> str:
    joined = "\0".join((model, query_prompt, document_prompt))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
