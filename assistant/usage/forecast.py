"""The way ahead at the present trend, with how uncertain it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy
from scipy.stats import t as student

LEAST_WEEKS: Final = 8
"""Before so many closed weeks no forecast is made."""
_MOST_WEEKS: Final = 26  # the trend of half a year; what was before says little of it
_CONFIDENCE: Final = 0.80
METHOD: Final = (
    f"直近{_MOST_WEEKS}週まで（年末年始・ゴールデンウィーク・お盆を含む週を除く）の人数に直線を当て、"
    f"この傾きが続くとしたときの値。幅は{_CONFIDENCE:.0%}の予測区間（前後の週が似ることを含む）。"
)


@dataclass(frozen=True)
class Point:
    """What is to be expected a number of weeks after the last closed one, people."""

    ahead: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """A line through the last `used` weeks; `slope` is people a week."""

    slope: float
    used: int
    points: tuple[Point, ...]

    def at(self, ahead: int) -> Point:
        """Return the point so many weeks ahead, the last one beyond it."""
        return self.points[min(ahead, len(self.points)) - 1]


def forecast(
    people: Sequence[int], *, special: Sequence[bool], ahead: int, most: int
) -> Forecast | None:
    """Return the trend of the last closed weeks so many weeks ahead; None before eight weeks.

    `special` marks weeks that are no measure of the others; `most` bounds everything (the staff).
    Ordinary least squares; the interval is that of a new observation, its degrees of freedom
    shrunk by the autocorrelation of the residuals (n (1 - r) / (1 + r)).
    """
    if len(people) < LEAST_WEEKS or ahead < 1:
        return None
    chosen = [place for place in range(len(people)) if not special[place]][-_MOST_WEEKS:]
    if len(chosen) < LEAST_WEEKS:
        chosen = list(range(len(people)))[-_MOST_WEEKS:]
    x = numpy.array(chosen, float)
    y = numpy.array([people[place] for place in chosen], float)
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / spread)
    residuals = y - (y.mean() + slope * (x - x.mean()))
    effective = _effective(residuals)
    error = math.sqrt(float((residuals**2).sum()) / max(effective - 2, 1.0))
    width = float(student.ppf((1 + _CONFIDENCE) / 2, max(effective - 2, 1.0)))
    points = []
    for step in range(1, ahead + 1):
        place = len(people) - 1 + step
        expected = float(y.mean()) + slope * (place - float(x.mean()))
        leverage = 1 + 1 / effective + (place - float(x.mean())) ** 2 / spread * len(x) / effective
        half = width * error * math.sqrt(leverage)
        points.append(
            Point(
                step,
                *(
                    min(max(v, 0.0), float(most))
                    for v in (expected, expected - half, expected + half)
                ),
            )
        )
    return Forecast(slope, len(chosen), tuple(points))


def _effective(residuals: numpy.ndarray) -> float:
    """Return how many independent weeks the residuals are worth."""
    power = float((residuals**2).sum())
    if power == 0:
        return float(len(residuals))
    r = float((residuals[1:] * residuals[:-1]).sum()) / power
    r = min(max(r, 0.0), 0.9)
    return max(len(residuals) * (1 - r) / (1 + r), 3.0)
