"""The field that chooses a run among those that have results."""

from __future__ import annotations

import streamlit as st

from assistant.evaluations.runs import EvaluationRuns, KeptRun
from ui import resources
from ui.components.quality.words import run_words
from ui.components.style import note
from ui.components.text import as_html, as_label


def answered_runs() -> list[KeptRun]:
    """Return the runs with at least one result, the latest first."""
    return [run for run in EvaluationRuns(resources.assistant().database).all() if run.answered]


def choose_run(label: str, runs: list[KeptRun], *, key: str, first: int = 0) -> KeptRun | None:
    """Return the run chosen, or None and say so where there is none; `first` is chosen at first."""
    if not runs:
        st.html(note(as_html("結果のある評価はまだありません。「評価する」で始めてください。")))
        return None
    by_id = {run.id: run for run in runs}
    chosen = st.selectbox(
        label, list(by_id), min(first, len(runs) - 1), key=key, persist_state="session",
        format_func=lambda one: as_label(run_words(by_id[one])),
    )  # fmt: skip
    return by_id.get(chosen, runs[0])
