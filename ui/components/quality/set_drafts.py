"""Drafts of questions: made by rules, approved or dropped by a person."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from assistant.errors import UsageError
from assistant.evaluations.poor_answers import DAYS
from assistant.evaluations.sets import LONGEST_NAME, KeptSet, QuestionSets, checked_name
from assistant.people.directory import Member
from eval.drafting import add_drafts, drafts_from_answers, drafts_from_manuals
from ui import resources, state
from ui.components.quality.acting import perform
from ui.components.quality.set_cases import ShownSet
from ui.components.style import note
from ui.components.text import as_html, as_label

_PLACE: Final = "quality-sets"
_FORM: Final = "quality-drafting"
_NEW: Final = ""
_MANUALS: Final = "マニュアルの記載から"
_ANSWERS: Final = f"答えられなかった質問・役に立たなかった質問から（{DAYS}日分）"
_HOW: Final = (
    "規則で下書きを作ります。そのままでは測りません。職員が実際に使う言葉に直し、正しい答えを"
    "確かめてから承認してください。職員の質問からの下書きは、電話番号や氏名などを隠します。"
)
_TO_DO: Final = (
    "承認した質問だけを評価に使います。言葉と正しい答えを直すときは、下の「質問を直す」で開きます。"
)
_NOTHING: Final = (
    "新しい下書きになるものがありません。マニュアルの取込みと、職員の質問があるかを"
    "確かめてください。"
)


def show_drafts(kept: KeptSet, shown: ShownSet) -> None:
    """Show the drafts of a set, to approve or drop those that are chosen."""
    drafts = [case for case in shown.changeable() if case.state == "draft"]
    if not drafts:
        return
    st.subheader("下書きを確かめる")
    st.html(note(as_html(_TO_DO)))
    by_id = {case.case_id: f"{case.case_id} {case.row['question']}" for case in drafts}
    every = st.checkbox(
        f"下書き{len(drafts):,}問をすべて選ぶ", key=f"quality-all-{kept.id}-{len(drafts)}"
    )
    key = f"quality-drafts-{kept.id}-{state.form_round('quality-drafts')}"
    chosen = list(by_id) if every else st.multiselect(
        "選んだ下書き", list(by_id), key=key, format_func=lambda one: as_label(by_id[one]),
        placeholder="選んでください（いくつでも）",
    )  # fmt: skip
    with st.container(horizontal=True):
        if st.button("選んだ下書きを承認する", key="quality-approve", type="primary"):
            perform(_PLACE, partial(_approve, kept.name, chosen))
        if st.button("選んだ下書きを除く", key="quality-drop"):
            perform(_PLACE, partial(_drop, kept.name, chosen))


def _approve(name: str, ids: Sequence[str], by: Member) -> str:
    kept = _sets().approve(name, _some(ids), by=by.actor)
    _shown(kept)
    return f"{len(ids):,}問を承認しました。"


def _drop(name: str, ids: Sequence[str], by: Member) -> str:
    kept = _sets().remove(name, _some(ids), by=by.actor)
    _shown(kept)
    return f"下書き{len(ids):,}問を除きました。"


def _some(ids: Sequence[str]) -> Sequence[str]:
    if not ids:
        raise UsageError("下書きを選んでください。")
    return ids


def _shown(kept: KeptSet) -> None:
    state.empty_form("quality-drafts")
    state.show_quality(set=kept.id)


def show_drafting(names: Sequence[str]) -> None:
    """Show the form that makes drafts into a set, a new one or one of these."""
    st.subheader("下書きを作る")
    st.html(note(as_html(_HOW)))
    key = f"{_FORM}-{state.form_round(_FORM)}"
    with st.form(key, border=False, enter_to_submit=False):
        source = st.radio("何から作るか", (_MANUALS, _ANSWERS), key=f"{key}-source")
        known = st.selectbox(
            "加える質問集",
            [_NEW, *names],
            key=f"{key}-known",
            format_func=lambda name: as_label(name) or "新しい質問集",
        )
        new = st.text_input(
            "新しい質問集の名前（「新しい質問集」のとき）",
            key=f"{key}-name",
            max_chars=LONGEST_NAME,
        )
        count = st.number_input(
            "マニュアルから作る数の上限", 1, 500, 20, key=f"{key}-count", step=1
        )
        sent = st.form_submit_button("下書きを作る")
    if sent:
        name = known or new or ""
        perform(_PLACE, partial(_draft, source or _MANUALS, name, int(count)))


def _draft(source: str, name: str, count: int, by: Member) -> str:
    """Drafts are made of what everybody may read, so that every evaluator may see them."""
    name = checked_name(name)
    assistant, sets = resources.assistant(), _sets()
    versions = [kept for kept in sets.all() if kept.name == name]
    known = [str(case.row["question"]) for kept in versions for case in sets.cases(kept.id)]
    if source == _MANUALS:
        drafts = drafts_from_manuals(assistant, count=count, known=known)
    else:
        drafts = drafts_from_answers(assistant.database, known=known)
    if not drafts:
        raise UsageError(_NOTHING)
    before = versions[0].drafts if versions else 0
    kept = add_drafts(assistant.database, name, drafts, by=by.actor)
    state.empty_form(_FORM)
    _shown(kept)
    return f"「{kept.name}」に下書きを{kept.drafts - before:,}問加えました。"


def _sets() -> QuestionSets:
    return QuestionSets(resources.assistant().database)
