"""The time of a run is told from runs of the same way to answer, or said to be assumed."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from broken_parts import CASES, publish_library

from assistant.evaluations.runs import EvaluationRuns
from assistant.evaluations.sets import rows_hash
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.runs.case_result import CaseResult
from eval.runs.run_time import ASSUMED_SECONDS, expected_time
from eval.runs.stored_runs import begin_run
from eval.sets.case_rows import row_of_case
from eval.sets.stored_sets import ChosenSet


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_library(quick_assistant)
    return quick_assistant


def _run_that_took(assistant: Assistant, *times: tuple[float, float | None]) -> None:
    """Keep a run whose answers took so many seconds, the first evidence so many."""
    cases = CASES[: len(times)]
    chosen = ChosenSet("契約", 1, rows_hash(map(row_of_case, cases)), cases)
    run, _ = begin_run(assistant, chosen, sample=None, by=OPERATOR_ACTOR)
    for case, (seconds, evidence) in zip(cases, times, strict=True):
        result = CaseResult(
            case.id, case.kind, case.question, case.answerable, "answered",
            seconds=seconds, first_evidence_seconds=evidence,
        )  # fmt: skip
        EvaluationRuns(assistant.database).keep(run.id, case.id, asdict(result))


def test_without_a_run_the_time_is_an_assumption(assistant: Assistant) -> None:
    found = expected_time(assistant, 10, writes="local")
    assert (found.measured, found.seconds) == (0, 10 * ASSUMED_SECONDS["local"])


def test_the_second_search_counts_as_long_as_the_first_evidence_took(assistant: Assistant) -> None:
    _run_that_took(assistant, (3.0, 0.5), (1.0, None))
    found = expected_time(assistant, 10, writes="extractive")
    assert (found.measured, found.by_question, found.seconds) == (2, 2.75, 27.5)


def test_runs_of_another_mode_tell_nothing(assistant: Assistant) -> None:
    _run_that_took(assistant, (3.0, 0.5))
    assistant.settings = assistant.settings.model_copy(update={"mode": "auto"})
    assert expected_time(assistant, 1, writes="extractive").measured == 0
