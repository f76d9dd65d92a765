"""Quoted passages near a change of version: both readings, and the 経過措置 that decides."""

from __future__ import annotations

import streamlit as st

from assistant.domain import Answer, Citation
from ui.components.cited_place import place_html, show_button_to
from ui.components.quotation import quotation_html
from ui.components.style import heading, note
from ui.components.text import as_html
from ui.components.version_words import (
    change_heading,
    changes_by_day,
    reading_words,
    transition_lines,
)


def show_near_changes(answer: Answer, *, record_id: str, opened: set[int]) -> None:
    """Show each passage that reads otherwise in the version before or after.

    `opened` are the markers that have a button on the page already; those shown here are added.
    """
    citations = {citation.marker: citation for citation in answer.citations}
    for some in changes_by_day(answer.near_changes):
        st.html(heading(as_html(change_heading(some[0]))))
        for change in some:
            readings = zip(reading_words(change), (change.before, change.after), strict=True)
            for words, marker in readings:
                citation = citations.get(marker) if marker is not None else None
                st.html(_reading_html(words, citation))
                if citation is not None and citation.marker not in opened:
                    opened.add(citation.marker)
                    show_button_to(record_id, citation)
        for line in transition_lines(some):
            st.html(note(as_html(line)))


def _reading_html(words: str, citation: Citation | None) -> str:
    if citation is None:
        return note(as_html(words))
    quote = quotation_html(citation.quote, citation.core)
    return note(as_html(words)) + quote + place_html(citation)
