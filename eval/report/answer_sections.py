"""Sections of the measurements on what is found and answered."""

from __future__ import annotations

from collections.abc import Mapping

from eval.figures.faithful_rewordings import faithful_rewordings
from eval.figures.figure_check import unsupported_figures
from eval.figures.planted_violations import planted_violations
from eval.metrics.answer_metrics import AnswerReport
from eval.metrics.ranking_metrics import mean
from eval.report.markdown_table import cell, share_cell, table
from eval.report.quality_sections import (
    is_learning,
)
from eval.retrieval import SIGNALS, RetrievalReport

ROWS = (*SIGNALS, "fused")


def retrieval_section(sets: Mapping[str, Mapping[str, RetrievalReport]]) -> str:
    """Return a table of nDCG@10 by signal and set, and the full report of the fused search."""
    signals = [
        [name, *map(share_cell, values), share_cell(mean(values))]
        for name in ROWS
        for values in [[reports[name].ndcg for reports in sets.values()]]
    ]
    keys = list(next(iter(sets.values()))["fused"].document())
    fused = [
        [corpus, *(cell(value) for value in reports["fused"].document().values())]
        for corpus, reports in sets.items()
    ]
    return "\n\n".join(
        (
            "## Retrieval",
            "nDCG@10 of each signal alone and of their fusion, the production retriever over a"
            " throw-away index:",
            table(["signal", *sets, "mean"], signals),
            "The fused search as `chonai eval retrieval` prints it:",
            table(["set", *keys], fused),
        )
    )


def answers_section(runs: Mapping[str, AnswerReport]) -> str:
    """Return a table of the answer metrics by run, and what went wrong in each."""
    parts = ["## Answers", table(_ANSWER_HEADS, [_answer_row(n, r) for n, r in runs.items()])]
    for name, report in runs.items():
        wrong = [
            [
                result.id,
                result.question,
                result.outcome,
                str(result.place_rank or "-"),
                " ".join(result.unsupported) or "-",
            ]
            for result in report.results
            if not result.outcome_right or result.place_rank == 0 or result.unsupported
        ]
        # Single questions of the sets that check are not for reading: they would be tuned to.
        if wrong and is_learning(name):
            heads = ["case", "question", "outcome", "rank of the place", "unsupported figures"]
            parts += [f"What went wrong in {name}:", table(heads, wrong)]
    return "\n\n".join(parts)


_ANSWER_HEADS = (
    "run",
    "questions",
    "place hit@1",
    "place hit@5",
    "outcome right",
    "citation right",
    "key facts",
    "unsupported figures",
    "first evidence p50 / p95 (s)",
    "whole answer p50 / p95 (s)",
)


def _answer_row(name: str, report: AnswerReport) -> list[str]:
    found = report.document()
    shares = ("place_hit@1", "place_hit@5", "outcome_right", "citation_right", "key_facts")
    return [
        name,
        str(found["questions"]),
        *(share_cell(found[key]) for key in shares),
        str(found["unsupported_figures"]),
        *(
            f"{cell(found[key]['p50'])} / {cell(found[key]['p95'])}"
            for key in ("first_evidence_seconds", "seconds")
        ),
    ]


def figure_check_section() -> str:
    """Return what the checker of unsupported figures finds among planted violations."""
    planted = list(planted_violations())
    found = sum(bool(unsupported_figures(case.text, case.passages)) for case in planted)
    faithful = list(faithful_rewordings())
    alarms = sum(bool(unsupported_figures(case.text, case.passages)) for case in faithful)
    return (
        "## The checker of unsupported figures\n\n"
        f"Planted violations found: {found} of {len(planted)}. "
        f"False alarms on faithful rewordings: {alarms} of {len(faithful)}."
    )
