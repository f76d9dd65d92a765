"""The weeks one by one, their adjustments and exclusions, and the head of the chain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import streamlit as st

from assistant.database import Database
from assistant.people.audit.records import tokyo_time
from assistant.usage.decisions import latest_number
from assistant.usage.definition import DEFINITION
from assistant.usage.figures import UsageFigures
from assistant.usage.register import exclusion_words
from assistant.usage.resolving import read_register, unresolved_numbers
from ui.components.style import note
from ui.components.text import as_html, as_markdown
from ui.components.usage.chart import read_aloud

_STATE: Final = {"provisional": "速報", "frozen": "確定"}


def show_weeks(figures: UsageFigures) -> None:
    """Show every week with its state, exclusions, adjustments and sources."""
    st.dataframe(
        [week_row(row, figures.names) for row in figures.rows],
        hide_index=True, alt="週ごとの人数",
    )  # fmt: skip


def week_row(row: Any, names: Any) -> dict[str, str]:
    """Return a week as the table shows it."""
    changed = row["adjusted"] - row["active"]
    return {
        "週": str(row["week"]),
        "月曜日": str(row["start"]),
        "年度": f"{row['fiscal_year']}年度",
        "人数": f"{row['active']}人",
        "調整": f"{changed:+d}人" if row["adjustments"] else "",
        "除外": f"{row['excluded']}人",
        "調整後の除外": f"{row['adjusted_excluded']}人" if row["adjustments"] else "",
        "引用だけ": f"{row['quotations_only']}人",
        "未解決の番号": str(row["unresolved"] or ""),
        "利用元ごと": "、".join(f"{names.get(s, s)} {n}人" for s, n in row["sources"].items()),
        "在籍": f"{row['staff']}人",
        "状態": _STATE[row["state"]],
        "印": str(row["special"]),
    }


def show_adjustments(figures: UsageFigures) -> None:
    """Show what changed frozen weeks afterwards."""
    rows = [
        {
            "週": row["week"],
            "登録": change["entry"],
            "日時（日本時間）": tokyo_time(change["at"]),
            "人数": f"{change['active']:+d}人",
            "除外": f"{change['excluded']:+d}人",
            "遅れて届いた質問": change["late_events"],
            "除外・同一人などの登録": "、".join(map(str, change["decisions"])),
        }
        for row in figures.rows
        for change in row["adjustments"]
    ]
    if rows:
        read_aloud(f"確定した後の調整が {len(rows)} 件あります。確定した数は書き換えません。")
        st.dataframe(rows, hide_index=True, alt="確定した週の調整")
    else:
        read_aloud("確定した後の調整はありません。")


def show_register(database: Database) -> None:
    """Show the register of exclusions and the numbers that are nobody's."""
    with database.read() as connection:
        exclusions = [
            {
                "登録": one.entry,
                "職員番号": latest_number(connection, one.person_id) or "（番号なし）",
                "種類": exclusion_words(one.kind),
                "開始": one.first.isoformat(),
                "最後の日": "" if one.end is None else (one.end - timedelta(days=1)).isoformat(),
                "理由": one.reason,
            }
            for one in read_register(connection).exclusions
        ]
        numbers = unresolved_numbers(connection)
    read_aloud(
        f"除外の登録は {len(exclusions)} 件、誰のものか分からない番号は {len(numbers)} です。"
    )
    if exclusions:
        st.dataframe(exclusions, hide_index=True, alt="除外の登録")
    if numbers:
        st.dataframe(
            [
                {
                    "利用元": n.source, "番号": n.number, "質問": n.events,
                    "最初": n.first_day.isoformat(), "最後": n.last_day.isoformat(),
                }
                for n in numbers
            ],
            hide_index=True, alt="誰のものか分からない番号",
        )  # fmt: skip


def show_head(figures: UsageFigures) -> None:
    """Show the end of the chain and how to check against it."""
    words = f"台帳の末尾：{figures.head.id} 番 {figures.head.hash}"
    st.html(note(as_html(f"{words}（控えとの照合：chonai usage verify --head ハッシュ値）")))


def show_definition() -> None:
    """Show how everything is counted, in the words of every export."""
    st.markdown("\n".join(f"* **{as_markdown(n)}**：{as_markdown(w)}" for n, w in DEFINITION))
