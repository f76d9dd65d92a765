"""The question on minutes saved, under an answer that chance chose."""

from __future__ import annotations

from functools import partial

import streamlit as st

from assistant.answer_desk import AnswerDesk, AnswerRecord
from assistant.usage.survey import BANDS, QUESTION, SKIPPED
from ui.components.style import note
from ui.components.text import as_html


def show_minutes(record: AnswerRecord, desk: AnswerDesk, person_id: str) -> None:
    """Ask how much time the answer saved, where it may be asked; one press answers it."""
    if not desk.asks_minutes(record.id, person_id=person_id):
        return
    reply = partial(desk.reply_minutes, record.id, person_id=person_id)
    with st.container(key=f"minutes-{record.id}", border=True):
        st.html(note(as_html(QUESTION)))
        with st.container(horizontal=True):
            for band, (words, _) in BANDS.items():
                st.button(
                    words, key=f"minutes-{record.id}-{band}", on_click=reply, kwargs={"band": band}
                )
            st.button(
                "答えない",
                key=f"minutes-{record.id}-skip",
                type="tertiary",
                on_click=reply,
                kwargs={"band": SKIPPED},
            )
