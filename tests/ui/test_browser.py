"""What a person does on the pages, in a real browser over a real server."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
import pytest
from browser_person import Person
from browser_sites import ADMINISTRATOR, EDITOR, EVERYTHING, STAFF, Site
from chonai_process import PASSWORD, Installation, Served
from msoffcrypto.format.ooxml import OOXMLFile

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

PDF_QUESTION = "指名競争入札では何者を指名しますか"
SICK = "病気で何日休んだらお医者さんの診断書がいりますか"
UNANSWERABLE = "住民票の写しは1通いくらですか"
PAGES = (
    "/",
    "/manuals",
    "/glossary",
    "/manage_manuals",
    "/preparedness",
    "/quality",
    "/usage",
    "/users",
    "/audit",
    "/account",
)


@pytest.fixture
def served(quoting_site: Site) -> Served:
    return quoting_site.server


@pytest.fixture
def chonai(quoting_site: Site) -> Installation:
    return quoting_site.installation


@pytest.fixture
def person(chromium: Any, served: Served) -> Iterator[Person]:
    someone = Person(chromium, served.url).let_in(served, EVERYTHING)
    someone.begin_anew()
    yield someone
    someone.leave()


def test_a_question_leads_to_a_page_on_which_the_quoted_words_are_marked(person: Person) -> None:
    person.open()
    person.ask(PDF_QUESTION)
    assert person.page.get_by_text("マニュアルの記載の引用です").count() == 1
    quotation = person.page.locator("blockquote.chonai-quote").first.inner_text()
    person.page.get_by_role("button", name=re.compile("根拠を見る")).first.click()
    drawer = person.page.get_by_role("dialog")
    picture = drawer.locator("img[src*='/pages/']")
    picture.wait_for()
    person.page.wait_for_function(
        "() => { const i = document.querySelector(\"img[src*='/pages/']\");"
        " return i && i.complete && i.naturalWidth > 300 }"
    )
    assert quotation in drawer.inner_text()
    assert int(person.pictures[-1].headers["x-chonai-marked"]) > 0
    assert "印を付けていません" not in drawer.inner_text()


def test_a_refusal_names_the_section_to_ask(person: Person) -> None:
    person.open()
    person.ask(UNANSWERABLE)
    text = person.page.get_by_test_id("stChatMessage").last.inner_text()
    assert "見つかりませんでした" in text
    assert "関連する記載" in text
    assert re.search(r"担当：.+（内線 \d+）", text)
    assert "マニュアルの記載の引用です" not in text


def test_a_follow_up_question_is_understood_and_a_reload_keeps_the_conversation(
    person: Person,
) -> None:
    person.open()
    person.ask("少額の随意契約は工事の場合どうなりますか")
    person.ask("それはいくらですか")
    messages = person.page.get_by_test_id("stChatMessage")
    assert messages.count() == 4
    assert "200" in messages.nth(3).inner_text()
    before = messages.all_inner_texts()
    person.page.reload()
    person.page.get_by_text("回答のしかた：").nth(1).wait_for()
    expect = pytest.importorskip("playwright.sync_api").expect
    for number, text in enumerate(before):
        shown = expect(messages.nth(number))
        shown.to_have_text(text, use_inner_text=True, timeout=60_000)


def test_a_question_makes_its_person_active_this_week(
    person: Person, chromium: Any, quoting_site: Site
) -> None:
    person.ask(SICK)
    before = active_this_week(person)
    newcomer = Person(chromium, person.url).let_in(
        quoting_site.server, next(quoting_site.newcomers)
    )
    newcomer.open()
    newcomer.ask(SICK)
    newcomer.leave()
    assert active_this_week(person) == before + 1


def active_this_week(person: Person) -> int:
    """Return how many people the page of the usage counts."""
    person.open("/usage")
    metric = person.page.get_by_test_id("stMetric").filter(has_text="今週（速報）")
    metric.wait_for()
    value = re.fullmatch(r"(\d+)人", metric.get_by_test_id("stMetricValue").inner_text().strip())
    assert value is not None
    return int(value[1])


def test_a_manual_ingested_from_a_shell_is_found_on_the_open_page(
    person: Person, chonai: Installation, tmp_path: Path
) -> None:
    person.open()
    manual = tmp_path / "植栽.md"
    manual.write_text(
        "# 植栽の手引き\n\n## 水やり\n\n庁舎前の花壇の水やりは、毎朝8時20分に行います。\n", "utf-8"
    )
    assert chonai.run("ingest", str(manual), "--json").status == 0
    person.ask("花壇の水やりは何時にしますか")
    quotation = person.page.locator("blockquote.chonai-quote").first.inner_text()
    assert "8時20分" in quotation


def test_files_are_dropped_and_a_protected_one_is_opened_with_its_password(
    person: Person, chonai: Installation, tmp_path: Path
) -> None:
    document, plain, locked = docx.Document(), io.BytesIO(), tmp_path / "鍵の貸出.docx"
    document.add_paragraph("書庫の鍵は、総務課で借ります。")
    document.save(plain)
    with locked.open("wb") as file:
        OOXMLFile(plain).encrypt("himitsu-Q7wZ", file)
    open_one = tmp_path / "会議室.md"
    open_one.write_text("# 会議室の手引き\n\n会議室の予約は、3か月前から受け付けます。\n", "utf-8")
    person.open("/manage_manuals")
    person.give_files("取り込むファイル", [locked, open_one])
    person.page.get_by_text("すぐ公開する").click()
    person.page.get_by_role("button", name="取り込む", exact=True).click()
    field = person.page.get_by_label("「鍵の貸出.docx」のパスワード")
    field.wait_for()
    person.page.reload()  # the work and its list are the server's
    person.page.get_by_text("『会議室の手引き』第1版").wait_for()
    field.fill("himitsu-Q7wZ")
    person.page.keyboard.press("Enter")
    person.page.get_by_text("『鍵の貸出』第1版").wait_for()
    person.page.get_by_text("全2件が終わりました。").first.wait_for()
    assert person.page.get_by_label("のパスワード").count() == 0
    assert not list((chonai.data_dir / "uploads").glob("*"))
    person.page.get_by_role("button", name="このマニュアルを開く").last.click()
    person.page.get_by_text("AIが読んだ文", exact=True).click()
    person.page.get_by_text("会議室の予約は、3か月前から受け付けます。").wait_for()
    person.open()
    person.ask("書庫の鍵はどこで借りますか")
    quotation = person.page.locator("blockquote.chonai-quote").first.inner_text()
    assert "総務課" in quotation


def test_a_telephone_needs_no_scrolling_sideways(chromium: Any, served: Served) -> None:
    someone = Person(chromium, served.url, width=390)
    someone.open("/signin")
    assert not someone.wide()
    someone.let_in(served, EVERYTHING)
    for path in PAGES:
        someone.open(path)
        assert not someone.wide(), path
    someone.begin_anew()
    someone.ask(PDF_QUESTION)
    assert not someone.wide()
    someone.page.get_by_role("button", name=re.compile("根拠を見る")).first.click()
    someone.page.get_by_role("dialog").locator("img[src*='/pages/']").wait_for()
    assert not someone.wide()
    someone.leave()


def test_no_page_asks_anything_of_another_host(person: Person) -> None:
    """The fixture looks at every request and socket of the pages that are opened here."""
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    for path in (*PAGES, "/signin/password", "/signin/pin", "/signin/terminal", "/signout"):
        person.open(path)
        person.page.wait_for_load_state("networkidle")
    assert {"/", "/users", "/audit", "/signin/password"} <= set(asked)


def test_somebody_signs_in_asks_and_signs_out(chromium: Any, served: Served) -> None:
    someone = Person(chromium, served.url)
    someone.page.goto(served.url + "/manuals")
    someone.page.get_by_role("heading", name="サインイン", exact=True).wait_for()
    someone.fill_in("サインイン", **{"職員番号": STAFF, "パスワード": "chigau-himitsu-7"})
    assert "職員番号かパスワードが違います" in someone.page.get_by_role("alert").inner_text()
    someone.fill_in("サインイン", **{"パスワード": PASSWORD})
    someone.page.get_by_role("heading", name="マニュアル", exact=True).wait_for()
    shown = someone.page.get_by_test_id("stTopNavLink").all_inner_texts()
    assert [name.strip() for name in shown] == ["質問する", "マニュアル", "用語", "自分の設定"]
    for path in (
        "/manage_manuals",
        "/preparedness",
        "/quality",
        "/usage",
        "/users",
        "/audit",
    ):  # not theirs, also by address
        someone.open(path)
        assert someone.page.get_by_role("heading", level=1).inner_text() in ("質問する", "")
    someone.open("/account")
    someone.page.get_by_role("button", name="この端末からサインアウトする").click()
    someone.page.get_by_role("heading", name="サインイン", exact=True).wait_for()
    someone.page.evaluate("history.back()")
    someone.page.wait_for_url("**/signin?next=%2Faccount")
    someone.leave()


def test_an_open_page_leaves_within_two_seconds_when_its_person_is_disabled(
    chromium: Any, served: Served, chonai: Installation, quoting_site: Site
) -> None:
    number = next(quoting_site.newcomers)
    someone = Person(chromium, served.url).let_in(served, number)
    someone.open()
    disabled: list[float] = []

    def disable() -> None:
        assert chonai.run("users", "disable", number).status == 0
        disabled.append(time.monotonic())

    worker = threading.Thread(target=disable)
    worker.start()
    someone.page.wait_for_url("**/signin?reason=ended")
    left = time.monotonic()
    worker.join()
    assert left - disabled[0] < 2  # the command tells of it a little after it is done
    assert "サインアウトしました" in someone.page.get_by_role("status").inner_text()
    someone.leave()


def test_a_role_that_is_taken_away_no_longer_works_on_the_page_that_is_open(
    chromium: Any, served: Served, chonai: Installation, tmp_path: Path
) -> None:
    someone = Person(chromium, served.url).let_in(served, EDITOR)
    manual = tmp_path / "備品.md"
    manual.write_text("# 備品の手引き\n\n備品は台帳に載せます。\n", "utf-8")
    someone.open("/manage_manuals")
    someone.give_files("取り込むファイル", [manual])
    revoked = chonai.run("users", "revoke", EDITOR, "editor", "--section", "総務課")
    assert revoked.status == 0, revoked.err
    someone.page.get_by_role("button", name="取り込む", exact=True).click()
    someone.page.get_by_role("heading", name="質問する").wait_for()
    found = chonai.run("search", "備品は台帳", "--json").document
    assert not [hit for hit in found if hit["file"] == "備品.md"]
    someone.leave()


def test_a_shared_terminal_takes_number_and_pin_and_reading_on_keeps_it_open(
    chromium: Any, served: Served
) -> None:
    someone = Person(chromium, served.url).let_in(served, ADMINISTRATOR)
    someone.open("/signin/pin")
    pins = {"新しい暗証番号（6桁の数字）": "702918", "新しい暗証番号（確認）": "702918"}
    someone.fill_in("設定する", **{"今のパスワード": PASSWORD, **pins})
    someone.page.get_by_role("heading", name="自分の設定").wait_for()
    someone.open("/signin/terminal")
    someone.fill_in("この端末を共用端末にする", **{"端末の名前": "市民課窓口2番"})
    someone.page.get_by_text("市民課窓口2番").wait_for()
    someone.fill_in("サインイン", **{"職員番号": ADMINISTRATOR, "暗証番号（6桁）": "702918"})
    someone.page.get_by_role("heading", name="質問する").wait_for()
    with someone.page.expect_request("**/signin/active") as told:
        someone.page.mouse.wheel(0, 100)
    assert told.value.response().status == 204
    someone.open("/manage_manuals")
    someone.page.get_by_text("共用端末からは使えません").wait_for()
    someone.leave()
