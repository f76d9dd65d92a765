"""マニュアル: the manuals that one may read, and reading one section by section."""

from __future__ import annotations

import streamlit as st

from ui import resources
from ui.components.library.manual_address import asked_address
from ui.components.library.manual_list import show_manual_list
from ui.components.library.manual_reading import show_asked_manual
from ui.components.reading_style import STYLE


def show() -> None:
    """Show the list, or the manual that the address names."""
    assistant, reader = resources.assistant(), resources.reader()
    st.html(STYLE)
    address = asked_address()
    if address is None:
        st.title("マニュアル")
        show_manual_list(assistant.library, reader)
        return
    show_asked_manual(assistant, reader, address)


show()
