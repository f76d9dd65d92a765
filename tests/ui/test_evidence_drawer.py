"""The drawer that opens from a citation: page, zoom, version, text, the ways on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from signed_in import person, streamlit_user
from small_manuals import publish_text
from streamlit.testing.v1 import AppTest

from assistant.domain import ManualVersion, Reader
from assistant.library import ManualListing
from assistant.opening import Assistant
from ui.components.page_view import page_html
from ui.components.version_facts import version_facts
from ui.serving.page_pictures import find_picture

APP = Path(__file__).parents[2] / "ui" / "app.py"
QUESTION = "随意契約はいくらまでですか"


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _press(page: AppTest, words: str) -> AppTest:
    next(button for button in page.button if words in button.label).click()
    page.run()
    assert not page.exception
    return page


def _labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def _opened(written: Any, answer: Any, words: str = "根拠を見る") -> AppTest:
    written.desk.coming = [[{"state": "answered", "answer": answer}]]
    page = AppTest.from_file(APP, default_timeout=20)
    page.user = {"login": "local", "sid": "session"}
    return _press(page.run().chat_input[0].set_value(QUESTION).run(), words)


def _change_version(written: Any, **changes: Any) -> None:
    listing = written.library.listings[0]
    written.library.listings[0] = replace(listing, version=replace(listing.version, **changes))


def test_the_drawer_names_manual_version_dates_and_both_page_numbers(
    written: Any, an_answer: Any, two_lines: str
) -> None:
    _change_version(written, effective_to=date(2030, 4, 1))
    html = _html(_opened(written, an_answer()))
    assert "現行</span><strong>『契約事務の手引き』第2版</strong>" in html
    assert "施行日：2026年4月1日　廃止日：2030年4月1日" in html
    assert "印刷されたページ番号 3、ファイルの1ページ目／全2ページ（最初のページです）" in html
    assert f'<blockquote class="chonai-quote">{two_lines}</blockquote>' in html
    assert 'href="/originals/v1"' in html
    assert "download>原本を保存する（契約.pdf）" in html


def test_the_words_can_be_heard_and_copied_with_their_marks(
    written: Any, an_answer: Any, two_lines: str, lines: Any
) -> None:
    page = _opened(written, an_answer())
    assert [item.label for item in page.expander if "読む" in item.label] == [
        "この章の文を読む（引用に印）",
        "このページの文を読む",
    ]
    html = _html(page)
    assert f"<p><mark>{two_lines}</mark></p>" in html
    assert f"<mark>{lines[1]}\n{lines[2]}</mark>" in html
    assert "読み方：ファイルの文字" in html


def test_the_size_of_the_page_stays_as_chosen_when_another_drawer_opens(
    written: Any, an_answer: Any
) -> None:
    page = _opened(written, an_answer())
    assert '<img src="/pages/v1/1.png?citation=answer1.1"' in _html(page)
    page.segmented_control(key="picture-zoom-evidence").set_value("150").run()
    enlarged = 'class="chonai-zoom chonai-zoom-150" tabindex="0"'
    assert enlarged in _html(page)
    assert "/pages/v1/1.png?citation=answer1.1&amp;large=1" in _html(page)
    page.session_state["chonai_opened_place"] = None
    page.run()
    assert enlarged not in _html(page)
    assert enlarged in _html(_press(page, "根拠を見る"))


def test_one_comes_back_from_another_page_to_that_of_the_quotation(
    written: Any, an_answer: Any
) -> None:
    page = _opened(written, an_answer())
    assert "引用のページに戻る" not in _labels(page)
    page = _press(page, "次のページ")
    assert "印刷されたページ番号 4、ファイルの2ページ目" in _html(page)
    page = _press(page, "引用のページに戻る")
    assert '<img src="/pages/v1/1.png' in _html(page)


def test_a_version_that_no_longer_holds_is_called_an_old_one(written: Any, an_answer: Any) -> None:
    written.library.listings[0] = replace(written.library.listings[0], in_force=False)
    html = _html(_opened(written, an_answer()))
    assert "旧版</span>" in html
    assert "この引用は第2版（2026年4月1日施行）のものです。現在、効力のある版はありません。" in html


def test_a_related_passage_shows_its_page_and_version_without_marks(
    written: Any, an_answer: Any, a_related: Any
) -> None:
    written.library.listings[0] = replace(written.library.listings[0], in_force=False)
    answer = an_answer(
        outcome="refused", quotations=(), citations=(), related=(a_related("二ページ目の文です。"),)
    )
    page = _opened(written, answer, "ページを見る")
    html = _html(page)
    assert '<img src="/pages/v1/2.png"' in html
    assert "<mark>" not in html
    assert "旧版です。現在、効力のある版はありません。" in html
    assert "引用のページに戻る" not in _labels(page)


def test_an_enlarged_page_is_reached_by_the_keyboard_and_tells_what_it_is(
    written: Any, an_answer: Any
) -> None:
    picture = find_picture(written, reader=Reader("local"), version_id="v1", number=1, citation="")
    assert picture is not None
    html = page_html("v1", 1, '『<b>』"3"ページ', picture, zoom="whole")
    assert (
        'tabindex="0" role="group" aria-label="『&lt;b&gt;』&quot;3&quot;ページ。矢印キー' in html
    )
    assert "large" not in html


@pytest.fixture
def contract(running: Assistant, today: date) -> tuple[ManualVersion, ManualVersion]:
    """A manual of which the version in force began ten days ago."""
    words = "予定価格が{}万円を超えない工事の請負は、随意契約によることができる。"
    old = publish_text(running, words.format(130), since=today - timedelta(days=400))
    new = publish_text(running, words.format(200), since=today - timedelta(days=10))
    return old, new


def _listing(running: Assistant, version: ManualVersion) -> ManualListing:
    found = running.library.version(version.id, reader=person(running).reader)
    assert found is not None
    return found


def test_facts_tell_of_the_day_that_was_asked_about(
    running: Assistant, contract: tuple[ManualVersion, ManualVersion], today: date
) -> None:
    reader = person(running).reader
    old = version_facts(
        running.library, _listing(running, contract[0]), reader=reader,
        asked_day=today - timedelta(days=100),
    )  # fmt: skip
    assert (old.word, old.holds, old.held_then) == ("旧版", False, True)
    assert "適用の末日：" in old.dates
    assert old.warning.startswith("旧版です。現在は第2版（")
    assert "に効力のあった版です。" in old.then
    new = version_facts(
        running.library, _listing(running, contract[1]), reader=reader,
        asked_day=today - timedelta(days=100),
    )  # fmt: skip
    assert (new.word, new.holds, new.held_then) == ("現行", True, False)
    assert new.warning == ""
    assert "に効力のあった版ではありません。" in new.then
    now = version_facts(running.library, _listing(running, contract[1]), reader=reader)
    assert (now.held_then, now.then) == (None, "")


def test_a_version_that_is_to_come_is_said_not_to_hold_yet(
    running: Assistant, contract: tuple[ManualVersion, ManualVersion], today: date
) -> None:
    coming = publish_text(running, "随意契約の額は別に定める。", since=today + timedelta(days=9))
    facts = version_facts(running.library, _listing(running, coming), reader=person(running).reader)
    assert facts.word == "施行前"
    assert facts.warning.startswith("まだ施行されていない版です。現在は第2版（")


def test_the_drawer_leads_to_the_section_on_the_page_of_the_manuals(
    running: Assistant, contract: tuple[ManualVersion, ManualVersion]
) -> None:
    page = AppTest.from_file(APP, default_timeout=60)
    page.user = streamlit_user(running, person(running))
    page.run()
    page.chat_input[0].set_value("予定価格が何万円を超えない工事の請負は随意契約ですか").run()
    page = _press(_press(page, "根拠を見る"), "マニュアルの画面で読む")
    assert page.title[0].value == "契約事務の手引き"
    assert page.subheader[0].value == "第1節"
    assert "予定価格が200万円を超えない" in _html(page)
    assert page.query_params["manual"] == "contract"
    assert "version" not in page.query_params
