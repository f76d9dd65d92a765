"""An evaluation in the background: kept case by case, interrupted, and taken up again."""

from __future__ import annotations

import pytest
from small_manuals import publish_text

from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.evaluations.sets import rows_hash
from assistant.jobs.records import Job
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.runs.stored_runs import begin_run, go_on, is_under_way
from eval.sets.case_rows import row_of_case
from eval.sets.question_set import Case, Place
from eval.sets.stored_sets import ChosenSet
from ui.composition import Background
from ui.job_handlers.evaluation import evaluation_job

CASES = tuple(
    Case(str(n), f"{word}の期限は何日ですか", answerable=True, places=(Place("contract.txt", n),))
    for n, word in enumerate(("検査", "支払", "届出"), 1)
)


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(
        quick_assistant, "検査の期限は14日です。", "支払の期限は30日です。", "届出の期限は7日です。"
    )
    return quick_assistant


def _begin(assistant: Assistant) -> KeptRun:
    chosen = ChosenSet("契約", 1, rows_hash(map(row_of_case, CASES)), CASES)
    return begin_run(assistant, chosen, sample=None, by=OPERATOR_ACTOR)[0]


def _do(assistant: Assistant, run: KeptRun, said: list[str]) -> Job:
    job = assistant.jobs.add(evaluation_job(run), by=OPERATOR_ACTOR)
    assert job is not None
    [ended] = Background(assistant).do([job.id], say=said.append)
    return ended


def test_a_run_is_done_as_a_job(assistant: Assistant) -> None:
    run, said = _begin(assistant), list[str]()
    ended = _do(assistant, run, said)
    assert (ended.state, ended.result) == ("done", {"run": run.id, "state": "done", "failed": 0})
    kept = EvaluationRuns(assistant.database).get(run.id)
    assert (kept.state, kept.answered) == ("done", 3)
    assert any("回答の評価" in line for line in said)


def test_a_run_that_is_to_stop_stops_and_goes_on_later(assistant: Assistant) -> None:
    run, runs = _begin(assistant), EvaluationRuns(assistant.database)
    runs.request_stop(run.id)
    ended = _do(assistant, run, [])
    assert ended.result is not None
    assert ended.result["state"] == "stopped"
    assert runs.get(run.id).answered == 0
    runs.resume(run.id)
    assert _do(assistant, run, []).state == "done"
    assert runs.get(run.id).answered == 3


def test_a_job_of_another_library_fails_with_what_is_different(assistant: Assistant) -> None:
    run = _begin(assistant)
    publish_text(assistant, "別の手引きです。", manual_id="other", title="別の手引き")
    ended = _do(assistant, run, [])
    assert ended.state == "failed"
    assert "マニュアルの改訂番号" in ended.error


def test_a_run_is_under_way_only_while_it_is_asked(assistant: Assistant) -> None:
    run, seen = _begin(assistant), list[bool]()
    assert not is_under_way(assistant, run.id)

    def twice(_: str) -> None:
        seen.append(is_under_way(assistant, run.id))
        with pytest.raises(UsageError, match="いま測っています"):
            go_on(assistant, run.id)

    go_on(assistant, run.id, progress=twice)
    assert seen == [True] * len(CASES)
    assert not is_under_way(assistant, run.id)
