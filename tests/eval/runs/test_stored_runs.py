"""Stored runs: repeated under the same conditions, stopped and taken up, compared and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from broken_parts import CASES, publish_library
from small_manuals import publish_text

from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.evaluations.sets import rows_hash
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.answers import EVALUATOR
from eval.runs.conditions import CONDITION_WORDS, conditions
from eval.runs.run_rights import WITHHELD
from eval.runs.stored_runs import begin_run, case_in_run, compare_stored, go_on, report_of
from eval.sets.case_rows import row_of_case
from eval.sets.question_set import Case
from eval.sets.stored_sets import ChosenSet


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_library(quick_assistant)
    return quick_assistant


def chosen(*cases: Case) -> ChosenSet:
    return ChosenSet("契約", 1, rows_hash(map(row_of_case, cases)), cases)


def begin(assistant: Assistant, *cases: Case, **options: Any) -> KeptRun:
    options = {"sample": None, **options}
    return begin_run(assistant, chosen(*cases), by=OPERATOR_ACTOR, **options)[0]


@dataclass
class StopAfter:
    """Progress that asks a run to stop once so many cases are done."""

    runs: EvaluationRuns
    run_id: int
    cases: int
    told: list[str] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        self.told.append(line)
        if len(self.told) == self.cases:
            self.runs.request_stop(self.run_id)


def test_a_run_keeps_all_that_it_is_repeated_with(assistant: Assistant) -> None:
    run = begin(assistant, *CASES[:2])
    report = go_on(assistant, run.id)
    kept = EvaluationRuns(assistant.database).get(run.id)
    assert (kept.state, kept.answered, kept.set_version) == ("done", 2, 1)
    assert set(kept.conditions) == set(CONDITION_WORDS)
    assert kept.conditions["embedding_fingerprint"] == assistant.encoder.fingerprint
    assert kept.conditions["library_revision"] == assistant.library.revision()
    assert kept.conditions["settings"]["mode"] == "extractive"
    assert not any("key" in name for name in kept.conditions["settings"])
    assert report_of(assistant, run.id, reader=EVALUATOR) == report


def test_an_address_is_kept_without_its_password(assistant: Assistant) -> None:
    address = "http://user:secret@10.0.0.5:8000/v1"
    assistant.settings = assistant.settings.model_copy(update={"endpoint_url": address})
    kept = conditions(assistant, reader=EVALUATOR)["settings"]["endpoint_url"]
    assert kept == "http://10.0.0.5:8000/v1"


def test_a_stopped_run_is_taken_up_where_it_was(assistant: Assistant) -> None:
    runs = EvaluationRuns(assistant.database)
    run = begin(assistant, *CASES[:4])
    go_on(assistant, run.id, progress=StopAfter(runs, run.id, 2))
    assert (runs.get(run.id).state, runs.get(run.id).answered) == ("stopped", 2)
    first = runs.results(run.id)[0].result
    again, resumed = begin_run(
        assistant, chosen(*CASES[:4]), sample=None, by=OPERATOR_ACTOR, resume=True
    )
    assert (again.id, resumed) == (run.id, True)
    report = go_on(assistant, run.id)
    assert len(report.results) == 4
    assert (runs.get(run.id).state, runs.results(run.id)[0].result) == ("done", first)


def test_a_run_of_another_library_is_not_taken_up(assistant: Assistant) -> None:
    run = begin(assistant, *CASES[:2])
    publish_text(assistant, "新しい手引きです。", manual_id="new", title="新しい手引き")
    with pytest.raises(UsageError, match="マニュアルの改訂番号"):
        go_on(assistant, run.id)
    again, resumed = begin_run(
        assistant, chosen(*CASES[:2]), sample=None, by=OPERATOR_ACTOR, resume=True
    )
    assert (again.id, resumed) == (run.id + 1, False)


def test_a_sample_keeps_the_same_cases(assistant: Assistant) -> None:
    first, second = (begin(assistant, *CASES, sample=3) for _ in range(2))
    runs = EvaluationRuns(assistant.database)
    ids = [[kept.case_id for kept in runs.results(run.id)] for run in (first, second)]
    assert ids[0] == ids[1]
    assert (first.questions, first.sample, first.seed) == (3, 3, 0)


def test_a_case_is_shown_with_what_differs(assistant: Assistant) -> None:
    wrong = Case(
        "w", CASES[1].question, answerable=True, places=CASES[0].places, key_facts=("999万円",),
        kind="text", answer="999万円",
    )  # fmt: skip
    run = begin(assistant, wrong, CASES[1])
    go_on(assistant, run.id)
    shown = case_in_run(assistant, run.id, "w", reader=EVALUATOR)
    assert (shown.case.answer, shown.result.outcome) == ("999万円", "answered")
    assert any("必要な事実「999万円」" in words for words in shown.differences)
    assert shown.result.quotes
    assert case_in_run(assistant, run.id, CASES[1].id, reader=EVALUATOR).differences == ()
    with pytest.raises(UsageError, match="質問 x はありません"):
        case_in_run(assistant, run.id, "x", reader=EVALUATOR)


def test_two_runs_are_compared_over_cases_that_expect_the_same(assistant: Assistant) -> None:
    first = begin(assistant, *CASES[:3])
    go_on(assistant, first.id)
    changed = Case("a0", CASES[0].question, answerable=True, places=CASES[5].places, kind="text")
    second = begin(assistant, changed, *CASES[1:3])
    go_on(assistant, second.id)
    found = compare_stored(assistant, first.id, second.id, reader=EVALUATOR)
    assert (found.cases, found.changed, found.flips) == (2, ("a0",), ())
    assert "質問集の版が違います。" in found.notes
    assert "内容が変わった 1 問は比べていません。" in found.notes
    assert "条件はすべて同じです。" in found.notes


def test_what_a_reader_may_not_read_any_more_is_withheld_and_the_figures_stay(
    assistant: Assistant,
) -> None:
    run = begin(assistant, *CASES[:2])
    go_on(assistant, run.id)
    seen = report_of(assistant, run.id, reader=EVALUATOR).document()
    assistant.lifecycle.withdraw("contract", by=OPERATOR_ACTOR)
    withheld = case_in_run(assistant, run.id, CASES[1].id, reader=EVALUATOR).result
    assert (withheld.text, withheld.quotes, withheld.found) == (WITHHELD, [], [])
    assert report_of(assistant, run.id, reader=EVALUATOR).document()["metrics"] == seen["metrics"]
    assert "200万円" in case_in_run(assistant, run.id, CASES[1].id, reader=OPERATOR).result.text
