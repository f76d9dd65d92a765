"""A model may put a follow-up in other words, but may add nothing that nobody said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from openai_stub import OpenAIStub

from assistant.domain import Reader, Turn
from assistant.opening import Assistant
from assistant.understanding.rewriting import SYSTEM, says_only

RENT, PARKING = "住居手当は家賃がいくらから出ますか", "駐車場代も足していいですか"


@pytest.fixture
def writes(stub: OpenAIStub) -> Iterator[OpenAIStub]:
    stub.behave()
    yield stub
    stub.behave()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("住居手当の家賃に駐車場代を足していいですか", True, id="their words"),
        pytest.param("住居手当の家賃に駐車場代を足す場合の方法は何ですか", True, id="empty words"),
        pytest.param("住居手当の家賃に駐車場代3,000円を足していいですか", False, id="a figure"),
        pytest.param("青葉野市の住居手当に駐車場代を足していいですか", False, id="a name"),
        pytest.param("通勤手当に駐車場代を足していいですか", False, id="another thing"),
        pytest.param("", False, id="nothing"),
        pytest.param("足せます。\n理由は次のとおりです。", False, id="an answer"),
        pytest.param("May I add the parking fee?", False, id="English"),
    ],
)
def test_only_what_was_said_may_be_in_the_question(text: str, kept: bool) -> None:
    assert says_only(text, [PARKING, RENT]) is kept


def _searched(assistant: Assistant, reader: Reader, today: date) -> str:
    answer = assistant.answering.answer(PARKING, reader=reader, as_of=today, turns=[Turn(RENT)])
    return answer.search_text


def test_a_model_completes_what_the_rules_are_not_sure_of(
    endpoint_assistant: Assistant, writes: OpenAIStub, reader: Reader, today: date
) -> None:
    better = "住居手当の家賃に駐車場代も足していいですか"
    writes.behave(lambda prompt: [better] if "今の質問" in prompt else [])
    assert _searched(endpoint_assistant, reader, today) == better


def test_a_model_that_adds_something_is_not_followed(
    endpoint_assistant: Assistant, writes: OpenAIStub, reader: Reader, today: date
) -> None:
    writes.behave(lambda prompt: ["家賃28,000円の駐車場代は"] if "今の質問" in prompt else [])
    searched = _searched(endpoint_assistant, reader, today)
    assert searched.endswith(PARKING)
    assert "28,000" not in searched


def test_without_a_good_model_the_rules_stand(
    assistant_with_manuals: Assistant, reader: Reader, today: date
) -> None:
    assert _searched(assistant_with_manuals, reader, today).endswith(PARKING)
    assert "数字や名前を加えない" in SYSTEM
