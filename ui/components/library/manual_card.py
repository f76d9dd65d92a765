"""The card of one manual: what it is, its versions, and what can be done with them."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.library.library_list import LibraryRow
from assistant.library.shelf import ShelvedManual
from assistant.people.access import audience_words
from ui.components.library.acting import Keeper, place_of
from ui.components.library.difference import show_chosen_difference
from ui.components.library.draft_actions import show_draft_actions, show_release
from ui.components.library.draft_questions import show_draft_questions
from ui.components.library.manual_form import show_manual_form
from ui.components.library.published_actions import show_roll_back, show_withdrawal
from ui.components.library.reading import show_version
from ui.components.library.trial_result import show_trial
from ui.components.library.version_dates import show_dates_form
from ui.components.library.version_table import choose_version, show_versions
from ui.components.library.words import NONE, review_words, row_words
from ui.components.people.acting import show_said
from ui.components.text import as_html, as_markdown

_VERSIONS: Final = "版と公開"
_DIFFERENCE: Final = "版の違い"
_READING: Final = "AIが読んだ文"
_QUESTIONS: Final = "下書きに質問する"
_DESCRIPTION: Final = "マニュアルの情報"
_PARTS: Final = (_VERSIONS, _DIFFERENCE, _READING, _QUESTIONS, _DESCRIPTION)


def show_manual(manual: ShelvedManual, keeper: Keeper) -> None:
    """Show a manual with all that its keepers may do."""
    st.header(as_markdown(manual.manual.title))
    show_said(place_of(manual.manual.id))
    _show_facts(manual)
    part = st.radio(
        "このマニュアルで行うこと", _PARTS, horizontal=True, key=f"library-part-{manual.manual.id}"
    )
    st.subheader(part)
    if part == _VERSIONS:
        _show_versions(manual, keeper)
    elif part == _DIFFERENCE:
        show_chosen_difference(manual, keeper.shelf)
    elif part == _READING:
        _show_reading(manual, keeper)
    elif part == _QUESTIONS:
        show_draft_questions(manual)
    else:
        show_manual_form(manual, keeper)


def _show_facts(shelved: ShelvedManual) -> None:
    manual, held = shelved.manual, shelved.in_force
    extension = f"（内線 {manual.owner_extension}）" if manual.owner_extension else ""
    rows = (
        ("所管課", (manual.owner_section or "（登録なし）") + extension),
        ("区分", manual.category or "（登録なし）"),
        ("閲覧範囲", audience_words(manual.audience)),
        ("公開中の版", NONE if held is None else row_words(held)),
        ("下書き・公開予約", "、".join(row_words(row) for row in shelved.prepared) or NONE),
        ("次回見直し日", review_words(shelved)),
    )
    cells = "".join(
        f'<tr><th scope="row">{as_html(name)}</th><td>{as_html(value)}</td></tr>'
        for name, value in rows
    )
    st.html(f'<div class="chonai-document"><table>{cells}</table></div>')


def _show_versions(manual: ShelvedManual, keeper: Keeper) -> None:
    show_versions(manual)
    show_roll_back(manual)
    row = choose_version(manual, label="操作する版", key="library-version")
    with st.container(border=True, key=f"version-{row.version.id}"):
        st.markdown(f"#### {as_markdown(row_words(row))}")
        _show_actions(manual, row, keeper)
        with st.expander("施行日・廃止日・経過措置を直す", key=f"dates-of-{row.version.id}"):
            show_dates_form(row)


def _show_actions(manual: ShelvedManual, row: LibraryRow, keeper: Keeper) -> None:
    if row.standing in ("draft", "waiting"):
        show_draft_actions(manual, row, keeper)
    elif row.standing in ("withdrawn", "superseded"):
        show_release(row, agrees="もう一度公開する")
    else:
        show_trial(manual, row, keeper)
        show_withdrawal(manual, row)


def _show_reading(manual: ShelvedManual, keeper: Keeper) -> None:
    row = choose_version(manual, label="読む版", key="library-reading")
    listing, pages = keeper.shelf.version(row.version.id), keeper.shelf.pages(row.version.id)
    if listing is None or not pages:
        st.warning("この版は表示できません。一覧を開き直して確かめてください。")
        return
    show_version(listing, pages, reader=keeper.member.reader, shelf=keeper.shelf)
