"""整備状況: how far the city is, section by section, as numbers, a chart and a table."""

from __future__ import annotations

import io
from functools import partial
from typing import Any, Final

import altair as alt
import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.library.library_export import write_library
from assistant.library.library_list import library_rows, people_names
from assistant.library.preparedness import (
    Preparedness,
    SectionPreparedness,
    preparedness,
    wanted_standings,
)
from assistant.library.wanted import CITY_WORDS, WantedManuals
from assistant.people.directory import Member
from assistant.usage.open_questions import DAYS, open_questions
from ui import resources
from ui.components.library.goal_forms import show_goals
from ui.components.library.plan_changes import own_sections
from ui.components.library.wanted_area import show_wanted
from ui.components.style import note
from ui.components.text import as_html, as_markdown, date_words
from ui.components.theme import CHART_BLUE, CHART_GREY

_NO_SECTION: Final = "担当課なし"
_NONE: Final = "－"
_LINE: Final = 30  # pixels a section
_OPEN: Final = (
    f"「質問」は、最近{DAYS}日間に、マニュアルから答えが見つからなかった質問の数です。"
    "「案内先」は、問合せ先としてその課を案内した数、「聞いた課」は、その課の職員が質問した数です。"
)
_CHART: Final = "青い棒は施行中のマニュアルの数、灰色の縦線は目標です。数字は下の表と同じです。"
_SUM: Final = "市全体の目標が登録されていないので、課ごとの目標の合計を表示しています。"
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXPORT: Final = "施行中のマニュアル、すべての版、整備したいマニュアルの3枚のシートに書き出します。"
_EXPORT_OWN: Final = "書き出すのは、編集者として担当している課の分だけです。"


def show_preparedness(member: Member) -> None:
    """Show where the library stands today, what is wanted, and the forms that change it."""
    assistant, today = resources.assistant(), calendar.today()
    wishes = WantedManuals(assistant.database)
    rows = library_rows(assistant.library, as_of=today, today=today)
    standings = wanted_standings(wishes.all(today=today), rows, today=today)
    goals = wishes.goals(today=today)
    questions = open_questions(assistant.database, today=today)
    found = preparedness(rows, standings, goals, questions)
    _show_numbers(found)
    st.header("課ごとの状況")
    if found.sections:
        _show_chart(found)
        _show_sections(found)
    else:
        st.info("マニュアルも、整備したいマニュアルも、目標もまだ登録されていません。")
    st.html(note(as_html(_OPEN)))
    st.header("整備したいマニュアル")
    show_wanted(standings, rows, member)
    if "manage_all_manuals" in member.tasks:
        st.header("目標")
        show_goals(goals, (section.section for section in found.sections))
    st.header("一覧の書き出し")
    _show_export(member)


def _show_numbers(found: Preparedness) -> None:
    total = found.total
    goal, there, late, asked = st.columns(4)
    by = f"（{date_words(total.reach_by)}まで）" if total.reach_by else ""
    share = "目標は未登録" if total.goal is None else f"目標 {total.goal:,}件の{_share(total)}"
    with goal:
        st.metric("施行中のマニュアル", f"{total.manuals:,}件")
        st.html(note(as_html(share + by)))
    with there:
        st.metric("整備したいマニュアル", f"{total.wanted:,}件")
        st.html(note(as_html(f"うち{total.wanted_there:,}件はあります")))
    late.metric("見直し期限切れ", f"{total.overdue:,}件")
    with asked:
        st.metric("未回答の質問", f"{total.asked:,}件")
        st.html(note(as_html(f"最近{DAYS}日間")))
    if found.goal_is_sum and total.goal is not None:
        st.html(note(as_html(_SUM)))


