"""質問する about another day than today, and the page near a change of version."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant import calendar
from assistant.domain import Citation, NearChange

APP = Path(__file__).parents[2] / "ui" / "app.py"
QUESTION = "随意契約はいくらまでですか"
DAY = date(2025, 3, 31)


def _open() -> AppTest:
    page = AppTest.from_file(APP, default_timeout=20)
    page.user = {"login": "local", "sid": "session"}
    return page.run()


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _click(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label.endswith(label)).click().run()


def _set_day(page: AppTest, text: str) -> AppTest:
    page.text_input(key="as-of-day").set_value(text)
    return _click(page, "この日を基準にする")


def _ask(written: Any, page: AppTest, answer: Any, question: str = QUESTION) -> AppTest:
    written.desk.coming = [[{"state": "answered", "answer": answer}]]
    return page.chat_input[0].set_value(question).run()


@pytest.mark.parametrize(
    "text", ["令和7年3月31日", "2025-03-31", "R7.3.31", "２０２５年３月３１日"]
)
def test_a_day_that_is_set_is_shown_and_asked_about(
    written: Any, an_answer: Any, text: str
) -> None:
    page = _set_day(_open(), text)
    assert "基準日：2025年3月31日（この会話の間）" in _html(page)
    page = _ask(written, page, an_answer(as_of=DAY, as_of_origin="chosen"))
    assert written.desk.days == [DAY]
    assert "基準日：2025年3月31日（この会話の間）" in _html(page)


def test_nobody_who_sets_no_day_has_chosen_today(written: Any, an_answer: Any) -> None:
    page = _ask(written, _open(), an_answer())
    assert written.desk.days == [None]
    assert "（この会話の間）" not in _html(page)


@pytest.mark.parametrize("text", ["昨日", "8-4-1", "", "0001-01-01"])
def test_a_day_that_cannot_be_used_is_told_beside_the_field(written: Any, text: str) -> None:
    page = _set_day(_open(), text)
    assert "指定してください。" in page.error[0].value
    assert "（この会話の間）" not in _html(page)


def test_today_comes_back_by_a_button(written: Any, an_answer: Any) -> None:
    page = _ask(written, _set_day(_open(), "令和7年3月31日"), an_answer(as_of_origin="chosen"))
    page = _click(page, "今日に戻す")
    assert "（この会話の間）" not in _html(page)
    _ask(written, page, an_answer(), "もう一つの質問")
    assert written.desk.days == [DAY, None]


def test_a_day_lasts_as_long_as_the_conversation(written: Any, an_answer: Any) -> None:
    page = _ask(written, _set_day(_open(), "令和7年3月31日"), an_answer(as_of_origin="chosen"))
    page = _ask(written, page, an_answer(as_of=DAY, as_of_origin="chosen"), "もう一つの質問")
    page = _click(page, "新しい質問をはじめる")
    assert "（この会話の間）" not in _html(page)
    _ask(written, page, an_answer(), "別の質問")
    assert written.desk.days == [DAY, DAY, None]


def test_a_page_that_is_opened_again_has_the_day_of_the_conversation(
    written: Any, an_answer: Any
) -> None:
    answer = an_answer(as_of=DAY, as_of_origin="chosen")
    _ask(written, _set_day(_open(), "令和7年3月31日"), answer)
    assert "基準日：2025年3月31日（この会話の間）" in _html(_open())


def test_an_answer_says_from_which_day_it_is(written: Any, an_answer: Any) -> None:
    notice = "令和6年度（2025年3月31日）に効力のあった版から答えています。"
    html = _html(_ask(written, _open(), an_answer(as_of=DAY, as_of_notice=notice)))
    assert html.index(notice) < html.index("マニュアルの記載の引用です")


def _near(an_answer: Any, change: NearChange, quote: str) -> Any:
    quoted = an_answer().citations[0]
    other = replace(quoted, marker=2, quote=quote, version=1)
    return an_answer(citations=(quoted, other), near_changes=(change,))


@pytest.mark.parametrize(("days", "verb"), [(0, "変わりました"), (1, "変わります")])
def test_near_a_change_both_readings_stand_with_what_decides(
    written: Any, an_answer: Any, two_lines: str, days: int, verb: str
) -> None:
    day = calendar.today() + timedelta(days=days)
    change = NearChange(
        "契約事務の手引き", ("第3章 随意契約",), day, 1, date(2024, 4, 1), 2, day,
        2, 1, "contract", ("3月までの契約は前の版によります。",),
    )  # fmt: skip
    page = _ask(written, _open(), _near(an_answer, change, "予定価格が80万円を超えない工事"))
    html = _html(page)
    assert f"{day.year}年{day.month}月{day.day}日に内容が{verb}" in html
    before, after = html.index("変更前：第1版（2024年4月1日施行）"), html.index("変更後：第2版")
    assert before < html.index("予定価格が80万円を超えない工事") < after
    assert html.index(two_lines, after) > after
    assert "経過措置：3月までの契約は前の版によります。" in html
    assert "どちらの版によるかは、契約締結日で決まります。" in html
    labels = [b.label for b in page.button if b.label.endswith("根拠を見る")]
    assert labels == ["\\[1\\] 根拠を見る", "\\[2\\] 根拠を見る"]


def test_a_passage_that_is_new_is_said_to_be_new(written: Any, an_answer: Any) -> None:
    change = NearChange("契約事務の手引き", ("第3章",), DAY, 1, None, 2, DAY, None, 1)
    html = _html(_ask(written, _open(), an_answer(near_changes=(change,))))
    assert "変更前：第1版には、この箇所に当たる記載は見つかりません。" in html
    assert "決まります" not in html


def _with_newer(written: Any) -> None:
    """Put a third version in force beside the one that answers cite."""
    first = written.library.listings[0]
    newest = replace(
        first, version=replace(first.version, id="v3", number=3, effective_from=date(2026, 10, 1))
    )
    written.library.listings[0] = replace(first, in_force=False)
    written.library.listings.append(newest)


def test_a_citation_of_an_older_version_names_the_one_in_force(
    written: Any, an_answer: Any
) -> None:
    words = "この引用は第2版（2026年4月1日施行）のものです。現在は第3版（2026年10月1日施行）です。"
    page = _ask(written, _open(), an_answer())
    assert words not in _html(page)
    _with_newer(written)
    assert words in _html(page.run())
    assert _html(_click(page, "根拠を見る")).count(words) == 2


def test_a_citation_of_a_manual_that_has_ended_says_so(written: Any, an_answer: Any) -> None:
    written.library.listings[0] = replace(written.library.listings[0], in_force=False)
    html = _html(_ask(written, _open(), an_answer()))
    assert "のものです。現在、効力のある版はありません。" in html


def test_words_that_are_not_those_quoted_are_warned_of(written: Any, an_answer: Any) -> None:
    changed: Citation = replace(an_answer().citations[0], text_hash="another")
    page = _ask(written, _open(), an_answer(citations=(changed,)))
    assert "回答したときの内容と一致しません" in page.error[0].value
