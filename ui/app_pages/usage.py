"""利用状況: the one official number, the way to 200 people, and everything it is made of."""

from __future__ import annotations

import streamlit as st

from assistant.people.directory import Member
from assistant.usage.definition import SIMULATED
from assistant.usage.weekly import simulated
from ui import resources
from ui.components.text import as_markdown
from ui.components.usage.counted import begin_effects, counted_figures
from ui.components.usage.habits import show_habits
from ui.components.usage.headline import show_headline, show_way
from ui.components.usage.ledger_area import (
    show_adjustments,
    show_definition,
    show_head,
    show_register,
    show_weeks,
)
from ui.components.usage.people_area import (
    show_cohorts,
    show_movement,
    show_quotations,
    show_readings,
)
from ui.components.usage.report_area import show_effects, show_reports
from ui.components.usage.sections_area import show_own_sections, show_sections
from ui.components.usage.settings_area import show_settings


def show() -> None:
    """Show the official number first, then the way to the target, then all the rest."""
    st.title("利用状況")
    member = resources.require("see_usage", "see_section_usage")
    database = resources.assistant().database
    if simulated(database):
        st.warning(as_markdown(SIMULATED))
    if "see_usage" in member.tasks:
        _show_all(member)
    else:
        show_own_sections(sorted(member.sections_with("leader")), database)
    st.header("数え方")
    show_definition()


def _show_all(member: Member) -> None:
    database = resources.assistant().database
    begin_effects(database)
    figures = counted_figures(database)
    show_headline(figures)
    st.header("200人への道のり")
    show_way(figures)
    st.header("二つの読み方")
    show_readings(figures)
    st.header("課ごと")
    show_sections(figures, database)
    st.header("利用者の動き")
    show_movement(figures)
    st.header("使い始めた人の定着")
    show_cohorts(figures)
    st.header("いつ、何を聞いたか")
    show_habits(figures, database)
    st.header("引用だけの人")
    show_quotations(figures)
    st.header("効果")
    show_effects(figures, database)
    st.header("報告")
    show_reports(figures, member)
    st.header("週ごとの人数")
    show_weeks(figures)
    show_head(figures)
    st.header("調整と除外")
    show_adjustments(figures)
    show_register(database)
    if "manage_people" in member.tasks:
        st.header("設定")
        show_settings(figures, database)


show()
