"""基準日: the day about whose rules the person asks, where it is not today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.as_of import read_chosen_day
from assistant.errors import UsageError
from ui import state
from ui.components.people.fields import day_field
from ui.components.style import note
from ui.components.text import as_html, as_markdown, date_words

_LABEL: Final = "基準日を変える（過去の契約などについて質問するとき）"
_MEANING: Final = (
    "この会話の間、その日に効力のあった版から答えます。"
    "「令和6年度の契約では」のように、質問の中に書いてもかまいません。"
)


def day_of_conversation(records: Sequence[AnswerRecord]) -> date | None:
    """Return the day set for a conversation, None for today.

    On a page that has just been opened it is the one with which the last question was asked.
    """
    chosen = state.chosen_day(_name(records))
    if chosen is not None:
        return chosen.day
    answers = [record.answer for record in records if record.answer is not None]
    last = answers[-1] if answers else None
    return last.as_of if last is not None and last.as_of_origin == "chosen" else None


def keep_day(records: Sequence[AnswerRecord], day: date | None) -> None:
    """Keep a day for the conversation that these records belong to."""
    state.choose_day(_name(records), day)


def show_as_of(records: Sequence[AnswerRecord]) -> None:
    """Show the day that is set, with a way back to today, or the field in which to set one."""
    chosen = day_of_conversation(records)
    if chosen is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(note(as_html(f"基準日：{date_words(chosen)}（この会話の間）")), width="content")
            back = (_name(records), None)
            st.button("今日に戻す", on_click=state.choose_day, args=back, key="as-of-today")
        return
    folded = st.expander(_LABEL, key="as-of")
    with folded, st.form("as-of-form", border=False, enter_to_submit=False):
        st.html(note(as_html(_MEANING)))
        typed = day_field("基準日", key="as-of-day")
        problem = st.empty()
        if st.form_submit_button("この日を基準にする"):
            try:
                keep_day(records, read_chosen_day(typed))
            except UsageError as error:
                problem.error(as_markdown(str(error)))
                return
            st.rerun()


def _name(records: Sequence[AnswerRecord]) -> str:
    return records[0].conversation_id if records else ""
