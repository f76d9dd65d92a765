"""品質評価: question sets, runs over them, their figures, two runs compared, people's verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from assistant.people.directory import Member
from ui import resources, state
from ui.components.quality.comparing_area import show_comparing
from ui.components.quality.judging_area import show_judging
from ui.components.quality.results_area import show_results
from ui.components.quality.running_area import show_running
from ui.components.quality.sets_area import show_sets
from ui.components.quality.words import COMPARING, JUDGING, RESULTS, RUNNING, SETS
from ui.components.text import as_html

_AREAS: Final[Mapping[str, Callable[[Member], None]]] = {
    SETS: show_sets,
    RUNNING: show_running,
    RESULTS: show_results,
    COMPARING: show_comparing,
    JUDGING: show_judging,
}
_INTRODUCTION: Final = (
    "質問集（質問と正しい答えの一覧）で、AIの回答がどれだけ正しいかを測ります。"
    "質問集を用意し、評価して、結果を見る、の順に進めます。"
)


def show() -> None:
    """Show the area chosen; every action in it asks again whether the person still may."""
    st.title("品質評価")
    member = resources.require("evaluate")
    state.choose_quality(SETS)
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    chosen = st.segmented_control(
        "表示する内容",
        list(_AREAS),
        required=True,
        key=state.QUALITY_AREA_KEY,
        persist_state="session",
    )
    area = chosen or SETS
    st.header(area)
    _AREAS[area](member)


show()
