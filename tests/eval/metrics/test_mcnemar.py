"""The exact test by values that can be worked out by hand, and what a set can show."""

from __future__ import annotations

import random

import pytest

from eval.metrics.mcnemar import (
    exact_p,
    fewest_turned,
    paired_test,
    smallest_detectable,
    smallest_significant,
)


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 2 / 32), (0, 6, 2 / 64), (1, 8, 2 * 10 / 512)],
)
def test_the_p_value_is_twice_the_tail_of_the_binomial(better: int, worse: int, p: float) -> None:
    assert exact_p(better, worse) == pytest.approx(p)
    assert exact_p(worse, better) == pytest.approx(p)


def test_pairs_are_counted_by_how_they_turned() -> None:
    found = paired_test([(1, 1)] * 10 + [(1, 0)] * 6 + [(0, 0)] * 4)
    assert (found.cases, found.earlier, found.later) == (20, 0.8, 0.5)
    assert (found.better, found.worse, found.significant) == (0, 6, True)
    assert found.document()["smallest_significant"] == 0.3
    assert not paired_test([(1, 0)] * 5 + [(1, 1)] * 95).significant
    assert paired_test([]).p_value is None


def test_six_cases_must_turn_at_least() -> None:
    assert fewest_turned() == 6
    assert smallest_significant(200) == 0.03
    assert smallest_significant(5) is None
    assert smallest_detectable(5) is None


def test_the_smallest_detectable_difference_is_found_eight_times_in_ten() -> None:
    difference = smallest_detectable(200)
    assert difference is not None
    assert 0.03 < difference < 0.05
    chance = random.Random(1)
    found = sum(
        exact_p(0, sum(chance.random() < difference for _ in range(200))) <= 0.05
        for _ in range(2000)
    )
    assert found / 2000 == pytest.approx(0.8, abs=0.03)


def test_runs_that_do_not_differ_are_seldom_significant() -> None:
    chance = random.Random(2)
    alarms = sum(
        paired_test([(chance.randint(0, 1), chance.randint(0, 1)) for _ in range(100)]).significant
        for _ in range(500)
    )
    assert alarms / 500 <= 0.06
