"""A chart with the sentence that reads it and the table of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import streamlit as st

from ui.components.text import as_html
from ui.components.theme import CHART_BLUE, CHART_COLOURS

_HEIGHT: Final = 280


def read_aloud(sentence: str) -> None:
    """Show a sentence that says what a chart or table shows."""
    st.html(f'<p class="chonai-body">{as_html(sentence)}</p>')


def show_chart(
    chart: Any,
    rows: Sequence[dict[str, Any]],
    *,
    sentence: str,
    what: str,
    height: int | None = _HEIGHT,
) -> None:
    """Show what a chart says, the chart, and its numbers as a table below.

    Without a height the chart has its own. Without numbers only the sentence stands there.
    """
    read_aloud(sentence)
    if not rows:
        return
    sized = chart if height is None else chart.properties(height=height)
    st.altair_chart(sized, width="stretch", alt=f"{what}の図。数は下の表にあります。")
    with st.expander(f"{what}（表）"):
        st.dataframe(list(rows), hide_index=True, alt=f"{what}の表")


def lines(values: Sequence[dict[str, Any]], names: Sequence[str], *, unit: str = "人") -> Any:
    """Return a chart of lines over the weeks; `values` have 週の始まり, 系列 and 値."""
    return (
        alt.Chart(alt.Data(values=list(values)))
        .mark_line(point={"size": 14})
        .encode(
            x=alt.X("週の始まり:T", title=None, axis=alt.Axis(format="%Y/%m")),
            y=alt.Y("値:Q", title=unit, scale=alt.Scale(zero=True)),
            color=alt.Color(
                "系列:N", title=None,
                scale=alt.Scale(domain=list(names), range=list(CHART_COLOURS[: len(names)])),
                legend=alt.Legend(orient="bottom", columns=2),
            ),
            tooltip=["週の始まり:T", "系列:N", "値:Q"],
        )
    )  # fmt: skip


def bars(values: Sequence[dict[str, Any]], *, name: str, number: str) -> Any:
    """Return a chart of bars that lie, the longest first."""
    return (
        alt.Chart(alt.Data(values=list(values)))
        .mark_bar(color=CHART_BLUE)
        .encode(
            y=alt.Y(
                f"{name}:N",
                title=None,
                sort=None,
                axis=alt.Axis(labelLimit=260, labelOverlap=False),
            ),
            x=alt.X(f"{number}:Q", title=number, axis=alt.Axis(tickMinStep=1, format=",d")),
            tooltip=[f"{name}:N", f"{number}:Q"],
        )
    )


def height_of(rows: Sequence[object]) -> int:
    """Return how high a chart of bars must be for each of its names to be read."""
    return 60 + 22 * len(rows)


def heat(
    values: Sequence[dict[str, Any]], *, x: str, y: str, number: str, order: Sequence[str]
) -> Any:
    """Return a chart of coloured cells; `order` is that of the rows."""
    return (
        alt.Chart(alt.Data(values=list(values)))
        .mark_rect()
        .encode(
            x=alt.X(f"{x}:O", title=x),
            y=alt.Y(f"{y}:N", title=None, sort=list(order), axis=alt.Axis(labelOverlap=False)),
            color=alt.Color(f"{number}:Q", title=number, scale=alt.Scale(scheme="blues")),
            tooltip=[f"{x}:O", f"{y}:N", f"{number}:Q"],
        )
    )
