"""共用端末 as an administrator uses it."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest
from users_page import html, press, said

from assistant.opening import Assistant

OpenPage = Callable[..., AppTest]


def test_terminals_are_listed_with_who_marked_them_and_let_go(
    open_page: OpenPage, office: Assistant
) -> None:
    by = office.accounts.member("1001").actor
    token = office.terminals.mark("市民課窓口2番", by=by)
    other = office.terminals.mark("税務課窓口", by=by)
    terminal = office.terminals.find(token)
    session = office.sessions.find(
        office.sessions.open_session(office.accounts.member("1002"), "pin", terminal_id=terminal.id)
    )
    page = open_page(area="共用端末")
    assert "市民課窓口2番" in html(page)
    assert "登録した人：1001" in html(page)
    page = press(page, "「市民課窓口2番」を解除")
    assert "2秒以内にサインイン画面に移り" in page.warning[0].value
    assert office.terminals.find(token) is not None
    page = press(page, "解除する")
    assert "外しました" in said(page)
    assert office.terminals.find(token) is None
    assert office.terminals.find(other) is not None
    assert office.sessions.get(session.id) is None
    assert "「市民課窓口2番」を解除" not in [b.label for b in page.button]


def test_a_terminal_is_registered_at_the_terminal_itself(open_page: OpenPage) -> None:
    page = open_page(area="共用端末")
    assert "共用端末はまだありません" in page.info[0].value
    link = (
        '<a class="chonai-link" href="/signin/terminal" target="_self">この端末を共用端末にする</a>'
    )
    assert link in html(page)
    assert "登録は、その端末で行います" in html(page)
