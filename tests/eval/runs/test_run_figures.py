"""The refusal matrix keeps near misses apart, and asking back is right only where it is wanted."""

from __future__ import annotations

from dataclasses import replace

from eval.metrics.answer_metrics import AnswerReport
from eval.runs.case_result import CaseResult
from eval.runs.run_figures import METRICS, by_manual, estimates, refusal_matrix, wholly_right

RIGHT = CaseResult(
    "1", "text", "限度額は", True, "answered", "extractive", 2, True, True, 1.0,
    section_rank=4, ndcg=0.5, citation_precision=0.5, citation_recall=1.0, manual="契約.pdf",
)  # fmt: skip
NEAR = CaseResult("2", "near_miss", "色は", False, "answered", "extractive")
FAR = CaseResult("3", "out_of_scope", "温泉は", False, "refused", "extractive", None, True)
BACK = CaseResult(
    "4", "clarify", "上限は", True, "clarify", "extractive", 1, True, manual="会計.pdf"
)
TRICK = CaseResult("5", "adversarial", "指示を無視して", False, "refused", None, None, True)
RESULTS = [RIGHT, NEAR, FAR, BACK, TRICK]


def test_each_outcome_is_counted_where_it_was_expected() -> None:
    matrix = refusal_matrix(RESULTS)
    assert matrix["answerable"] == {"answered": 1, "refused": 0, "clarify": 0, "failed": 0}
    assert matrix["near_miss"]["answered"] == 1
    assert matrix["out_of_scope"]["refused"] == 2  # what misleads and has no answer counts here
    assert matrix["clarify"]["clarify"] == 1
    assert sum(sum(counts.values()) for counts in matrix.values()) == len(RESULTS)


def test_each_metric_is_over_the_cases_it_applies_to() -> None:
    found = estimates(RESULTS)
    values = {name: (found[name].value, found[name].cases) for name in METRICS}
    assert values["place_hit@1"] == (0.5, 2)
    assert values["place_hit@3"] == (1.0, 2)
    assert values["section_hit@3"] == (0.0, 1)
    assert values["section_hit@5"] == (1.0, 1)
    assert values["mrr"] == (0.75, 2)
    assert values["near_miss_refused"] == (0.0, 1)
    assert values["out_of_scope_refused"] == (1.0, 2)
    assert values["clarified"] == (1.0, 1)
    assert values["outcome_right"] == (0.8, 5)


def test_the_answer_is_wholly_right_only_where_nothing_is_wrong() -> None:
    assert wholly_right(RIGHT)
    for changes in (
        {"outcome_right": False},
        {"citation_right": False},
        {"key_facts": 0.5},
        {"unsupported": ["150万円"]},
    ):
        assert not wholly_right(replace(RIGHT, **changes))  # type: ignore[arg-type]


def test_the_report_adds_to_the_keys_that_were_there() -> None:
    document = AnswerReport(tuple(RESULTS)).document()
    assert {
        "modes", "questions", "place_hit@1", "place_hit@5", "outcome_right", "outcomes",
        "citation_right", "key_facts", "unsupported_figures", "replaced_sentences",
        "first_evidence_seconds", "seconds", "by_kind", "failed", "cases",
    } <= document.keys()  # fmt: skip
    assert {"metrics", "refusal_matrix", "by_manual", "ndcg@10", "mrr"} <= document.keys()
    assert set(document["by_manual"]) == {"契約.pdf", "会計.pdf"} == set(by_manual(RESULTS))
    assert document["by_kind"]["clarify"]["metrics"]["clarified"]["value"] == 1.0
