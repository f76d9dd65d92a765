"""The drawer that shows where a quotation stands: the page as a picture, or the section's text."""

from __future__ import annotations

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.domain import Citation, Reader
from assistant.errors import AssistantError
from assistant.library import ManualListing
from assistant.opening import Assistant
from ui import resources, state
from ui.components.cited_place import show_pin
from ui.components.document_text import document_html
from ui.components.marked_text import marked_html
from ui.components.page_buttons import show_page_buttons
from ui.components.quotation import quotation_html
from ui.components.style import heading, picture_html
from ui.components.text import as_html, as_markdown, page_words, place_words
from ui.originals import original_link
from ui.page_pictures import find_picture, has_pages, page_url
from ui.state import OpenedPlace

_NOT_READABLE = "このマニュアルは表示できません。取り下げられたか、差し替えられました。"
_NOT_MARKED = (
    "画像の中で引用の位置を見つけられなかったため、印を付けていません。"
    "上の引用文と見比べてください。"
)
_NOT_IN_TEXT = (
    "本文の中で引用の位置を見つけられなかったため、印を付けていません。"
    "上の引用文と見比べてください。"
)


def show_opened_place(assistant: Assistant) -> bool:
    """Show the place that was opened, if any, in a drawer; tell whether one is open.

    A drawer is modal and its buttons run only itself, so the page under it may stand still. Who
    looks is read anew at each of these runs: rights may have changed since the page's own.
    """
    place = state.opened_place()
    if place is None:
        return False

    def contents() -> None:
        current = state.opened_place()
        if current is None:
            return
        try:
            _show(assistant, resources.reader(), current)
        except AssistantError as error:
            st.error(as_markdown(str(error)))

    title = f"根拠［{place.marker}］" if place.marker else "関連する記載"
    # Half of a desktop screen, so that the answer stays in view; a telephone gives it all.
    drawer = st.dialog(title, width=680, position="right", on_dismiss=state.close_place)
    drawer(contents)()
    return True


def _show(assistant: Assistant, reader: Reader, place: OpenedPlace) -> None:
    listing = assistant.library.version(place.version_id, reader=reader)
    if listing is None:
        st.warning(_NOT_READABLE)
        return
    record = assistant.desk.record(place.answer_id, reader=reader)
    citation = _citation(record, place)
    if citation is not None:
        words = place_words(
            citation.manual, citation.heading_path, citation.page, citation.label, citation.file
        )
        st.html(
            quotation_html(citation.quote, citation.core)
            + f'<p class="chonai-place">{as_html(words)}</p>'
        )
        show_pin(assistant.library, reader, citation)
    st.html(original_link(listing.version.id, listing.version.file_name))
    if has_pages(listing.version.file_name):
        _show_page(assistant, reader, place, listing, citation)
    else:
        _show_section(assistant, reader, place, listing, citation)


def _citation(record: AnswerRecord | None, place: OpenedPlace) -> Citation | None:
    if record is None or record.answer is None:
        return None
    fitting = (c for c in record.answer.citations if c.marker == place.marker)
    return next(fitting, None)


def _show_page(
    assistant: Assistant,
    reader: Reader,
    place: OpenedPlace,
    listing: ManualListing,
    citation: Citation | None,
) -> None:
    number = place.page or 1
    name = f"{place.answer_id}.{place.marker}" if citation else ""
    picture = find_picture(
        assistant, reader=reader, version_id=place.version_id, number=number, citation=name
    )
    if picture is None:
        st.warning(_NOT_READABLE)
        return
    label = assistant.library.page_labels([place.version_id]).get((place.version_id, number))
    words = f"『{listing.manual.title}』{page_words(number, label)}"
    show_page_buttons(number, listing.pages, turn=state.turn_page)
    if citation and number == citation.page and not picture.marked:
        st.warning(_NOT_MARKED)
    st.html(
        heading(as_html(words))
        + picture_html(page_url(place.version_id, number, name), words, picture.first_mark)
    )


def _show_section(
    assistant: Assistant,
    reader: Reader,
    place: OpenedPlace,
    listing: ManualListing,
    citation: Citation | None,
) -> None:
    if citation is None:
        _show_page_text(assistant, reader, place, listing)
        return
    chunk = assistant.library.chunks([citation.chunk_id]).get(citation.chunk_id)
    if chunk is None or chunk.version_id != listing.version.id:
        st.warning(_NOT_READABLE)
        return
    section = "\n".join(part.text for part in assistant.library.neighbours(chunk))
    text, found = marked_html(section, citation.quote)
    if not found:
        st.warning(_NOT_IN_TEXT)
    title = " › ".join(citation.heading_path) or listing.manual.title
    st.html(heading(as_html(title)) + text)


def _show_page_text(
    assistant: Assistant, reader: Reader, place: OpenedPlace, listing: ManualListing
) -> None:
    """Show the text of a page that has no picture: a slide."""
    pages = assistant.library.pages(listing.version.id, reader=reader)
    page = next((p for p in pages if p.number is not None and p.number == place.page), None)
    if page is None:
        st.warning(_NOT_READABLE)
        return
    st.html(document_html(page.text, listing.version.file_name))
