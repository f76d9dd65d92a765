"""What has been judged of a run, how far people agree, and which cases to talk about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from assistant.evaluations.runs import KeptRun
from assistant.evaluations.verdicts import VERDICT_WORDS, HumanVerdict, Verdicts
from assistant.people.directory import Member
from eval.runs.agreement import Agreement, agreements, disagreements
from eval.runs.case_result import CaseResult
from eval.runs.run_figures import wholly_right
from ui import resources
from ui.components.style import note
from ui.components.text import as_html, clock_words

_KAPPA: Final = (
    "κ（カッパ）は、偶然の一致を除いた一致の度合いです。1 は完全な一致、0 は偶然と同じで、"
    "目安として 0.6 以上なら判定の基準がそろっています。"
)
_NOBODY: Final = "2人以上が同じ質問を判定すると、一致の度合いを表示します。"
_NONE: Final = "自分が判定した質問の中に、判定の食い違いはありません。"
_TALK: Final = (
    "人と自動判定が食い違う質問は、質問集の正しい答えが誤っていることがあります。"
    "先に確かめてください。ここには、自分が判定した質問だけを表示します。"
)


def show_judged(run: KeptRun, results: Mapping[str, CaseResult], member: Member) -> None:
    """Show the cases that the person has judged, with what the others and the machine say."""
    shown = Verdicts(resources.assistant().database).shown_to(member.actor.person_id, run.id)
    own = [one for one in shown if one.person_id == member.actor.person_id]
    if not own:
        return
    st.subheader("判定した質問")
    rows = [_judged_row(one, shown, results[one.case_id]) for one in own if one.case_id in results]
    st.dataframe(rows, hide_index=True, alt="自分が判定した質問の一覧")


def _judged_row(own: HumanVerdict, shown: list[HumanVerdict], result: CaseResult) -> dict[str, str]:
    others = [
        f"{one.person_name}：{VERDICT_WORDS[one.verdict]}"
        for one in shown
        if one.case_id == own.case_id and one.person_id != own.person_id
    ]
    return {
        "ID": own.case_id,
        "質問": result.question,
        "自分の判定": VERDICT_WORDS[own.verdict],
        "理由": own.note,
        "ほかの評価者": "、".join(others),
        "自動判定": "正しい" if wholly_right(result) else "誤りあり",
        "判定した日時": clock_words(own.given_at),
    }


def show_agreement(run: KeptRun, results: Mapping[str, CaseResult], member: Member) -> None:
    """Show how far each two evaluators agree, and the cases on which somebody does not."""
    st.subheader("判定の一致")
    kept = Verdicts(resources.assistant().database)
    judged = kept.judged_by_all(run.id)
    found = agreements(judged)
    if not found:
        st.html(note(as_html(_NOBODY)))
        return
    st.html(note(as_html(_KAPPA)))
    st.dataframe([agreement_row(one) for one in found], hide_index=True, alt="評価者どうしの一致")
    st.subheader("食い違いを確かめる")
    own = {one.case_id for one in kept.shown_to(member.actor.person_id, run.id)}
    told = disagreements([one for one in judged if one.case_id in own], results)
    st.html(note(as_html(_TALK if told else _NONE)))
    if told:
        rows = [
            {
                "ID": one.case_id,
                "確かめること": one.doubt,
                "質問": one.question,
                "人の判定": "、".join(f"{person}：{words}" for person, words in one.verdicts),
                "自動判定": "正しい" if one.automatically_right else "誤りあり",
            }
            for one in told
        ]
        st.dataframe(rows, hide_index=True, alt="判定が食い違う質問の一覧")


def agreement_row(one: Agreement) -> dict[str, str]:
    """Return the agreement of two, people or a model, as a row of a table."""
    interval = "―" if one.low is None or one.high is None else f"{one.low:.2f}〜{one.high:.2f}"
    return {
        "評価者": "と".join(one.people),
        "どちらも判定した質問": f"{one.cases:,}問",
        "同じ判定": f"{one.same:,}問",
        "κ": "求められない" if one.kappa is None else f"{one.kappa:.2f}",
        "95%の範囲": interval,
    }
