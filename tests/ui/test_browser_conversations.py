"""Conversations, links and verdicts as a person meets them, in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from chonai_process import PASSWORD, Installation, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

NUMBER = "6006"
QUESTION = "指名競争入札では何者を指名しますか"
OTHER = "病気で何日休んだらお医者さんの診断書がいりますか"
_SLOW = 60_000  # ms, for a busy machine


@pytest.fixture(scope="module")
def chonai(
    tmp_path_factory: pytest.TempPathFactory, manuals_folder: Path, models_folder: Path
) -> Installation:
    folder = tmp_path_factory.mktemp("conversations") / "data"
    shutil.copytree(manuals_folder, folder)
    installed = Installation(folder, models_folder.resolve())
    installed.add_person(NUMBER)
    return installed


@pytest.fixture(scope="module")
def served(chonai: Installation) -> Iterator[Served]:
    with chonai.serve() as server:
        yield server


class Window:
    """A browser of its own, with what went wrong in its page."""

    def __init__(self, browser: Any, url: str, width: int = 1280) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="ja-JP", timezone_id="Asia/Tokyo"
        )
        context.set_default_timeout(_SLOW)
        self.url = url
        self.page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    @property
    def field(self) -> Any:
        """The field for questions."""
        return self.page.get_by_test_id("stChatInputTextArea")

    def sign_in(self) -> None:
        """Fill in the form."""
        self.page.get_by_label("職員番号", exact=True).fill(NUMBER)
        self.page.get_by_label("パスワード", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="サインイン").click()
        self.field.wait_for()

    def open(self, path: str = "/") -> None:
        self.page.goto(self.url + path)

    def send(self) -> None:
        """Send what stands in the field, and wait for the end of the answer."""
        asked = self.page.get_by_text("回答のしかた：").count()
        self.field.press("Enter")
        self.page.get_by_text("回答のしかた：").nth(asked).wait_for()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def begin_anew(self) -> None:
        """Leave the conversation that was held last."""
        self.page.get_by_text("基準日を変える").wait_for()
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        if self.page.get_by_test_id("stChatMessage").count():
            button = self.page.get_by_role("button", name="新しい質問をはじめる")
            button.click()
            button.wait_for(state="detached")

    def questions(self) -> list[str]:
        """Return the questions on the page."""
        people = self.page.get_by_test_id("stChatMessage").filter(
            has=self.page.locator("h2", has_text=re.compile("^質問$"))
        )
        return [text.strip() for text in people.locator("p.chonai-body").all_inner_texts()]


@pytest.fixture
def windows(chromium: Any, served: Served) -> Iterator[Any]:
    """Open windows, each a device of its own, of somebody who signs in."""
    opened: list[Window] = []

    def window(path: str = "/", *, width: int = 1280) -> Window:
        opened.append(Window(chromium, served.url, width))
        opened[-1].open(path)
        opened[-1].sign_in()
        return opened[-1]

    yield window
    for one in opened:
        assert one.problems == []
        one.page.context.close()


def test_a_question_of_a_link_waits_in_the_field_through_signing_in(windows: Any) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    window = windows(f"/?q={quote(QUESTION)}")
    expect(window.field).to_have_value(QUESTION, timeout=_SLOW)
    assert window.questions() == []
    window.send()
    window.page.wait_for_url(f"{window.url}/")
    assert window.questions() == [QUESTION]
    window.page.reload()
    window.page.get_by_text("回答のしかた：").wait_for()
    assert window.questions() == [QUESTION]
    assert window.field.input_value() == ""
    window.open(f"/?q={quote(OTHER)}")  # another link, while a conversation is open
    expect(window.field).to_have_value(OTHER, timeout=_SLOW)
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
    on_the_phone.field.fill("それは何日以内に出しますか")
    on_the_phone.send()
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
    window.begin_anew()
    window.field.fill(OTHER)
    window.send()
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
    expect(window.field).to_have_value(OTHER, timeout=_SLOW)
