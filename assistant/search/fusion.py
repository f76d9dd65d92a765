"""Fusing the three signals of a search into one score."""

from __future__ import annotations

from collections.abc import Mapping

# Fixed weights (docs/decisions/0004): body and heading vectors against keywords.
BODY_SHARE = 0.6
DENSE_WEIGHT = 0.75


def fused(signals: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return one score in 0..1 per chunk id from its `body`, `heading` and `keywords` signals.

    Dense = the weighted mean of body and heading cosine; dense and keywords are each min-max
    normalised over the candidates, then weighted. A signal that is the same for all
    contributes nothing.
    """
    dense = {
        key: BODY_SHARE * s["body"] + (1 - BODY_SHARE) * s["heading"] for key, s in signals.items()
    }
    keywords = {key: s["keywords"] for key, s in signals.items()}
    dense, keywords = _spread(dense), _spread(keywords)
    return {key: DENSE_WEIGHT * dense[key] + (1 - DENSE_WEIGHT) * keywords[key] for key in signals}


def _spread(values: dict[str, float]) -> dict[str, float]:
    low, high = min(values.values(), default=0.0), max(values.values(), default=0.0)
    if high <= low:
        return dict.fromkeys(values, 0.0)
    return {key: (value - low) / (high - low) for key, value in values.items()}
