"""A citation as it stands under a quotation: its place, its version, the way to its page."""

from __future__ import annotations

import streamlit as st

from assistant import calendar
from assistant.answers.pinned import pins
from assistant.domain import Citation, Reader
from assistant.library import ManualLibrary
from ui import state
from ui.components.style import note
from ui.components.text import as_html, as_markdown, place_words
from ui.components.version_words import NOT_THE_SAME, version_notice
from ui.state import OpenedPlace


def place_html(citation: Citation) -> str:
    """Return the place of a citation behind its marker."""
    words = place_words(
        citation.manual, citation.heading_path, citation.page, citation.label, citation.file
    )
    return f'<p class="chonai-place">{as_html(f"[{citation.marker}] {words}")}</p>'


def show_button_to(record_id: str, citation: Citation) -> None:
    """Show the button that opens a citation; only once in a run of the page."""
    place = OpenedPlace(record_id, citation.marker, citation.version_id, citation.page)
    st.button(
        as_markdown(f"[{citation.marker}]") + " 根拠を見る",
        key=f"cite-{record_id}-{citation.marker}",
        on_click=state.open_place,
        args=(place,),
    )


def show_pin(library: ManualLibrary, reader: Reader, citation: Citation) -> None:
    """Say where another version holds today, and warn where the words are not those quoted."""
    found = pins(library, [citation], reader=reader, today=calendar.today())
    pin = found.get(citation.marker)
    if pin is None:
        return
    if not pin.is_unchanged:
        st.error(as_markdown(NOT_THE_SAME))
    notice = version_notice(pin)
    if notice:
        st.html(note(as_html(notice)))
