"""用語 as a clerk proposes words there, and as an editor decides on them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from signed_in import person
from signed_in_pages import opened_page, press
from small_manuals import publish_text
from streamlit.testing.v1 import AppTest

from assistant.opening import Assistant
from assistant.people.roles import RoleGrant
from assistant.understanding.glossary import Entry, Glossary
from assistant.understanding.proposals import Proposals
from ui import resources

PAGE = Path(__file__).parents[2] / "ui" / "app_pages" / "glossary.py"
EDITOR, CLERK = "1002", "1003"
Open = Callable[..., AppTest]


@pytest.fixture
def office(quick_assistant: Assistant) -> Iterator[Assistant]:
    person(quick_assistant, EDITOR, RoleGrant("editor", "契約検査課"), section="契約検査課")
    person(quick_assistant, CLERK, section="契約検査課")
    publish_text(quick_assistant, "通信費の補助は月2,000円です。")
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def open_page(office: Assistant) -> Open:
    def open_as(number: str) -> AppTest:
        return opened_page(PAGE, office, number)

    return open_as


def _fill(page: AppTest, label: str, value: str) -> None:
    next(f for f in page.text_input if f.label.startswith(label)).set_value(value)


def test_a_clerk_proposes_a_word_and_decides_nothing(open_page: Open, office: Assistant) -> None:
    page = open_page(CLERK)
    _fill(page, "職員が使う言葉", "スマホ手当")
    _fill(page, "マニュアルでの言葉", "通信費の補助")
    page = press(page, "提案する")
    assert page.success[0].value == "「スマホ手当」を提案しました。"
    assert "提案を決める" not in [header.value for header in page.header]
    assert not any(b.label in ("採用する", "見送る", "用語から削除する") for b in page.button)
    [proposal] = Proposals(office.database).all()
    assert proposal.entry == Entry("スマホ手当", "通信費の補助")


def test_a_proposal_that_cannot_be_is_refused_on_the_page(open_page: Open) -> None:
    page = open_page(CLERK)
    _fill(page, "職員が使う言葉", "休")
    _fill(page, "マニュアルでの言葉", "休暇")
    page = press(page, "提案する")
    assert "1文字の用語" in page.error[0].value


def test_an_editor_accepts_a_word(open_page: Open, office: Assistant) -> None:
    clerk = office.accounts.member(CLERK)
    Proposals(office.database).propose(Entry("スマホ手当", "通信費の補助"), by=clerk.actor)
    page = press(open_page(EDITOR), "採用する")
    assert "質問集で確かめています" in page.success[0].value
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if Proposals(office.database).all()[0].state == "accepted":
            break
        time.sleep(0.1)
    assert Glossary(office.database).meanings("スマホ手当の額は") == ["通信費の補助"]


def test_an_editor_declines_a_word_with_a_reason(open_page: Open, office: Assistant) -> None:
    clerk = office.accounts.member(CLERK)
    Proposals(office.database).propose(Entry("スマホ手当", "通信費の補助"), by=clerk.actor)
    page = press(open_page(EDITOR), "見送る")
    assert "理由を書いてください" in page.error[0].value
    _fill(page, "理由（見送るとき", "手当ではない")
    page = press(page, "見送る")
    assert Proposals(office.database).all()[0].state == "declined"


def test_an_editor_removes_a_word_after_a_question(open_page: Open, office: Assistant) -> None:
    page = open_page(EDITOR)
    page = page.selectbox(key="glossary-remove").select("残業").run()
    _fill(page, "削除する理由", "重複")
    page = press(page, "用語から削除する")
    page = press(page, "削除する")
    assert Glossary(office.database).meanings("残業は何時間まで") == []
    assert "「残業」を削除しました。" in [success.value for success in page.success]
