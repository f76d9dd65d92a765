"""The versions of a manual in a table, and one chosen from it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from assistant.library.library_list import LibraryRow, people_names, version_words
from assistant.library.shelf import ShelvedManual
from ui import resources
from ui.components.library.words import (
    state_words,
    term_words,
    transition_words,
    who_and_when,
)
from ui.components.text import as_label, date_words


def choose_version(manual: ShelvedManual, *, label: str, key: str) -> LibraryRow:
    """Ask for a version: a draft first, else the one in force.

    Its state is no part of the words: a field that has been drawn keeps the words it was left with.
    """
    rows = {row.version.id: row for row in manual.rows}
    ids = list(rows)
    usual = manual.prepared[0] if manual.prepared else manual.in_force or manual.rows[0]
    chosen = st.selectbox(
        label, ids, index=ids.index(usual.version.id),
        format_func=lambda version_id: as_label(version_words(rows[version_id].version)),
        key=f"{key}-{manual.manual.id}",
    )  # fmt: skip
    return rows[chosen]


def show_versions(manual: ShelvedManual) -> None:
    """Show all versions, the newest 施行日 first."""
    names = people_names(resources.assistant().database)
    st.dataframe(
        [_row(row, names) for row in manual.rows],
        hide_index=True,
        alt=f"『{manual.manual.title}』の版の一覧",
    )


def _row(row: LibraryRow, names: Mapping[str, str]) -> dict[str, str]:
    version = row.version
    withdrawn = who_and_when(version.withdrawn_by, version.withdrawn_at, names)
    if withdrawn and version.withdrawn_reason:
        withdrawn += f"（{version.withdrawn_reason}）"
    return {
        "版": version_words(version),
        "状態": state_words(row),
        "施行日〜適用の末日": term_words(row),
        "廃止日": date_words(version.effective_to),
        "経過措置": transition_words(row),
        "改訂の内容": version.change_note,
        "登録": who_and_when(version.uploaded_by, version.uploaded_at, names),
        "公開": who_and_when(version.published_by, version.published_at, names),
        "取下げ": withdrawn,
        "ファイル": version.file_name,
    }
