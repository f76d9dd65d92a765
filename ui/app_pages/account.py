"""自分の設定: who one is here, changing the password and the PIN, and one's open sessions."""

from __future__ import annotations

from datetime import UTC

import streamlit as st

from assistant import calendar
from assistant.people.directory import Member
from assistant.people.sign_on.sessions import METHOD_WORDS, Session
from ui import resources
from ui.components.style import note
from ui.components.text import as_html, as_label


def show() -> None:
    """Show the page."""
    member = resources.member()
    st.title("自分の設定")
    _show_person(member)
    _show_secrets(member)
    _show_sessions(member)


def _show_person(member: Member) -> None:
    roles = "、".join(grant.words for grant in member.grants) or "職員"
    rows = [
        ("職員番号", member.number),
        ("氏名", member.name),
        ("所属", member.section or "（登録なし）"),
        ("役割", roles),
    ]
    if member.groups:
        rows.append(("グループ", "、".join(member.groups)))
    cells = "".join(
        f'<tr><th scope="row">{as_html(name)}</th><td>{as_html(value)}</td></tr>'
        for name, value in rows
    )
    st.html(f'<div class="chonai-document"><table>{cells}</table></div>')
    st.html(note(as_html("内容が違うときは、DX推進担当の管理者に知らせてください。")))


def _show_secrets(member: Member) -> None:
    sign_in = resources.assistant().local_sign_in
    session = resources.assistant().sessions.get(resources.browser_session())
    if session is not None and session.method == "pin":
        st.html(note(as_html("パスワードと暗証番号は、自分の端末で変更してください。")))
        return
    st.header("パスワードと暗証番号")
    links = []
    if sign_in.has_password(member.person_id):
        links.append(("パスワードを変更する", "/signin/password"))
    has_pin = sign_in.has_pin(member.person_id)
    words = "共用端末の暗証番号を変更する" if has_pin else "共用端末の暗証番号を決める"
    links.append((words, "/signin/pin"))
    st.html(
        "".join(
            f'<p><a class="chonai-link" href="{path}" target="_self">{as_html(text)}</a></p>'
            for text, path in links
        )
    )


def _show_sessions(member: Member) -> None:
    st.header("サインインしている端末")
    here = resources.browser_session()
    for session in resources.assistant().sessions.of_person(member.person_id):
        with st.container(border=True, key=f"session-{session.id}"):
            _show_session(session, member, here=session.id == here)
    if st.button("この端末からサインアウトする", type="primary"):
        st.logout()


def _show_session(session: Session, member: Member, *, here: bool) -> None:
    began = session.started_at.replace(tzinfo=UTC).astimezone(calendar.TOKYO)
    day = f"{began.year}年{began.month}月{began.day}日 {began:%H:%M}"
    device = f"{session.device}（この端末）" if here else session.device
    st.html(
        f"<p><strong>{as_html(device)}</strong></p>"
        + note(as_html(f"{day}から・{METHOD_WORDS[session.method]}"))
    )
    if not here:
        st.button(
            as_label(f"{session.device}（{day}から）をサインアウトさせる"),
            key=f"end-{session.id}",
            on_click=_end,
            args=(session.id,),
        )


def _end(session_id: str) -> None:
    """End one of one's own sessions, whatever else the page may have been told."""
    member = resources.member()
    sessions = resources.assistant().sessions
    if session_id in {session.id for session in sessions.of_person(member.person_id)}:
        sessions.end(session_id, by=member.actor)


show()
