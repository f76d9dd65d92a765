"""Buttons to the page before and the page after, and where one is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.components.style import note


def show_page_buttons(number: int, pages: int, *, turn: Callable[[int], None]) -> None:
    """Show the buttons; each calls `turn` with a page number from 1 to `pages`.

    They are never disabled: a button that is disabled under the finger drops the keyboard's
    focus, and the Escape key then no longer closes a drawer.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("前のページ", on_click=turn, args=(max(number - 1, 1),))
        st.button("次のページ", on_click=turn, args=(min(number + 1, pages),))
        end = "（最初のページです）" if number == 1 else ""
        end = "（最後のページです）" if number == pages else end
        st.html(note(f"ファイルの{number}ページ目／全{pages}ページ{end}"), width="content")
