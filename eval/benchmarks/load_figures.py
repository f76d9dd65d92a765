"""The figures of a load: what many open pages had to wait for, and what the server took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from scipy.stats import linregress
from scipy.stats import t as student

from eval.benchmarks.asking_person import Asked
from eval.metrics.ranking_metrics import percentile

# What is called good: the page and the evidence feel immediate, memory does not creep.
_READY_P95, _EVIDENCE_P95, _SLOPE = 3.0, 2.0, 1.0  # seconds, seconds, MB a minute


def figures(
    ready: Sequence[float], asked: Sequence[Asked], memory: Sequence[tuple[float, float]]
) -> dict[str, Any]:
    """Return the figures of a load: seconds, counts, and the server's (minute, megabytes).

    Memory swings with what is computed at the moment: half a minute counts with its mean.
    """
    memory = _half_minutes(memory)
    evidence = _seconds([one.evidence for one in asked])
    opened = _seconds(ready)
    problems = Counter(one.problem for one in asked if one.problem)
    slope, interval = _slope(memory)
    good = {
        "no_errors": not problems,
        f"page_ready_p95<={_READY_P95:g}s": _at_most(opened["p95"], _READY_P95),
        f"evidence_p95<={_EVIDENCE_P95:g}s": _at_most(evidence["p95"], _EVIDENCE_P95),
        f"memory_slope<={_SLOPE:g}MB/min": None if slope is None else slope <= _SLOPE,
    }
    return {
        "questions": len(asked),
        "outcomes": dict(sorted(Counter(one.outcome for one in asked).items())),
        "errors": dict(problems),
        "page_ready_seconds": opened,
        "evidence_seconds": evidence,
        "verified_sentence_seconds": _seconds([one.sentence for one in asked]),
        "whole_answer_seconds": _seconds([o.seconds for o in asked if o.outcome != "failed"]),
        "memory_megabytes": [round(taken, 1) for _, taken in memory],
        "memory_slope_megabytes_a_minute": slope,
        "memory_slope_interval": interval,
        "passed": good,
    }


def _seconds(values: Sequence[float | None]) -> dict[str, float | None]:
    known = [value for value in values if value is not None]
    shares = {"p50": percentile(known, 0.5), "p95": percentile(known, 0.95)}
    return {name: None if v is None else round(v, 3) for name, v in shares.items()}


def _at_most(value: float | None, limit: float) -> bool | None:
    return None if value is None else value <= limit


def _half_minutes(memory: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the mean of each half minute that has samples, at its mean moment."""
    halves: dict[int, list[tuple[float, float]]] = {}
    for minute, taken in memory:
        halves.setdefault(int(2 * minute), []).append((minute, taken))
    return [(fmean(m for m, _ in half), fmean(t for _, t in half)) for half in halves.values()]


def _slope(
    memory: Sequence[tuple[float, float]],
) -> tuple[float | None, tuple[float, float] | None]:
    """Return the least-squares slope of the second half in MB a minute, with its 95 % interval.

    None for one sample, and no interval for two.
    """
    second = memory[len(memory) // 2 :]
    if len(second) < 2:
        return None, None
    found = linregress(*zip(*second, strict=True))
    slope = round(float(found.slope), 2)
    if len(second) == 2:
        return slope, None
    off = float(student.ppf(0.975, len(second) - 2) * found.stderr)
    return slope, (round(slope - off, 2), round(slope + off, 2))
