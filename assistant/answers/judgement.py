"""Whether the evidence holds the answer: a probability from features of the search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from assistant.domain import RetrievedChunk
from assistant.search.sentence_match import SentenceMatch


@dataclass(frozen=True)
class Features:
    """What the judgement looks at; cosines -1..1, shares 0..1."""

    body: float
    heading: float
    sentence_coverage: float
    chunk_coverage: float
    top_coverage: float
    missing_weight: float
    asked_kind: float


# Fitted by `python -m eval.fit_judgement` (logistic regression; see docs/decisions/0005).
_MEANS = (0.86, 0.86, 0.5, 0.7, 0.65, 0.4, 0.5)
_SCALES = (0.03, 0.03, 0.25, 0.25, 0.25, 0.3, 0.5)
_WEIGHTS = (0.6, 0.6, 0.5, 0.6, 0.4, -0.5, 0.3)
_BIAS = 0.5
THRESHOLD = 0.35


def features(found: Sequence[RetrievedChunk], match: SentenceMatch) -> Features:
    """Return the features of a search result, best first; at least one hit."""
    top = found[:5]
    texts = [" ".join(hit.chunk.heading_path) + "\n" + hit.chunk.text for hit in top]
    sentences = [s for hit in top[:3] for s in hit.chunk.sentences()]
    return Features(
        body=max(hit.signals.get("body", 0.0) for hit in top),
        heading=max(hit.signals.get("heading", 0.0) for hit in top),
        sentence_coverage=max((match.coverage(s) for s in sentences), default=0.0),
        chunk_coverage=max(match.coverage(text) for text in texts),
        top_coverage=match.coverage(texts[0]),
        missing_weight=match.missing_share(texts[0]),
        asked_kind=1.0 if any(match.holds_asked_kind(s) for s in sentences) else 0.0,
    )


def probability(found: Features) -> float:
    """Return the probability (0..1) that the evidence holds the answer."""
    total = _BIAS
    for value, mean, scale, weight in zip(astuple(found), _MEANS, _SCALES, _WEIGHTS, strict=True):
        total += weight * (value - mean) / scale
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
