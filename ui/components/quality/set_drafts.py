"""Drafts of questions: approved or dropped by a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from assistant.errors import UsageError
from assistant.evaluations.sets import KeptSet, QuestionSets
from assistant.people.directory import Member
from ui import resources, state
from ui.components.quality.acting import perform
from ui.components.quality.set_cases import ShownSet
from ui.components.style import note
from ui.components.text import as_html, as_label

_PLACE: Final = "quality-sets"
_TO_DO: Final = (
    "承認した質問だけを評価に使います。言葉と正しい答えを直すときは、下の「質問を直す」で開きます。"
)


def show_drafts(kept: KeptSet, shown: ShownSet) -> None:
    """Show the drafts of a set, to approve or drop those that are chosen."""
    drafts = [case for case in shown.changeable() if case.state == "draft"]
    if not drafts:
        return
    st.subheader("下書きを確かめる")
    st.html(note(as_html(_TO_DO)))
    by_id = {case.case_id: f"{case.case_id} {case.row['question']}" for case in drafts}
    every = st.checkbox(
        f"下書き{len(drafts):,}問をすべて選ぶ", key=f"quality-all-{kept.id}-{len(drafts)}"
    )
    key = f"quality-drafts-{kept.id}-{state.form_round('quality-drafts')}"
    chosen = list(by_id) if every else st.multiselect(
        "選んだ下書き", list(by_id), key=key, format_func=lambda one: as_label(by_id[one]),
        placeholder="選んでください（いくつでも）",
    )  # fmt: skip
    with st.container(horizontal=True):
        if st.button("選んだ下書きを承認する", key="quality-approve", type="primary"):
            perform(_PLACE, partial(_approve, kept.name, chosen))
        if st.button("選んだ下書きを除く", key="quality-drop"):
            perform(_PLACE, partial(_drop, kept.name, chosen))


def _approve(name: str, ids: Sequence[str], by: Member) -> str:
    kept = _sets().approve(name, _some(ids), by=by.actor)
    _shown(kept)
    return f"{len(ids):,}問を承認しました。"


def _drop(name: str, ids: Sequence[str], by: Member) -> str:
    kept = _sets().remove(name, _some(ids), by=by.actor)
    _shown(kept)
    return f"下書き{len(ids):,}問を除きました。"


def _some(ids: Sequence[str]) -> Sequence[str]:
    if not ids:
        raise UsageError("下書きを選んでください。")
    return ids


def _shown(kept: KeptSet) -> None:
    state.empty_form("quality-drafts")
    state.show_quality(set=kept.id)


def _sets() -> QuestionSets:
    return QuestionSets(resources.assistant().database)
