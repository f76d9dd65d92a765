"""Whether the evidence holds the answer: a probability from features of the best sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from assistant.answers.evidence import ScoredSentence
from assistant.search.sentence_match import SentenceMatch


@dataclass(frozen=True)
class Features:
    """What the judgement looks at; cosines -1..1.

    `kind_gap` is how much farther from the question the nearest sentence is that holds the kind
    of fact asked for (an amount, a date, a count): a manual that treats a subject without giving
    what is asked has a wide gap. 0 where the question names no kind.
    """

    sentence: float
    kind_gap: float


_CHUNKS = 5  # more tell less apart: AUC .755 with ten, .761 with five
# Mean, scale and weight of each, by `python -m eval.fitting.fit_judgement` (docs/decisions/0023).
_FITTED = ((0.8536, 0.0190, 1.0070), (0.0088, 0.0243, -0.2045))
_BIAS = 0.2495
SURE = 0.5  # below it the passages are shown with a word of caution
THRESHOLD = 0.304  # one in twenty answerable learning questions lies below it


def features(scored: Sequence[ScoredSentence], match: SentenceMatch) -> Features:
    """Return the features of the scored sentences of a search; at least one."""
    judged = [s for s in scored if s.rank < _CHUNKS] or scored
    gap = 0.0
    if match.asks_kind:
        nearest = max(s.nearness for s in judged)
        holding = max((s.nearness for s in judged if s.holds_kind), default=nearest - 0.1)
        gap = nearest - holding
    return Features(
        sentence=max(s.cosine for s in judged),
        kind_gap=min(gap, 0.1),
    )


def probability(found: Features) -> float:
    """Return the probability (0..1) that the evidence holds the answer."""
    total = _BIAS
    for value, (mean, scale, weight) in zip(astuple(found), _FITTED, strict=True):
        total += weight * (value - mean) / scale
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
