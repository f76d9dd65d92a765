from __future__ import annotations

import pytest

from assistant.domain import Turn
from assistant.understanding.follow_ups import search_text

LIMIT = "随意契約の限度額はいくらですか"


@pytest.mark.parametrize(
    ("question", "before"),
    [
        pytest.param("それはいくらですか", "随意契約で見積書は何者から必要ですか", id="それは"),
        pytest.param("工事の場合は？", LIMIT, id="の場合は"),
        pytest.param("物品なら？", LIMIT, id="なら"),
        pytest.param("委託だとどうなりますか", LIMIT, id="だと"),
        pytest.param("では、工事は？", LIMIT, id="では"),
        pytest.param("いつまでですか", LIMIT, id="no topic"),
        pytest.param("理由は？", LIMIT, id="empty words"),
        pytest.param("その手続きを教えてください", LIMIT, id="その"),
        pytest.param("ほかに必要な書類は？", LIMIT, id="ほかに"),
    ],
)
def test_a_follow_up_takes_the_topic_before_it(question: str, before: str) -> None:
    searched = search_text(question, [Turn(before)])
    assert searched.endswith(question)
    assert "随意" in searched
    assert "契約" in searched


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("年次有給休暇は年に何日ありますか", id="another subject"),
        pytest.param("出張の旅費の精算期限はいつですか", id="with a topic of its own"),
        pytest.param("公用車の長期継続契約の期間の上限は何年ですか", id="long"),
    ],
)
def test_a_question_with_its_own_topic_stands_for_itself(question: str) -> None:
    assert search_text(question, [Turn(LIMIT)]) == question


def test_without_earlier_turns_nothing_is_added() -> None:
    assert search_text("それはいくらですか", []) == "それはいくらですか"


def test_a_chain_of_follow_ups_reaches_back_to_the_topic() -> None:
    turns = [Turn(LIMIT), Turn("それはいつからですか"), Turn("なぜですか")]
    assert "随意" in search_text("それは誰が決めますか", turns)


def test_the_latest_topic_wins() -> None:
    turns = [Turn(LIMIT), Turn("病気休暇の診断書は必要ですか")]
    searched = search_text("それはいつまでですか", turns)
    assert "病気" in searched
    assert "随意" not in searched


def test_words_said_again_are_not_doubled() -> None:
    searched = search_text("随意の場合は？", [Turn("随意契約の限度額は")])
    assert searched.count("随意") == 1


def test_the_text_of_answers_adds_nothing() -> None:
    turns = [Turn(LIMIT, "談合情報は契約検査課長へ連絡します。")]
    assert "談合" not in search_text("それはいくらですか", turns)
