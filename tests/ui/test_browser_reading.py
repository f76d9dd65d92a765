"""Reading manuals in a real browser: from a citation, on the page マニュアル, on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browser_person import Person
from browser_sites import Site
from test_browser import PDF_QUESTION, SICK

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

_IN_SIGHT = """(mark) => {
  const box = mark.getBoundingClientRect();
  return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight;
}"""


@pytest.fixture
def windows(chromium: Any, quoting_site: Site) -> Iterator[Any]:
    """Open windows, each of somebody who has not asked anything yet."""
    opened: list[Person] = []

    def window(width: int = 1280) -> Person:
        opened.append(Person(chromium, quoting_site.server.url, width))
        return opened[-1].let_in(quoting_site.server, next(quoting_site.newcomers))

    yield window
    for someone in opened:
        someone.leave()


@pytest.fixture
def reader(windows: Any) -> Person:
    return windows()


def _look(someone: Person) -> Any:
    """Open the first citation; return its drawer."""
    someone.page.get_by_role("button", name=re.compile("根拠を見る")).first.click()
    return someone.page.get_by_role("dialog")


def _see(someone: Person, locator: Any) -> None:
    """Wait until something stands within the window."""
    someone.page.wait_for_function(_IN_SIGHT, arg=locator.element_handle())


def test_a_page_is_enlarged_and_moved_by_the_keyboard_and_its_text_has_the_mark(
    reader: Person,
) -> None:
    reader.open()
    reader.ask(PDF_QUESTION)
    drawer = _look(reader)
    drawer.locator("img[src*='/pages/']").wait_for()
    drawer.get_by_role("radio", name="幅に合わせる").focus()
    for _ in range(2):
        reader.page.keyboard.press("ArrowRight")
    reader.page.keyboard.press("Enter")
    frame = drawer.locator(".chonai-zoom-200")
    frame.locator("img[src*='large=1']").wait_for()
    reader.page.wait_for_function(
        "(frame) => { const i = frame.querySelector('img');"
        " return i.complete && i.naturalWidth === 1800 && frame.scrollTop > 0 }",
        arg=frame.element_handle(),
    )
    frame.focus()
    before = frame.evaluate("(frame) => frame.scrollLeft")
    for _ in range(5):
        reader.page.keyboard.press("ArrowRight")
    reader.page.wait_for_function(
        "([frame, before]) => frame.scrollLeft > before", arg=[frame.element_handle(), before]
    )
    drawer.get_by_text("この章の文を読む（引用に印）").click()
    _see(reader, drawer.locator(".chonai-marked mark").first)
    reader.page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    drawer = _look(reader)
    drawer.locator(".chonai-zoom-200").wait_for()  # as it was left


def test_a_quotation_of_a_file_without_pages_is_in_sight_and_marked(reader: Person) -> None:
    reader.open()
    reader.ask(SICK)
    drawer = _look(reader)
    mark = drawer.locator(".chonai-marked mark").first
    mark.wait_for()
    _see(reader, mark)
    assert mark.inner_text() in drawer.locator("blockquote").inner_text()
    assert drawer.locator("img[src*='/pages/']").count() == 0


def test_a_manual_is_found_searched_read_on_and_asked_about(reader: Person) -> None:
    reader.open("/manuals")
    page = reader.page
    page.get_by_label("表題で探す").fill("契約 手引き")
    page.keyboard.press("Enter")
    page.get_by_text("1件を表示しています").wait_for()
    page.get_by_role("button", name="契約事務の手引き").click()
    page.get_by_label("このマニュアルの中を探す").fill("最低制限　価格")
    page.keyboard.press("Enter")
    page.get_by_text("「最低制限　価格」のある章：").wait_for()
    page.get_by_role("button", name=re.compile("2 最低制限価格")).last.click()
    page.get_by_role("heading", name="2 最低制限価格").wait_for()
    _see(reader, page.locator(".chonai-marked mark").first)
    page.locator("img[src*='/pages/']").wait_for()
    page.get_by_role("button", name=re.compile("^次の章：")).click()
    page.get_by_role("heading", name="1 公告と期間").wait_for()
    address = page.url
    page.get_by_role("button", name="この章に質問する").click()
    field = page.get_by_test_id("stChatInputTextArea")
    field.wait_for()
    asked = "『契約事務の手引き』の「第2章 入札による契約 第2節 入札の手順 1 公告と期間」について、"
    page.wait_for_function("([f, text]) => f.value === text", arg=[field.element_handle(), asked])
    assert page.get_by_test_id("stChatMessage").count() == 0
    page.goto(address)  # as a colleague who is sent the address opens it
    page.get_by_role("heading", name="1 公告と期間").wait_for()


def test_a_telephone_reads_a_section_and_saves_the_original(windows: Any) -> None:
    someone = windows(width=390)
    someone.open("/manuals")
    someone.page.get_by_role("button", name="契約事務の手引き").click()
    someone.page.locator("img[src*='/pages/']").wait_for()
    assert not someone.wide()
    someone.page.get_by_text("200 %").click()
    someone.page.locator(".chonai-zoom-200").wait_for()
    assert not someone.wide()
    with someone.page.expect_download() as saved:
        someone.page.get_by_text("原本を保存する").click()
    assert saved.value.suggested_filename == "契約事務の手引き.pdf"
    someone.page.get_by_role("button", name="マニュアルの一覧に戻る").click()
    someone.page.get_by_role("button", name="庶務事務の手引き").click()
    someone.page.get_by_role("button", name="3 特別休暇").click()
    someone.page.locator(".chonai-scroll table").first.wait_for()
    assert not someone.wide()
