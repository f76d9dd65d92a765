"""What the manuals disagree on: both sides with their places, under one heading."""

from __future__ import annotations

import streamlit as st

from assistant.answers.conflict_words import CONFLICT_HEADING, conflict_words
from assistant.domain import Answer
from ui.components.cited_place import place_html, show_button_to
from ui.components.quotation import quotation_html
from ui.components.style import heading
from ui.components.text import as_markdown


def show_conflicts(answer: Answer, *, record_id: str, opened: set[int]) -> None:
    """Show each conflict with the words of both sides.

    `opened` are the markers that have a button on the page already; those shown here are added.
    """
    citations = {citation.marker: citation for citation in answer.citations}
    st.html(heading(CONFLICT_HEADING))
    for conflict in answer.conflicts:
        st.warning(as_markdown(conflict_words(conflict, answer)))
        for citation in dict.fromkeys(citations[side.marker] for side in conflict.sides):
            quote = quotation_html(citation.quote, citation.core)
            st.html(quote + place_html(citation))
            if citation.marker not in opened:
                opened.add(citation.marker)
                show_button_to(record_id, citation)
