"""質問集: the sets of the office, and everything that can be done to one of them."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.evaluations.sets import KeptSet, QuestionSets
from assistant.people.directory import Member
from ui import resources, state
from ui.components.people.acting import show_said
from ui.components.quality.case_form import show_adding, show_changing
from ui.components.quality.drafting_form import show_drafting
from ui.components.quality.set_cases import read_set, show_cases
from ui.components.quality.set_drafts import show_drafts
from ui.components.quality.set_files import show_first_sets, show_import, show_saving
from ui.components.quality.set_freezing import show_freezing
from ui.components.quality.words import SET_STATE_WORDS, set_words
from ui.components.style import note
from ui.components.text import as_html, as_label, clock_words

PLACE: Final = "quality-sets"
_EMPTY: Final = (
    "質問集はまだありません。下の「ファイルから取り込む」「付属の質問集を使う」「下書きを作る」の"
    "どれかから始めてください。"
)
_OLD: Final = "前の版です。見ることと保存することだけができます。変更は最新の版で行ってください。"
_FROZEN: Final = "凍結した版です。変更すると、この版は残り、次の版ができます。"


def show_sets(member: Member) -> None:
    """Show the list, the set chosen from it, and how a new one is made."""
    show_said(PLACE)
    found = QuestionSets(resources.assistant().database).all()
    chosen = _choose(found)
    if chosen is not None:
        _show_set(chosen, member, latest=_is_latest(chosen, found))
    show_import([kept.name for kept in found if kept.state == "open" and _is_latest(kept, found)])
    show_first_sets()
    show_drafting(sorted({kept.name for kept in found}))


def _is_latest(kept: KeptSet, found: list[KeptSet]) -> bool:
    return kept.version == max(other.version for other in found if other.name == kept.name)


def _choose(found: list[KeptSet]) -> KeptSet | None:
    if not found:
        st.info(_EMPTY)
        return None
    st.dataframe([_row(kept) for kept in found], hide_index=True, alt="質問集の一覧")
    by_id = {kept.id: kept for kept in found}
    chosen = st.selectbox(
        "開く質問集", list(by_id), key=state.QUALITY_SET_KEY, index=None,
        format_func=lambda key: as_label(set_words(by_id[key])), placeholder="選んでください",
        persist_state="session",
    )  # fmt: skip
    return None if chosen is None else by_id[chosen]


def _row(kept: KeptSet) -> dict[str, str]:
    return {
        "質問集": kept.name,
        "版": f"第{kept.version}版",
        "承認した質問": f"{kept.approved:,}問",
        "下書き": f"{kept.drafts:,}問",
        "状態": SET_STATE_WORDS[kept.state],
        "作成": f"{clock_words(kept.created_at)} {kept.created_by_name}",
        "凍結": f"{clock_words(kept.frozen_at)} {kept.frozen_by_name}".strip(),
        "凍結の理由": kept.frozen_reason,
    }


def _show_set(kept: KeptSet, member: Member, *, latest: bool) -> None:
    st.subheader(as_label(f"{kept.name} 第{kept.version}版"))
    if not latest:
        st.html(note(as_html(_OLD)))
    elif kept.state == "frozen":
        st.html(note(as_html(_FROZEN)))
    cases = read_set(kept, member.reader)
    show_cases(cases)
    show_saving(kept, member, hides=bool(cases.hidden))
    if not latest:
        return
    show_drafts(kept, cases)
    show_changing(kept, cases)
    show_adding(kept)
    if kept.state == "open":
        show_freezing(kept)
