"""How long a run will take: from the times of earlier runs of the same way to answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.evaluations.runs import EvaluationRuns
from assistant.opening import Assistant
from eval.metrics.ranking_metrics import mean
from eval.runs.case_result import CaseResult
from eval.runs.conditions import model_name
from eval.runs.stored_runs import answered_cases

ASSUMED_SECONDS: Final = {"extractive": 1.0, "endpoint": 15.0, "local": 40.0}
"""Seconds a question where nothing has been measured, by what writes."""
_ENOUGH: Final = 30  # results of the latest runs; older ones tell of another machine or library


@dataclass(frozen=True)
class ExpectedTime:
    """Seconds of a run in all and by question; `measured` results say so, 0: it is assumed."""

    seconds: float
    by_question: float
    measured: int


def expected_time(assistant: Assistant, questions: int, *, writes: str) -> ExpectedTime:
    """Return how long so many questions will take; `writes` is extractive, endpoint or local.

    Each question is searched twice, once for the judgement: that takes about as long as the first
    evidence did.
    """
    seconds = list(_measured(assistant))
    by_question = mean(seconds) if seconds else None
    if by_question is None:
        by_question = ASSUMED_SECONDS[writes]
    return ExpectedTime(questions * by_question, by_question, len(seconds))


def _measured(assistant: Assistant) -> Iterator[float]:
    """Give the seconds of the latest results that were made in the way set now."""
    runs = EvaluationRuns(assistant.database)
    wanted, count = (assistant.settings.mode, model_name(assistant)), 0
    for run in runs.all():
        settings = run.conditions.get("settings", {})
        if (settings.get("mode"), run.conditions.get("model")) != wanted:
            continue
        for seconds in _seconds([result for _, result in answered_cases(runs, run.id)]):
            yield seconds
            count += 1
        if count >= _ENOUGH:
            return


def _seconds(results: Sequence[CaseResult]) -> Iterator[float]:
    for result in results:
        if result.seconds is not None:
            evidence = result.first_evidence_seconds
            yield result.seconds + (result.seconds if evidence is None else evidence)
