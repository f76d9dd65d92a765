"""Links that bring a question along: /?q=… fills the input, and the person sends it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui import state

PARAMETER: Final = "q"
LONGEST: Final = 200
_TOO_LONG: Final = (
    "リンクに書かれた質問が長すぎます（{length}文字）。{most}文字までです。"
    "下の欄に、知りたいことを入力してください。"
)


def fill_in_from_link() -> str:
    """Put the question of the page's address into the input, once, in a new conversation.

    Returns what is wrong with it, "" if nothing. To be called before the input is drawn.
    """
    question = st.query_params.get(PARAMETER, "").strip()
    if len(question) > LONGEST:
        return _TOO_LONG.format(length=len(question), most=LONGEST)
    if question and state.is_new_link(question):
        state.show_conversation("")
        state.put_into_input(question)
    return ""


def drop_link() -> None:
    """Take the question out of the address: it was asked, and a reload must not bring it back."""
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
