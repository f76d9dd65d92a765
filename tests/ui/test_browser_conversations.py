"""Conversations, links and verdicts as a person meets them, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from browser_person import SLOW, Person
from browser_sites import Site
from chonai_process import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

QUESTION = "指名競争入札では何者を指名しますか"
OTHER = "病気で何日休んだらお医者さんの診断書がいりますか"


@pytest.fixture
def windows(chromium: Any, quoting_site: Site) -> Iterator[Any]:
    """Open windows, each a device of its own, of somebody who signs in by the form."""
    number = next(quoting_site.newcomers)
    opened: list[Person] = []

    def window(path: str = "/", *, width: int = 1280) -> Person:
        opened.append(Person(chromium, quoting_site.server.url, width))
        opened[-1].open(path)
        opened[-1].fill_in("サインイン", **{"職員番号": number, "パスワード": PASSWORD})
        opened[-1].field.wait_for()
        return opened[-1]

    yield window
    for one in opened:
        one.leave()


def test_a_question_of_a_link_waits_in_the_field_through_signing_in(windows: Any) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    window = windows(f"/?q={quote(QUESTION)}")
    expect(window.field).to_have_value(QUESTION, timeout=SLOW)
    assert window.questions() == []
    window.send()
    window.page.wait_for_url(f"{window.url}/")
    assert window.questions() == [QUESTION]
    window.page.reload()
    window.page.get_by_text("回答のしかた：").wait_for()
    assert window.questions() == [QUESTION]
    assert window.field.input_value() == ""
    window.open(f"/?q={quote(OTHER)}")  # another link, while a conversation is open
    expect(window.field).to_have_value(OTHER, timeout=SLOW)
    assert window.questions() == []


def test_a_conversation_is_found_on_another_device_continued_and_deleted(windows: Any) -> None:
    at_the_desk = windows(f"/?q={quote(OTHER)}")
    at_the_desk.page.get_by_text("新しく公開されたマニュアル").wait_for()
    at_the_desk.send()
    on_the_phone = windows(width=390)
    on_the_phone.page.get_by_text("回答のしかた：").wait_for()
    assert on_the_phone.questions() == [OTHER]
    on_the_phone.press("新しい質問をはじめる")
    on_the_phone.page.get_by_text("たとえば、こんな質問ができます").wait_for()
    on_the_phone.page.get_by_text("これまでの質問").click()
    on_the_phone.page.get_by_label("言葉で探す（質問と回答から）").fill("シンダンショ 診断書")
    on_the_phone.page.keyboard.press("Enter")
    on_the_phone.page.get_by_text("その言葉を含む質問は見つかりませんでした").wait_for()
    on_the_phone.page.get_by_label("言葉で探す（質問と回答から）").fill("診断書")
    on_the_phone.page.keyboard.press("Enter")
    on_the_phone.press(OTHER)
    on_the_phone.page.get_by_text("回答のしかた：").wait_for()
    on_the_phone.ask("それは何日以内に出しますか")
    assert len(on_the_phone.questions()) == 2
    on_the_phone.press("この会話の名前と削除")
    on_the_phone.press("この会話を削除")
    on_the_phone.page.get_by_text("元に戻せません").wait_for()
    on_the_phone.press("削除する")
    on_the_phone.page.get_by_text("会話を削除しました。").wait_for()
    at_the_desk.page.reload()
    at_the_desk.page.get_by_text("たとえば、こんな質問ができます").wait_for()
    assert at_the_desk.questions() == []


def test_a_verdict_with_its_reason_and_the_basis_of_a_draft(windows: Any) -> None:
    window = windows()
    window.ask(OTHER)
    window.press("しなかった")
    window.page.get_by_text("内容が違う", exact=True).click()
    window.page.get_by_text("「解決しなかった」（内容が違う）と記録しました。").wait_for()
    window.press("起案に添える根拠")
    basis = window.page.get_by_test_id("stCode").filter(has_text="確認した事項：")
    basis.wait_for()
    assert "『庶務事務の手引き』" in basis.inner_text()
    window.page.keyboard.press("Escape")
    window.page.emulate_media(media="print")
    assert not window.field.is_visible()
    assert not window.page.get_by_role("button", name="しなかった").is_visible()
    assert window.page.locator("blockquote.chonai-quote").first.is_visible()
    window.page.emulate_media(media="screen")
    window.press("質問をやり直す")
    window.press("質問を直す")
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(window.field).to_have_value(OTHER, timeout=SLOW)
