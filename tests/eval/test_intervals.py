"""Intervals are seeded, hold the mean, grow narrower with the cases, and are never certain."""

from __future__ import annotations

import pytest

from eval.intervals import estimate


def test_the_same_values_give_the_same_interval_around_the_mean() -> None:
    values = [1.0] * 30 + [0.0] * 10
    found = estimate(values)
    assert found == estimate(values)
    assert found.value == 0.75
    assert found.low is not None
    assert found.high is not None
    # sqrt(.75 * .25 / 40) = .068: 1.96 of it to each side, in steps of 1/40.
    assert found.low == pytest.approx(0.62, abs=0.03)
    assert found.high == pytest.approx(0.88, abs=0.03)


def test_more_cases_make_it_narrower() -> None:
    def width(cases: int) -> float:
        found = estimate([1.0, 0.0] * (cases // 2))
        return (found.high or 0) - (found.low or 0)

    assert width(400) == pytest.approx(width(100) / 2, rel=0.2)


def test_what_has_no_value_is_left_out() -> None:
    assert estimate([None, 1.0, None, 0.0]).cases == 2
    nothing = estimate([None])
    assert (nothing.value, nothing.low, nothing.high, nothing.cases) == (None, None, None, 0)


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 0.884, 1.0), (0.0, 0.0, 0.116)])
def test_all_right_is_not_certainty(value: float, low: float, high: float) -> None:
    found = estimate([value] * 30)  # Clopper and Pearson: .025 ** (1 / 30) = .884
    assert (found.low, found.high) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=1e-3))
