"""The card of one person: who it is, and what can be changed."""

from __future__ import annotations

import streamlit as st

from assistant.people.directory import Member
from ui.components.people.acting import show_said
from ui.components.people.person_access import show_open_sessions, show_secrets, show_standing
from ui.components.people.person_forms import show_groups, show_name, show_roles, show_transfer
from ui.components.people.staff_table import role_words, state_words
from ui.components.text import as_html, as_markdown, date_words


def show_person(member: Member, viewer: Member) -> None:
    """Show a person with all that an administrator may do."""
    st.subheader(as_markdown(f"{member.number} {member.name}"))
    show_said(f"person-{member.person_id}")
    _show_facts(member)
    # Drawn in every run and in this order, so that a tab stays open over a change.
    place, rights, secrets, standing, screens = st.tabs(
        ["氏名・所属", "役割・グループ", "パスワード", "利用の停止", "開いている画面"],
        key=f"person-tabs-{member.person_id}",
    )
    with place:
        show_name(member)
        show_transfer(member)
    with rights:
        show_roles(member, viewer)
        show_groups(member)
    with secrets:
        show_secrets(member, viewer)
    with standing:
        show_standing(member, viewer)
    with screens:
        show_open_sessions(member)


def _show_facts(member: Member) -> None:
    rows = (
        ("所属", member.section or "（登録なし）"),
        ("任用形態", member.employment or "（登録なし）"),
        ("役割", role_words(member)),
        ("グループ", "、".join(member.groups) or "なし"),
        ("状態", state_words(member)),
        ("有効期間の末日", date_words(member.until) or "なし"),
    )
    cells = "".join(
        f'<tr><th scope="row">{as_html(name)}</th><td>{as_html(value)}</td></tr>'
        for name, value in rows
    )
    st.html(f'<div class="chonai-document"><table>{cells}</table></div>')
