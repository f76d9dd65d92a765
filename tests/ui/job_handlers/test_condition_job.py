"""Another model or setting: noticed, measured by night, and told with the questions that turned."""

from __future__ import annotations

import json
from typing import Any

import pytest
from small_manuals import publish_text

from assistant import calendar
from assistant.evaluations.runs import EvaluationRuns
from assistant.evaluations.sets import QuestionSets
from assistant.jobs.records import Job
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.trail import OPERATOR_ACTOR, SYSTEM_ACTOR
from eval.runs import condition_watch
from eval.runs.condition_watch import due_sets, regressions, run_watch
from eval.runs.stored_runs import begin_run
from eval.sets.case_rows import NumberedRow, kept_cases
from eval.sets.stored_sets import latest_sets
from ui.commands.dispatch import run_command
from ui.commands.doctor import doctor
from ui.composition import Background
from ui.job_handlers.conditions import CONDITIONS_DAY, CONDITIONS_NIGHT

LIMIT = {
    "id": "1", "question": "限度額は", "answerable": True, "file": "contract.txt", "page": 1,
    "key_facts": ["80万円"],
}  # fmt: skip


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, "限度額は80万円です。")
    cases = kept_cases([NumberedRow(1, LIMIT)])
    QuestionSets(quick_assistant.database).replace("契約", cases, by=OPERATOR_ACTOR)
    return quick_assistant


def set_to(assistant: Assistant, **values: Any) -> None:
    assistant.settings = assistant.settings.model_copy(update=values)


def do(assistant: Assistant, kind: str) -> Job:
    [job] = assistant.jobs.recent(kinds=[kind], only_open=True)
    [ended] = Background(assistant).do([job.id], say=lambda _: None)
    return ended


def run(assistant: Assistant, command: str) -> CommandResult:
    result = run_command(assistant, command, {}, lambda _: None)
    json.dumps(result.document)
    return result


def test_a_changed_setting_is_measured_by_night(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    Background(assistant)._schedule.look()
    noticed = do(assistant, CONDITIONS_DAY)
    assert noticed.result == {"sets": ["契約"]}
    [planned] = assistant.jobs.recent(kinds=[CONDITIONS_NIGHT])
    assert planned.run_after is not None
    assert planned.run_after > calendar.stored_now()
    assert do_nothing_yet(assistant) == "waiting"
    night = planned.run_after
    monkeypatch.setattr(calendar, "stored_now", lambda: night)
    measured = do(assistant, CONDITIONS_NIGHT)
    assert measured.result == {"runs": [1], "worse": {}}
    assert due_sets(assistant) == []
    set_to(assistant, question_max_characters=500)
    assert [chosen.name for chosen in due_sets(assistant)] == ["契約"]


def do_nothing_yet(assistant: Assistant) -> str:
    [job] = assistant.jobs.recent(kinds=[CONDITIONS_NIGHT])
    [same] = Background(assistant).do([job.id], say=lambda _: None)
    return same.state


def test_what_got_worse_is_listed_and_told_by_the_doctor(assistant: Assistant) -> None:
    [chosen] = latest_sets(assistant.database)
    run_watch(assistant, chosen)
    assert regressions(assistant) == []
    told = doctor(assistant.settings, assistant)
    assert any("悪くなった質問はありません" in line for line in told.lines)
    set_to(assistant, reranker_seconds=1.0)
    publish_text(assistant, "限度額は120万円です。")
    run_watch(assistant, chosen)
    [found] = regressions(assistant)
    assert (found.questions, found.changed) == (("1",), ("設定",))
    listed = run(assistant, "eval-runs-list")
    assert [row["worse"] for row in listed.document] == [["1"], []]
    assert any("必要な事実" in line for line in listed.lines)
    warned = [f for f in doctor(assistant.settings, assistant).document["findings"]]
    [quality] = [f for f in warned if f["subject"].startswith("回答の質")]
    assert (quality["state"], "限度額は" in quality["found"]) == ("warning", True)


def test_a_run_of_a_person_is_not_that_of_the_system(assistant: Assistant) -> None:
    [chosen] = latest_sets(assistant.database)
    begin_run(assistant, chosen, sample=None, by=OPERATOR_ACTOR)
    number = run_watch(assistant, chosen)
    runs = {run.id: run for run in EvaluationRuns(assistant.database).all()}
    assert (len(runs), runs[number].started_by_name) == (2, SYSTEM_ACTOR.name)
    assert [kept.state for kept in QuestionSets(assistant.database).all()] == ["frozen"]


def test_a_set_that_asks_other_questions_is_not_compared(assistant: Assistant) -> None:
    [chosen] = latest_sets(assistant.database)
    run_watch(assistant, chosen)
    other = kept_cases([NumberedRow(1, {**LIMIT, "id": "2"})])
    QuestionSets(assistant.database).replace("契約", other, by=OPERATOR_ACTOR)
    [changed] = latest_sets(assistant.database)
    run_watch(assistant, changed)
    assert regressions(assistant) == []


def test_only_watched_conditions_count(assistant: Assistant) -> None:
    [chosen] = latest_sets(assistant.database)
    run_watch(assistant, chosen)
    publish_text(assistant, "別の文です。", manual_id="other", title="別")
    assert due_sets(assistant) == []
    assert "library_hash" not in condition_watch.WATCHED
