"""Bootstrap intervals: how far a share over these cases may be off, cases drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

_DRAWS: Final = 2000
_SEED: Final = 0
_OUTSIDE: Final = 0.05  # what lies outside of an interval, half on each side


@dataclass(frozen=True)
class Estimate:
    """A mean over `cases` cases with its 95 % interval; None where no case has a value."""

    value: float | None
    low: float | None
    high: float | None
    cases: int

    def document(self) -> dict[str, Any]:
        """Return the estimate as JSON."""
        return {"value": self.value, "low": self.low, "high": self.high, "cases": self.cases}


def estimate(values: Sequence[float | None]) -> Estimate:
    """Return the mean of the defined values (each 0..1) with its bootstrap interval.

    Percentile bootstrap (Efron 1979) over cases, seeded: the same values give the same interval.
    Where all values are 0 or all are 1 no draw differs, which is not certainty: the exact bound
    of Clopper and Pearson (1934) takes its place.
    """
    defined = np.array([value for value in values if value is not None], dtype=np.float64)
    if not len(defined):
        return Estimate(None, None, None, 0)
    value = float(defined.mean())
    if value in (0.0, 1.0) and len(set(defined.tolist())) == 1:
        bound = (_OUTSIDE / 2) ** (1 / len(defined))
        low, high = (bound, 1.0) if value == 1.0 else (0.0, 1 - bound)
        return Estimate(value, low, high, len(defined))
    low, high = interval_of(len(defined), lambda drawn: defined[drawn].mean(axis=1))
    return Estimate(value, low, high, len(defined))


def estimate_difference(pairs: Sequence[tuple[float, float]]) -> Estimate:
    """Return the mean of later - earlier over cases (-1..1) with its paired bootstrap interval.

    Without an interval where all differences are the same: no draw differs, and nothing is known.
    """
    if not pairs:
        return Estimate(None, None, None, 0)
    differences = np.array([new - old for old, new in pairs], dtype=np.float64)
    value = float(differences.mean())
    if len(set(differences.tolist())) == 1:
        return Estimate(value, None, None, len(pairs))
    low, high = interval_of(len(pairs), lambda drawn: differences[drawn].mean(axis=1))
    return Estimate(value, low, high, len(pairs))


def interval_of(
    cases: int, statistic: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
) -> tuple[float, float]:
    """Return the 95 % interval of a statistic over cases drawn anew.

    `statistic` gets the places of the drawn cases, shape (draws, cases), and returns one number a
    draw; those that are not defined (NaN) are left out.
    """
    chance = np.random.default_rng(_SEED)
    found = statistic(chance.integers(0, cases, size=(_DRAWS, cases)))
    defined = found[~np.isnan(found)]
    if not len(defined):
        return (float("nan"), float("nan"))
    low, high = np.quantile(defined, [_OUTSIDE / 2, 1 - _OUTSIDE / 2])
    return float(low), float(high)
