"""Buttons to the page before and the page after, and where one is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.components.style import note
from ui.components.text import as_html


def show_page_buttons(
    number: int,
    pages: int,
    *,
    turn: Callable[[int], None],
    label: str | None = None,
    back_to: int | None = None,
    place: str = "",
) -> None:
    """Show the buttons; each calls `turn` with a page number from 1 to `pages`.

    `label` is the page number that is printed on the page, `back_to` the page of the quotation,
    `place` tells these buttons from others on the screen. They are never disabled: a button that
    is disabled under the finger drops the keyboard's focus, and the Escape key then no longer
    closes a drawer.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        before, after = max(number - 1, 1), min(number + 1, pages)
        st.button("前のページ", on_click=turn, args=(before,), key=f"page-before-{place}")
        st.button("次のページ", on_click=turn, args=(after,), key=f"page-after-{place}")
        if back_to is not None and back_to != number:
            st.button("引用のページに戻る", on_click=turn, args=(back_to,), key=f"back-{place}")
        end = "（最初のページです）" if number == 1 else ""
        end = "（最後のページです）" if number == pages else end
        printed = "" if label is None or label.strip() == str(number) else label.strip()
        shown = f"印刷されたページ番号 {printed}、" if printed else ""
        words = f"{shown}ファイルの{number}ページ目／全{pages}ページ{end}"
        st.html(note(as_html(words)), width="content")
