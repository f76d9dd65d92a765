"""Sections of the measurements on quality: intervals, refusals, weights of other sets, the peer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from eval.metrics.answer_metrics import AnswerReport
from eval.metrics.intervals import Estimate
from eval.report.markdown_table import share_cell, table
from eval.runs.run_figures import METRICS, OUTCOMES, estimates, refusal_matrix

CHECKING_WORDS: Final = (
    "確認用の質問集（調整に使っていないもの）を、引用だけで答えた値です。"
    "すべての数字と測り方は docs/measurements.md にあります。"
)
_LEARNING: Final = ("development", "calibration", "learning")
_EXPECTED: Final = {
    "answerable": "answerable",
    "clarify": "to be asked back",
    "near_miss": "near miss",
    "out_of_scope": "out of scope",
}


def is_learning(run: str) -> bool:
    """Tell whether a run, 「set, mode」, is over a set to learn from, or over none with a name."""
    name = run.rpartition(", ")[0]
    return not name or any(word in name for word in _LEARNING)


def is_checking(run: str) -> bool:
    """Tell whether a run, 「set, mode」, is one over a set that checks, by quotations alone."""
    return run.endswith(", extractive") and not is_learning(run)


def interval_words(found: Estimate) -> str:
    """Return a share with its 95 % interval: .905 (.850-.951)."""
    if found.value is None or found.low is None or found.high is None:
        return "-"
    return f"{found.value:.3f}（{found.low:.3f}〜{found.high:.3f}）"


def intervals_section(runs: Mapping[str, AnswerReport]) -> str:
    """Return each metric of each run with its 95 % interval."""
    by_run = {name: estimates(report.results) for name, report in runs.items()}
    heads = ["metric", *(f"{name} ({len(runs[name].results)})" for name in runs)]
    rows = [
        [metric.words, *(interval_words(found[name]) for found in by_run.values())]
        for name, metric in METRICS.items()
        if any(found[name].cases for found in by_run.values())
    ]
    return "## Answers with 95 % intervals\n\n" + table(heads, rows)


def refusals_section(runs: Mapping[str, AnswerReport]) -> str:
    """Return what was expected and what came, near misses apart, for each run."""
    rows = [
        [name, _EXPECTED[wanted], *(str(counts[outcome]) for outcome in OUTCOMES)]
        for name, report in runs.items()
        for wanted, counts in refusal_matrix(report.results).items()
        if any(counts.values())
    ]
    return "## Refusals\n\n" + table(["run", "expected", *OUTCOMES], rows)


def left_out_section(figures: Mapping[str, Any]) -> str:
    """Return nDCG@10 with the weights in use and with those fitted on the other sets."""
    rows = [
        [
            name,
            str(found["questions"]),
            *(f"{value:.3f}" for value in found["alone"].values()),
            f"{found['fitted']:.3f}",
            f"{found['left_out']:.3f} ({_bounds(found['left_out_interval'])})",
        ]
        for name, found in figures["sets"].items()
    ]
    signals = list(next(iter(figures["sets"].values()))["alone"])
    total = figures["mean"]
    return (
        "## Fusion, each set left out in turn\n\n"
        "nDCG@10 of each signal alone, of the weights in use, and of the weights that are best on"
        " the other sets (`python -m eval.fitting.fit_fusion`):\n\n"
        + table(["set", "questions", *signals, "in use", "left out (95 %)"], rows)
        + f"\n\nMean of the sets: in use {total['fitted']:.3f}, left out {total['left_out']:.3f}"
        f" ({_bounds(total['left_out_interval'])}), best on all {total['best_on_all']:.3f}."
    )


def _bounds(interval: list[float]) -> str:
    return "–".join(f"{bound:.3f}" for bound in interval)


def peer_section(figures: Mapping[str, Any]) -> str:
    """Return page hits and right answers beside the usual tutorial's pipeline, same model."""
    hits = [
        [
            name,
            side,
            str(found["answerable"]),
            *(share_cell(found[f"page_hit@{cutoff}"]) for cutoff in (1, 4, 5)),
            share_cell(found["search_seconds"]["p50"]),
        ]
        for name, sides in figures["sets"].items()
        for side, found in sides.items()
        if "answerable" in found
    ]
    written = [
        [name, side, mode, _written_words(found)]
        for name, sides in figures["sets"].items()
        for side, by_mode in sides.items()
        for mode, found in by_mode.items()
        if isinstance(found, dict) and mode in ("auto", "local", "endpoint")
    ]
    heads = ["set", "side", "answerable", "page hit@1", "page hit@4", "page hit@5", "search p50 s"]
    parts = [
        "## Beside the usual tutorial's pipeline",
        f"{figures['files']} files indexed by both; 1000/200 characters, dense search, four"
        " passages (`python -m eval.benchmarks.peer_tutorial`):",
        table(heads, hits),
    ]
    if written:
        parts += [
            "Right answers, both sides with the same model, on a sample of all sets (seed 0):",
            table(["set", "side", "mode", "right"], written),
        ]
    parts += [f"{mode} was not run: {reason}" for mode, reason in figures["not_run"].items()]
    return "\n\n".join(parts)


def _written_words(found: Mapping[str, Any]) -> str:
    if "quotations" in found:
        return (
            f"quotations {found['quotations']:.2f}, text alone {found['written']:.2f},"
            f" both {found['both']:.2f} of {found['questions']}"
        )
    right, seconds = found["correct"], found["seconds"]["p50"]
    return f"{share_cell(right)}; whole answer p50 {share_cell(seconds)} s"
