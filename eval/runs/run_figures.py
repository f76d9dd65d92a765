"""The figures of a run: each metric with its interval, the refusal matrix, by kind and manual."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eval.metrics.intervals import Estimate, estimate
from eval.runs.case_result import CaseResult

Value = Callable[[CaseResult], float | None]
OUTCOMES: Final = ("answered", "refused", "clarify", "failed")
EXPECTED_WORDS: Final = {
    "answerable": "答えがある質問",
    "clarify": "聞き返すべき質問",
    "near_miss": "近いが書かれていない質問",
    "out_of_scope": "範囲外の質問",
}


@dataclass(frozen=True)
class Metric:
    """A metric by what it is called for people; `value` is None where it does not apply.

    `yes_or_no`: it is 0 or 1 for every case, so that two runs can be tested on it.
    """

    words: str
    value: Value
    yes_or_no: bool = True


def expected(result: CaseResult) -> str:
    """Return what a case expects: a key of EXPECTED_WORDS; a kind that is none counts as such."""
    if result.kind == "clarify":
        return "clarify"
    if result.answerable:
        return "answerable"
    return "near_miss" if result.kind == "near_miss" else "out_of_scope"


def _share(flag: bool | None) -> float | None:
    return None if flag is None else float(flag)


def _right_outcome_of(*wanted: str) -> Value:
    return lambda result: float(result.outcome_right) if expected(result) in wanted else None


def _all_facts(result: CaseResult) -> float | None:
    return None if result.key_facts is None else float(result.key_facts >= 1)


def _supported(result: CaseResult) -> float | None:
    return float(not result.unsupported) if result.outcome == "answered" else None


def wholly_right(result: CaseResult) -> bool:
    """Tell whether a case is right in all that is judged automatically."""
    return (
        result.outcome_right
        and result.citation_right is not False
        and result.key_facts in (None, 1.0)
        and not result.unsupported
    )


METRICS: Final[Mapping[str, Metric]] = {
    "place_hit@1": Metric("根拠のページが1位", lambda r: r.place_within(1)),
    "place_hit@3": Metric("根拠のページが3位以内", lambda r: r.place_within(3)),
    "place_hit@5": Metric("根拠のページが5位以内", lambda r: r.place_within(5)),
    "section_hit@1": Metric("根拠の節が1位", lambda r: r.section_within(1)),
    "section_hit@3": Metric("根拠の節が3位以内", lambda r: r.section_within(3)),
    "section_hit@5": Metric("根拠の節が5位以内", lambda r: r.section_within(5)),
    "ndcg@10": Metric("検索の nDCG@10", lambda r: r.ndcg, yes_or_no=False),
    "mrr": Metric("検索の MRR", lambda r: r.reciprocal_rank, yes_or_no=False),
    "outcome_right": Metric("回答・回答なしの正しさ", lambda r: float(r.outcome_right)),
    "answered": Metric("答えがある質問への回答", _right_outcome_of("answerable")),
    "clarified": Metric("聞き返すべき質問での聞き返し", _right_outcome_of("clarify")),
    "near_miss_refused": Metric(
        "近いが書かれていない質問での回答なし", _right_outcome_of("near_miss")
    ),
    "out_of_scope_refused": Metric("範囲外の質問での回答なし", _right_outcome_of("out_of_scope")),
    "citation_right": Metric("正しい箇所の引用", lambda r: _share(r.citation_right)),
    "citation_precision": Metric("引用の適合率", lambda r: r.citation_precision, yes_or_no=False),
    "citation_recall": Metric("引用の再現率", lambda r: r.citation_recall, yes_or_no=False),
    "key_facts": Metric("必要な事実の割合", lambda r: r.key_facts, yes_or_no=False),
    "all_key_facts": Metric("必要な事実がすべてある", _all_facts),
    "figures_supported": Metric("裏付けのない数字がない", _supported),
    "wholly_right": Metric("自動判定ですべて正しい", lambda r: float(wholly_right(r))),
}


def estimates(results: Sequence[CaseResult]) -> dict[str, Estimate]:
    """Return each metric over some results with its 95 % interval."""
    return {
        name: estimate([metric.value(result) for result in results])
        for name, metric in METRICS.items()
    }


def refusal_matrix(results: Sequence[CaseResult]) -> dict[str, dict[str, int]]:
    """Return how many cases of each expectation came to each outcome; near misses stand apart."""
    return {
        wanted: {
            outcome: sum(expected(r) == wanted and r.outcome == outcome for r in results)
            for outcome in OUTCOMES
        }
        for wanted in EXPECTED_WORDS
    }


def by_manual(results: Sequence[CaseResult]) -> dict[str, list[CaseResult]]:
    """Return the results by the manual (file name) in which the answer stands, "" left out."""
    files = sorted({result.manual for result in results if result.manual})
    return {file: [result for result in results if result.manual == file] for file in files}


def metrics_document(results: Sequence[CaseResult]) -> dict[str, Any]:
    """Return the metrics as JSON: {name: {value, low, high, cases}}."""
    return {name: found.document() for name, found in estimates(results).items()}
