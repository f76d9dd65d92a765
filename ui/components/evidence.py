"""The drawer that shows where a quotation stands: the page as a picture, or the section's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.domain import Citation, Reader
from assistant.errors import AssistantError
from assistant.library import ManualListing
from assistant.opening import Assistant
from ui import resources, state
from ui.components.cited_place import show_pin
from ui.components.evidence_text import NOT_READABLE, show_page_text, show_section_text
from ui.components.library.manual_address import ManualAddress, open_manual_page
from ui.components.page_buttons import show_page_buttons
from ui.components.page_view import choose_zoom, page_html
from ui.components.quotation import quotation_html
from ui.components.reading_style import STYLE
from ui.components.style import heading, note
from ui.components.text import as_html, as_markdown, page_words, place_words
from ui.components.version_facts import VersionFacts, facts_html, version_facts
from ui.serving.originals import original_link
from ui.serving.page_pictures import find_picture, has_pages
from ui.state import OpenedPlace

_NOT_MARKED: Final = (
    "画像の中で引用の位置を見つけられなかったため、印を付けていません。"
    "上の引用文と見比べてください。"
)


@dataclass(frozen=True)
class _Shown:
    """What the drawer shows at one run; `citation` is None for a passage that is only related."""

    assistant: Assistant
    reader: Reader
    place: OpenedPlace
    listing: ManualListing
    citation: Citation | None

    @property
    def has_pages(self) -> bool:
        return has_pages(self.listing.version.file_name)

    @property
    def number(self) -> int:
        return min(max(self.place.page or 1, 1), max(self.listing.pages, 1))


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
        st.warning(NOT_READABLE)
        return
    record = assistant.desk.record(place.answer_id, reader=reader)
    shown = _Shown(assistant, reader, place, listing, _citation(record, place))
    asked_day = record.answer.as_of if record is not None and record.answer is not None else None
    facts = version_facts(assistant.library, listing, reader=reader, asked_day=asked_day)
    st.html(STYLE)
    _show_head(shown, facts)
    if shown.has_pages:
        _show_page(shown)
    show_section_text(
        assistant, reader, listing, shown.citation, page=place.page, folded=shown.has_pages
    )
    if shown.has_pages:
        quote = shown.citation.quote if shown.citation is not None else ""
        show_page_text(assistant, reader, listing, number=shown.number, quote=quote)
    st.html(original_link(listing.version.id, listing.version.file_name))


def _citation(record: AnswerRecord | None, place: OpenedPlace) -> Citation | None:
    if record is None or record.answer is None:
        return None
    fitting = (c for c in record.answer.citations if c.marker == place.marker)
    return next(fitting, None)


def _show_head(shown: _Shown, facts: VersionFacts) -> None:
    """Show the quotation with its place, and which version it is of."""
    citation, listing = shown.citation, shown.listing
    if citation is not None:
        words = place_words(
            citation.manual, citation.heading_path, citation.page, citation.label, citation.file
        )
        st.html(
            quotation_html(citation.quote, citation.core)
            + f'<p class="chonai-place">{as_html(words)}</p>'
        )
    st.html(facts_html(facts, listing.manual.title))
    if citation is not None:
        show_pin(shown.assistant.library, shown.reader, citation)
    elif facts.warning:
        st.html(note(as_html(facts.warning)))
    with st.container(horizontal=True):
        address = ManualAddress(listing.manual.id, "" if facts.holds else listing.version.id)
        chunk_id = citation.chunk_id if citation is not None else ""
        if st.button("マニュアルの画面で読む", key="evidence-read"):
            state.close_place()
            open_manual_page(
                shown.assistant.library, shown.reader, address,
                chunk_id=chunk_id, page=shown.place.page,
            )  # fmt: skip
        if facts.current is not None and st.button("現在の版を読む", key="evidence-current"):
            state.close_place()
            open_manual_page(
                shown.assistant.library, shown.reader, ManualAddress(listing.manual.id),
                heading=citation.heading_path if citation is not None else (),
            )  # fmt: skip


def _show_page(shown: _Shown) -> None:
    number, version, citation = shown.number, shown.listing.version, shown.citation
    name = f"{shown.place.answer_id}.{shown.place.marker}" if citation else ""
    label = shown.assistant.library.page_labels([version.id]).get((version.id, number))
    show_page_buttons(
        number,
        shown.listing.pages,
        turn=state.turn_page,
        label=label,
        back_to=citation.page if citation is not None else None,
        place="evidence",
    )
    zoom = choose_zoom("evidence")
    picture = find_picture(
        shown.assistant,
        reader=shown.reader,
        version_id=version.id,
        number=number,
        citation=name,
        large=zoom in ("150", "200"),
    )
    if picture is None:
        st.warning("このページの画像はありません。下の文をご覧ください。")
        return
    if citation and number == citation.page and not picture.marked:
        st.warning(_NOT_MARKED)
    words = f"『{shown.listing.manual.title}』{page_words(number, label)}"
    st.html(
        heading(as_html(words))
        + page_html(version.id, number, words, picture, zoom=zoom, citation=name)
    )
