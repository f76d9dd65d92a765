"""マニュアル: what has been ingested, and reading one manual page by page."""

from __future__ import annotations

import streamlit as st

from assistant import calendar
from assistant.domain import Reader
from assistant.library import ManualListing
from ui import resources, state
from ui.components.library.reading import page_count, show_version
from ui.components.text import as_markdown, date_words


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
        "ページ": page_count(listing),
        "ファイル": version.file_name,
    }


def _read(listing: ManualListing, reader: Reader) -> None:
    pages = resources.assistant().library.pages(listing.version.id, reader=reader)
    if not pages:
        st.warning("このマニュアルは表示できません。取り下げられたか、差し替えられました。")
        return
    st.header(as_markdown(listing.manual.title))
    show_version(listing, pages, reader=reader)


show()
