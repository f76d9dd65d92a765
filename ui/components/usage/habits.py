"""When staff ask, of what, how answers are made and how long they wait: questions, not people."""

from __future__ import annotations

from collections import Counter
from typing import Final

import altair as alt
import streamlit as st

from assistant.database import Database
from assistant.usage.figures import UsageFigures
from assistant.usage.sentences import (
    MODE_WORDS,
    day_names,
    hours_sentence,
    latency_words,
    mode_sentence,
    ranking_sentence,
)
from assistant.usage.summaries import LATENCIES, Figure, read_figures
from ui.components.usage.chart import bars, heat, height_of, show_chart

_PERIODS: Final = {"直近4週": 4, "直近13週": 13, "直近52週": 52}
_MOST_MANUALS: Final = 20
_COUNTED: Final = "人数ではなく質問の数です。利用者数から除外した人の質問も含みます。"


def show_habits(figures: UsageFigures, database: Database) -> None:
    """Show the questions of a chosen number of closed weeks."""
    chosen = st.selectbox("期間（確定した週）", list(_PERIODS), index=1, key="usage-period")
    weeks = [week.key for week in figures.closed[-_PERIODS[chosen or "直近13週"] :]]
    st.caption(_COUNTED)

    def counted(figure: Figure) -> Counter[str]:
        with database.read() as connection:
            return read_figures(connection, figure, weeks=weeks)

    st.subheader("曜日と時間帯")
    _show_hours(counted("hour"))
    st.subheader("区分とマニュアル")
    _show_ranking("区分", counted("category"))
    _show_ranking("マニュアル", counted("manual"))
    st.subheader("回答の作り方と待ち時間")
    _show_modes(counted("mode"), counted("latency"))


def _show_hours(hours: Counter[str]) -> None:
    names = day_names()
    values = [
        {"時": int(item[2:]), "曜日": names[int(item[0]) - 1], "質問": number}
        for item, number in sorted(hours.items())
    ]
    rows = [
        {
            "時": f"{hour}時台",
            **{name: hours.get(f"{day}-{hour:02d}", 0) for day, name in enumerate(names, 1)},
        }
        for hour in sorted({int(item[2:]) for item in hours})
    ]
    chart = heat(values, x="時", y="曜日", number="質問", order=names)
    show_chart(chart, rows, sentence=hours_sentence(hours), what="曜日と時間帯", height=200)


def _show_ranking(what: str, counts: Counter[str]) -> None:
    ranked = counts.most_common(_MOST_MANUALS)
    rows = [{what: name, "質問": number} for name, number in ranked]
    chart = bars(rows, name=what, number="質問")
    show_chart(
        chart, rows, sentence=ranking_sentence(what, counts), what=f"{what}ごとの質問",
        height=height_of(rows),
    )  # fmt: skip


def _show_modes(modes: Counter[str], latency: Counter[str]) -> None:
    made = [
        {"作り方": MODE_WORDS.get(mode, mode), "質問": number}
        for mode, number in modes.most_common()
    ]
    places = range(len(LATENCIES) + 1) if latency else ()
    waited = [
        {"最初の表示まで": latency_words(place), "質問": latency.get(str(place), 0)}
        for place in places
    ]
    chart = alt.vconcat(
        bars(made, name="作り方", number="質問").properties(height=80),
        bars(waited, name="最初の表示まで", number="質問").properties(height=140),
    )
    rows = [{"項目": row["作り方"], "質問": row["質問"]} for row in made]
    rows += [{"項目": row["最初の表示まで"], "質問": row["質問"]} for row in waited]
    sentence = mode_sentence(modes, latency)
    show_chart(chart, rows, sentence=sentence, what="回答の作り方と待ち時間", height=None)
