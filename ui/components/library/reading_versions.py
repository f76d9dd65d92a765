"""The versions of a manual for its readers: which holds when, reading an older one, differences."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from assistant.domain import Chunk, Reader
from assistant.library import ManualLibrary
from assistant.library.library_list import LibraryRow
from assistant.library.shelf import ShelvedManual
from ui.components.library.difference import show_chosen_difference
from ui.components.library.manual_address import ManualAddress, go_to
from ui.components.library.words import row_words, term_words, transition_words
from ui.components.style import hidden_heading, note
from ui.components.text import as_html, as_markdown


@dataclass(frozen=True)
class ReaderTexts:
    """The text of versions as one reader may read it."""

    library: ManualLibrary
    reader: Reader

    def chunks(self, version_id: str) -> list[Chunk]:
        """Return the chunks of a version in order; empty if the reader may not read it."""
        return self.library.text(version_id, reader=self.reader)


def show_versions_to_read(
    library: ManualLibrary, reader: Reader, rows: list[LibraryRow], *, shown: LibraryRow
) -> None:
    """Show the versions, the newest first, each with a way to its text; then what differs."""
    st.html(hidden_heading("版の一覧と違い"))
    st.subheader("版の一覧")
    for row in rows:
        with st.container(border=True, key=f"edition-{row.version.id}"):
            st.markdown(f"**{as_markdown(row_words(row))}**")
            lines = [f"施行の期間：{term_words(row)}"]
            if row.version.change_note:
                lines.append(f"改訂の内容：{row.version.change_note}")
            if transition_words(row):
                lines.append(f"経過措置：{transition_words(row)}")
            st.html("".join(note(as_html(line)) for line in lines))
            if row.version.id == shown.version.id:
                st.html(note("開いている版です。"))
            else:
                version_id = "" if row.standing == "in_force" else row.version.id
                st.button(
                    "この版を読む", key=f"read-{row.version.id}",
                    on_click=go_to, args=(ManualAddress(row.manual.id, version_id),),
                )  # fmt: skip
    st.subheader("版の違い")
    manual = ShelvedManual(rows[0].manual, tuple(rows))
    show_chosen_difference(manual, ReaderTexts(library, reader))
