"""The list of the staff: searched, filtered, and one person chosen from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Final, get_args

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.people.directory import Member
from assistant.people.roles import ROLE_WORDS, Role
from ui import resources
from ui.components.people.acting import show_problem
from ui.components.people.fields import day_field, optional_day
from ui.components.style import note
from ui.components.text import as_html, as_label, date_words

_ANY: Final = ""
_STATES: Final = {_ANY: "すべて", "enabled": "利用中", "disabled": "停止中"}


def choose_person() -> Member | None:
    """Show the list with its filters and return the person chosen, as of today, or None."""
    day = calendar.today()
    words, role, enabled, asked = _filters()
    try:
        day = optional_day(asked, "基準日") or day
    except UsageError as error:
        show_problem(str(error))
    everybody = resources.assistant().directory.members(today=day)
    found = [m for m in everybody if _fits(m, words, role, enabled)]
    _show_table(found, len(everybody), day)
    return _choose(found)


def _filters() -> tuple[str, str, str, str]:
    words = st.text_input("職員番号・氏名・所属で探す", key="people-search")
    left, middle, right = st.columns(3)
    roles: list[str] = [_ANY, *get_args(Role)]
    with left:
        role = st.selectbox(
            "役割", roles, key="people-role",
            format_func=_role_words,
        )  # fmt: skip
    with middle:
        enabled = st.selectbox(
            "状態", list(_STATES), key="people-state", format_func=lambda key: _STATES[key]
        )
    with right:
        asked = day_field("基準日（空なら今日）", key="people-day")
    return words, role or _ANY, enabled or _ANY, asked


def _role_words(role: str) -> str:
    words = {_ANY: "すべて", "staff": "職員のみ（ほかの役割なし）"}
    return words.get(role) or next(name for key, name in ROLE_WORDS.items() if key == role)


def _fits(member: Member, words: str, role: str, enabled: str) -> bool:
    text = folded(f"{member.number} {member.name} {member.section}")
    if any(folded(word) not in text for word in words.split()):
        return False
    if role == "staff" and member.grants:
        return False
    if role not in (_ANY, "staff") and role not in {grant.role for grant in member.grants}:
        return False
    return not enabled or member.enabled == (enabled == "enabled")


def folded(text: str) -> str:
    """Return text for comparing: without width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _show_table(found: list[Member], of: int, day: date) -> None:
    if not found:
        st.info(
            "当てはまる職員はいません。探す語を短くするか、役割・状態を「すべて」にしてください。"
        )
        return
    st.html(note(as_html(f"{date_words(day)}現在、{of:,}人のうち {len(found):,}人を表示")))
    st.dataframe(
        [
            {
                "職員番号": member.number,
                "氏名": member.name,
                "所属": member.section,
                "任用形態": member.employment,
                "役割": role_words(member),
                "グループ": "、".join(member.groups),
                "状態": state_words(member),
                "有効期間の末日": date_words(member.until) or "なし",
            }
            for member in found
        ],
        hide_index=True,
        alt="職員の一覧",
    )


def role_words(member: Member) -> str:
    """Return a person's roles in one line."""
    return "、".join(grant.words for grant in member.grants) or ROLE_WORDS["staff"]


def state_words(member: Member) -> str:
    """Return whether a person may come in, in the words of the page."""
    return _STATES["enabled" if member.enabled else "disabled"]


def _choose(found: Iterable[Member]) -> Member | None:
    names = {m.person_id: f"{m.number} {m.name}（{m.section or '所属なし'}）" for m in found}
    person_id = st.selectbox(
        "変更する職員", list(names), index=None, key="people-person",
        format_func=lambda key: as_label(names.get(key, "")), placeholder="選んでください",
    )  # fmt: skip
    if person_id is None:
        return None
    member = resources.assistant().directory.member(person_id, today=calendar.today())
    if member is None:
        st.info(
            "今日は有効期間の外なので、ここでは変更できません。"
            "有効期間を変えるときは、「職員名簿の取込み」を使ってください。"
        )
    return member
