"""Searching inside one manual: where the words stand, then what means the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from assistant import calendar
from assistant.domain import Reader
from assistant.library import ManualListing
from assistant.library.contents import Contents
from assistant.opening import Assistant
from assistant.search.inside_manual import (
    NEAREST,
    InsideHit,
    holding_words,
    meaning_the_same,
    search_words,
)
from ui import state
from ui.components.library.contents_list import open_section
from ui.components.library.manual_address import ManualAddress
from ui.components.marked_text import with_marks, word_ranges
from ui.components.reading_style import LIST_KEY
from ui.components.style import heading, note
from ui.components.text import as_html, as_markdown, page_words

_MOST_WORDS = 200  # letters
_AT_ONCE = 50


def ask_words(listing: ManualListing) -> str:
    """Ask for the words to look for inside the version; what is typed shows what is found."""
    typed = st.text_input(
        "このマニュアルの中を探す",
        placeholder="例：宿泊料　上限",
        max_chars=_MOST_WORDS,
        type="search",
        key=f"inside-{listing.version.id}",
        on_change=state.show_findings,
        args=(listing.version.id,),
    )
    return (typed or "").strip()


def show_found(
    assistant: Assistant,
    reader: Reader,
    listing: ManualListing,
    contents: Contents,
    here: ManualAddress,
    words: str,
) -> None:
    """Show the sections that hold the words, and the nearest by meaning of those that do not."""
    held = holding_words(words, contents)
    known = {hit.section.key for hit in held}
    near = meaning_the_same(
        words, contents, listing=listing, retriever=assistant.retriever, reader=reader,
        today=calendar.today(),
    )  # fmt: skip
    near = [hit for hit in near if hit.section.key not in known][:NEAREST]
    labels = assistant.library.page_labels([listing.version.id])
    said = f"「{words}」のある章：{len(held):,}か所"
    st.html(f'<p class="chonai-heading" role="status">{as_html(said)}</p>')
    if not held:
        st.html(note("この言葉のある章はありません。短い言葉に替えるか、下の章をご覧ください。"))
    with st.container(key=LIST_KEY):
        _show_hits(held[:_AT_ONCE], listing, here, words, labels)
        if len(held) > _AT_ONCE:
            more = f"ほかに{len(held) - _AT_ONCE:,}か所あります。言葉を足すと絞れます。"
            st.html(note(as_html(more)))
        if near:
            st.html(heading("意味の近い章", level=2))
            _show_hits(near, listing, here, words, labels)


def _show_hits(
    hits: Sequence[InsideHit],
    listing: ManualListing,
    here: ManualAddress,
    words: str,
    labels: dict[tuple[str, int], str],
) -> None:
    version = listing.version
    for hit in hits:
        label = hit.label if hit.page is None else labels.get((version.id, hit.page))
        place = page_words(hit.page, label, version.file_name)
        path = " › ".join(hit.section.heading) or listing.manual.title
        times = f"、{hit.count}文" if hit.count > 1 else ""
        said = f"{path}（{place}{times}）" if place else path
        # What was found by its meaning holds none of the words: its best sentence is marked.
        sentence = "" if hit.count else hit.sentence
        address = replace(here, section=hit.section.key)
        with st.container(gap="xxsmall"):
            st.button(
                as_markdown(said), type="tertiary", key=f"found-{hit.section.key}",
                on_click=open_section, args=(address, sentence),
            )  # fmt: skip
            marked = with_marks(hit.sentence, word_ranges(hit.sentence, search_words(words)))
            st.html(f'<p class="chonai-snippet">{marked}</p>')
