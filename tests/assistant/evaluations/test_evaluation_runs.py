"""Runs in the database: kept case by case, stopped, and taken up only under the same conditions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.database import Database
from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns, NewRun
from assistant.people.audit.trail import OPERATOR_ACTOR

NEW = NewRun(
    "契約", 2, "ab", {"library_revision": 3, "settings": {"mode": "extractive"}}, None, 0,
    [{"id": "1", "question": "限度額は"}, {"id": "2", "question": "期限は"}],
)  # fmt: skip


@pytest.fixture
def runs(tmp_path: Path) -> EvaluationRuns:
    return EvaluationRuns(Database(tmp_path / "chonai.db"))


def test_each_result_is_kept_as_soon_as_it_is_there(runs: EvaluationRuns) -> None:
    run = runs.begin(NEW, by=OPERATOR_ACTOR)
    assert (run.state, run.questions, run.answered) == ("running", 2, 0)
    runs.keep(run.id, "2", {"outcome": "answered"})
    assert [kept.result for kept in runs.results(run.id)] == [None, {"outcome": "answered"}]
    assert runs.get(run.id).answered == 1
    runs.end(run.id, "done")
    ended = runs.get(run.id)
    assert (ended.state, ended.conditions) == ("done", NEW.conditions)
    assert ended.ended_at is not None


def test_a_stopped_run_goes_on(runs: EvaluationRuns) -> None:
    run = runs.begin(NEW, by=OPERATOR_ACTOR)
    runs.request_stop(run.id)
    assert runs.stop_requested(run.id)
    runs.end(run.id, "stopped")
    with pytest.raises(UsageError, match="動いていません"):
        runs.request_stop(run.id)
    resumed = runs.resume(run.id)
    assert (resumed.state, resumed.stop_requested, resumed.ended_at) == ("running", False, None)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(NEW, set_hash="cd"), id="another set"),
        pytest.param(replace(NEW, conditions={"library_revision": 4}), id="another library"),
        pytest.param(replace(NEW, sample=1, rows=NEW.rows[:1]), id="a sample"),
    ],
)
def test_only_a_run_under_the_same_conditions_is_like_it(
    runs: EvaluationRuns, other: NewRun
) -> None:
    run = runs.begin(NEW, by=OPERATOR_ACTOR)
    assert runs.latest_like(NEW) == run
    assert runs.latest_like(other) is None


def test_an_unknown_run_is_said(runs: EvaluationRuns) -> None:
    with pytest.raises(UsageError, match="評価 7 の記録はありません"):
        runs.get(7)
