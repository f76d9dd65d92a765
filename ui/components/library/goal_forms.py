"""Goals: how many manuals the city and each section are to have, and by when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

import streamlit as st

from assistant.errors import UsageError
from assistant.library.wanted import CITY_WORDS, WHOLE_CITY, Goal, WantedManuals
from assistant.people.directory import Member
from ui import resources, state
from ui.components.library.plan_changes import perform
from ui.components.people.acting import confirmed, show_said
from ui.components.people.fields import day_field, known_sections, optional_day
from ui.components.style import note
from ui.components.text import as_html, as_label, date_words

_PLACE: Final = "goals"
_INTRODUCTION: Final = (
    "いつまでに何件のマニュアルを施行中にするかを、市全体と課ごとに決めます。"
    "課ごとの目標だけでもかまいません。"
)
_REMOVE: Final = "「{name}」の目標を削除します。\nマニュアルの一覧は変わりません。"


def show_goals(goals: Mapping[str, Goal], named: Iterable[str]) -> None:
    """Show the goals, and the form that sets or takes back one of them.

    `named` are sections that stand in the tables of the page, whether or not anybody works there.
    """
    st.html(note(as_html(_INTRODUCTION)))
    show_said(_PLACE)
    if goals:
        st.dataframe(
            [
                {
                    "対象": section or CITY_WORDS,
                    "目標": f"{goal.manuals:,}件",
                    "期限": date_words(goal.reach_by) or "なし",
                }
                for section, goal in sorted(goals.items())
            ],
            hide_index=True,
            alt="目標の一覧",
        )
    sections = sorted({*known_sections(), *named, *goals} - {WHOLE_CITY})
    section = st.selectbox(
        "目標を決める対象", [WHOLE_CITY, *sections], key="goal-section",
        format_func=lambda name: as_label(name or CITY_WORDS),
    )  # fmt: skip
    _show_form(section or WHOLE_CITY, goals)


def _show_form(section: str, goals: Mapping[str, Goal]) -> None:
    name, known = section or CITY_WORDS, goals.get(section)
    form = f"goal-{section}"
    key = f"{form}-{state.form_round(form)}"
    with st.form(key, border=False, enter_to_submit=False):
        count = st.text_input(
            "目標の件数（必須）", value=str(known.manuals) if known else "", key=f"{key}-count"
        )
        until = day_field(
            "目標の期限（空なら期限なし）", key=f"{key}-by",
            value=date_words(known.reach_by if known else None),
        )  # fmt: skip
        sent = st.form_submit_button(as_label(f"{name}の目標を登録する"), type="primary")

    def keep(by: Member) -> str:
        goal = Goal(section, _asked_count(count), optional_day(until, "目標の期限"))
        wishes = WantedManuals(resources.assistant().database)
        kept = wishes.set_goal(goal, by=by.actor)
        state.empty_form(form)
        day = f"{date_words(kept.reach_by)}までに" if kept.reach_by else ""
        return f"{name}の目標を、{day}{kept.manuals:,}件と登録しました。"

    if sent:
        perform(_PLACE, "manage_all_manuals", keep)
    if known is None:
        return

    def remove(by: Member) -> str:
        WantedManuals(resources.assistant().database).remove_goal(section, by=by.actor)
        state.empty_form(form)
        return f"{name}の目標を削除しました。"

    if confirmed(
        f"goal-remove-{section}", asks=as_label(f"{name}の目標を削除する"),
        warning=_REMOVE.format(name=name), agrees="削除する",
    ):  # fmt: skip
        perform(_PLACE, "manage_all_manuals", remove)


def _asked_count(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("件").replace(",", "").strip()
    if not re.fullmatch(r"[0-9]{1,9}", plain):
        raise UsageError("目標の件数を、数字で入力してください（例：120）。")
    return int(plain)
