"""利用状況: how many people used the assistant this week, and how many are still missing."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant import calendar
from assistant.people.sections.lineage import lineage
from assistant.usage.sections import LEAST_SHOWN, section_table
from assistant.usage.weekly import TARGET, weekly_table
from ui import resources
from ui.components.style import note
from ui.components.text import as_html, as_markdown

_STATE: Final = {"provisional": "速報", "frozen": "確定"}
_DEFINITION: Final = """\
* **アクティブユーザー**：その週に1回以上、質問して、回答・引用・聞き返し・見つからない旨の\
いずれかが表示された人の数です。同じ人は何回質問しても1人と数えます。
* **週**：月曜日0時から日曜日24時まで（日本時間）です。年度は、その週の木曜日が属する年度です。
* **速報**：後から変わることがある数です。
* **除外**：試験用・共用などとして登録され、数えなかった利用者の数です。
"""


def show() -> None:
    """Show this week's number, the way to the target, the weeks before, and the definition."""
    st.title("利用状況")
    member = resources.require("see_usage", "see_section_usage")
    if "see_usage" in member.tasks:
        _show_all()
    else:
        _show_sections(sorted(member.sections_with("leader")))
    st.header("数え方")
    st.markdown(_DEFINITION)


def _show_sections(sections: list[str]) -> None:
    """Show a leader the weeks of their sections; few people are not told from one another."""
    for section in sections:
        st.header(as_markdown(section))
        rows = section_table(
            resources.assistant().ledger, lineage(resources.assistant().database), section,
            now=calendar.now(),
        )  # fmt: skip
        shown = [
            {"週": row.week, "月曜日": row.start.isoformat(), "人数": _people(row.active)}
            for row in rows
        ]
        st.dataframe(shown, hide_index=True, alt=f"{section}の週ごとの人数")
    st.html(note(as_html(f"{LEAST_SHOWN}人未満の週は、人が分からないように数を出しません。")))


def _people(active: int | None) -> str:
    return f"{LEAST_SHOWN}人未満" if active is None else f"{active}人"


def _show_all() -> None:
    moment = calendar.now()
    rows = weekly_table(resources.assistant().ledger, now=moment)
    this_week = calendar.week_key(moment)
    active = next(int(row["active"]) for row in rows if row["week"] == this_week)
    now, missing = st.columns(2)
    now.metric("今週のアクティブユーザー（速報）", f"{active}人")
    missing.metric(f"目標 {TARGET}人まで", f"あと{max(TARGET - active, 0)}人")
    st.header("週ごとの人数")
    st.dataframe([_row(row) for row in rows], hide_index=True, alt="週ごとの人数")


def _row(row: dict[str, object]) -> dict[str, str]:
    return {
        "週": str(row["week"]),
        "月曜日": str(row["start"]),
        "年度": f"{row['fiscal_year']}年度",
        "人数": f"{row['active']}人",
        "除外": f"{row['excluded']}人",
        "状態": _STATE.get(str(row["state"]), str(row["state"])),
    }


show()
