"""How alike Japanese passages are: the share of the letter pairs that they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.japanese.normalize import folded

_COLUMNS: Final = 2048


def letter_pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters of a text, its width and white space aside."""
    plain = folded(text)
    return frozenset(map("".join, pairwise(plain))) or frozenset(plain)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return Dice's coefficient of the letter pairs of two texts, 0..1; 1 for two empty ones."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def likenesses(
    rows: Sequence[frozenset[str]], columns: Sequence[frozenset[str]]
) -> NDArray[np.float32]:
    """Return the likeness of every row with every column, shape (rows, columns), 0..1.

    Where the texts share more than 2,048 different pairs some of these are counted as one: the
    values of long texts are then too great by up to .15, and still tell the nearest.
    """
    shared = frozenset().union(*rows) & frozenset().union(*columns)
    places = {pair: index % _COLUMNS for index, pair in enumerate(sorted(shared))}
    common = _incidence(rows, places) @ _incidence(columns, places).T
    sizes = np.array([len(pairs) for pairs in rows], np.float32)[:, None] + np.array(
        [len(pairs) for pairs in columns], np.float32
    )
    return np.asarray(np.minimum(1, 2 * common / np.maximum(sizes, 1)), np.float32)


def _incidence(rows: Sequence[frozenset[str]], places: dict[str, int]) -> NDArray[np.float32]:
    matrix = np.zeros((len(rows), min(len(places), _COLUMNS)), np.float32)
    for row, pairs in enumerate(rows):
        matrix[row, [places[pair] for pair in pairs if pair in places]] = 1
    return matrix
