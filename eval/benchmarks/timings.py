"""Times of many calls in two figures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from eval.metrics.ranking_metrics import percentile


def milliseconds(seconds: Sequence[float]) -> dict[str, float | None]:
    """Return the median and the 95th percentile in milliseconds; None of no times."""
    if not seconds:
        return {"median": None, "p95": None}
    slow = percentile(seconds, 0.95) or 0.0
    return {"median": round(median(seconds) * 1000, 1), "p95": round(slow * 1000, 1)}
