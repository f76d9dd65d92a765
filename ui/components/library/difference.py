"""前の版との違い: what changes for readers when a version takes the place of another."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Final, Protocol

import streamlit as st

from assistant.domain import Chunk
from assistant.library.comparison import Comparison, compare
from assistant.library.library_list import LibraryRow, version_words
from assistant.library.shelf import ShelvedManual
from ui import state
from ui.components.library.difference_html import STYLE, change_html, unchanged_html
from ui.components.style import note
from ui.components.text import as_html, as_label, as_markdown

_AT_ONCE: Final = 50  # changed sections that are shown together
_ONLY_ONE: Final = "比べられる版がまだありません。2つ以上の版があると、違いを見られます。"


class Texts(Hashable, Protocol):
    """Gives the text of versions to those who may see it: a keeper's shelf, a reader's library."""

    def chunks(self, version_id: str) -> list[Chunk]:
        """Return the chunks of a version in order; empty if it may not be seen."""


def show_chosen_difference(manual: ShelvedManual, texts: Texts) -> None:
    """Let the person choose two versions, and show what differs."""
    if len(manual.rows) < 2:
        st.info(_ONLY_ONE)
        return
    rows = {row.version.id: row for row in manual.rows}
    ids = list(rows)
    first = manual.prepared[0] if manual.prepared else manual.in_force or manual.rows[0]
    after_column, before_column = st.columns(2)

    def words(version_id: str) -> str:
        return as_label(version_words(rows[version_id].version))

    with after_column:
        after = st.selectbox(
            "新しい版", ids, index=ids.index(first.version.id), format_func=words,
            key=f"difference-after-{manual.manual.id}",
        )  # fmt: skip
    others = [key for key in ids if key != after]
    usual = manual.before(after)
    with before_column:
        before = st.selectbox(
            "比べる版（前の版）", others,
            index=others.index(usual.version.id) if usual is not None else 0,
            format_func=words, key=f"difference-before-{after}",
        )  # fmt: skip
    summary = difference_words(texts, rows[before], rows[after])
    st.markdown(f"**{as_markdown(summary)}**")
    show_difference(texts, rows[before], rows[after])


def show_difference(texts: Texts, before: LibraryRow, after: LibraryRow) -> None:
    """Show what differs, section by section, what is the same folded away."""
    comparison = _compared(texts, before.version.id, after.version.id)
    different = [c for c in comparison.changes if c.kind != "same"]
    name = f"difference-{before.version.id}-{after.version.id}"
    pages = -(-len(different) // _AT_ONCE)
    number = state.list_page(name, pages)
    shown = different[(number - 1) * _AT_ONCE : number * _AT_ONCE]
    sides = {
        "before": (before.version.id, before.version.file_name),
        "after": (after.version.id, after.version.file_name),
    }
    st.html(STYLE + "".join(change_html(change, **sides) for change in shown))
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            turn = state.turn_list
            st.button("前の50か所", on_click=turn, args=(name, max(number - 1, 1)))
            st.button("次の50か所", on_click=turn, args=(name, min(number + 1, pages)))
            words = f"違う{len(different):,}か所のうち、{number}／{pages}画面目"
            st.html(note(as_html(words)), width="content")
    same = [c for c in comparison.changes if c.kind == "same"]
    if same:
        with st.expander(f"同じ{len(same):,}か所の見出し", key=f"same-{name}"):
            st.html(unchanged_html(same))


def difference_words(texts: Texts, before: LibraryRow, after: LibraryRow) -> str:
    """Return what differs in one line."""
    comparison = _compared(texts, before.version.id, after.version.id)
    return (
        f"{version_words(before.version)}から{version_words(after.version)}への違い："
        f"{comparison.summary}"
    )


def changed_sections(texts: Texts, before: LibraryRow, after: LibraryRow) -> int:
    """Return how many sections differ."""
    comparison = _compared(texts, before.version.id, after.version.id)
    return sum(change.kind != "same" for change in comparison.changes)


@lru_cache(maxsize=16)  # a version never changes; a page is drawn again at each click
def _compared(texts: Texts, before: str, after: str) -> Comparison:
    return compare(texts.chunks(before), texts.chunks(after))
