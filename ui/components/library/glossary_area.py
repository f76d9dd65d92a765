"""The glossary on its page: proposing a word, deciding on proposals, the list of all words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from assistant.errors import AssistantError, UsageError
from assistant.people.directory import Member
from assistant.people.roles import Task
from assistant.understanding.glossary import Entry, Glossary
from assistant.understanding.proposals import (
    LONGEST_MEANING,
    LONGEST_NOTE,
    LONGEST_TERM,
    STATE_WORDS,
    Proposal,
    Proposals,
)
from ui import resources, state
from ui.components.library.plan_changes import perform
from ui.components.people.acting import confirmed, show_problem, show_said
from ui.components.style import note
from ui.components.text import as_html, as_label, clock_words
from ui.job_handlers.glossary_trial import GLOSSARY_TRIAL, trial_job

_PLACE: Final = "glossary"
_TRIES: Final = (
    "採用すると、まず質問集で検索と回答を確かめ、悪くならなければ用語に加えます。"
    "悪くなるときは、理由を書いてもう一度採用してください。"
)
_REMOVE: Final = (
    "「{term}」を用語から削除します。\n質問にあっても、マニュアルの言葉では探さなくなります。"
)


def show_proposing(member: Member) -> None:
    """Show the form that proposes a word, and what has become of the person's own proposals."""
    st.header("用語を提案する")
    show_said(_PLACE)
    form = "glossary-propose"
    key = f"{form}-{state.form_round(form)}"
    with st.form(key, border=False, enter_to_submit=False):
        term = st.text_input(
            "職員が使う言葉（必須）", key=f"{key}-term", max_chars=LONGEST_TERM,
            placeholder="例：有休",
        )  # fmt: skip
        meaning = st.text_input(
            "マニュアルでの言葉（必須。いくつかあれば「、」で区切る）", key=f"{key}-meaning",
            max_chars=LONGEST_MEANING, placeholder="例：年次有給休暇",
        )  # fmt: skip
        why = st.text_input("提案の理由", key=f"{key}-note", max_chars=LONGEST_NOTE)
        sent = st.form_submit_button("提案する", type="primary")
    if sent:
        _propose(form, Entry(term or "", meaning or ""), why or "")
    own = [p for p in _proposals().all() if p.proposed_by == member.actor.person_id]
    if own:
        st.dataframe([_row(p) for p in own], hide_index=True, alt="自分の提案の一覧")


def _propose(form: str, entry: Entry, why: str) -> None:
    """Anybody who may ask may propose; whoever is at the page now is who does."""
    member = resources.require("ask")
    try:
        kept = _proposals().propose(entry, note=why, by=member.actor)
    except AssistantError as error:
        show_problem(str(error))
        return
    state.empty_form(form)
    state.keep_said(_PLACE, f"「{kept.entry.term}」を提案しました。")
    st.rerun()


def show_decisions() -> None:
    """Show the open proposals with what is to be decided."""
    st.header("提案を決める")
    show_said("glossary-decision")
    found = [p for p in _proposals().all() if p.state == "proposed"]
    if not found:
        st.html(note(as_html("決めていない提案はありません。")))
        return
    st.html(note(as_html(_TRIES)))
    st.dataframe([_row(p) for p in found], hide_index=True, alt="決めていない提案の一覧")
    by_id = {p.id: p for p in found}
    chosen = st.selectbox(
        "決める提案", list(by_id), key="glossary-chosen",
        format_func=lambda key: as_label(f"{by_id[key].entry.term} → {by_id[key].entry.meaning}"),
    )  # fmt: skip
    if chosen is not None:
        _show_decision(by_id[chosen])


def _show_decision(proposal: Proposal) -> None:
    trial = proposal.trial or {}
    for words in (trial.get("words"), *(f"悪くなる質問：{q}" for q in trial.get("worse", ()))):
        if words:
            st.html(note(as_html(str(words))))
    reason = st.text_input(
        "理由（見送るとき、結果が悪くなっても採用するとき）", key=f"glossary-reason-{proposal.id}"
    )
    with st.container(horizontal=True):
        if st.button("採用する", key=f"glossary-accept-{proposal.id}", type="primary"):
            perform("glossary-decision", "manage_manuals", _accepting(proposal, reason or ""))
        if st.button("見送る", key=f"glossary-decline-{proposal.id}"):
            perform("glossary-decision", "manage_manuals", _declining(proposal, reason or ""))
    for job in resources.assistant().jobs.recent(limit=20, kinds=[GLOSSARY_TRIAL]):
        if job.arguments.get("proposal") == proposal.id:
            words = job.error or ("確認中です。" if job.is_open else "")
            st.html(note(as_html(f"{clock_words(job.created_at)} {words}")))
            break


def _accepting(proposal: Proposal, reason: str) -> Callable[[Member], str]:
    def accept(by: Member) -> str:
        assistant = resources.assistant()
        if assistant.jobs.add(trial_job(proposal, reason=reason), by=by.actor) is None:
            raise UsageError("この提案は確認中です。少し待って、画面を開き直してください。")
        resources.background().wake()
        return (
            f"「{proposal.entry.term}」を質問集で確かめています。悪くならなければ採用します。"
            "少し待って、画面を開き直してください。"
        )

    return accept


def _declining(proposal: Proposal, reason: str) -> Callable[[Member], str]:
    def decline(by: Member) -> str:
        _proposals().decline(proposal.id, reason=reason, by=by.actor)
        return f"「{proposal.entry.term}」を見送りました。"

    return decline


def show_entries(*, keeps: bool) -> None:
    """Show all words, and to who keeps manuals a way to take one out."""
    st.header("用語の一覧")
    show_said("glossary-list")
    entries = Glossary(resources.assistant().database).entries()
    text = st.text_input("絞り込み（含まれる文字）", key="glossary-filter") or ""
    shown = [entry for entry in entries if text.strip() in entry.term + entry.meaning]
    st.html(note(as_html(f"{len(entries):,}件のうち{len(shown):,}件")))
    st.dataframe(
        [{"職員の言葉": entry.term, "マニュアルの言葉": entry.meaning} for entry in shown],
        hide_index=True, alt="用語の一覧",
    )  # fmt: skip
    if keeps and shown:
        _show_removing([entry.term for entry in shown])


def _show_removing(terms: list[str]) -> None:
    term = st.selectbox(
        "削除する用語", list(dict.fromkeys(terms)), index=None, key="glossary-remove",
        format_func=as_label, placeholder="選んでください",
    )  # fmt: skip
    if term is None:
        return
    reason = st.text_input("削除する理由（必須）", key="glossary-remove-reason") or ""

    def remove(by: Member) -> str:
        _proposals().remove(term, reason=reason, by=by.actor)
        return f"「{term}」を削除しました。"

    task: Task = "manage_manuals"
    if confirmed(
        f"glossary-{term}", asks="用語から削除する", warning=_REMOVE.format(term=term),
        agrees="削除する",
    ):  # fmt: skip
        perform("glossary-list", task, remove)


def _proposals() -> Proposals:
    return Proposals(resources.assistant().database)


def _row(proposal: Proposal) -> dict[str, str]:
    return {
        "職員の言葉": proposal.entry.term,
        "マニュアルの言葉": proposal.entry.meaning,
        "状態": STATE_WORDS[proposal.state],
        "提案者": proposal.proposed_by_name,
        "提案": clock_words(proposal.proposed_at),
        "提案の理由": proposal.note,
        "決定": proposal.decided_by_name,
        "決定の理由": proposal.reason,
        "質問集での確認": str((proposal.trial or {}).get("words", "")),
    }
