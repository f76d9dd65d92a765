"""The words around a quotation as text: to be heard, to be copied, for files without pages."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.domain import Citation, Reader
from assistant.library import ManualListing
from assistant.library.contents import ReadingSection, contents_of
from assistant.opening import Assistant
from ui.components.document_text import document_html
from ui.components.marked_text import quote_ranges, with_marks
from ui.components.reading_words import page_reading
from ui.components.section_text import section_html
from ui.components.style import heading, note
from ui.components.text import as_html

NOT_READABLE: Final = "このマニュアルは表示できません。取り下げられたか、差し替えられました。"
_NOT_IN_TEXT: Final = (
    "本文の中で引用の位置を見つけられなかったため、印を付けていません。"
    "上の引用文と見比べてください。"
)


def show_section_text(
    assistant: Assistant,
    reader: Reader,
    listing: ManualListing,
    citation: Citation | None,
    *,
    page: int | None,
    folded: bool,
) -> None:
    """Show the section in which a quotation stands, marked; `folded` under the page's picture."""
    section = _section(assistant, reader, listing, citation, page)
    if section is None:
        if not folded:
            _show_place_text(assistant, reader, listing, page, lost=citation is not None)
        return
    quote = citation.quote if citation is not None else ""
    text, marks = section_html(section.chunks, lambda words: quote_ranges(words, quote))
    missing = citation is not None and not marks
    title = " › ".join(section.heading) or listing.manual.title
    if section.parts > 1:
        title += f"（{section.part}／{section.parts}）"
    if not folded:
        if missing:
            st.warning(_NOT_IN_TEXT)
        st.html(heading(as_html(title)) + text)
        return
    marked = "（引用に印）" if marks else ""
    with st.expander(f"この章の文を読む{marked}", key="evidence-section"):
        if missing:
            st.warning(_NOT_IN_TEXT)
        st.html(heading(as_html(title)) + text)


def show_page_text(
    assistant: Assistant, reader: Reader, listing: ManualListing, *, number: int, quote: str
) -> None:
    """Show what was read of a page, folded away, with the quotation marked where it stands."""
    pages = assistant.library.pages(listing.version.id, reader=reader)
    page = next((page for page in pages if page.number == number), None)
    if page is None:
        return
    with st.expander("このページの文を読む", key="evidence-page-text"):
        marked = with_marks(page.text, quote_ranges(page.text, quote))
        st.html(note(as_html(page_reading(page))) + f'<div class="chonai-text">{marked}</div>')


def _section(
    assistant: Assistant,
    reader: Reader,
    listing: ManualListing,
    citation: Citation | None,
    page: int | None,
) -> ReadingSection | None:
    contents = contents_of(assistant.library.text(listing.version.id, reader=reader))
    if citation is not None:
        return contents.holding(citation.chunk_id)
    return None if page is None else contents.on_page(page)


def _show_place_text(
    assistant: Assistant, reader: Reader, listing: ManualListing, page: int | None, *, lost: bool
) -> None:
    """Show the text of a slide that is in no section; `lost` says that a passage is gone."""
    pages = assistant.library.pages(listing.version.id, reader=reader)
    found = next((p for p in pages if p.number is not None and p.number == page), None)
    if lost or found is None:
        st.warning(NOT_READABLE)
        return
    st.html(document_html(found.text, listing.version.file_name))
