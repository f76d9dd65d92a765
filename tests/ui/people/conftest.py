"""A real assistant with a few people, and the page 利用者 as one of them sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant import calendar
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from assistant.people.sign_on.sessions import Session
from ui import resources

APP = Path(__file__).parents[3] / "ui" / "app.py"
PEOPLE = (
    ("1001", "管理 一郎", "情報政策課", RoleGrant("administrator")),
    ("1002", "鈴木 花子", "契約課", None),
    ("1003", "佐藤 次郎", "契約課", RoleGrant("editor", "契約課")),
    ("1004", "監査 三郎", "監査事務局", RoleGrant("auditor")),
)


@pytest.fixture
def office(quick_assistant: Assistant) -> Iterator[Assistant]:
    """An assistant with an administrator, a clerk, an editor and an auditor."""
    for number, name, section, grant in PEOPLE:
        quick_assistant.accounts.add(number, name=name, section=section, by=OPERATOR_ACTOR)
        if grant:
            quick_assistant.accounts.grant(number, grant, by=OPERATOR_ACTOR)
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def person(office: Assistant) -> Callable[[str], Member | None]:
    """Who has a number today, as the directory knows them."""

    def find(number: str) -> Member | None:
        return office.directory.member_by_number(number, today=calendar.today())

    return find


@pytest.fixture
def sign_in(office: Assistant) -> Callable[[str], Session]:
    """Begins a session on a device, as a sign-in with number and password does."""

    def open_session(number: str) -> Session:
        member = office.accounts.member(number)
        token = office.sessions.open_session(member, "local", device="Windows の Edge")
        session = office.sessions.find(token)
        assert session is not None
        return session

    return open_session


@pytest.fixture
def open_page(office: Assistant, sign_in: Callable[[str], Session]) -> Callable[..., AppTest]:
    """Opens the page as somebody, in one of its areas."""

    def open_as(number: str = "1001", area: str = "") -> AppTest:
        session = sign_in(number)
        page = AppTest.from_file(APP, default_timeout=20)
        page.user = {"login": session.person_id, "sid": session.id}
        page.run()
        page = page.switch_page("app_pages/users.py").run()
        return page.radio(key="people-area").set_value(area).run() if area else page

    return open_as
