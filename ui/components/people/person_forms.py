"""Forms about one person: name, transfer, roles, groups."""

from __future__ import annotations

from datetime import date
from typing import Final, get_args

import streamlit as st

from assistant import calendar
from assistant.people.audit.trail import Actor
from assistant.people.directory import Member
from assistant.people.roles import OF_A_SECTION, ROLE_WORDS, Role, RoleGrant, checked_grant
from ui import resources, state
from ui.components.people.acting import confirmed, perform
from ui.components.people.fields import (
    asked_day,
    asked_section,
    choice_field,
    day_field,
    section_field,
)
from ui.components.style import note
from ui.components.text import as_html, as_label, date_words

_GRANTED: Final = [role for role in get_args(Role) if role != "staff"]
_OWN_ROLE: Final = (
    "ご自身の管理者の役割を取り消します。取り消すと、この画面は使えなくなります。"
    "元に戻すには、ほかの管理者に役割の付与を頼んでください。"
)


def show_name(member: Member) -> None:
    """Show the form that changes the name."""
    st.markdown("#### 氏名を変更する")
    with st.form(f"name-{member.person_id}", border=False):
        name = st.text_input("新しい氏名", value=member.name, key=f"name-of-{member.person_id}")
        sent = st.form_submit_button("氏名を変更する")

    def rename(by: Actor) -> str:
        resources.assistant().accounts.rename(member.number, name, by=by)
        return f"{member.number} の氏名を「{' '.join(name.split())}」に変更しました。"

    if sent:
        perform(_place(member), rename)


def show_transfer(member: Member) -> None:
    """Show the form for a transfer, from any day on."""
    st.markdown("#### 異動を登録する")
    form = f"transfer-{member.person_id}"
    key = f"{form}-{state.form_round(form)}"
    with st.form(key, border=False):
        section = section_field("異動先の所属", key=key, chosen=member.section)
        on = day_field("異動する日", key=f"{key}-day", value=date_words(calendar.today()))
        employment = st.text_input("任用形態（変わるときだけ）", key=f"{key}-employment").strip()
        st.html(note(as_html("その日より前の所属は、利用状況の集計にそのまま残ります。")))
        sent = st.form_submit_button("異動を登録する")

    def transfer(by: Actor) -> str:
        day, target = asked_day(on, "異動する日"), asked_section(section)
        resources.assistant().accounts.transfer(
            member.number, target, on=day, by=by, employment=employment or None
        )
        state.empty_form(form)
        return _transferred(member, target, day)

    if sent:
        perform(_place(member), transfer)


def _transferred(member: Member, section: str, day: date) -> str:
    words = f"{member.name} さんは、{date_words(day)}から「{section}」の所属になります。"
    kept = [g.words for g in member.grants if g.section and g.section != section]
    if kept:
        words += (
            f"役割（{'、'.join(kept)}）はそのまま残ります。"
            "不要なら「役割・グループ」で取り消してください。"
        )
    return words


def show_roles(member: Member, viewer: Member) -> None:
    """Show the roles held, and the form that gives another."""
    st.markdown("#### 役割")
    if not member.grants:
        st.html(note(as_html("職員（質問とマニュアルの閲覧）だけです。")))
    for grant in member.grants:
        _show_grant(member, grant, own=member.person_id == viewer.person_id)
    form = f"grant-{member.person_id}"
    key = f"{form}-{state.form_round(form)}"
    with st.form(key, border=False):
        role = st.selectbox(
            "付ける役割", _GRANTED, key=f"{key}-role", format_func=lambda name: ROLE_WORDS[name]
        )
        section = section_field(
            "担当する課（編集者・DX推進リーダーのとき）", key=key, chosen=member.section
        )
        sent = st.form_submit_button("役割を付ける")

    def grant_role(by: Actor) -> str:
        given = checked_grant(role, section and asked_section(section))
        resources.assistant().accounts.grant(member.number, given, by=by)
        state.empty_form(form)
        return f"{member.name} さんに{given.words}の役割を付けました。次の操作から使えます。"

    if sent:
        perform(_place(member), grant_role)


def _show_grant(member: Member, grant: RoleGrant, *, own: bool) -> None:
    def revoke(by: Actor) -> str:
        resources.assistant().accounts.revoke(member.number, grant, by=by)
        return f"{member.name} さんの{grant.words}の役割を取り消しました。"

    what = f"revoke-{grant.role}-{grant.section}-{member.person_id}"
    asks = as_label(f"{grant.words}の役割を取り消す")
    if own and grant.role not in OF_A_SECTION and grant.role == "administrator":
        if confirmed(what, asks=asks, warning=_OWN_ROLE, agrees="役割を取り消す"):
            perform(_place(member), revoke)
    elif st.button(asks, key=what):
        perform(_place(member), revoke)


def show_groups(member: Member) -> None:
    """Show the groups a person is in, and the form to join one."""
    accounts = resources.assistant().accounts
    st.markdown("#### グループ")
    st.html(note(as_html("グループは、マニュアルを読める人（閲覧範囲）の指定に使います。")))
    for group in member.groups:

        def leave(by: Actor, group: str = group) -> str:
            accounts.leave(member.number, group, by=by)
            return f"{member.name} さんをグループ「{group}」から外しました。"

        button = as_label(f"グループ「{group}」から外す")
        if st.button(button, key=f"leave-{group}-{member.person_id}"):
            perform(_place(member), leave)
    form = f"join-{member.person_id}"
    key = f"{form}-{state.form_round(form)}"
    with st.form(key, border=False):
        chosen = choice_field(
            "加えるグループ", _known_groups(), key=key, other="新しいグループの名前"
        )
        sent = st.form_submit_button("グループに加える")

    def join(by: Actor) -> str:
        accounts.join(member.number, chosen, by=by)
        state.empty_form(form)
        return f"{member.name} さんをグループ「{' '.join(chosen.split())}」に加えました。"

    if sent:
        perform(_place(member), join)


def _known_groups() -> list[str]:
    everybody = resources.assistant().directory.members(today=calendar.today())
    return sorted({group for member in everybody for group in member.groups})


def _place(member: Member) -> str:
    return f"person-{member.person_id}"
