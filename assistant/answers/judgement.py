"""Whether the evidence holds the answer: a probability from how near the best sentence comes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from assistant.answers.evidence import ScoredSentence


@dataclass(frozen=True)
class Features:
    """What the judgement looks at: the cosine (-1..1) of the nearest sentence.

    That no sentence holds the kind of fact asked for tells nothing more since the question adapter
    has learned from 898 passages: AUC .797 with it and without (docs/decisions/0023).
    """

    sentence: float


_CHUNKS = 5  # ten tell no more
# Fitted by `python -m eval.fit_judgement` (docs/decisions/0023): mean, scale, weight of each.
_FITTED = ((0.8362, 0.0204, 1.3262),)
_BIAS = 0.2674
SURE = 0.5  # below it the passages are shown with a word of caution
THRESHOLD = 0.305  # one in twenty answerable learning questions lies below it


def features(scored: Sequence[ScoredSentence]) -> Features:
    """Return the features of the scored sentences of a search; at least one."""
    judged = [s for s in scored if s.rank < _CHUNKS] or scored
    return Features(max(s.cosine for s in judged))


def probability(found: Features) -> float:
    """Return the probability (0..1) that the evidence holds the answer."""
    total = _BIAS
    for value, (mean, scale, weight) in zip(astuple(found), _FITTED, strict=True):
        total += weight * (value - mean) / scale
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
