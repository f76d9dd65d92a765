from __future__ import annotations

import pytest

from assistant.domain import Turn
from assistant.understanding.follow_ups import completed, search_text

LIMIT = "随意契約の限度額はいくらですか"
LEAVE = "年次有給休暇は何日もらえますか"


@pytest.mark.parametrize(
    ("question", "before"),
    [
        pytest.param("それはいくらですか", "随意契約で見積書は何者から必要ですか", id="それは"),
        pytest.param("それって誰に出すの", LIMIT, id="それって"),
        pytest.param("いつまでですか", LIMIT, id="no topic"),
        pytest.param("期限は？", LIMIT, id="only what is asked for"),
        pytest.param("理由は？", LIMIT, id="empty words"),
        pytest.param("その手続きを教えてください", LIMIT, id="その"),
        pytest.param("ほかに必要な書類は？", LIMIT, id="ほかに"),
        pytest.param("逆に断る場合は", LIMIT, id="逆に"),
        pytest.param("さっきの話だけど、電子でもできる？", LIMIT, id="さっき"),
        pytest.param("ちなみに市外でもいい？", LIMIT, id="ちなみに"),
        pytest.param("半日単位でも取れる？", LIMIT, id="a predicate without a subject"),
        pytest.param("上の金額に消費税は含みますか", LIMIT, id="上の金額"),
    ],
)
def test_a_follow_up_takes_the_topic_before_it(question: str, before: str) -> None:
    searched = search_text(question, [Turn(before)])
    assert searched.endswith(question)
    assert "随意" in searched
    assert "契約" in searched


@pytest.mark.parametrize(
    ("question", "before", "searched"),
    [
        pytest.param("工事の場合は？", LIMIT, f"工事の場合、{LIMIT}", id="の場合は"),
        pytest.param("物品なら？", LIMIT, f"物品なら、{LIMIT}", id="なら"),
        pytest.param("委託だとどうなりますか", LIMIT, f"委託だと、{LIMIT}", id="だと"),
        pytest.param("では、工事は？", LIMIT, f"工事は、{LIMIT}", id="では"),
        pytest.param("パートだと？", LEAVE, f"パートだと、{LEAVE}", id="another kind of people"),
        pytest.param("病気休暇は？", LEAVE, "病気休暇は何日もらえますか", id="of the same kind"),
        pytest.param("夏季休暇も同じですか", LEAVE, "夏季休暇は何日もらえますか", id="も同じ"),
    ],
)
def test_another_case_is_asked_as_the_question_before_was(
    question: str, before: str, searched: str
) -> None:
    assert search_text(question, [Turn(before)]) == searched


def test_a_chain_of_cases_keeps_what_was_asked() -> None:
    turns = [Turn(LEAVE), Turn("病気休暇は？")]
    assert search_text("パートだと？", turns) == "パートだと、病気休暇は何日もらえますか"


def test_only_guesses_are_left_to_a_model() -> None:
    assert completed("それはいくらですか", [Turn(LIMIT)]).sure
    assert completed("パートだと？", [Turn(LEAVE)]).sure
    assert not completed("駐車場も足していいですか", [Turn("家賃がいくらから手当が出ますか")]).sure


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("年次有給休暇は年に何日ありますか", id="another subject"),
        pytest.param("出張の旅費の精算期限はいつですか", id="with a topic of its own"),
        pytest.param("公用車の長期継続契約の期間の上限は何年ですか", id="long"),
        pytest.param("公用車の予約方法は？", id="what is asked for, and of what"),
        pytest.param("公用車の鍵はどこで受け取りますか", id="short words"),
        pytest.param("では、旅費の精算期限はいつですか", id="では, but a subject of its own"),
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
    searched = search_text("それは随意の何ですか", [Turn("随意契約の限度額は")])
    assert searched.count("随意") == 1


def test_the_text_of_answers_adds_nothing() -> None:
    turns = [Turn(LIMIT, "談合情報は契約検査課長へ連絡します。")]
    assert "談合" not in search_text("それはいくらですか", turns)
