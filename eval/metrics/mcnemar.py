"""McNemar's exact test of two runs over the same cases, and what a set of that size can show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

ALPHA: Final = 0.05
POWER: Final = 0.8
_STEPS: Final = 40  # halvings of 0..1: far finer than a share of cases


@dataclass(frozen=True)
class PairedTest:
    """A yes-or-no metric in two runs: how many cases turned, and what that says.

    `p_value` is two-sided; None where no case has the metric in both runs.
    """

    cases: int
    earlier: float | None
    later: float | None
    better: int
    worse: int
    p_value: float | None

    @property
    def significant(self) -> bool:
        """Whether the runs differ by more than chance, at 0.05."""
        return self.p_value is not None and self.p_value <= ALPHA

    def document(self) -> dict[str, Any]:
        """Return the test as JSON, with the smallest difference that this set could show."""
        return {
            "cases": self.cases, "earlier": self.earlier, "later": self.later,
            "better": self.better, "worse": self.worse, "p_value": self.p_value,
            "significant": self.significant,
            "smallest_significant": smallest_significant(self.cases),
            "smallest_detectable": smallest_detectable(self.cases),
        }  # fmt: skip


def paired_test(pairs: list[tuple[float, float]]) -> PairedTest:
    """Test pairs of 0 and 1, earlier and later, one a case."""
    if not pairs:
        return PairedTest(0, None, None, 0, 0, None)
    better = sum(old < new for old, new in pairs)
    worse = sum(old > new for old, new in pairs)
    return PairedTest(
        len(pairs),
        math.fsum(old for old, _ in pairs) / len(pairs),
        math.fsum(new for _, new in pairs) / len(pairs),
        better,
        worse,
        exact_p(better, worse),
    )


def exact_p(better: int, worse: int) -> float:
    """Return the two-sided exact p-value (0..1) of McNemar's test (1947) for turned cases.

    Under the hypothesis of no difference each turned case is better or worse by even chance: twice
    the tail of the binomial distribution, at most 1.
    """
    turned, fewer = better + worse, min(better, worse)
    tail = sum(math.comb(turned, k) for k in range(fewer + 1))
    return min(1.0, float(2 * tail / 2**turned))


def fewest_turned() -> int:
    """Return how many cases must turn, all to one side, for the test to be significant: 6."""
    turned = 1
    while exact_p(0, turned) > ALPHA:
        turned += 1
    return turned


def smallest_significant(cases: int) -> float | None:
    """Return the smallest difference of shares that could be significant; None: none could.

    That is `fewest_turned` cases of all, turned to the same side and none to the other.
    """
    fewest = fewest_turned()
    return fewest / cases if cases >= fewest else None


def smallest_detectable(cases: int) -> float | None:
    """Return the smallest true difference of shares that is found with power 0.8; None: none.

    In the best case, where each case turns worse with that probability and none turns better: the
    chance that at least `fewest_turned` of the cases turn. Turns to the other side make it larger.
    """
    fewest = fewest_turned()
    if cases < fewest:
        return None
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        missed = math.fsum(
            math.comb(cases, k) * middle**k * (1 - middle) ** (cases - k) for k in range(fewest)
        )
        low, high = (low, middle) if 1 - missed >= POWER else (middle, high)
    return high
