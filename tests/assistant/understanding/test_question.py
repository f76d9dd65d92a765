from __future__ import annotations

import pytest

from assistant.errors import InvalidQuestion
from assistant.understanding.question import checked_question, language_notice


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "空です", id="empty"),
        pytest.param(" 　\n\t", "空です", id="white space"),
        pytest.param("？！。", "読み取れません", id="marks"),
        pytest.param("😀😀", "読み取れません", id="pictures"),
        pytest.param("契約\x00書", "制御文字", id="NUL"),
        pytest.param("契約\x1b[31m書", "制御文字", id="escape"),
        pytest.param("契約\ud800書", "制御文字", id="lone surrogate"),
        pytest.param("契約\ue000書", "制御文字", id="private use"),
        pytest.param("あ" * 1001, "長すぎます（1,001 文字）", id="too long"),
    ],
)
def test_a_question_that_cannot_be_used_says_why(text: str, message: str) -> None:
    with pytest.raises(InvalidQuestion) as refusal:
        checked_question(text, most_characters=1000)
    assert message in str(refusal.value)
    assert str(refusal.value).endswith("ください。")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        pytest.param("  有休は何日？\n", "有休は何日？", id="space around"),
        pytest.param("一行目\n二行目", "一行目\n二行目", id="lines"),
        pytest.param("あ" * 1000, "あ" * 1000, id="the longest"),
        pytest.param("A", "A", id="one letter"),
        pytest.param("契約😀書", "契約😀書", id="a picture among words"),
        pytest.param("髙橋の﨑", "髙橋の﨑", id="kanji of names"),
    ],
)
def test_a_question_that_can_be_used_stays_as_it_is(text: str, question: str) -> None:
    assert checked_question(text, most_characters=1000) == question


@pytest.mark.parametrize(
    ("question", "told"),
    [
        pytest.param("How many days of paid leave?", True, id="English"),
        pytest.param("有休は何日？", False, id="Japanese"),
        pytest.param("USBメモリのルール", False, id="mixed"),
        pytest.param("30", False, id="a figure"),
    ],
)
def test_only_a_question_in_another_language_is_told_to_try_japanese(
    question: str, told: bool
) -> None:
    assert ("Japanese" in language_notice(question)) is told
