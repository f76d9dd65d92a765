"""Links that bring a question along: /?q=… fills the input, and the person sends it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.settings import Settings
from ui import state
from ui.sign_in.paths import LONGEST_LINK, NOT_KEPT, QUESTION

_TOO_LONG: Final = (
    "リンクに書かれた質問が長すぎます{length}。{most}文字までです。"
    "下の欄に、知りたいことを入力してください。"
)


def longest_link(settings: Settings) -> int:
    """Return how many letters the question of a link may have: no more than any question."""
    return min(settings.question_max_characters, LONGEST_LINK)


def fill_in_from_link(settings: Settings) -> str:
    """Put the question of the page's address into the input, once, in a new conversation.

    Returns what is wrong with it, "" if nothing. To be called before the input is drawn.
    """
    question, most = st.query_params.get(QUESTION, "").strip(), longest_link(settings)
    if len(question) > most:
        return _TOO_LONG.format(length=f"（{len(question)}文字）", most=most)
    if NOT_KEPT in st.query_params:
        return _TOO_LONG.format(length="", most=most)
    if question and state.is_new_link(question):
        state.show_conversation("")
        state.put_into_input(question)
    return ""


def drop_link() -> None:
    """Take the question out of the address: it was asked, and a reload must not bring it back."""
    for name in (QUESTION, NOT_KEPT):
        if name in st.query_params:
            del st.query_params[name]
