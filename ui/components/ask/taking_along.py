"""What can be taken from an answer: its text with sources, and the basis for a draft."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.domain import Answer
from ui import state
from ui.components.ask.copied_text import basis_of_draft, text_with_sources
from ui.components.style import note
from ui.components.text import as_html

_HOW: Final = (
    "枠の右上のボタンでコピーできます。ボタンがないときは、文字を選んでコピーしてください。"
)


def show_copies(record: AnswerRecord, answer: Answer) -> None:
    """Show the two texts, each behind its button."""
    for label, text in (
        ("出典付きでコピー", text_with_sources(record.question, answer)),
        ("起案に添える根拠", basis_of_draft(record.question, answer, asked_at=record.asked_at)),
    ):
        with st.popover(label, key=f"copy-{label}-{record.id}"):
            st.html(note(as_html(_HOW)))
            st.code(text, language=None, wrap_lines=True)


def show_again(record: AnswerRecord) -> None:
    """Show the ways to ask once more: the same question, or one that is put right first."""
    st.button(
        "もう一度質問する",
        key=f"again-{record.id}",
        on_click=state.ask_next,
        args=(record.question,),
    )
    st.button(
        "質問を直す",
        key=f"edit-{record.id}",
        on_click=state.put_into_input,
        args=(record.question,),
    )
