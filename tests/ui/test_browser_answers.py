"""What becomes of an answer while somebody waits for it, in a real browser over a real server.

Nothing but the server itself can be reached from the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browser_person import ENDED, Person
from browser_sites import Site
from openai_stub import OpenAIStub

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

DISPUTED = "見積合せでは何者の業者から見積書を徴しますか"
PARKING = "庁舎の駐車場は一日いくらですか"
QUOTED, WRITTEN = "マニュアルの記載の引用です", "AIが作成した回答です"


@pytest.fixture
def site(writing_site: Site) -> Site:
    return writing_site


@pytest.fixture
def model(writing_model: OpenAIStub) -> OpenAIStub:
    return writing_model


@pytest.fixture(params=[1280], ids=["desk"])
def reader(
    request: pytest.FixtureRequest, chromium: Any, site: Site, model: OpenAIStub
) -> Iterator[Person]:
    """Somebody who has not asked anything yet, before a model that answers at once."""
    model.behave()
    someone = Person(chromium, site.server.url, request.param)
    someone.let_in(site.server, next(site.newcomers)).open()
    someone.page.get_by_text("たとえば、こんな質問ができます").wait_for()
    yield someone
    model.behave()
    someone.leave()


ON_A_TELEPHONE = pytest.mark.parametrize("reader", [390], ids=["telephone"], indirect=True)


def begin(reader: Person, question: str, words: str) -> None:
    """Ask, and wait only until the page shows these words."""
    reader.field.fill(question)
    reader.page.keyboard.press("Enter")
    reader.page.get_by_text(words).last.wait_for()


def answer(reader: Person) -> Any:
    """Return the last message of the page."""
    return reader.page.get_by_test_id("stChatMessage").last


def quotations(reader: Person) -> list[str]:
    """Return what is quoted in the last message."""
    return answer(reader).locator("blockquote.chonai-quote").all_inner_texts()


def first_said(model: OpenAIStub) -> str:
    """Return the first sentence that the model wrote, without its marker."""
    return re.sub(r"\[\d+\]", "", model.heard.said[0])


@ON_A_TELEPHONE
def test_both_sides_of_a_disagreement_are_shown_and_each_opens(reader: Person) -> None:
    reader.ask(DISPUTED)
    answer(reader).get_by_text("記載が食い違っています").first.wait_for()
    text = answer(reader).inner_text()
    assert "『見積合せの手引き』" in text
    assert "『調達の手引き』" in text
    opened = set()
    ways = answer(reader).get_by_role("button", name=re.compile("根拠を見る"))
    for number in range(ways.count()):
        ways.nth(number).click()
        drawer = reader.page.get_by_role("dialog")
        drawer.get_by_text(re.compile("の手引き")).first.wait_for()
        opened |= set(re.findall("[23]者以上", drawer.inner_text()))
        reader.page.keyboard.press("Escape")
        drawer.wait_for(state="detached")
    assert opened == {"2者以上", "3者以上"}


def test_the_rule_of_a_day_that_is_set_answers_until_today_is_set_again(reader: Person) -> None:
    reader.page.get_by_text("基準日を変える").click()
    reader.page.get_by_label("基準日", exact=True).fill("令和7年5月1日")
    reader.press("この日を基準にする")
    reader.page.get_by_text("（この会話の間）").wait_for()
    reader.ask(PARKING)
    assert "一日300円" in "".join(quotations(reader))
    reader.press("今日に戻す")
    reader.page.get_by_text("基準日を変える").wait_for()
    reader.ask(PARKING)
    assert "一日500円" in "".join(quotations(reader))


def test_a_stop_before_the_first_sentence_leaves_the_quotations(
    reader: Person, model: OpenAIStub
) -> None:
    model.behave(waits_after=0)
    begin(reader, PARKING, QUOTED)
    reader.press("停止")
    reader.page.get_by_text("停止しました。").wait_for()
    assert quotations(reader)
    assert WRITTEN not in answer(reader).inner_text()


def test_a_stop_after_the_first_sentence_keeps_it_and_hangs_up_on_the_model(
    reader: Person, model: OpenAIStub
) -> None:
    model.behave(waits_after=1)
    begin(reader, PARKING, WRITTEN)
    reader.press("停止")
    reader.page.get_by_text("停止しました。").wait_for()
    assert first_said(model).rstrip("。") in answer(reader).inner_text()
    assert model.heard.gone.wait(30)


def test_who_does_not_wait_for_a_slow_model_keeps_the_quotations(
    reader: Person, model: OpenAIStub
) -> None:
    model.behave(waits_after=0)
    begin(reader, PARKING, QUOTED)
    reader.press("まとめを待たない")
    reader.page.get_by_text("まとめを待たずに終えました。").wait_for()
    assert quotations(reader)
    model.behave()
    reader.ask(PARKING)  # the next one is not held up
    assert "接続先のモデル" in answer(reader).inner_text()


def test_an_answer_goes_on_over_a_reload(reader: Person, model: OpenAIStub) -> None:
    model.behave(waits_after=1)
    begin(reader, PARKING, WRITTEN)
    reader.page.reload()
    reader.page.get_by_text(WRITTEN).wait_for()
    reader.page.get_by_role("button", name="停止", exact=True).last.wait_for()
    model.behave()
    reader.page.get_by_text(ENDED).wait_for()
    assert reader.page.get_by_test_id("stChatMessage").count() == 2
    assert "途中で切れました" not in answer(reader).inner_text()


def test_two_tabs_follow_one_answer_to_its_end(reader: Person, model: OpenAIStub) -> None:
    model.behave(waits_after=1)
    begin(reader, PARKING, WRITTEN)
    tab = reader.page.context.new_page()
    tab.goto(reader.url)
    tab.get_by_text(WRITTEN).wait_for()
    model.behave()
    for page in (reader.page, tab):
        page.get_by_text(ENDED).wait_for()
        page.get_by_role("button", name="解決した").wait_for()
    bodies = [
        page.get_by_test_id("stChatMessage").last.locator("p.chonai-body").all_inner_texts()
        for page in (reader.page, tab)
    ]
    assert bodies[0] == bodies[1] != []


def test_a_server_that_dies_in_an_answer_comes_back_and_the_page_says_so(
    reader: Person, model: OpenAIStub, site: Site
) -> None:
    model.behave(waits_after=1)
    begin(reader, PARKING, WRITTEN)
    site.kill_and_start()
    reader.page.get_by_text("途中で切れました。").wait_for()  # nobody has touched the page
    assert quotations(reader)
    model.behave()
    reader.ask(PARKING)
    assert "一日500円" in "".join(quotations(reader))


def test_a_model_that_breaks_off_leaves_its_answer_checked_and_the_next_one_quoted(
    reader: Person, model: OpenAIStub
) -> None:
    """The last one here: the server leaves such a model alone for half a minute."""
    model.behave(lambda prompt: [], ending="connection lost")
    reader.ask(PARKING)
    assert quotations(reader)
    assert "途中で切れました" in answer(reader).inner_text()
    model.behave()
    reader.ask(PARKING)
    assert "引用だけをお答えします。" in answer(reader).inner_text()
    assert "一日500円" in "".join(quotations(reader))
    assert model.heard.chats == []
