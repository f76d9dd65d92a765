"""A section of a manual: its text, the picture of its page, the ways on and to a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from assistant.domain import Reader
from assistant.errors import AssistantError
from assistant.library import ManualListing
from assistant.library.contents import Contents, ReadingSection
from assistant.opening import Assistant
from assistant.search.inside_manual import search_words
from ui import state
from ui.components.library.contents_list import open_section, path_html
from ui.components.library.manual_address import ManualAddress
from ui.components.marked_text import Range, joined, quote_ranges, word_ranges
from ui.components.page_buttons import show_page_buttons
from ui.components.page_view import choose_zoom, page_html
from ui.components.reading_words import page_reading
from ui.components.section_text import section_html
from ui.components.style import hidden_heading, note
from ui.components.text import as_html, as_markdown, page_words
from ui.serving.page_pictures import find_picture, has_pages

_ASK: Final = "app_pages/ask.py"
_NO_PICTURE: Final = "このページの画像はありません。文字だけをご覧ください。"


def show_section(
    assistant: Assistant,
    reader: Reader,
    listing: ManualListing,
    contents: Contents,
    here: ManualAddress,
    words: str,
) -> None:
    """Show the section of the address; `words` are those that are looked for, marked."""
    section = contents.section(here.section) or contents.sections[0]
    if not has_pages(listing.version.file_name):
        _show_text(assistant, listing, section, words)
        _show_ways_on(listing.manual.title, contents, section, here)
        return
    text, picture = st.columns(2)
    with text:
        _show_text(assistant, listing, section, words)
        _show_ways_on(listing.manual.title, contents, section, here)
    with picture:
        _show_page(assistant, reader, listing, contents, section, here)


def _show_text(
    assistant: Assistant, listing: ManualListing, section: ReadingSection, words: str
) -> None:
    def marks(text: str) -> list[Range]:
        sentence = state.sentence_to_mark(section.key)
        found = quote_ranges(text, sentence) if sentence else []
        return joined([*found, *word_ranges(text, search_words(words))])

    st.html(hidden_heading("本文"))
    st.subheader(as_markdown(section.name or listing.manual.title))
    labels = assistant.library.page_labels([listing.version.id])
    pages = _pages_words(listing, section, labels)
    text, count = section_html(section.chunks, marks)
    marked = note(as_html(f"黄色の印：{count}か所")) if count else ""
    st.html(
        path_html(listing.manual.title, section.heading)
        + (f'<p class="chonai-place">{as_html(pages)}</p>' if pages else "")
        + marked
        + text
    )


def _pages_words(
    listing: ManualListing, section: ReadingSection, labels: dict[tuple[str, int], str]
) -> str:
    """Return on which pages a section stands: 3ページ（ファイルの5ページ目）〜4ページ…."""
    version = listing.version
    ends = []
    for number in (section.first_page, section.last_page):
        if number is not None:
            ends.append(page_words(number, labels.get((version.id, number)), version.file_name))
    return "〜".join(dict.fromkeys(ends))


def _show_ways_on(
    title: str, contents: Contents, section: ReadingSection, here: ManualAddress
) -> None:
    """Show the buttons to the sections before and after, and the one that begins a question."""
    before, after = contents.beside(section.key)
    with st.container(horizontal=True):
        for other, word in ((before, "前の章"), (after, "次の章")):
            if other is not None:
                st.button(
                    as_markdown(f"{word}：{other.name}"), key=f"section-{word}",
                    on_click=open_section, args=(replace(here, section=other.key),),
                )  # fmt: skip
    if st.button("この章に質問する", type="primary", key="ask-section"):
        heading = " ".join(section.heading)
        state.fill_question(f"『{title}』の「{heading}」について、")
        st.switch_page(_ASK)


def _show_page(
    assistant: Assistant,
    reader: Reader,
    listing: ManualListing,
    contents: Contents,
    section: ReadingSection,
    here: ManualAddress,
) -> None:
    version = listing.version
    place = f"{version.id}/{section.key}"
    number = state.manual_page(place, listing.pages, first=section.first_page or 1)
    label = assistant.library.page_labels([version.id]).get((version.id, number))

    def turn(page: int) -> None:
        state.read_manual_page(place, page)

    show_page_buttons(number, listing.pages, turn=turn, label=label, place="section")
    elsewhere = contents.on_page(number)
    inside = section.first_page is not None and (
        section.first_page <= number <= (section.last_page or section.first_page)
    )
    if not inside and elsewhere is not None:
        st.button(
            as_markdown(f"このページの章を開く：{elsewhere.name}"), key="section-of-page",
            on_click=open_section, args=(replace(here, section=elsewhere.key),),
        )  # fmt: skip
    zoom = choose_zoom("manual")
    try:
        picture = find_picture(
            assistant, reader=reader, version_id=version.id, number=number,
            large=zoom in ("150", "200"),
        )  # fmt: skip
    except AssistantError as error:
        st.error(as_markdown(str(error)))
        return
    if picture is None:
        st.warning(_NO_PICTURE)
        return
    words = f"『{listing.manual.title}』{page_words(number, label)}"
    st.html(page_html(version.id, number, words, picture, zoom=zoom))
    page = next(
        (p for p in assistant.library.pages(version.id, reader=reader) if p.number == number), None
    )
    if page is not None:
        with st.expander("このページの文を読む", key="section-page-text"):
            st.html(
                note(as_html(page_reading(page)))
                + f'<div class="chonai-text">{as_html(page.text)}</div>'
            )
