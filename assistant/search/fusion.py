"""Fusing the signals of a search into one score."""

from __future__ import annotations

from collections.abc import Mapping

# Fixed weights (docs/decisions/0004): the three vectors among themselves, and against keywords.
SENTENCE_SHARE, HEADING_SHARE, BODY_SHARE = 0.5, 0.2, 0.3
DENSE_WEIGHT = 0.7


def fused(signals: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return one score in 0..1 per chunk id from its four signals.

    Dense = the weighted mean of the cosines of `body`, `heading` and nearest `sentence`; dense
    and keywords are each min-max normalised over the candidates, then weighted. A signal that is
    the same for all contributes nothing.
    """
    dense = {
        key: BODY_SHARE * s["body"] + HEADING_SHARE * s["heading"] + SENTENCE_SHARE * s["sentence"]
        for key, s in signals.items()
    }
    keywords = {key: s["keywords"] for key, s in signals.items()}
    dense, keywords = _spread(dense), _spread(keywords)
    return {key: DENSE_WEIGHT * dense[key] + (1 - DENSE_WEIGHT) * keywords[key] for key in signals}


def _spread(values: dict[str, float]) -> dict[str, float]:
    low, high = min(values.values(), default=0.0), max(values.values(), default=0.0)
    if high <= low:
        return dict.fromkeys(values, 0.0)
    return {key: (value - low) / (high - low) for key, value in values.items()}
