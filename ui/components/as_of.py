"""基準日: the day about whose rules the person asks, where it is not today."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.errors import UsageError
from ui import state
from ui.components.people.fields import day_field, optional_day
from ui.components.style import note
from ui.components.text import as_html, as_markdown, date_words

_LABEL: Final = "基準日を変える（過去の契約などについて質問するとき）"
_MEANING: Final = (
    "その日に効力のあった版から答えます。空のままなら今日です。"
    "「令和6年度の契約では」のように、質問の中に書いてもかまいません。"
)


def show_as_of() -> None:
    """Show the day that is set, with a way back to today, or the field in which to set one."""
    chosen = state.as_of()
    if chosen is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(note(as_html(f"基準日：{date_words(chosen)}（今日に戻すまで）")))
            st.button("今日に戻す", on_click=state.set_as_of, args=(None,), key="as-of-today")
        return
    with st.expander(_LABEL), st.form("as-of-form", border=False):
        st.html(note(as_html(_MEANING)))
        typed = day_field("基準日", key="as-of-day")
        if st.form_submit_button("この日を基準にする"):
            try:
                state.set_as_of(optional_day(typed, "基準日"))
            except UsageError as error:
                st.error(as_markdown(str(error)))
                return
            st.rerun()
