"""The manuals that a reader may read: filtered, searched by title, by category or by owner."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.domain import Reader
from assistant.japanese.normalize import folded
from assistant.library import ManualLibrary, ManualListing
from ui import state
from ui.components.library.manual_address import ManualAddress, go_to
from ui.components.library.reading import page_count
from ui.components.reading_style import LIST_KEY
from ui.components.style import hidden_heading, note
from ui.components.text import as_html, as_markdown
from ui.components.version_words import edition_words

_ALL: Final = "すべて"
_BY_CATEGORY, _BY_OWNER = "区分ごと", "所管課ごと"
_NO_CATEGORY, _NO_OWNER = "（区分なし）", "（所管課の登録なし）"
_AT_ONCE: Final = 50
_NONE_YET: Final = "マニュアルはまだ取り込まれていません。"
_NONE_FITS: Final = "条件に合うマニュアルはありません。言葉を短くするか、絞り込みを外してください。"


def show_manual_list(library: ManualLibrary, reader: Reader) -> None:
    """Show the manuals in force that the reader may read, as filtered."""
    listings = library.manuals(reader=reader, as_of=calendar.today())
    if not listings:
        st.info(_NONE_YET)
        return
    searched, category, owner = _ask_filters(listings)
    by = st.segmented_control(
        "並べ方", [_BY_CATEGORY, _BY_OWNER], default=_BY_CATEGORY, required=True,
        key="manuals-by", persist_state="session",
    )  # fmt: skip
    fitting = [item for item in listings if _fits(item, searched, category, owner)]
    shown = f"{len(fitting):,}件を表示しています（全{len(listings):,}件）。"
    st.html(f'<p class="chonai-note" role="status">{as_html(shown)}</p>')
    if not fitting:
        st.info(_NONE_FITS)
        return
    group_of = _owner_of if by == _BY_OWNER else _category_of
    _show_groups(sorted(fitting, key=lambda item: (group_of(item), item.manual.title)), by)


def _ask_filters(listings: Sequence[ManualListing]) -> tuple[str, str, str]:
    """Ask for words of the title, a category and an owner; a choice that is gone is left out."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        searched = st.text_input(
            "表題で探す", placeholder="例：旅費", key="manuals-title", type="search",
            persist_state="session",
        )  # fmt: skip
        category = st.selectbox(
            "区分", [_ALL, *sorted({_category_of(item) for item in listings})],
            key="manuals-category", persist_state="session",
        )  # fmt: skip
        owner = st.selectbox(
            "所管課", [_ALL, *sorted({_owner_of(item) for item in listings})],
            key="manuals-owner", persist_state="session",
        )  # fmt: skip
    return searched or "", category, owner


def _fits(item: ManualListing, searched: str, category: str, owner: str) -> bool:
    title = folded(f"{item.manual.title}{item.version.file_name}")
    return (
        all(folded(word) in title for word in searched.split())
        and category in (_ALL, _category_of(item))
        and owner in (_ALL, _owner_of(item))
    )


def _show_groups(listings: Sequence[ManualListing], by: str) -> None:
    name = f"manuals-{by}"
    pages = -(-len(listings) // _AT_ONCE)
    number = state.list_page(name, pages)
    shown = listings[(number - 1) * _AT_ONCE : number * _AT_ONCE]
    group_of = _owner_of if by == _BY_OWNER else _category_of
    st.html(hidden_heading("一覧"))
    with st.container(key=LIST_KEY):
        for group, items in groupby(shown, key=group_of):
            of_group = sum(group_of(item) == group for item in listings)
            st.subheader(as_markdown(f"{group}（{of_group}件）"))
            for item in items:
                _show_item(item)
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            before, after = max(number - 1, 1), min(number + 1, pages)
            st.button("前の50件", on_click=state.turn_list, args=(name, before))
            st.button("次の50件", on_click=state.turn_list, args=(name, after))
            st.html(note(as_html(f"{number}／{pages}画面目")), width="content")


def _show_item(item: ManualListing) -> None:
    manual, version = item.manual, item.version
    extension = f"（内線 {manual.owner_extension}）" if manual.owner_extension else ""
    pages = page_count(item)
    facts = [
        edition_words(version.number, version.revision, version.effective_from),
        f"区分：{_category_of(item)}",
        f"担当：{_owner_of(item)}{extension}",
        *([] if pages == "なし" else [pages if "枚" in pages else f"{pages}ページ"]),
        version.file_name,
    ]
    with st.container(gap=None):
        st.button(
            as_markdown(manual.title), type="tertiary", key=f"read-{version.id}",
            on_click=go_to, args=(ManualAddress(manual.id),),
        )  # fmt: skip
        st.html(note(as_html("　".join(facts))))


def _category_of(item: ManualListing) -> str:
    return item.manual.category or _NO_CATEGORY


def _owner_of(item: ManualListing) -> str:
    return item.manual.owner_section or _NO_OWNER
