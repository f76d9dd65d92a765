"""Drafts in a model's words by command, as a job, and from the page 品質評価."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openai_stub import OpenAIStub
from signed_in import person
from signed_in_pages import opened_page, press
from small_manuals import ASKABLE, publish_text

from assistant.embeddings.encoder import Encoder
from assistant.evaluations.sets import QuestionSets
from assistant.jobs.records import Job
from assistant.opening import Assistant, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from assistant.settings import Settings
from ui import resources
from ui.commands.dispatch import run_command
from ui.composition import Background
from ui.job_handlers.drafting import drafting_job

PAGE = Path(__file__).parents[3] / "ui" / "app_pages" / "quality.py"
EVALUATOR_NUMBER = "1002"


@pytest.fixture
def office(settings: Settings, quick_encoder: Encoder, stub: OpenAIStub) -> Iterator[Assistant]:
    """An office with three askable sentences, an evaluator, and the stub as its model."""
    stub.behave(_about)
    with open_assistant(settings.model_copy(update=stub.changes), encoder=quick_encoder) as opened:
        person(opened, EVALUATOR_NUMBER, RoleGrant("evaluator"))
        publish_text(opened, *ASKABLE)
        resources.set_assistant(opened)
        yield opened
        resources.set_assistant(None)
    stub.behave()


def _about(prompt: str) -> list[str]:
    word = next(word for word in ("検査", "支払", "届出") if f"<尋ねる文>{word}" in prompt)
    return [f"{word}って、いつまでに済ませればいいですか"]


def _command(assistant: Assistant, said: Callable[[str], Any], **arguments: Any) -> Any:
    given = {"set": "下書き", "count": 9, "from_answers": False, **arguments}
    return run_command(assistant, "eval-sets-draft", given, said)


def _done(assistant: Assistant, count: int = 9) -> Job:
    job = assistant.jobs.add(drafting_job(assistant, "下書き", count), by=OPERATOR_ACTOR)
    assert job is not None
    [ended] = Background(assistant).do([job.id], say=lambda _: None)
    return ended


def test_the_command_drafts_by_the_model_where_there_is_one(
    office: Assistant, stub: OpenAIStub
) -> None:
    said: list[str] = []
    made = _command(office, said.append)
    assert (made.status, made.document["by"], made.document["model"]) == (0, "model", stub.model)
    assert (made.document["drafted"], made.document["drafts"]) == (3, 3)
    assert any("[3/9]" in line for line in said)
    by_rules = _command(office, said.append, set="別", by="rules")
    assert (by_rules.status, by_rules.document["by"]) == (0, "rules")


def test_a_model_that_fails_leaves_what_was_drafted_and_a_failing_status(
    office: Assistant, stub: OpenAIStub
) -> None:
    def breaks(line: str) -> None:
        if line.startswith("["):
            stub.behave(chat_status=500)

    made = _command(office, breaks)
    assert (made.status, made.document["drafts"]) == (1, 1)
    assert "モデルの接続先" in made.document["error"]
    assert any("作った下書きは残しています" in line for line in made.lines)


def test_a_drafting_job_keeps_its_drafts_and_goes_on_where_it_ended(
    office: Assistant, stub: OpenAIStub
) -> None:
    job = drafting_job(office, "下書き", 2)
    ended = _done(office, count=1)
    assert (ended.state, ended.result and ended.result["drafted"]) == ("done", 1)
    taken_up = office.jobs.add(job, by=OPERATOR_ACTOR)
    assert taken_up is not None
    Background(office).do([taken_up.id], say=lambda _: None)
    assert QuestionSets(office.database).get("下書き").drafts == 2


def test_a_drafting_job_whose_model_fails_says_so(office: Assistant, stub: OpenAIStub) -> None:
    stub.behave(chat_status=500)
    ended = _done(office)
    assert (ended.state, "下書きを作れませんでした" in ended.error) == ("failed", True)


def test_the_page_drafts_by_the_model_or_by_rules(office: Assistant, stub: OpenAIStub) -> None:
    page = opened_page(PAGE, office, EVALUATOR_NUMBER)
    way = page.radio(key="quality-drafting-0-by")
    assert [stub.model in option for option in way.options] == [True, False]
    page.text_input(key="quality-drafting-0-name").set_value("規則の集")
    way.set_value("規則で作る（記載の言葉のまま）")
    page = press(page, "下書きを作る")
    assert QuestionSets(office.database).get("規則の集").drafts == 3
    assert stub.heard.chats == []


def test_the_page_begins_a_job_and_shows_what_came_of_it(
    office: Assistant, stub: OpenAIStub
) -> None:
    page = opened_page(PAGE, office, EVALUATOR_NUMBER)
    page.text_input(key="quality-drafting-0-name").set_value("下書き")
    page = press(page, "下書きを作る")
    assert "作り始めました" in page.success[0].value
    [job] = office.jobs.recent(kinds=["drafting"])
    resources.background().do([job.id], say=lambda _: None)
    page = opened_page(PAGE, office, EVALUATOR_NUMBER)
    assert QuestionSets(office.database).get("下書き").drafts == 3
    assert any("下書きを 3 問作りました" in one.proto.body for one in page.get("html"))
