"""An answer that asks back, and what a conversation makes of the choice."""

from __future__ import annotations

from datetime import date

from assistant.answer_json import dump_snapshot, load_snapshot
from assistant.answers.asking_back import (
    WHICH_CASE,
    asking_back,
    completed,
    may_ask_back,
    turn_of,
)
from assistant.domain import Answer, Citation, Turn
from assistant.understanding.follow_ups import search_text

ASKED = "見積書は何者から取りますか"


def _answer() -> Answer:
    citation = Citation(1, "c", "v", "契約", "契約.pdf", 1, 3, "1", (), "2者以上から取る。", "aa")
    answer = Answer("a", ASKED, "answered", date(2026, 4, 1), "extractive", citations=(citation,))
    return asking_back(answer, ["予定価格5万円以下", "予定価格5万円を超えるもの"])


def test_it_leaves_the_choice_to_the_person_beside_the_evidence() -> None:
    answer = _answer()
    assert answer.outcome == "clarify"
    assert answer.text == WHICH_CASE
    assert answer.choices == ("予定価格5万円以下", "予定価格5万円を超えるもの")
    assert answer.citations
    assert load_snapshot(dump_snapshot(answer)) == answer


def test_nobody_is_asked_back_twice_in_a_row() -> None:
    back = turn_of(ASKED, _answer().text)
    assert may_ask_back([])
    assert may_ask_back([Turn(ASKED, "2者以上です。")])
    assert not may_ask_back([back])
    assert may_ask_back([back, Turn("予定価格5万円以下", "1者です。")])


def test_a_choice_completes_the_question_before_it() -> None:
    back = turn_of(ASKED, WHICH_CASE)
    assert search_text("予定価格5万円以下", [back]) == f"{ASKED} 予定価格5万円以下"
    assert search_text("物品の買入れの場合です。", [back]) == f"{ASKED} 物品の買入れの場合です。"
    whole = completed(ASKED, "予定価格5万円以下")
    assert search_text(whole, [back]) == whole
    assert ASKED not in search_text("予定価格5万円以下", [Turn(ASKED, "2者です。")])


def test_another_question_after_it_stands_for_itself() -> None:
    back = turn_of(ASKED, WHICH_CASE)
    asked = "年次有給休暇の申請期限はいつですか"
    assert search_text(asked, [back]) == asked


def test_a_short_question_that_was_asked_back_keeps_its_own_topic() -> None:
    turns = [Turn("随意契約の見積書の保存年限を教えて"), turn_of("それは何年ですか", WHICH_CASE)]
    assert search_text("工事", turns).endswith("それは何年ですか 工事")
    assert "見積書" in search_text("工事", turns) or "見積" in search_text("工事", turns)