def _show_chart(found: Preparedness) -> None:
    shown = [section for section in found.sections if section.manuals or section.goal]
    if not shown:
        return
    names = [_name(section) for section in shown]
    counts = [{"課": _name(s), "件数": s.manuals} for s in shown]
    goals = [{"課": _name(s), "件数": s.goal} for s in shown if s.goal is not None]
    y = alt.Y("課:N", sort=names, title=None, axis=alt.Axis(labelLimit=240))
    x = alt.X("件数:Q", title="件数", axis=alt.Axis(tickMinStep=1, format="d"))
    tooltip = ["課:N", "件数:Q"]
    bars = alt.Chart(alt.Data(values=counts)).mark_bar(color=CHART_BLUE, height={"band": 0.6})
    chart = bars.encode(x=x, y=y, tooltip=tooltip)
    if goals:
        ticks = alt.Chart(alt.Data(values=goals)).mark_tick(
            color=CHART_GREY, thickness=3, height={"band": 0.9}
        )
        chart = chart + ticks.encode(x=x, y=y, tooltip=tooltip)
    st.altair_chart(
        chart.properties(height=max(_LINE * len(shown) + 40, 120)),
        alt="課ごとの、施行中のマニュアルの数と目標の横棒グラフ",
        key="preparedness-chart",
    )
    st.html(note(as_html(_CHART)))


def _show_sections(found: Preparedness) -> None:
    lines = [_line(CITY_WORDS, found.total)]
    lines += [_line(_name(section), section) for section in found.sections]
    st.dataframe(
        lines,
        hide_index=True,
        placeholder=_NONE,
        column_config={
            "目標": st.column_config.NumberColumn(format="%d"),
            "達成率": st.column_config.NumberColumn(format="percent"),
        },
        alt="課ごとの整備状況",
    )


def _line(name: str, section: SectionPreparedness) -> dict[str, Any]:
    return {
        "課": name,
        "マニュアル": section.manuals,
        "目標": section.goal,
        "達成率": None if section.share is None else round(section.share, 2),
        "目標の期限": date_words(section.reach_by) or None,
        "ページ": section.pages,
        "下書き・公開予約": section.drafts,
        "見直し期限切れ": section.overdue,
        "整備したい": section.wanted,
        "うち、ある": section.wanted_there,
        "質問：案内先": section.would_answer,
        "質問：聞いた課": section.asked,
    }


def _name(section: SectionPreparedness) -> str:
    return section.section or _NO_SECTION


def _share(section: SectionPreparedness) -> str:
    return f"{(section.share or 0) * 100:.0f}％"


def _show_export(member: Member) -> None:
    own = own_sections(member)
    st.html(note(as_html(_EXPORT + ("" if own is None else _EXPORT_OWN))))
    st.download_button(
        as_markdown("Excel で書き出す"),
        partial(written, member.person_id, resources.browser_session()),
        file_name=f"マニュアル一覧_{calendar.today():%Y%m%d}.xlsx",
        mime=_EXCEL,
        key="preparedness-xlsx",
    )


def written(person_id: str, browser: str) -> bytes:
    """Return the file of what the person looks after; raises UsageError.

    It is called after the page has run, when the button is pressed: whether the person may still
    do it is asked anew. The page, which runs again then, says so where not.
    """
    member = resources.member_of(person_id)
    assistant, today = resources.assistant(), calendar.today()
    sessions = assistant.sessions
    alive = sessions.get(browser) is not None and sessions.is_confirmed(browser)
    if member is None or "manage_manuals" not in member.tasks or not alive:
        raise UsageError("一覧を書き出す権限を確かめられません。サインインし直してください。")
    own = own_sections(member)
    rows = library_rows(assistant.library, as_of=today, today=today, owners=own)
    wanted = [
        item
        for item in WantedManuals(assistant.database).all(today=today)
        if own is None or item.wish.section in own
    ]
    standings = wanted_standings(wanted, rows, today=today)
    names = people_names(assistant.database)
    with io.BytesIO() as file:
        write_library(file, rows, standings, as_of=today, names=names)
        return file.getvalue()
