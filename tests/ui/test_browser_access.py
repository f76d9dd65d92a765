"""Who gets in and what they get to read, in a real browser over a real server without a model.

The endpoint that is set does not exist, and nothing but the server can be reached from the browser.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browser_person import Person
from browser_sites import ADMINISTRATOR, STAFF, Site, peopled
from chonai_process import Installation, Served
from signed_in import give_password
from small_manuals import publish_text
from test_browser import PDF_QUESTION, SICK

from assistant.embeddings.encoder import Encoder

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

INSIDER = "7007"
SECRET = "滞納整理の訪問は、毎月第二木曜日の夜に行います。"
SECRET_TITLE = "滞納整理の手引き"
SECRET_QUESTION = "滞納整理の訪問はいつ行いますか"


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    manuals_folder: Path,
    models_folder: Path,
    encoder: Encoder,
) -> Iterator[Site]:
    """One server with a manual of one section."""
    folder = tmp_path_factory.mktemp("access") / "data"
    with peopled(manuals_folder, folder, models_folder, encoder) as (opened, newcomers):
        publish_text(
            opened, SECRET, manual_id="arrears", title=SECRET_TITLE, audience="section:納税課"
        )
        give_password(opened, INSIDER, section="納税課")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but nobody listens
        absent = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"
        endpoint = (("ASSISTANT_ENDPOINT_URL", absent), ("ASSISTANT_ENDPOINT_MODEL", "absent"))
        installed = Installation(folder, models_folder.resolve(), "endpoint", endpoint)
        with installed.serve() as server:
            yield Site(installed, server, newcomers)


@pytest.fixture
def served(site: Site) -> Served:
    return site.server


@pytest.fixture
def windows(chromium: Any, served: Served) -> Iterator[Any]:
    """Open windows, each a device of its own."""
    opened: list[Person] = []

    def window(width: int = 1280) -> Person:
        opened.append(Person(chromium, served.url, width))
        return opened[-1]

    yield window
    for someone in opened:
        someone.leave()


def sign_in(someone: Person, number: str, password: str) -> None:
    someone.fill_in("サインイン", **{"職員番号": number, "パスワード": password})


def test_who_is_locked_out_comes_in_with_the_password_that_an_administrator_gives(
    windows: Any, served: Served
) -> None:
    forgetful = windows()
    forgetful.open("/signin")
    for attempt in range(5):
        with forgetful.page.expect_navigation():
            sign_in(forgetful, STAFF, f"chigau-himitsu-{attempt}")
    assert "秒たってから、もう一度" in forgetful.page.get_by_role("alert").inner_text()
    administrator = windows().let_in(served, ADMINISTRATOR)
    administrator.open("/users")
    administrator.come_to_rest()
    chooser = administrator.page.get_by_test_id("stSelectbox").filter(has_text="変更する職員")
    field = chooser.locator("input")
    field.evaluate("field => field.scrollIntoView({block: 'center'})")  # room for the list below it
    administrator.come_to_rest()
    field.click()
    field.press_sequentially(STAFF)  # of a long list only what is in sight is on the page
    administrator.page.get_by_role("option", name=re.compile(f"^{STAFF} ")).click()
    administrator.page.get_by_role("tab", name="パスワード").click()
    administrator.page.get_by_role("button", name="パスワードを再発行").click()
    given = administrator.page.get_by_test_id("stCode")
    given.wait_for()
    first, own = given.inner_text().strip(), "hatake-midori-kumo-52"
    sign_in(forgetful, STAFF, first)  # without waiting
    forgetful.page.get_by_text("初期パスワードです。").wait_for()
    fields = {"今のパスワード": first, "新しいパスワード": own, "新しいパスワード（確認）": own}
    forgetful.fill_in("変更する", **fields)
    forgetful.page.get_by_role("heading", name="質問する").wait_for()


def test_a_manual_of_another_section_is_met_nowhere(windows: Any, site: Site) -> None:
    insider = windows().let_in(site.server, INSIDER)
    insider.open()
    insider.ask(SECRET_QUESTION)
    assert "第二木曜日" in insider.page.locator("blockquote.chonai-quote").first.inner_text()
    outsider = windows().let_in(site.server, next(site.newcomers))
    outsider.open(f"/?q={quote(SECRET_QUESTION)}")  # the link that the colleague sent
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(outsider.field).to_have_value(SECRET_QUESTION)
    outsider.send()
    seen = [outsider.page.locator("body").inner_text()]
    outsider.open("/manuals")
    outsider.page.get_by_text("契約事務の手引き").first.wait_for()
    seen.append(outsider.page.locator("body").inner_text())
    for text in seen:
        assert "第二木曜日" not in text
        assert SECRET_TITLE not in text
    insider.open("/manuals")
    insider.page.get_by_text(SECRET_TITLE).first.wait_for()


def test_the_case_that_is_tapped_on_a_telephone_is_answered(windows: Any, site: Site) -> None:
    someone = windows(width=390).let_in(site.server, next(site.newcomers))
    someone.open()
    someone.ask(PDF_QUESTION)
    assert not someone.wide()
    someone.page.get_by_role("button", name="予定価格500万円未満", exact=True).click()
    someone.page.get_by_text("回答のしかた：").nth(1).wait_for()
    messages = someone.page.get_by_test_id("stChatMessage")
    assert f"予定価格500万円未満の場合、{PDF_QUESTION}" in messages.nth(2).inner_text()
    assert "5者以上" in "".join(
        messages.nth(3).locator("blockquote.chonai-quote").all_inner_texts()
    )
    assert not someone.wide()


def test_without_its_endpoint_an_answer_is_quoted_and_says_so(windows: Any, site: Site) -> None:
    someone = windows().let_in(site.server, next(site.newcomers))
    someone.open()
    someone.ask(SICK)
    text = someone.page.get_by_test_id("stChatMessage").last.inner_text()
    assert "接続先のモデルにつながりません。引用だけをお答えします。" in text
    assert someone.page.locator("blockquote.chonai-quote").count() > 0
    assert "AIが作成した回答です" not in text
