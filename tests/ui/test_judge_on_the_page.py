"""The judge model's verdicts begun by its button on 品質評価, and shown beside people's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai_stub import OpenAIStub
from signed_in import person
from signed_in_pages import opened_page, press
from small_manuals import publish_text
from streamlit.testing.v1 import AppTest

from assistant.embeddings.encoder import Encoder
from assistant.evaluations.sets import QuestionSets
from assistant.evaluations.verdicts import Verdicts
from assistant.opening import Assistant, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from assistant.settings import Settings
from eval.runs.stored_runs import begin_run, go_on
from eval.sets.case_rows import kept_case
from eval.sets.stored_sets import stored_set
from ui import resources
from ui.components.quality.words import RESULTS

PAGE = Path(__file__).parents[2] / "ui" / "app_pages" / "quality.py"
EVALUATOR_NUMBER = "1002"
BUTTON = "審査モデルに判定させる"
ROWS = [
    {
        "id": str(number), "question": f"{word}の期限は何日ですか", "answerable": True,
        "file": "contract.txt", "page": number, "answer": f"{days}日です。",
    }
    for number, word, days in ((1, "検査", 14), (2, "支払", 30))
]  # fmt: skip


@pytest.fixture
def office(settings: Settings, quick_encoder: Encoder, stub: OpenAIStub) -> Iterator[Assistant]:
    """An office with a run over two questions, and the stub as its judge."""
    stub.behave(_judgement)
    changes = {"judge_url": stub.url, "judge_model": stub.model, "model_wait_seconds": 2.0}
    with open_assistant(settings.model_copy(update=changes), encoder=quick_encoder) as opened:
        person(opened, EVALUATOR_NUMBER, RoleGrant("evaluator"))
        publish_text(opened, "検査の期限は14日です。", "支払の期限は30日です。")
        sets = QuestionSets(opened.database)
        sets.replace("期限", [kept_case(row) for row in ROWS], by=OPERATOR_ACTOR)
        chosen = stored_set(opened.database, "期限")
        run, _ = begin_run(opened, chosen, sample=None, by=OPERATOR_ACTOR)
        go_on(opened, run.id)
        resources.set_assistant(opened)
        yield opened
        resources.set_assistant(None)
    stub.behave()


def _judgement(prompt: str) -> list[str]:
    return [
        "理由: 日数が足りない。\n判定: 一部" if "支払" in prompt else "理由: 同じ。\n判定: 正しい"
    ]


def _results(office: Assistant) -> AppTest:
    page = opened_page(PAGE, office, EVALUATOR_NUMBER)
    page.segmented_control[0].set_value(RESULTS)
    return page.run()


def _tables(page: AppTest) -> list[list[dict[str, str]]]:
    return [table.value.to_dict("records") for table in page.dataframe]


def test_the_button_has_a_run_judged_and_the_verdicts_stand_on_the_page(
    office: Assistant, stub: OpenAIStub
) -> None:
    page = _results(office)
    assert any(f"別のモデル（{stub.model}）" in item.value for item in page.html)
    page = press(page, BUTTON)
    assert page.success[0].value.startswith("審査モデルの判定を始めました")
    [job] = office.jobs.recent(kinds=["judgement"])
    resources.background().do([job.id], say=lambda _: None)
    page = _results(office)
    assert BUTTON in [button.label for button in page.button]  # what failed can be tried again
    shown = next(rows for rows in _tables(page) if "審査モデルの判定" in rows[0])
    assert {row["ID"]: (row["審査モデルの判定"], row["判定の理由"]) for row in shown} == {
        "1": ("正しい", "同じ。"),
        "2": ("一部", "日数が足りない。"),
    }
    assert any("正しい 1、一部 1、誤り 0、有害 0、判定できず 0" in h.value for h in page.html)


def test_agreement_is_shown_once_a_person_has_judged(office: Assistant, stub: OpenAIStub) -> None:
    page = press(_results(office), BUTTON)
    [job] = office.jobs.recent(kinds=["judgement"])
    resources.background().do([job.id], say=lambda _: None)
    page = _results(office)
    assert any("人が判定すると" in item.value for item in page.html)
    given = office.accounts.member(EVALUATOR_NUMBER).actor
    for case_id in ("1", "2"):
        Verdicts(office.database).give(job.arguments["run"], case_id, "right", by=given)
    [row] = next(rows for rows in _tables(_results(office)) if "κ" in rows[0])
    assert stub.model in row["評価者"]
    assert (row["どちらも判定した質問"], row["同じ判定"]) == ("2問", "1問")


def test_the_model_that_wrote_the_answers_is_refused_as_their_judge(
    office: Assistant, stub: OpenAIStub
) -> None:
    own = office.settings.model_copy(
        update={"endpoint_url": stub.url, "endpoint_model": f" {stub.model.upper()}"}
    )
    office.settings = own
    page = press(_results(office), BUTTON)
    assert "自分の回答は審査できません" in page.error[0].value
    assert office.jobs.recent(kinds=["judgement"]) == []
