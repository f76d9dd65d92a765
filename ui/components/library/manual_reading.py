"""One manual to be read: which version, its table of contents, a section or what was found."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant import calendar
from assistant.domain import Reader
from assistant.library import ManualListing
from assistant.library.contents import contents_of
from assistant.library.library_list import LibraryRow
from assistant.library.readable_versions import readable_versions, version_to_read
from assistant.opening import Assistant
from ui import state
from ui.components.library.contents_list import show_contents
from ui.components.library.inside_search import ask_words, show_found
from ui.components.library.manual_address import ManualAddress, go_to
from ui.components.library.reading_versions import show_versions_to_read
from ui.components.library.section_view import show_section
from ui.components.style import note
from ui.components.text import as_html, as_markdown
from ui.components.version_facts import VersionFacts, facts_html, version_facts
from ui.serving.originals import original_link
from ui.serving.page_pictures import has_pages

_NOT_READABLE: Final = (
    "このマニュアルは表示できません。取り下げられたか、差し替えられたか、閲覧範囲に入って"
    "いません。一覧から選び直すか、所管課に確かめてください。"
)
_NO_SECTION: Final = (
    "開こうとした章は、この版にはありません。改訂で見出しが変わったか、なくなりました。"
    "最初の章を表示しています。"
)
_NO_TEXT: Final = "この版から読み取れた本文はありません。原本を保存して、ご覧ください。"
_LEFT_OUT: Final = "表紙、目次、図などは、原本でご覧ください。"
_READ, _VERSIONS = "本文を読む", "版の一覧と違い"


def show_asked_manual(assistant: Assistant, reader: Reader, address: ManualAddress) -> None:
    """Show the manual that the address names, or say that it cannot be read."""
    st.button(
        "← マニュアルの一覧に戻る",
        type="tertiary",
        on_click=go_to,
        args=(None,),
        key="manuals-back",
    )
    library = assistant.library
    rows = readable_versions(library, address.manual_id, reader=reader, today=calendar.today())
    row = version_to_read(rows, address.version_id)
    listing = None if row is None else library.version(row.version.id, reader=reader)
    if row is None or listing is None:
        st.title("マニュアル")
        st.warning(_NOT_READABLE)
        if rows:  # the manual may be read, only not this version
            st.button(
                "現在の版を読む", on_click=go_to, args=(ManualAddress(address.manual_id),),
                key="manual-current",
            )  # fmt: skip
        return
    st.title(as_markdown(listing.manual.title))
    facts = version_facts(library, listing, reader=reader)
    _show_head(listing, facts, address)
    if _asked_part(rows, row) == _VERSIONS:
        show_versions_to_read(library, reader, rows, shown=row)
        return
    _show_text(assistant, reader, listing, address)


def _show_head(listing: ManualListing, facts: VersionFacts, address: ManualAddress) -> None:
    """Show what is being read, with a banner where another version holds."""
    manual = listing.manual
    extension = f"（内線 {manual.owner_extension}）" if manual.owner_extension else ""
    owner = f"担当：{manual.owner_section}{extension}" if manual.owner_section else ""
    category = f"区分：{manual.category}" if manual.category else ""
    words = "　".join(part for part in (category, owner) if part)
    st.html(
        facts_html(facts)
        + f'<p class="chonai-place">{as_html(words)}</p>'
        + original_link(listing.version.id, listing.version.file_name)
    )
    if facts.warning:
        st.warning(as_markdown(facts.warning))
        if facts.current is not None:
            current = ManualAddress(manual.id, section=address.section)
            st.button("現在の版を読む", on_click=go_to, args=(current,), key="manual-current")


def _asked_part(rows: list[LibraryRow], row: LibraryRow) -> str:
    """Ask whether to read or to see the versions, where there are several."""
    if len(rows) < 2:
        return _READ
    chosen: str = st.segmented_control(
        "表示するもの", [_READ, _VERSIONS], default=_READ, required=True,
        label_visibility="collapsed", key=f"manual-part-{row.version.id}",
    )  # fmt: skip
    return chosen


def _show_text(
    assistant: Assistant, reader: Reader, listing: ManualListing, address: ManualAddress
) -> None:
    contents = contents_of(assistant.library.text(listing.version.id, reader=reader))
    if not contents.sections:
        st.warning(_NO_TEXT)
        return
    section = contents.section(address.section) or contents.sections[0]
    if address.section and section.key != address.section:
        st.warning(_NO_SECTION)
    words = ask_words(listing)
    wide = 4 if has_pages(listing.version.file_name) else 3
    side, main = st.columns([1, wide], gap="medium")
    here = ManualAddress(listing.manual.id, address.version_id, section.key)
    finding = bool(words) and state.shows_findings(listing.version.id)
    with side:
        show_contents(contents, here, current="" if finding else section.key)
    with main:
        if finding:
            show_found(assistant, reader, listing, contents, here, words)
            return
        if words:
            back, version_id = state.show_findings, listing.version.id
            st.button("検索結果に戻る", on_click=back, args=(version_id,), key="back-to-found")
        show_section(assistant, reader, listing, contents, here, words)
        st.html(note(_LEFT_OUT))
