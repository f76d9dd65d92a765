"""Vectors through sentence-transformers: the reference, and any model of a site's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from assistant.background import give_way
from assistant.embeddings.engine import Vectors, unit
from assistant.errors import ModelFilesUnavailable

# Larger batches were slower: the values between layers no longer fit into the cache.
_TOKENS_AT_ONCE = 512


class TorchEngine:
    """A sentence-transformers model, computed in fp32 or in bf16.

    `name` is a folder or a model name; a folder never touches the network. Raises
    ModelFilesUnavailable.
    """

    def __init__(self, name: str, *, brief: bool = False):
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
        if brief:
            self._model.bfloat16()
        self.dimension: int = int(self._model.get_embedding_dimension())
        self.most_tokens: int = int(self._model.max_seq_length or 512)
        # PyTorch's own threads are those of the thread that calls it, and inherit its priority.
        self._background = ThreadPoolExecutor(1, "embedding-background", initializer=give_way)
        self.token_counts(["準備", "運転"])  # starts the tokenizer's threads at our own priority

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, special tokens left out, uncut."""
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def encode(self, texts: Sequence[str], prompt: str, *, in_background: bool = False) -> Vectors:
        """Return the texts' vectors, computed in batches of similar length."""
        if in_background:
            return self._background.submit(self.encode, texts, prompt).result()
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for batch in self._batches(texts):
            found = self._model.encode(
                [texts[number] for number in batch],
                prompt=prompt,
                batch_size=len(batch),
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
            # Once more in fp32: a vector that was normalised in bf16 misses length 1 by .001.
            vectors[batch] = unit(np.asarray(found, np.float32))
        return vectors

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Yield the texts' numbers in batches of few tokens, padding included, shortest first."""
        counts = [min(count, self.most_tokens) for count in self.token_counts(texts)]
        batch: list[int] = []
        for number in sorted(range(len(texts)), key=counts.__getitem__):
            if batch and (len(batch) + 1) * counts[number] > _TOKENS_AT_ONCE:
                yield batch
                batch = []
            batch.append(number)
        if batch:
            yield batch
