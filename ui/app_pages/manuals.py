"""マニュアル: what has been ingested, and reading one manual page by page."""

from __future__ import annotations

import streamlit as st

from assistant import calendar
from assistant.domain import Page, Reader
from assistant.errors import AssistantError
from assistant.library import ManualListing
from ui import resources, state
from ui.components.document_text import document_html
from ui.components.page_buttons import show_page_buttons
from ui.components.reading_words import page_reading, reading_lines
from ui.components.style import heading, note, picture_html
from ui.components.text import as_html, as_markdown, date_words, is_slides, page_words
from ui.originals import original_link
from ui.page_pictures import find_picture, has_pages, page_url


def show() -> None:
    """Show the list, and under it the manual that is being read."""
    assistant, reader = resources.assistant(), resources.reader()
    st.title("マニュアル")
    listings = assistant.library.manuals(reader=reader, as_of=calendar.today())
    if not listings:
        st.info("マニュアルはまだ取り込まれていません。")
        return
    st.dataframe([_row(listing) for listing in listings], hide_index=True, alt="マニュアルの一覧")
    by_id = {listing.version.id: listing for listing in listings}
    _choose(state.take_manual_to_read(), listings)
    chosen = st.selectbox(
        "読むマニュアル",
        list(by_id),
        format_func=lambda version_id: by_id[version_id].manual.title,
        key=state.MANUAL_KEY,
    )
    if chosen is not None:
        _read(by_id[chosen], reader)


def _choose(file_name: str, listings: list[ManualListing]) -> None:
    """Have the manual of a file chosen, if it is in force."""
    of_file = [item.version.id for item in listings if item.version.file_name == file_name]
    if of_file:
        state.choose_manual(of_file[0])


def _row(listing: ManualListing) -> dict[str, str]:
    manual, version = listing.manual, listing.version
    extension = f"（内線 {manual.owner_extension}）" if manual.owner_extension else ""
    return {
        "マニュアル": manual.title,
        "分類": manual.category,
        "担当": manual.owner_section + extension,
        "版": f"第{version.number}版",
        "施行日": date_words(version.effective_from),
        "ページ": _pages(listing),
        "ファイル": version.file_name,
    }


def _pages(listing: ManualListing) -> str:
    if is_slides(listing.version.file_name):
        return f"スライド{listing.pages}枚"
    return str(listing.pages) if has_pages(listing.version.file_name) else "なし"


def _read(listing: ManualListing, reader: Reader) -> None:
    pages = resources.assistant().library.pages(listing.version.id, reader=reader)
    if not pages:
        st.warning("このマニュアルは表示できません。取り下げられたか、差し替えられました。")
        return
    st.header(as_markdown(listing.manual.title))
    st.html(original_link(listing.version.id, listing.version.file_name))
    for line in reading_lines(pages):
        st.html(note(as_html(line)))
    if not has_pages(listing.version.file_name):
        text = "\n".join(page.text for page in pages)
        st.html(document_html(text, listing.version.file_name))
        return
    number = state.manual_page(listing.version.id, len(pages))
    show_page_buttons(
        number, len(pages), turn=lambda page: state.read_manual_page(listing.version.id, page)
    )
    picture, text_column = st.columns(2)
    with picture:
        _show_picture(listing, pages[number - 1], reader)
    with text_column:
        page = pages[number - 1]
        st.html(
            heading("AIが読んだ文")
            + note(as_html(page_reading(page)))
            + f'<div class="chonai-text">{as_html(page.text)}</div>'
        )


def _show_picture(listing: ManualListing, page: Page, reader: Reader) -> None:
    number = page.number or 1
    words = f"『{listing.manual.title}』{page_words(number, page.label)}"
    try:
        found = find_picture(
            resources.assistant(), reader=reader, version_id=listing.version.id, number=number
        )
    except AssistantError as error:
        st.error(as_markdown(str(error)))
        return
    if found is None:
        st.warning("このページの画像はありません。右の文字をご覧ください。")
        return
    st.html(
        heading(as_html(page_words(number, page.label)))
        + picture_html(page_url(listing.version.id, number), words)
    )


show()
