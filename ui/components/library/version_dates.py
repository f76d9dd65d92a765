"""The form that changes the days, the 経過措置 and the note of a version."""

from __future__ import annotations

import streamlit as st

from assistant.library.library_list import LibraryRow, version_words
from ui import resources, state
from ui.components.library.acting import Keeper, perform
from ui.components.library.description import version_fields
from ui.components.style import note
from ui.components.text import as_html, date_words


def show_dates_form(row: LibraryRow) -> None:
    """Show the form; the 施行日 of a version that has been published, or corrects one, stays."""
    version = row.version
    fixed = version.state not in ("draft", "ready") or version.revision > 1
    form = f"dates-{version.id}"
    key = f"{form}-{state.form_round(form)}"
    with st.form(key, border=False, enter_to_submit=False):
        if fixed:
            start = date_words(version.effective_from) or "定めなし"
            st.html(note(as_html(f"施行日：{start}（公開した版と、その修正では変えられません）")))
        fields = version_fields(key, known=version, start_is_fixed=fixed)
        sent = st.form_submit_button("日付と経過措置を保存する")

    def amend(now: Keeper) -> str:
        now.version(version.id)
        resources.assistant().lifecycle.amend(version.id, fields.dates(), by=now.actor)
        state.empty_form(form)
        return f"{version_words(version)}の日付と経過措置を保存しました。"

    if sent:
        perform(version.manual_id, amend)
