"""Readings, movement and cohorts: what the people of the closed weeks do over time."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from assistant.usage.figures import UsageFigures
from assistant.usage.sentences import (
    cohort_sentence,
    movement_sentence,
    quotations_sentence,
    readings_sentence,
)
from ui.components.usage.chart import heat, lines, read_aloud, show_chart

_READINGS: Final = ("その週に利用", "4週のうち3週以上", "直近4週すべて")
_MOVEMENT: Final = ("継続", "新規", "復帰", "休眠")
_COHORTS: Final = 26  # rows of the cohort table


def show_readings(figures: UsageFigures) -> None:
    """Show both readings of each closed week."""
    values, rows = [], []
    for week in figures.closed:
        numbers = (week.active, week.three_of_four, week.sustained)
        values += [
            {"週の始まり": week.start.isoformat(), "系列": name, "値": number}
            for name, number in zip(_READINGS, numbers, strict=True)
            if number is not None
        ]
        rows.append(
            {
                "週": week.key,
                **{
                    name: "－" if number is None else f"{number}人"
                    for name, number in zip(_READINGS, numbers, strict=True)
                },
                "除外": week.excluded,
                "在籍": week.staff,
                "利用率": f"{week.active / week.staff:.1%}" if week.staff else "－",
                "印": week.special,
            }
        )
    show_chart(
        lines(values, _READINGS), rows[::-1],
        sentence=readings_sentence(figures), what="二つの読み方",
    )  # fmt: skip


def show_movement(figures: UsageFigures) -> None:
    """Show who is new, stays, returns and has gone quiet, week by week."""
    values, rows = [], []
    for week, moved in zip(figures.closed, figures.movements, strict=True):
        numbers = (moved.continuing, moved.new, moved.returning, moved.dormant)
        values += [
            {"週の始まり": week.start.isoformat(), "系列": name, "値": number}
            for name, number in zip(_MOVEMENT, numbers, strict=True)
        ]
        named = dict(zip(_MOVEMENT, numbers, strict=True))
        rows.append({"週": week.key, **named, "除外": week.excluded})
    show_chart(
        lines(values, _MOVEMENT),
        rows[::-1],
        sentence=movement_sentence(figures),
        what="利用者の動き",
    )


def show_cohorts(figures: UsageFigures) -> None:
    """Show, for the people of each first week, how many used it so many weeks after."""
    values: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    chosen = figures.cohorts[-_COHORTS:]
    for cohort in chosen:
        week, began = figures.closed[cohort.first], cohort.active[0]
        first = week.key
        values += [
            {"週後": after, "使い始めた週": first, "割合（%）": round(100 * number / began)}
            for after, number in enumerate(cohort.active)
        ]
        rows.append(
            {
                "使い始めた週": first,
                "その週の除外": week.excluded,
                **{f"{n}週後": c for n, c in enumerate(cohort.active)},
            }
        )
    order = [figures.closed[cohort.first].key for cohort in chosen]
    show_chart(
        heat(values, x="週後", y="使い始めた週", number="割合（%）", order=order),
        rows[::-1], sentence=cohort_sentence(figures), what="使い始めた週ごとの定着",
        height=max(120, 16 * len(order)),
    )  # fmt: skip


def show_quotations(figures: UsageFigures) -> None:
    """Show the people apart for whom no model wrote."""
    if not figures.closed:
        read_aloud("確定した週はまだありません。")
        return
    names = ("利用した人", "引用だけの人")
    values, rows = [], []
    for week in figures.closed:
        counts = (week.week.now["active"], week.week.now["quotations_only"])
        values += [
            {"週の始まり": week.start.isoformat(), "系列": name, "値": number}
            for name, number in zip(names, counts, strict=True)
        ]
        named = dict(zip(names, counts, strict=True))
        rows.append({"週": week.key, **named, "除外": week.week.now["excluded"]})
    show_chart(
        lines(values, names), rows[::-1], sentence=quotations_sentence(*counts),
        what="引用だけの人",
    )  # fmt: skip
    st.caption("利用元をすべて合わせた数です。")
