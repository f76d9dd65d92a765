"""Vectors through onnxruntime: the bundled model's layers with 8-bit weights, without PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from assistant.background import give_way
from assistant.embeddings.checkpoint import read_checkpoint
from assistant.embeddings.engine import Vectors, unit
from assistant.embeddings.onnx_export import TOKENS, WORDS
from assistant.errors import ModelFilesUnavailable
from assistant.language_model.processor import default_threads


class OnnxEngine:
    """The checkpoint's tokenizer and embeddings, and a graph that holds its layers.

    Each text goes through alone: no padding, and its vector does not depend on its neighbours,
    which would share one scale with it if they were quantised together. Several texts at once,
    each in a thread, were faster (by up to a quarter) than one with all threads. An engine of the
    same checkpoint lends its tokenizer, which takes a second to load. Raises
    ModelFilesUnavailable.
    """

    def __init__(self, checkpoint: Path, graph: Path, *, like: OnnxEngine | None = None):
        import onnxruntime
        from tokenizers import Tokenizer

        weights = read_checkpoint(checkpoint)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = (
                like._tokenizer
                if like is not None
                else Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
            )
        except Exception as error:  # both libraries raise classes of their own compiled code
            raise ModelFilesUnavailable(
                f"検索モデルの高速版を読み込めません（{graph}）。このファイルを削除して"
                "「chonai prepare」（または `make run`）をもう一度実行するか、"
                "ASSISTANT_EMBEDDING_ENGINE=fp32 を設定してください。"
            ) from error
        self._threads = ThreadPoolExecutor(default_threads(), "embedding")
        self._background = ThreadPoolExecutor(
            default_threads(), "embedding-background", initializer=give_way
        )
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._words = weights.word_vectors
        kinds = weights.tensors["embeddings.token_type_embeddings.weight"]
        self._positions = weights.tensors["embeddings.position_embeddings.weight"] + kinds[0]
        self.dimension: int = self._words.shape[1]
        self.most_tokens: int = weights.positions

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, special tokens left out, uncut."""
        found = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in found]

    def encode(self, texts: Sequence[str], prompt: str, *, in_background: bool = False) -> Vectors:
        """Return the texts' vectors."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        threads = self._background if in_background else self._threads
        found = threads.map(lambda text: self._vector(prompt + text), texts)
        for row, vector in zip(vectors, found, strict=True):
            row[:] = vector
        return vectors

    def _vector(self, text: str) -> Vectors:
        numbers = self._cut(np.asarray(self._tokenizer.encode(text).ids, np.int64))
        embedded = self._words[numbers] + self._positions[: len(numbers)]
        tokens = self._session.run([TOKENS], {WORDS: embedded[None]})[0][0]
        return unit(tokens.mean(axis=0))

    def _cut(self, values: Any) -> Any:
        """Return the values of the first tokens and of the last, which marks the end."""
        if len(values) <= self.most_tokens:
            return values
        return np.concatenate([values[: self.most_tokens - 1], values[-1:]])
