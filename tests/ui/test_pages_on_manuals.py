"""The pages over the real assistant and the sample manuals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from signed_in import person, streamlit_user
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from assistant import calendar
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.roles import RoleGrant
from ui import resources
from ui.serving import page_pictures
from ui.serving.gate import USER_HEADER

APP = Path(__file__).parents[2] / "ui" / "app.py"


@pytest.fixture
def shown(assistant_with_manuals: Assistant) -> Iterator[Assistant]:
    resources.set_assistant(assistant_with_manuals)
    yield assistant_with_manuals
    resources.set_assistant(None)


def _open(browser: str) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    running = resources.assistant()
    page.user = {**streamlit_user(running, person(running)), "sid": browser}
    return page.run()


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _button(page: AppTest, words: str) -> Any:
    return next(button for button in page.button if words in button.label)


def test_a_question_is_answered_with_a_page_on_which_the_words_are_marked(
    shown: Assistant,
) -> None:
    page = _open("first").chat_input[0].set_value("指名競争入札では何者を指名しますか").run()
    assert "マニュアルの記載の引用です" in _html(page)
    assert "回答のしかた：引用のみ" in _html(page)
    html = _html(_button(page, "根拠を見る").click().run())
    picture = re.search(r'<img src="(/pages/[^"]+)"', html)
    assert picture is not None
    app = Starlette(routes=[Route(page_pictures.ROUTE, page_pictures.page_picture)])
    answer = TestClient(app).get(picture[1], headers={USER_HEADER: person(shown).person_id})
    assert answer.headers["content-type"] == "image/png"
    assert int(answer.headers["x-chonai-marked"]) > 0


def test_another_browser_of_the_same_person_goes_on_with_the_conversation(shown: Assistant) -> None:
    before = len(_open("second").chat_message)
    _open("second").chat_input[0].set_value("病気休暇は何日までですか").run()
    assert len(_open("second").chat_message) == before + 2
    assert len(_open("third").chat_message) == before + 2


def test_an_ended_conversation_does_not_come_back(shown: Assistant) -> None:
    page = _open("fourth").chat_input[0].set_value("病気休暇は何日までですか").run()
    assert not _button(page, "新しい質問をはじめる").click().run().chat_message
    assert not _open("fourth").chat_message


def test_a_question_without_words_keeps_its_text(shown: Assistant) -> None:
    page = _open("fifth").chat_input[0].set_value("？？？").run()
    assert "知りたいことを文で入力してください" in page.error[0].value
    assert page.chat_input[0].proto.value == "？？？"


def test_a_question_on_the_screen_makes_its_person_active(shown: Assistant) -> None:
    _open("sixth").chat_input[0].set_value("病気休暇は何日までですか").run()
    person(shown, "1001", RoleGrant("auditor"))
    page = _open("sixth").switch_page("app_pages/usage.py").run()
    assert {metric.label: metric.value for metric in page.metric}["今週（速報）"] == "1人"


def test_every_sample_manual_can_be_read(shown: Assistant) -> None:
    listings = shown.library.manuals(reader=OPERATOR, as_of=calendar.today())
    suffixes = sorted(Path(listing.version.file_name).suffix for listing in listings)
    assert suffixes == [".docx", ".md", ".pdf"]
    for listing in listings:
        page = _open("seventh").switch_page("app_pages/manuals.py").run()
        page = _button(page, listing.manual.title).click().run()
        assert not page.exception
        assert page.title[0].value == listing.manual.title
        assert page.subheader
        assert ("/pages/" in _html(page)) is listing.version.file_name.endswith(".pdf")
