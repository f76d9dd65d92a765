from __future__ import annotations

from datetime import date

import pytest

from assistant.domain import Answer, AnswerSentence
from assistant.opening import Assistant
from eval.sets.question_set import Case, Place
from eval.trials.local_model import judge_local_model, written_case
from tests.openai_stub import OpenAIStub, honest, inventor

QUESTION = "病気で何日休んだらお医者さんの診断書がいりますか"
CASE = Case("1", QUESTION, True, (Place("休暇.pdf", 1),), key_facts=("7日",))
UNANSWERABLE = Case("2", "住民票の写しは1通いくらですか", False)


def _answer(quotation: str, summary: str, outcome: str = "answered") -> Answer:
    return Answer(
        id="1", question=QUESTION, outcome=outcome, as_of=date(2026, 11, 27), mode="local",
        quotations=(AnswerSentence(quotation, "quoted", (1,)),),
        summary=(AnswerSentence(summary, "written", (1,)),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quotation", "summary", "right"),
    [
        pytest.param("7日を超える", "7日です。", (True, True, True), id="both say it"),
        pytest.param("超えるとき", "7日です。", (False, True, True), id="only the text says it"),
        pytest.param("7日を超える", "診断書です。", (True, False, True), id="only the quotation"),
        pytest.param("超えるとき", "診断書です。", (False, False, False), id="neither"),
    ],
)
def test_each_text_is_judged_alone(
    quotation: str, summary: str, right: tuple[bool, bool, bool]
) -> None:
    found = written_case(CASE, _answer(quotation, summary))
    assert (found.quotations, found.written, found.both) == right


def test_a_question_without_an_answer_is_right_where_it_was_refused() -> None:
    refused = written_case(UNANSWERABLE, _answer("", "", "refused"))
    answered = written_case(UNANSWERABLE, _answer("1通300円", "300円です。"))
    assert (refused.quotations, refused.written, refused.both) == (True, True, True)
    assert (answered.quotations, answered.written, answered.both) == (False, False, False)


def test_a_model_that_copies_is_righter_than_one_that_invents(
    locally_written: Assistant, stub: OpenAIStub
) -> None:
    shares = {}
    for name, behaviour in (("honest", honest), ("inventor", inventor)):
        stub.behave(behaviour)
        report = judge_local_model(locally_written, [CASE, UNANSWERABLE])
        assert report.verdict.questions == 2
        assert report.document()["unsupported_figures"] == 0
        shares[name] = report.verdict.written
    stub.behave()
    assert shares["honest"] > shares["inventor"]


def test_cases_that_nothing_can_be_judged_by_are_not_asked(
    locally_written: Assistant, stub: OpenAIStub
) -> None:
    stub.behave()
    bare = Case("3", QUESTION, True, (Place("休暇.pdf", 1),))
    assert judge_local_model(locally_written, [bare]).verdict.questions == 0
