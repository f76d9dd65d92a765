"""A heading becomes a question as a clerk would ask it, or none."""

from __future__ import annotations

import pytest

from assistant.understanding.heading_questions import question_about

TITLE = "図書館運営の手引き"


@pytest.mark.parametrize(
    ("path", "question"),
    [
        (("第2章 貸出し", "第1節 貸出しの期間"), "貸出しの期間を教えてください"),
        (("2 蔵書の点検日と休館",), "蔵書の点検日と休館について教えてください"),
        (("第4条（団体貸出しの対象）",), "団体貸出しの対象について教えてください"),
        (("（休館日の決め方）", "第七条"), "休館日の決め方を教えてください"),
        (("3.2　予約した本が届いたとき",), "予約した本が届いたときは、どうすればよいですか"),
        (("問3 本をなくしたら、弁償しますか。",), "本をなくしたら、弁償しますか"),
        (("Q12. 本が見つかりません。",), "本が見つかりません。どうすればよいですか"),
        (("■利用者カードを作り直す",), "利用者カードを作り直すには、どうすればよいですか"),
    ],
)
def test_a_heading_is_worded_as_a_question(path: tuple[str, ...], question: str) -> None:
    assert question_about(path, TITLE) == question


@pytest.mark.parametrize(
    ("path", "title", "question"),
    [
        (("1 団体貸出し", "（2） 手続"), TITLE, "団体貸出しの手続を教えてください"),
        (("5 寄贈",), TITLE, "図書館運営の寄贈について教えてください"),
        (
            ("第1章 延滞、督促", "1 連絡"),
            "移動図書館マニュアル（試行）",
            "移動図書館の連絡を教えてください",
        ),
    ],
)
def test_a_short_heading_is_told_with_what_it_belongs_to(
    path: tuple[str, ...], title: str, question: str
) -> None:
    assert question_about(path, title) == question


@pytest.mark.parametrize(
    "path",
    [
        pytest.param((), id="no heading"),
        pytest.param(("第1章 総則", "第1条（目的）"), id="purpose"),
        pytest.param(("1 この手引きの使い方",), id="about the manual itself"),
        pytest.param(("附則",), id="supplement"),
        pytest.param(("第3章",), id="a number only"),
        pytest.param(("2 使うとき",), id="a case of nobody knows what"),
        pytest.param(("長い見出し" * 9,), id="a whole sentence"),
        pytest.param(("4 昨年度から変わった",), id="something told"),
    ],
)
def test_there_is_no_question_about_a_heading_that_says_nothing(path: tuple[str, ...]) -> None:
    assert question_about(path, TITLE) == ""
