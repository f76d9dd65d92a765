"""Intervals are seeded, hold the mean, grow narrower with the cases, and are never certain."""

from __future__ import annotations

import pytest

from eval.metrics.intervals import estimate, estimate_difference


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


def test_a_difference_is_paired_by_case() -> None:
    pairs = [(n / 20, n / 20 + 0.1 + 0.01 * (n % 3)) for n in range(15)]
    found = estimate_difference(pairs)
    assert found.value == pytest.approx(0.11)
    assert found.low is not None
    assert found.high is not None
    assert 0.1 < found.low < 0.11 < found.high < 0.12  # far narrower than either mean alone
    same = estimate_difference([(0.5, 0.5)] * 9)
    assert (same.value, same.low, same.high, same.cases) == (0.0, None, None, 9)
    assert estimate_difference([]).value is None
