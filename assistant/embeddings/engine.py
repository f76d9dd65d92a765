"""What computes vectors: the interface that every engine has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Engine(Protocol):
    """Turns texts into vectors; texts longer than `most_tokens` with their prompt are cut."""

    dimension: int
    most_tokens: int

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, special tokens and prompt left out, uncut."""

    def encode(self, texts: Sequence[str], prompt: str, *, in_background: bool = False) -> Vectors:
        """Return the texts' vectors: float32, shape (texts, dimension), rows of length 1.

        `in_background`: on threads of their own, of the lowest priority, so that no question waits
        for these texts.
        """


def unit(vectors: Vectors) -> Vectors:
    """Return the vectors (along the last axis) at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled
