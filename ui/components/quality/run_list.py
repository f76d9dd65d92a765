"""The list of the runs with their main figures, and the way to the result of one."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.evaluations.runs import EvaluationRuns, KeptRun
from eval.metrics.intervals import Estimate, estimate
from eval.runs.run_figures import METRICS
from eval.runs.run_sheets import STATE_WORDS
from eval.runs.stored_runs import answered_cases
from ui import resources, state
from ui.components.quality.words import (
    RESULTS,
    mode_of_run,
    run_words,
    set_of_run,
    with_interval,
)
from ui.components.style import note
from ui.components.text import as_html, as_label, clock_words

_MOST: Final = 30
MAIN: Final = ("wholly_right", "outcome_right", "citation_right")
_HOW: Final = "かっこの中は95%の範囲です。同じ質問を何度も選び直したときに、値が動く幅を表します。"


def show_runs() -> None:
    """Show the latest runs, and let the result of one be opened."""
    runs = EvaluationRuns(resources.assistant().database).all()
    if not runs:
        st.html(note(as_html("評価の記録はまだありません。")))
        return
    st.html(note(as_html(_HOW)))
    st.dataframe([_row(run) for run in runs[:_MOST]], hide_index=True, alt="評価の記録の一覧")
    if len(runs) > _MOST:
        st.html(note(as_html(f"新しいものから{_MOST}件を表示しています。")))
    _show_opening([run for run in runs if run.answered])


def _show_opening(runs: list[KeptRun]) -> None:
    if not runs:
        return
    by_id = {run.id: run for run in runs}
    chosen = st.selectbox(
        "結果を見る評価", list(by_id), key=f"quality-open-{len(runs)}",
        format_func=lambda key: as_label(run_words(by_id[key])),
    )  # fmt: skip
    if st.button("結果を開く", key="quality-open-button"):
        state.show_quality(area=RESULTS, run=chosen, case=None)
        st.rerun()


def _row(run: KeptRun) -> dict[str, str]:
    figures = main_figures(run)
    return {
        "評価": f"{run.id}",
        "質問集": set_of_run(run),
        "始めた日時": clock_words(run.started_at),
        "始めた人": run.started_by_name,
        "状態": STATE_WORDS[run.state],
        "測った質問": f"{run.answered:,}／{run.questions:,}問",
        "答え方": mode_of_run(run),
        **{METRICS[name].words: with_interval(figures[name]) for name in MAIN},
    }


def main_figures(run: KeptRun) -> dict[str, Estimate]:
    """Return the main figures of a run, which are the same for all readers."""
    folder = str(resources.assistant().settings.data_dir)
    return _figures(folder, run.id, run.answered, f"{run.ended_at}")


@st.cache_data(max_entries=200, show_spinner=False)
def _figures(folder: str, run_id: int, answered: int, ended: str) -> dict[str, Estimate]:
    """Return the figures; they are kept, as the intervals of thirty runs take a second."""
    del folder, answered, ended  # they tell one state of a run from another
    found = answered_cases(EvaluationRuns(resources.assistant().database), run_id)
    return {name: estimate([METRICS[name].value(result) for _, result in found]) for name in MAIN}
