"""What an empty page offers: questions to begin with, and manuals that have just come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.answers.first_questions import new_manuals
from assistant.domain import Reader
from assistant.opening import Assistant
from ui import state
from ui.components.ask.page_style import NEW_KEY, SCREEN_ONLY
from ui.components.library.manual_address import PAGE, ManualAddress
from ui.components.style import heading
from ui.components.text import as_html, as_markdown, date_words

_INTRODUCTION: Final = (
    "マニュアルに書いてあることを、出典の引用とともに答えます。"
    "見つからないときは、見つからないと答えます。"
)


def show_start(assistant: Assistant, reader: Reader) -> None:
    """Show the purpose of the page, example questions and new manuals."""
    today = calendar.today()
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    show_questions(
        "たとえば、こんな質問ができます",
        assistant.proposed.first(reader=reader, today=today),
        key="example",
    )
    found = new_manuals(assistant.library, reader=reader, today=today)
    if not found:
        return
    st.html(heading("新しく公開されたマニュアル", level=2))
    with st.container(key=NEW_KEY, gap="xxsmall"):
        for manual in found:
            words = f"『{manual.title}』第{manual.version}版"
            st.page_link(
                PAGE,
                label=as_markdown(f"{words}（{date_words(manual.published_on)}公開）"),
                query_params=ManualAddress(manual.manual_id).query,
            )


def show_questions(title: str, questions: Sequence[str], *, key: str) -> None:
    """Show questions under a heading, each a button that asks it; nothing where there are none."""
    if not questions:
        return
    with st.container(key=f"{SCREEN_ONLY}-{key}", gap="xsmall"):
        st.html(heading(as_html(title), level=2))
        for number, question in enumerate(questions):
            st.button(
                as_markdown(question),
                key=f"{key}-{number}",
                on_click=state.ask_next,
                args=(question,),
            )
