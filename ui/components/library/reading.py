"""A version to be read: its pages as pictures beside the text that the AI was given."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.domain import Page, Reader
from assistant.errors import AssistantError
from assistant.library import ManualListing
from assistant.library.shelf import Shelf
from ui import resources, state
from ui.components.document_text import document_html
from ui.components.page_buttons import show_page_buttons
from ui.components.reading_words import page_reading, reading_lines
from ui.components.style import heading, note, picture_html
from ui.components.text import as_html, as_markdown, is_slides, page_words
from ui.serving.originals import original_link
from ui.serving.page_pictures import find_picture, has_pages, page_url


def show_version(
    listing: ManualListing, pages: Sequence[Page], *, reader: Reader, shelf: Shelf | None = None
) -> None:
    """Show a version page by page; `shelf` is that of a keeper, who sees drafts too."""
    version = listing.version
    st.html(original_link(version.id, version.file_name))
    for line in reading_lines(pages):
        st.html(note(as_html(line)))
    if not has_pages(version.file_name):
        text = "\n".join(page.text for page in pages)
        st.html(document_html(text, version.file_name))
        return
    number = state.manual_page(version.id, len(pages))
    show_page_buttons(
        number, len(pages), turn=lambda page: state.read_manual_page(version.id, page)
    )
    picture, text_column = st.columns(2)
    with picture:
        _show_picture(listing, pages[number - 1], reader, shelf)
    with text_column:
        page = pages[number - 1]
        st.html(
            heading("AIが読んだ文")
            + note(as_html(page_reading(page)))
            + f'<div class="chonai-text">{as_html(page.text)}</div>'
        )


def page_count(listing: ManualListing) -> str:
    """Return how many pages a version has, in the words of its format."""
    if is_slides(listing.version.file_name):
        return f"スライド{listing.pages}枚"
    return str(listing.pages) if has_pages(listing.version.file_name) else "なし"


def _show_picture(listing: ManualListing, page: Page, reader: Reader, shelf: Shelf | None) -> None:
    number = page.number or 1
    words = f"『{listing.manual.title}』{page_words(number, page.label)}"
    try:
        found = find_picture(
            resources.assistant(),
            reader=reader,
            version_id=listing.version.id,
            number=number,
            shelf=shelf,
        )
    except AssistantError as error:
        st.error(as_markdown(str(error)))
        return
    if found is None:
        st.warning("このページの画像はありません。文字だけをご覧ください。")
        return
    st.html(
        heading(as_html(page_words(number, page.label)))
        + picture_html(page_url(listing.version.id, number), words)
    )
