"""Fusing the signals of a search into one score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SIGNALS: Final = ("body", "heading", "sentence", "keywords", "pairs")


@dataclass(frozen=True)
class FusionWeights:
    """How much each signal counts.

    The first three are of cosines and count among themselves; a heading counts wholly from
    `full_heading` letters on. `keywords` and `pairs` are shares (0..1) of the score, what they
    leave is the share of the cosines.
    """

    body: float
    heading: float
    sentence: float
    keywords: float
    pairs: float
    full_heading: int


# Fitted by `python -m eval.fitting.fit_fusion` (docs/decisions/0022, 0050).
FITTED: Final = FusionWeights(
    body=0.5, heading=0.25, sentence=0.25, keywords=0.2, pairs=0.125, full_heading=12
)


def fused(
    signals: Mapping[str, Mapping[str, float]], heading_lengths: Mapping[str, int]
) -> dict[str, float]:
    """Return one score in 0..1 per chunk id from its five signals and its headings' letters."""
    rows = signal_rows(list(signals.values()))
    lengths = np.array([heading_lengths[key] for key in signals], float)
    return dict(zip(signals, fused_rows(rows, lengths, FITTED).tolist(), strict=True))


def signal_rows(signals: Sequence[Mapping[str, float]]) -> Floats:
    """Return the signals of candidates as an array (candidates, 5) in the order of SIGNALS."""
    rows = [[found[name] for name in SIGNALS] for found in signals]
    return np.array(rows, float).reshape(len(rows), len(SIGNALS))


def fused_rows(rows: Floats, heading_lengths: Floats, weights: FusionWeights) -> Floats:
    """Return the scores (candidates,), 0..1, of one question's candidates (candidates, 5).

    Cosines are taken from their mean over the candidates and added with their weights; a heading
    of a few letters (a bare name) counts less. The sum, keywords and pairs are each min-max
    normalised and added with their shares. A signal that is the same for all contributes nothing.
    """
    if not len(rows):
        return np.zeros(0)
    cosines = rows[:, :3] - rows[:, :3].mean(axis=0)
    cosines[:, 1] *= np.minimum(1.0, heading_lengths / weights.full_heading)
    dense = cosines @ np.array([weights.body, weights.heading, weights.sentence])
    scores: Floats = (
        (1 - weights.keywords - weights.pairs) * _spread(dense)
        + weights.keywords * _spread(rows[:, 3])
        + weights.pairs * _spread(rows[:, 4])
    )
    return np.clip(scores, 0.0, 1.0)


def _spread(values: Floats) -> Floats:
    low, high = values.min(), values.max()
    if high - low <= 1e-9:
        return np.zeros(len(values))
    spread: Floats = (values - low) / (high - low)
    return spread
