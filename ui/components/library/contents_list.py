"""The table of contents of a manual: its headings as a tree; the open chapter is spread out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

import streamlit as st

from assistant.library.contents import Contents
from ui import state
from ui.components.library.manual_address import ManualAddress, go_to
from ui.components.reading_style import CONTENTS_KEY
from ui.components.style import heading
from ui.components.text import as_html, as_markdown

_ALL_OPEN: Final = 40  # headings that are shown without folding any chapter
_INDENT: Final = "　"


def show_contents(contents: Contents, here: ManualAddress, *, current: str) -> None:
    """Show the headings; each opens its section. `current` is the key of the one being read."""
    st.html(heading("目次", level=2))
    lines = contents.lines
    open_chapter = next((line.chapter for line in lines if line.key == current), "")
    below = Counter(line.chapter for line in lines if line.level > 1)
    shown_as_current = False
    with st.container(key=CONTENTS_KEY):
        for place, line in enumerate(lines):
            spread = len(lines) <= _ALL_OPEN or line.chapter == open_chapter
            if line.level > 1 and not spread:
                continue
            # Several headings open one section: the innermost is the section's own.
            last = place + 1 == len(lines) or lines[place + 1].key != line.key
            is_current = line.key == current and last and not shown_as_current
            shown_as_current = shown_as_current or is_current
            title = as_markdown(line.title)
            if line.level == 1 and not spread and below[line.chapter]:
                title += f"（{below[line.chapter]}）"
            st.button(
                f"{_INDENT * (line.level - 1)}{'▶ **' + title + '**' if is_current else title}",
                type="tertiary",
                key=f"contents-{place}",
                on_click=open_section,
                args=(replace(here, section=line.key),),
            )


def open_section(address: ManualAddress, sentence: str = "") -> None:
    """Open a section, with one sentence of it marked; for callbacks."""
    state.mark_sentence(address.section, sentence)
    go_to(address)


def path_html(title: str, path: tuple[str, ...]) -> str:
    """Return where a section stands: the manual, then its headings."""
    return f'<p class="chonai-place">{as_html(" › ".join((f"『{title}』", *path)))}</p>'
