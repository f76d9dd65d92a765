"""Under an answer stands who wrote it, whether all has its grounds, and where the question went."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.domain import AnswerSentence, Owner
from ui.components.ask.origin import (
    ALL_GROUNDED,
    STAYED,
    destination_words,
    grounds_words,
    origin_lines,
)

WRITTEN = AnswerSentence("130万円までです。", "written", (1,))
INSTEAD = AnswerSentence("「見積書は、二人以上の者から徴する。」", "quoted", (1,))


def test_a_text_of_grounded_sentences_only_says_so(an_answer: Any) -> None:
    assert grounds_words(an_answer(mode="endpoint", sentences=(WRITTEN,))) == ALL_GROUNDED
    assert grounds_words(an_answer(mode="local", summary=(WRITTEN,))) == ALL_GROUNDED


def test_replaced_and_dropped_sentences_are_counted(an_answer: Any) -> None:
    words = grounds_words(an_answer(mode="endpoint", sentences=(WRITTEN, INSTEAD), replaced=3))
    assert words == (
        "根拠と合わなかったAIの文が3つありました。1つは、代わりにマニュアルの記載を「」で"
        "示しています。2つは省きました。"
    )
    words = grounds_words(an_answer(mode="local", summary=(WRITTEN,), replaced=2))
    assert words == (
        "根拠と合わなかったAIの文が2つありました。その文は示さず、根拠のある文だけを示しています。"
    )


def test_quotations_alone_claim_nothing_of_a_model(an_answer: Any) -> None:
    assert grounds_words(an_answer()) == ""
    assert grounds_words(an_answer(replaced=2)) == ""  # none was left: a notice says so


@pytest.mark.parametrize(
    ("sent_to", "words"),
    [
        ("", STAYED),
        ("127.0.0.1:8000", STAYED),
        ("localhost:11434", STAYED),
        ("[::1]:8000", STAYED),
        (
            "llm.city.example:8000",
            "質問は、設定された接続先（llm.city.example:8000）に送られました。",
        ),
        ("10.0.0.5", "質問は、設定された接続先（10.0.0.5）に送られました。"),
        (None, ""),
    ],
)
def test_where_the_question_went_is_said(an_answer: Any, sent_to: str | None, words: str) -> None:
    assert destination_words(an_answer(sent_to=sent_to)) == words


def test_the_lines_name_section_mode_and_day(an_answer: Any) -> None:
    answer = an_answer(owner=Owner("契約課", "2345"), sent_to="")
    assert origin_lines(answer) == [
        "担当：契約課（内線 2345）",
        "回答のしかた：引用のみ",
        STAYED,
        "基準日：2026年11月22日",
    ]
