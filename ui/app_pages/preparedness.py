"""マニュアル整備状況: what each section has, what the city still wants, and the goals."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui import resources
from ui.components.library.preparedness_area import show_preparedness
from ui.components.text import as_html

_INTRODUCTION: Final = (
    "マニュアルがどの課にどれだけあり、何が足りないかを確かめる画面です。"
    "課の名前は、今の組織に合わせています。"
)


def show() -> None:
    """Show the page to who looks after manuals; every change in it asks again."""
    st.title("マニュアル整備状況")
    member = resources.require_confirmed("manage_manuals")
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    show_preparedness(member)


show()
