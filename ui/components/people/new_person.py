"""The form that adds one person."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor
from assistant.people.numbers import checked_number
from assistant.people.roles import RoleGrant
from ui import resources, state
from ui.components.people.acting import perform
from ui.components.people.fields import (
    asked_day,
    asked_section,
    day_field,
    optional_day,
    section_field,
)
from ui.components.style import note
from ui.components.text import as_html, date_words

PLACE: Final = "new-person"
_FORM: Final = "new-person"
_INTRODUCTION: Final = (
    "何人もまとめて加えるときは、「職員名簿の取込み」を使ってください。"
    "前にいた人の再任用などで、同じ人に新しい番号を付けるときも、名簿の取込みで行います。"
)


def show_new_person() -> None:
    """Show the form; a person added is in the list from their first day on."""
    key = f"{_FORM}-{state.form_round(_FORM)}"
    st.html(note(as_html(_INTRODUCTION)))
    with st.form(key, border=False, enter_to_submit=False):
        number = st.text_input("職員番号（必須）", key=f"{key}-number")
        name = st.text_input("氏名（必須）", key=f"{key}-name")
        section = section_field("所属（必須）", key=key)
        employment = st.text_input("任用形態", key=f"{key}-employment", placeholder="例：正規")
        since = day_field(
            "有効期間の開始日（必須）", key=f"{key}-from", value=date_words(calendar.today())
        )
        last = day_field("有効期間の末日（空なら終わりなし）", key=f"{key}-to")
        manages = st.radio("管理者にする", ["いいえ", "はい"], horizontal=True, key=f"{key}-admin")
        sent = st.form_submit_button("職員を追加する", type="primary")

    def add(by: Actor) -> str:
        accounts, plain = resources.assistant().accounts, checked_number(number)
        first = asked_day(since, "有効期間の開始日")
        last_day = optional_day(last, "有効期間の末日")
        manager = manages == "はい"
        if manager and first > calendar.today():
            raise UsageError(
                "管理者の役割は、有効期間が始まってから付けられます。「いいえ」で追加し、"
                f"{date_words(first)}以降に「役割・グループ」で付けてください。"
            )
        accounts.add(
            plain, name=name, section=asked_section(section), by=by, employment=employment.strip(),
            valid_from=first, valid_to=last_day and last_day + timedelta(days=1),
        )  # fmt: skip
        if manager:
            accounts.grant(plain, RoleGrant("administrator"), by=by)
        state.empty_form(_FORM)
        return (
            f"{plain} {name.strip()} さんを追加しました（{date_words(first)}から）。"
            "次に、一覧でこの人を選び、「パスワード」で初期パスワードを渡してください。"
        )

    if sent:
        perform(PLACE, add)
