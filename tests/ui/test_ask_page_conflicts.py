"""質問する where the manuals disagree, or where the answer asks which case is meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from assistant.answers.asking_back import WHICH_CASE, asking_back
from assistant.domain import Conflict, ConflictSide

APP = Path(__file__).parents[2] / "ui" / "app.py"
QUESTION = "随意契約はいくらまでですか"


def _ask(written: Any, *snapshots: dict[str, Any]) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=20)
    page.user = {"login": "local", "sid": "session"}
    written.desk.coming = [list(snapshots)]
    return page.run().chat_input[0].set_value(QUESTION).run()


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def test_both_sides_of_a_conflict_are_shown_and_opened(written: Any, an_answer: Any) -> None:
    first = an_answer()
    quoted = first.citations[0]
    other = replace(quoted, marker=2, manual="調達の手引き", quote="見積書は2者以上から徴する。")
    conflict = Conflict((ConflictSide(1, "3者以上"), ConflictSide(2, "2者以上")))
    whole = an_answer(citations=(quoted, other), conflicts=(conflict,))
    page = _ask(
        written, {"answer": replace(first, finished=False)}, {"state": "answered", "answer": whole}
    )
    html = _html(page)
    assert "記載が食い違っています" in html
    assert "見積書は2者以上から徴する。" in html
    assert "『調達の手引き』" in html
    [warning] = page.warning
    assert "「3者以上」" in warning.value
    assert "「2者以上」" in warning.value
    places = [b.label for b in page.button if b.label.endswith("根拠を見る")]
    assert len(places) == 2
    next(b for b in page.button if b.key.endswith("-2") and b.key.startswith("cite")).click().run()


def test_an_answer_without_conflict_has_no_such_heading(written: Any, an_answer: Any) -> None:
    page = _ask(written, {"state": "answered", "answer": an_answer()})
    assert "食い違" not in _html(page)


def test_a_choice_asks_the_completed_question(written: Any, an_answer: Any) -> None:
    answer = asking_back(an_answer(), ("工事の請負", "物品の買入れ"))
    page = _ask(written, {"state": "answered", "answer": answer})
    assert WHICH_CASE in _html(page)
    assert "マニュアルの記載の引用です" in _html(page)
    written.desk.coming = [[{"state": "answered", "answer": an_answer()}]]
    page = next(b for b in page.button if b.label == "物品の買入れ").click().run()
    assert not page.exception
    assert written.desk.records[-1].question == f"物品の買入れの場合、{QUESTION}"
