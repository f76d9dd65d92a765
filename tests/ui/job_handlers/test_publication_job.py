"""A publication waits for the question sets: published, warned about, or held for a reason."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from command_group import CommandGroup
from small_manuals import prepared_manual, publish_text

from assistant import calendar
from assistant.domain import ManualVersion
from assistant.errors import AssistantError
from assistant.evaluations.sets import QuestionSets
from assistant.jobs.worker import JobWorker
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.shelf import Shelf
from assistant.library.trials import KeptTrial, last_trial
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.records import AuditFilter, read_events
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.publications import PUBLICATION
from eval.sets.case_rows import NumberedRow, kept_cases
from ui.composition import Background
from ui.job_handlers import publication
from ui.job_handlers.publication import publication_handler, settle_publications

OLD = ("契約書は二通作ります。", "限度額は80万円です。")
NEW = ("契約書は二通作ります。", "限度額は120万円です。")
TITLE = "契約事務の手引き"
LIMIT = {
    "id": "1", "question": "限度額は", "answerable": True, "file": "contract.txt", "page": 2,
    "answer_snippet": "限度額は80万円です。", "key_facts": ["80万円"],
}  # fmt: skip


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, *OLD)
    keep(quick_assistant, LIMIT)
    return quick_assistant


def keep(assistant: Assistant, *rows: dict[str, Any]) -> None:
    cases = kept_cases([NumberedRow(n, row) for n, row in enumerate(rows, 1)])
    QuestionSets(assistant.database).replace("契約", cases, by=OPERATOR_ACTOR)


def draft(assistant: Assistant, *sentences: str, **said: Any) -> ManualVersion:
    prepared = prepared_manual(*sentences, **said)
    library = assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    return Publisher(library).draft(prepared)


def gate(assistant: Assistant, value: str) -> None:
    changed = assistant.settings.model_copy(update={"quality_gate": value})
    assistant.settings = changed
    assistant.publications._settings = changed


def run(assistant: Assistant, command: str, /, **arguments: Any) -> CommandResult:
    return CommandGroup(assistant, "manuals").run(command, **arguments)


def state(assistant: Assistant, version: ManualVersion) -> str:
    listing = Shelf(assistant.library, None).version(version.id)
    return "gone" if listing is None else listing.version.state


def trial_of(assistant: Assistant, version: ManualVersion) -> KeptTrial:
    found = last_trial(assistant.database, version.id)
    assert found is not None
    return found


def trail(assistant: Assistant) -> list[str]:
    events = read_events(assistant.database, AuditFilter(), limit=50)
    return [event.action for event in events if event.action.startswith("manual.")]


def test_what_makes_nothing_worse_is_published(assistant: Assistant) -> None:
    version = draft(assistant, "まえがきです。", *OLD)
    result = run(assistant, "publish", which=version.id)
    assert (result.status, state(assistant, version)) == (0, "published")
    assert (trial_of(assistant, version).outcome, trial_of(assistant, version).decision) == (
        "passed", "published",
    )  # fmt: skip
    shown = run(assistant, "show", manual=TITLE)
    newest = shown.document["versions"][0]
    assert newest["trial"]["outcome"] == "passed"
    assert any("質問集での確認: 悪くなった質問なし" in line for line in shown.lines)
    assert shown.document["versions"][1]["trial"] is None


def test_what_makes_an_answer_worse_is_published_with_a_warning(assistant: Assistant) -> None:
    version = draft(assistant, *NEW)
    result = run(assistant, "publish", which=version.id)
    assert (result.status, state(assistant, version)) == (0, "published")
    assert any("限度額は" in line for line in result.lines)
    trial = trial_of(assistant, version)
    assert (trial.outcome, trial.decision, trial.warns) == ("worse", "published", True)
    events = read_events(assistant.database, AuditFilter(), limit=9)
    [kept] = [event for event in events if event.action == "manual.trial"]
    assert kept.detail["outcome"] == "悪くなった質問あり・公開した"
    assert "限度額" not in json.dumps(dict(kept.detail), ensure_ascii=False)


def test_blocked_it_waits_until_a_reason_is_given(assistant: Assistant) -> None:
    gate(assistant, "block")
    version = draft(assistant, *NEW)
    refused = run(assistant, "publish", which=version.id)
    assert refused.status == 1
    assert "理由を付けて公開" in refused.document["error"]
    assert (state(assistant, version), trial_of(assistant, version).decision) == (
        "ready", "waiting",
    )  # fmt: skip
    listed = run(assistant, "list", all=True).lines
    assert any("公開待ち" in line for line in listed)
    assert settle_publications(assistant) == 0
    done = run(assistant, "publish", which=version.id, reason="限度額の改正のため")
    assert (done.status, state(assistant, version)) == (0, "published")
    assert trial_of(assistant, version).reason == "限度額の改正のため"
    assert trail(assistant)[:2] == ["manual.publish", "manual.trial"]


def test_what_waits_can_be_made_a_draft_again(assistant: Assistant) -> None:
    gate(assistant, "block")
    version = draft(assistant, *NEW)
    run(assistant, "publish", which=version.id)
    assistant.lifecycle.unschedule(version.id, by=OPERATOR_ACTOR)
    assert state(assistant, version) == "draft"
    assistant.lifecycle.discard(version.id, by=OPERATOR_ACTOR)
    assert last_trial(assistant.database, version.id) is None


def test_without_sets_or_with_the_gate_off_nothing_waits(assistant: Assistant) -> None:
    gate(assistant, "off")
    version = draft(assistant, *NEW)
    assert assistant.publications.publish(version.id, by=OPERATOR_ACTOR) is None
    assert state(assistant, version) == "published"
    gate(assistant, "warn")
    QuestionSets(assistant.database).remove("契約", ["1"], by=OPERATOR_ACTOR)
    again = draft(assistant, *OLD)
    assert assistant.publications.publish(again.id, by=OPERATOR_ACTOR) is None
    assert state(assistant, again) == "published"


@pytest.mark.parametrize(("setting", "ends"), [("warn", "published"), ("block", "ready")])
def test_a_trial_that_fails_is_told_and_does_not_hold_up_for_ever(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, setting: str, ends: str
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no vectors")

    gate(assistant, setting)
    monkeypatch.setattr(publication, "try_version", fails)
    version = draft(assistant, *NEW)
    result = run(assistant, "publish", which=version.id)
    assert (result.status, state(assistant, version)) == (int(ends == "ready"), ends)
    trial = trial_of(assistant, version)
    assert (trial.outcome, "確かめられませんでした" in trial.words) == ("failed", True)


def test_a_planned_publication_is_tried_when_planned_and_on_its_day(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = draft(assistant, "まえがきです。", *OLD)
    day = calendar.today() + timedelta(days=3)
    run(assistant, "publish", which=version.id, on=day.isoformat())
    assert (state(assistant, version), trial_of(assistant, version).decision) == (
        "ready", "scheduled",
    )  # fmt: skip
    now = calendar.now() + timedelta(days=3)
    monkeypatch.setattr(calendar, "now", lambda: now)
    background = Background(assistant)
    background._schedule.look()
    jobs = assistant.jobs.recent(only_open=True)
    background.do([job.id for job in jobs], say=lambda _: None)
    trial = trial_of(assistant, version)
    assert (state(assistant, version), trial.decision, trial.by_name) == (
        "published", "published", "システム",
    )  # fmt: skip


def test_a_version_whose_process_died_before_the_job_is_taken_up(assistant: Assistant) -> None:
    version = draft(assistant, *NEW)
    assistant.lifecycle.hold(version.id, by=OPERATOR_ACTOR)
    assert settle_publications(assistant) == 1
    job = assistant.publications.job_of(version.id)
    assert job is not None
    Background(assistant).do([job.id], say=lambda _: None)
    assert state(assistant, version) == "published"


def test_a_job_that_kills_the_process_each_time_is_settled(assistant: Assistant) -> None:
    version = draft(assistant, *NEW)
    job = assistant.publications.publish(version.id, by=OPERATOR_ACTOR)
    assert job is not None
    for _ in range(3):
        assert assistant.jobs.claim("dead:1:x", [PUBLICATION]) is not None
        assistant.jobs.take_up_again("me", is_dead=lambda *_: True)
    assert settle_publications(assistant) == 1
    trial = trial_of(assistant, version)
    assert (state(assistant, version), trial.outcome) == ("published", "failed")
    assert "途中で止まりました" in trial.words


def test_a_job_that_was_cancelled_publishes_nothing_later(assistant: Assistant) -> None:
    version = draft(assistant, *NEW)
    job = assistant.publications.publish(version.id, by=OPERATOR_ACTOR)
    assert job is not None
    assistant.jobs.cancel(job.id)
    assert [settle_publications(assistant), settle_publications(assistant)] == [1, 0]
    trial = trial_of(assistant, version)
    assert (state(assistant, version), trial.decision) == ("ready", "waiting")
    assert "中止されました" in trial.words


def test_a_job_of_a_version_that_was_discarded_does_nothing(assistant: Assistant) -> None:
    version = draft(assistant, *NEW)
    job = assistant.publications.publish(version.id, by=OPERATOR_ACTOR)
    assert job is not None
    assistant.lifecycle.unschedule(version.id, by=OPERATOR_ACTOR)
    worker = JobWorker(assistant.jobs, {PUBLICATION: publication_handler(assistant)})
    [ended] = worker.run([job.id])
    assert (ended.state, ended.result) == ("done", {"version": version.id, "trial": None})
    assert state(assistant, version) == "draft"


def test_a_version_that_is_out_is_not_published_again(assistant: Assistant) -> None:
    [row] = Shelf(assistant.library, None).rows("contract")
    with pytest.raises(AssistantError, match="公開済み"):
        assistant.publications.publish(row.version.id, by=OPERATOR_ACTOR)
