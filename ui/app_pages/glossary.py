"""用語: the words of staff and those of manuals; anybody proposes, who keeps manuals decides."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui import resources
from ui.components.library.glossary_area import show_decisions, show_entries, show_proposing
from ui.components.text import as_html

_INTRODUCTION: Final = (
    "職員が使う言葉と、マニュアルでの言葉を対にしたものです。質問に用語があると、"
    "マニュアルの言葉でも探します。足りない言葉を見つけたら提案してください。"
)


def show() -> None:
    """Show the page to everybody, and the decisions to who looks after manuals."""
    st.title("用語")
    member = resources.require("ask")
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    show_proposing(member)
    if "manage_manuals" in member.tasks:
        show_decisions()
    show_entries(keeps="manage_manuals" in member.tasks)


show()
