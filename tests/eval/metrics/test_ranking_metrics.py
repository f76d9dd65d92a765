import math

import pytest

from eval.metrics.ranking_metrics import (
    best_documents,
    hit_at,
    mean,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank_at,
)

GRADES = {"a": 3.0, "b": 1.0, "c": 3.0, "z": 0.0}


def test_ndcg_equals_the_value_worked_out_by_hand():
    # DCG = 1/log2(2) + 3/log2(4) = 1 + 1.5; ideal = 3/log2(2) + 3/log2(3) + 1/log2(4)
    by_hand = 2.5 / (3 + 3 / math.log2(3) + 0.5)
    assert ndcg_at(["b", "x", "a"], GRADES) == pytest.approx(by_hand)
    assert by_hand == pytest.approx(0.46358, abs=1e-5)


def test_ndcg_of_the_ideal_ranking_is_one_and_of_nothing_zero():
    assert ndcg_at(["a", "c", "b"], GRADES) == pytest.approx(1.0)
    assert ndcg_at([], GRADES) == 0.0


def test_ndcg_stops_at_the_cutoff():
    assert ndcg_at(["x"] * 10 + ["a"], {"a": 1.0}) == 0.0
    assert ndcg_at([*"123456789", "a"], {"a": 1.0}) == pytest.approx(1 / math.log2(11))


def test_ideal_counts_no_more_documents_than_the_cutoff():
    many = {str(number): 1.0 for number in range(20)}
    assert ndcg_at([str(number) for number in range(10)], many) == pytest.approx(1.0)


def test_only_the_highest_grade_counts_for_recall_hit_and_reciprocal_rank():
    assert best_documents(GRADES) == {"a", "c"}
    assert recall_at(["b", "a"], GRADES) == 0.5
    assert hit_at(["b", "a"], GRADES, 1) == 0.0
    assert hit_at(["b", "a"], GRADES, 5) == 1.0
    assert reciprocal_rank_at(["b", "x", "c", "a"], GRADES) == pytest.approx(1 / 3)


def test_reciprocal_rank_beyond_the_cutoff_is_zero():
    assert reciprocal_rank_at(["x"] * 10 + ["a"], {"a": 1.0}) == 0.0
    assert reciprocal_rank_at([*"123456789", "a"], {"a": 1.0}) == pytest.approx(0.1)


@pytest.mark.parametrize("grades", [{}, {"a": 0.0}], ids=["unjudged", "only zeros"])
def test_a_query_without_a_positive_grade_has_no_value(grades):
    assert ndcg_at(["a"], grades) is None
    assert recall_at(["a"], grades) is None
    assert hit_at(["a"], grades, 1) is None
    assert reciprocal_rank_at(["a"], grades) is None


def test_the_mean_leaves_out_what_does_not_apply():
    assert mean([1.0, None, 0.0]) == 0.5
    assert mean([None]) is None


def test_percentiles_are_values_of_the_series():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
    assert percentile([7.0], 0.95) == 7.0
    assert percentile([], 0.5) is None
