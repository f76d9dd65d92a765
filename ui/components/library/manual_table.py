"""The list of the manuals that a person keeps: filtered, exported, and one chosen from it."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.library.library_list import standing_words, version_words
from assistant.library.shelf import ShelvedManual
from assistant.people.access import audience_words
from ui import resources, state
from ui.components.library.acting import Keeper
from ui.components.library.preparedness_area import written
from ui.components.library.words import NONE
from ui.components.style import note
from ui.components.text import as_html, as_label, date_words

_ALL: Final = ""
_NO_OWNER: Final = "（所管課なし）"
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EMPTY: Final = (
    "担当するマニュアルはまだありません。「ファイルの取込み」でファイルを取り込んでください。"
)
_NOTHING: Final = (
    "当てはまるマニュアルはありません。所管課を「すべて」にするか、印を外してください。"
)


def choose_manual(keeper: Keeper) -> ShelvedManual | None:
    """Show the list with its filters and return the manual chosen, or None."""
    manuals = keeper.shelf.manuals()
    if not manuals:
        st.info(_EMPTY)
        return None
    found = _filtered(manuals)
    _show_table(found, len(manuals))
    st.download_button(
        "一覧を Excel で保存する",
        partial(written, keeper.member.person_id, resources.browser_session()),
        file_name=f"マニュアル一覧_{calendar.today():%Y%m%d}.xlsx",
        mime=_EXCEL,
        key="library-xlsx",
    )
    return _choose(manuals, found)


def _filtered(manuals: list[ShelvedManual]) -> list[ShelvedManual]:
    owner_key, overdue_key, drafts_key = state.LIBRARY_FILTER_KEYS
    owners = sorted({manual.manual.owner_section for manual in manuals} - {""})
    unowned = any(not manual.manual.owner_section for manual in manuals)
    choices = [_ALL, *owners, *([_NO_OWNER] if unowned else [])]
    owner = st.selectbox(
        "所管課", choices, format_func=lambda name: as_label(name) or "すべて", key=owner_key
    )
    with st.container(horizontal=True):
        overdue = st.checkbox("見直し期限が過ぎたもの", key=overdue_key)
        drafts = st.checkbox("下書きのあるもの", key=drafts_key)
    wanted = "" if owner == _NO_OWNER else owner
    return [
        manual
        for manual in manuals
        if (owner == _ALL or manual.manual.owner_section == wanted)
        and (not overdue or manual.overdue)
        and (not drafts or manual.prepared)
    ]


def _show_table(found: list[ShelvedManual], of: int) -> None:
    if not found:
        st.info(_NOTHING)
        return
    late = sum(manual.overdue for manual in found)
    words = f"{of:,}件のうち {len(found):,}件を表示"
    if late:
        words += f"（見直し期限が過ぎたもの {late:,}件）"
    st.html(note(as_html(words)))
    st.dataframe(
        [_row(manual) for manual in found], hide_index=True, alt="担当するマニュアルの一覧"
    )


def _row(shelved: ShelvedManual) -> dict[str, str]:
    manual, held = shelved.manual, shelved.in_force
    return {
        "マニュアル": manual.title,
        "所管課": manual.owner_section,
        "区分": manual.category,
        "閲覧範囲": audience_words(manual.audience),
        "公開中の版": NONE if held is None else version_words(held.version),
        "施行日": "" if held is None else date_words(held.version.effective_from),
        "下書き": _prepared_words(shelved),
        "次回見直し日": date_words(manual.review_on),
        "見直し": "期限切れ" if shelved.overdue else "",
    }


def _prepared_words(shelved: ShelvedManual) -> str:
    return "、".join(
        f"{version_words(row.version)}（{standing_words(row)}）" for row in shelved.prepared
    )


def _choose(manuals: list[ShelvedManual], found: list[ShelvedManual]) -> ShelvedManual | None:
    by_id = {manual.manual.id: manual for manual in manuals}
    offered = [manual.manual.id for manual in found]
    open_now = state.kept_manual()
    if open_now in by_id and open_now not in offered:
        offered.append(open_now)  # a filter does not close the card

    def words(manual_id: str) -> str:
        manual = by_id[manual_id].manual
        return as_label(f"{manual.title}（{manual.owner_section or '所管課なし'}）")

    chosen = st.selectbox(
        "開くマニュアル", offered, index=None, key=state.KEPT_MANUAL_KEY, format_func=words,
        placeholder="選んでください",
    )  # fmt: skip
    return None if chosen is None else by_id[chosen]
