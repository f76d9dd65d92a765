"""The short head of the measurements: the ten figures that matter, also shown by the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from eval.metrics.answer_metrics import AnswerReport
from eval.metrics.intervals import Estimate, estimate
from eval.report.quality_sections import CHECKING_WORDS, interval_words, is_checking
from eval.runs.case_result import CaseResult
from eval.runs.run_figures import METRICS

BEGIN: Final = "<!-- 測った結果の要点: ここから -->"
END: Final = "<!-- 測った結果の要点: ここまで -->"
MAIN: Final = (
    "place_hit@1", "place_hit@5", "outcome_right", "near_miss_refused", "citation_right",
    "all_key_facts", "wholly_right",
)  # fmt: skip


def head_lines(
    runs: Mapping[str, AnswerReport],
    *,
    retrieval_ndcg: float | None = None,
    peer: Mapping[str, Any] | None = None,
    written: str = "",
) -> str:
    """Return the head between its markers: a table of at most ten figures and where they are from.

    The shares are over the sets that check, by quotations alone. Whatever was not measured in this
    run has no row.
    """
    results = [r for name, run in runs.items() if is_checking(name) for r in run.results]
    rows = [
        [METRICS[name].words, interval_words(found), str(found.cases)]
        for name in MAIN
        if (found := _estimate(results, name)).cases
    ]
    if results:
        unsupported = sum(len(result.unsupported) for result in results)
        rows.append(["裏付けのない数字（個）", str(unsupported), str(len(results))])
    if retrieval_ndcg is not None:
        rows.append(["公開の検索の質問集の nDCG@10（平均）", f"{retrieval_ndcg:.3f}", "―"])
    if peer is not None:
        rows.append(_peer_row(peer))
    table = ["| 指標 | 値（95%の範囲） | 質問 |", "| --- | --- | --- |"]
    table += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([BEGIN, *table, "", f"{CHECKING_WORDS}{written}", END])


def _estimate(results: Sequence[CaseResult], name: str) -> Estimate:
    return estimate([METRICS[name].value(result) for result in results])


def _peer_row(peer: Mapping[str, Any]) -> list[str]:
    sides = [_pooled(peer, side) for side in ("ours", "peer")]
    words = "根拠のページが5位以内（よくある作り方の RAG と並べて）"
    told = [f"{hit:.3f}" if hit is not None else "―" for hit, _ in sides]
    return [words, f"{told[0]}（相手 {told[1]}）", str(sides[0][1])]


def _pooled(peer: Mapping[str, Any], side: str) -> tuple[float | None, int]:
    """Return page hit@5 of a side over the questions of all sets, and their number."""
    sets = [one[side] for one in peer["sets"].values() if one[side].get("answerable")]
    number = sum(one["answerable"] for one in sets)
    hits = sum(one["page_hit@5"] * one["answerable"] for one in sets)
    return (hits / number if number else None), number


def head_of(text: str) -> str:
    """Return the head of a page with its markers, "" where it has none."""
    if BEGIN not in text or END not in text:
        return ""
    return BEGIN + text.partition(BEGIN)[2].partition(END)[0] + END


def show_head(readme: Path, head: str) -> bool:
    """Put a head in the place of the one that a README shows; False where it has no markers."""
    text = readme.read_text("utf-8") if readme.is_file() else ""
    before = head_of(text)
    if not before:
        return False
    readme.write_text(text.replace(before, head), "utf-8")
    return True
