"""The one official number first, how many people short, and the way to the target."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import altair as alt
import streamlit as st

from assistant import calendar
from assistant.usage.figures import UsageFigures
from assistant.usage.forecast import METHOD
from assistant.usage.official import FINAL_TARGET, FINAL_YEAR, setting_words
from assistant.usage.sentences import official_sentence, value_words, way_sentence
from ui.components.style import note
from ui.components.text import as_html
from ui.components.theme import CHART_AMBER, CHART_BLUE, CHART_GREY
from ui.components.usage.chart import read_aloud, show_chart

_SHOWN_TARGETS: Final = "目安"


def show_headline(figures: UsageFigures) -> None:
    """Show the official value of this fiscal year, or of the last one that has any."""
    year = figures.fiscal_year
    years = figures.fiscal_years()
    if years and year not in years:
        year = years[-1]
    found = figures.official(year)
    present = figures.rows[_present(figures)]
    official, missing, week, left_out = st.columns(4)
    official.metric(f"公式の値（{year}年度）", value_words(found.value))
    short = "－" if found.missing is None else f"あと{found.missing}人"
    missing.metric(f"目標 {FINAL_TARGET}人まで", short)
    week.metric("今週（速報）", f"{present['active']}人")
    left_out.metric("今週の除外", f"{present['excluded']}人")
    read_aloud(official_sentence(figures, year))
    words = f"公式の値の作り方：{setting_words(figures.setting, figures.names)}"
    st.html(note(as_html(words)))


def show_way(figures: UsageFigures) -> None:
    """Show the closed weeks, the target line and the forecast with its interval."""
    known = [week for week in figures.closed if week.value is not None]
    targets = target_points(figures)
    layers = [
        alt.Chart(alt.Data(values=targets))
        .mark_line(color=CHART_GREY, strokeDash=[6, 4], point={"color": CHART_GREY})
        .encode(x="日:T", y="人数:Q", tooltip=["日:T", "人数:Q"])
    ]
    weeks = [{"日": w.start.isoformat(), "人数": w.value, "除外": w.excluded} for w in known]
    ahead = forecast_rows(figures)
    if ahead:
        data = alt.Data(values=ahead)
        layers.append(
            alt.Chart(data)
            .mark_area(color=CHART_AMBER, opacity=0.18)
            .encode(x="日:T", y="少ない:Q", y2="多い:Q")
        )
        layers.append(
            alt.Chart(data)
            .mark_line(color=CHART_AMBER, strokeDash=[2, 2])
            .encode(x="日:T", y="見通し:Q", tooltip=["日:T", "見通し:Q", "少ない:Q", "多い:Q"])
        )
    layers.append(
        alt.Chart(alt.Data(values=weeks))
        .mark_line(color=CHART_BLUE, point={"size": 14, "color": CHART_BLUE})
        .encode(
            x=alt.X("日:T", title=None, axis=alt.Axis(format="%Y/%m")),
            y=alt.Y("人数:Q", title="人", scale=alt.Scale(zero=True)),
            tooltip=["日:T", "人数:Q"],
        )
    )
    rows: list[dict[str, Any]] = [
        {"日": row["日"], "種類": "確定", "人数": row["人数"], "除外": str(row["除外"]), "幅": ""}
        for row in weeks
    ]
    rows += [
        {"日": row["日"], "種類": _SHOWN_TARGETS, "人数": row["人数"], "除外": "", "幅": ""}
        for row in targets
    ]
    rows += [
        {
            "日": row["日"],
            "種類": "見通し",
            "人数": row["見通し"],
            "除外": "",
            "幅": f"{row['少ない']}〜{row['多い']}",
        }
        for row in ahead[::13]
    ]
    show_chart(alt.layer(*layers), rows, sentence=way_sentence(figures), what="200人への道のり")
    st.html(
        note(
            as_html(
                f"青：確定した週（公式の読み方）。灰色の破線：年度末の目安（決定：{figures.target.decision}）。"
                f"黄：見通し。{METHOD}"
            )
        )
    )


def target_points(figures: UsageFigures) -> list[dict[str, Any]]:
    """Return the target line: the people of each fiscal year at its end."""
    return [
        {"日": date(year + 1, 3, 31).isoformat(), "人数": number}
        for year, number in figures.target.people.items()
        if year <= FINAL_YEAR
    ]


def forecast_rows(figures: UsageFigures) -> list[dict[str, Any]]:
    """Return the forecast week by week, rounded to whole people."""
    known = [week for week in figures.closed if week.value is not None]
    if figures.forecast is None or not known:
        return []
    return [
        {
            "日": (known[-1].start + timedelta(days=7 * point.ahead)).isoformat(),
            "見通し": round(point.expected),
            "少ない": round(point.low),
            "多い": round(point.high),
        }
        for point in figures.forecast.points
    ]


def _present(figures: UsageFigures) -> int:
    """Return the place of the present week: a clock that was ahead may have left later ones."""
    key = calendar.week_key(figures.at)
    return next(place for place, row in enumerate(figures.rows) if row["week"] == key)
