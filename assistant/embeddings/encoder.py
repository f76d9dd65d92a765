"""Text to vectors: the only module that uses sentence-transformers."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from assistant.errors import ModelFilesUnavailable

Vectors = NDArray[np.float32]
_REMEMBERED_QUERIES = 512


class Encoder(Embeddings):
    """A sentence-transformers model with its own prompts for questions and passages.

    `name` is a folder or a model name; a folder never touches the network. All vectors are
    float32 of length 1, shape (number of texts, `dimension`). `fingerprint` changes whenever
    vectors of two installations cannot be compared.
    """

    def __init__(
        self, name: str, *, query_prompt: str, document_prompt: str, fingerprint: str = ""
    ):
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(
                name, device="cpu", local_files_only=Path(name).is_dir()
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelFilesUnavailable(
                f"埋め込みモデルを読み込めません（{name}）。ASSISTANT_EMBEDDING_MODEL の値を"
                "確かめるか、空にして「make run」で同梱のモデルを準備し直してください。"
            ) from error
        self._query_prompt = query_prompt
        self._document_prompt = document_prompt
        self.name = name
        self.dimension: int = int(self._model.get_embedding_dimension())
        self.most_tokens: int = int(self._model.max_seq_length or 512)
        self.fingerprint = _fingerprint(fingerprint or name, query_prompt, document_prompt)
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
        self._recent_lock = threading.Lock()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode questions or headings; shape (len(texts), dimension), rows of length 1."""
        return self._encode(texts, self._query_prompt)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Encode passages; shape (len(texts), dimension), rows of length 1."""
        return self._encode(texts, self._document_prompt)

    def encode_question(self, text: str) -> Vectors:
        """Encode one question; shape (dimension,). The latest questions are remembered."""
        with self._recent_lock:
            if text in self._recent:
                self._recent.move_to_end(text)
                return self._recent[text]
        vector: Vectors = self.encode_queries([text])[0]
        with self._recent_lock:
            self._recent[text] = vector
            while len(self._recent) > _REMEMBERED_QUERIES:
                self._recent.popitem(last=False)
        return vector

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of model tokens of each text, special tokens and prompt left out."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Encode passages (LangChain's interface)."""
        return [[float(x) for x in row] for row in self.encode_documents(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Encode one question (LangChain's interface)."""
        return [float(x) for x in self.encode_question(text)]

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors: Vectors = self._model.encode(
            list(texts),
            prompt=prompt,
            batch_size=32,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def _fingerprint(model: str, query_prompt: str, document_prompt: str) -> str:
    joined = "\0".join((model, query_prompt, document_prompt))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
