from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant import calendar, tables
from assistant.errors import UsageError
from assistant.opening import Assistant, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant

PASSWORD = "tanuki-ringo-hashigo-7"


@pytest.fixture
def clerk(quick_assistant: Assistant) -> Member:
    quick_assistant.accounts.add("1001", name="山田 花子", section="総務課", by=OPERATOR_ACTOR)
    return quick_assistant.accounts.member("1001")


def test_each_session_has_another_token_of_which_only_a_hash_is_kept(
    quick_assistant: Assistant, clerk: Member
) -> None:
    tokens = {quick_assistant.sessions.open_session(clerk, "local") for _ in range(50)}
    assert len(tokens) == 50
    with quick_assistant.database.read() as connection:
        kept = str(connection.execute(select(tables.session)).all())
    assert not any(token in kept for token in tokens)


def test_a_session_outlives_the_process(quick_assistant: Assistant, clerk: Member) -> None:
    token = quick_assistant.sessions.open_session(clerk, "oidc", device="Edge（Windows）")
    quick_assistant.close()
    with open_assistant(quick_assistant.settings, encoder=quick_assistant.encoder) as again:
        session = again.sessions.find(token)
    assert session is not None
    assert (session.person_id, session.method, session.device) == (
        clerk.person_id,
        "oidc",
        "Edge（Windows）",
    )


def test_a_session_s_own_id_does_not_open_it(quick_assistant: Assistant, clerk: Member) -> None:
    token = quick_assistant.sessions.open_session(clerk, "local")
    session = quick_assistant.sessions.find(token)
    assert session is not None
    assert quick_assistant.sessions.find(session.id) is None
    assert quick_assistant.sessions.get(session.id) == session
    assert quick_assistant.sessions.get(token) is None


def test_management_pages_ask_again_after_idle_minutes_and_use_keeps_them_open(
    quick_assistant: Assistant, clerk: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = quick_assistant.sessions
    [session] = [sessions.find(sessions.open_session(clerk, "local"))]
    assert session is not None
    began = calendar.now()
    for minutes, confirmed in ((10, True), (24, True), (40, False), (41, False)):
        moment = began + timedelta(minutes=minutes)
        monkeypatch.setattr(calendar, "now", lambda moment=moment: moment)
        assert sessions.is_confirmed(session.id) is confirmed, minutes
    sessions.confirm(session.id)
    assert sessions.is_confirmed(session.id)


def test_a_pin_never_confirms_a_management_page(quick_assistant: Assistant, clerk: Member) -> None:
    quick_assistant.terminals.mark("窓口", by=OPERATOR_ACTOR)
    [terminal] = quick_assistant.terminals.all()
    token = quick_assistant.sessions.open_session(clerk, "pin", terminal_id=terminal.id)
    session = quick_assistant.sessions.find(token)
    assert session is not None
    assert not quick_assistant.sessions.is_confirmed(session.id)


def test_on_a_shared_terminal_no_session_lasts_for_days(
    quick_assistant: Assistant, clerk: Member
) -> None:
    quick_assistant.terminals.mark("窓口", by=OPERATOR_ACTOR)
    [terminal] = quick_assistant.terminals.all()
    quick_assistant.sessions.open_session(clerk, "pin", known_device=True, terminal_id=terminal.id)
    with quick_assistant.database.read() as connection:
        row = connection.execute(select(tables.session)).one()
    assert row.expires_at - row.started_at == timedelta(hours=12)


def test_a_link_makes_the_first_administrator_once(quick_assistant: Assistant) -> None:
    links = quick_assistant.links
    stale = links.for_first_administrator()
    token = links.for_first_administrator()
    assert stale is not None
    assert token is not None
    person = {"number": "0001", "name": "管理 太郎", "section": "DX推進課"}
    with pytest.raises(UsageError, match="推測されやすい"):
        links.make_administrator(token, **person, password="password123")
    with pytest.raises(UsageError, match="使えません"):
        links.make_administrator(stale, **person, password=PASSWORD)
    member = links.make_administrator(token, **person, password=PASSWORD)
    assert member.grants == (RoleGrant("administrator"),)
    assert quick_assistant.local_sign_in.attempt("0001", PASSWORD).member == member
    with pytest.raises(UsageError, match="使えません"):
        links.make_administrator(token, **{**person, "number": "0002"}, password=PASSWORD)
    assert links.for_first_administrator() is None


def test_a_link_for_a_first_password_serves_its_person_only_and_runs_out(
    quick_assistant: Assistant, clerk: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = quick_assistant.links
    token = links.for_first_password(clerk, by=OPERATOR_ACTOR)
    old = links.for_first_password(clerk, by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="使えません"):
        links.make_administrator(token, number="9", name="x", section="y", password=PASSWORD)
    assert links.set_first_password(token, PASSWORD) == clerk
    with pytest.raises(UsageError, match="使えません"):
        links.set_first_password(token, "kasutera-mado-tsuru-3")
    later = calendar.now() + timedelta(hours=25)
    monkeypatch.setattr(calendar, "now", lambda: later)
    assert links.purpose_of(old) is None
    with pytest.raises(UsageError, match="使えません"):
        links.set_first_password(old, "kasutera-mado-tsuru-3")


def test_a_terminal_is_known_by_its_token_until_it_is_let_go(quick_assistant: Assistant) -> None:
    token = quick_assistant.terminals.mark(" 市民課窓口  2番 ", by=OPERATOR_ACTOR)
    terminal = quick_assistant.terminals.find(token)
    assert terminal is not None
    assert terminal.name == "市民課窓口 2番"
    assert quick_assistant.terminals.find("x" * 43) is None
    quick_assistant.terminals.end(terminal.id, by=OPERATOR_ACTOR)
    assert quick_assistant.terminals.find(token) is None
    with pytest.raises(UsageError, match="端末の名前"):
        quick_assistant.terminals.mark(" ", by=OPERATOR_ACTOR)
