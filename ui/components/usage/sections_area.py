"""Sections in fixed tables (week, month, fiscal year); cells of few people are not shown."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from assistant import calendar
from assistant.database import Database
from assistant.usage.figures import ClosedWeek, UsageFigures
from assistant.usage.sections import SectionTable, section_history, section_table
from assistant.usage.suppression import HIDDEN_WORDS, LEAST_SHOWN
from ui.components.style import note
from ui.components.text import as_html, as_markdown
from ui.components.usage.chart import bars, height_of, read_aloud, show_chart

_KINDS: Final = ("週", "月", "年度")
_NOTE: Final = (
    f"{LEAST_SHOWN}人未満の欄と、合計から差し引くと分かってしまう欄は「{HIDDEN_WORDS}」です。"
    "どちらの理由かは示しません。1人は、期間の最後に質問したときの課に一度だけ数えます。"
    "利用元をすべて合わせた数で、除外したアカウントは含みません。"
    "確定した週だけを集計し、ほかの条件では絞り込めません。"
)


def periods(closed: tuple[ClosedWeek, ...], kind: str) -> dict[str, list[str]]:
    """Return the periods of a kind by their names, the newest first, each with its closed weeks.

    A month has the weeks whose Thursday is in it, so that months make up fiscal years.
    """
    found: dict[str, list[str]] = {}
    for week in closed:
        name = {
            "週": f"{week.key}（{week.start:%Y年%-m月%-d日}の週）",
            "月": f"{week.thursday:%Y年%-m月}",
            "年度": f"{week.fiscal_year}年度",
        }[kind]
        found.setdefault(name, []).append(week.key)
    return dict(reversed(found.items()))


def show_sections(figures: UsageFigures, database: Database) -> None:
    """Show one fixed table of sections as it was chosen."""
    if not figures.closed:
        read_aloud("確定した週はまだありません。")
        return
    kind = st.radio("表の種類", _KINDS, horizontal=True, key="usage-section-kind")
    known = periods(figures.closed, kind or "週")
    chosen = st.selectbox(f"{kind}を選ぶ", list(known), key=f"usage-section-{kind}")
    with database.read() as connection:
        table = section_table(connection, known[chosen or next(iter(known))])
    shown = [
        {"課": row.section, "利用した人": row.active}
        for row in sorted(table.rows, key=lambda r: -(r.active or 0))
        if row.active is not None
    ]
    show_chart(
        bars(shown, name="課", number="利用した人"), table_rows(table),
        sentence=_sentence(table), what="課ごとの利用", height=height_of(shown),
    )  # fmt: skip
    st.html(note(as_html(_NOTE)))


def table_rows(table: SectionTable) -> list[dict[str, Any]]:
    """Return a table of sections as it may be shown, with the total of the city."""
    rows = [
        {
            "課": row.section,
            "利用した人": _people(row.active),
            "在籍": _people(row.staff),
            "利用率": HIDDEN_WORDS if row.rate is None else f"{row.rate:.0%}",
        }
        for row in table.rows
    ]
    rate = f"{table.active / table.staff:.0%}" if table.staff else HIDDEN_WORDS
    total = {
        "課": f"市全体（ほかに除外 {table.excluded}人）",
        "利用した人": f"{table.active}人",
        "在籍": f"{table.staff}人",
        "利用率": rate,
    }
    return [*rows, total]


def show_own_sections(sections: list[str], database: Database) -> None:
    """Show a leader the closed weeks of their sections, as the tables of these weeks have them."""
    for section in sections:
        st.header(as_markdown(section))
        with database.read() as connection:
            tables = section_history(connection, section, today=calendar.today())
        rows = [
            {
                "週": table.weeks[0],
                "月曜日": calendar.week_start(table.weeks[0]).isoformat(),
                "当時の課名": row.section,
                "人数": _people(row.active),
            }
            for table in tables
            for row in table.rows
        ]
        st.dataframe(rows, hide_index=True, alt=f"{section}の週ごとの人数")
    st.html(note(as_html(_NOTE)))


def _people(number: int | None) -> str:
    return HIDDEN_WORDS if number is None else f"{number}人"


def _sentence(table: SectionTable) -> str:
    hidden = sum(row.active is None for row in table.rows)
    shown = sorted((r for r in table.rows if r.active is not None), key=lambda r: -(r.active or 0))
    words = (
        f"市全体で {table.active}人が利用しました（在籍 {table.staff}人、ほかに除外 "
        f"{table.excluded}人）。"
    )
    if shown:
        words += f"最も多い課は{shown[0].section}（{shown[0].active}人）です。"
    return words + f"{len(table.rows)} の課のうち {hidden} は非表示です。"
