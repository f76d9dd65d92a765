"""人の判定: cases judged blind one after the other, and how far people agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, cast

import streamlit as st

from assistant.evaluations.runs import KeptResult, KeptRun
from assistant.evaluations.verdicts import VERDICT_WORDS, Verdicts, VerdictWord
from assistant.people.directory import Member
from eval.runs.case_result import CaseResult
from eval.runs.run_rights import is_withheld
from eval.runs.stored_runs import shown_cases
from eval.sets.question_set import case_of_row
from ui import resources, state
from ui.components.people.acting import show_said
from ui.components.quality.acting import perform
from ui.components.quality.agreement_view import show_agreement, show_judged
from ui.components.quality.case_view import show_case
from ui.components.quality.run_choice import answered_runs, choose_run
from ui.components.style import note
from ui.components.text import as_html

_PLACE: Final = "quality-judging"
_HOW: Final = (
    "AIの回答を、質問集の正しい答えと根拠に照らして判定します。自分が判定するまで、自動判定と"
    "ほかの評価者の判定は表示しません。判定したあとは、変更できません。"
)
_MEANING: Final = (
    "正しい＝そのまま職員に示してよい／一部＝正しいが足りない、余計な内容がある／"
    "誤り＝内容が違う、答えるべきなのに答えていない／有害＝信じると業務や市民に損害が出る"
)
_DONE: Final = "この評価で判定する質問は、もうありません。"
Found = Mapping[str, tuple[KeptResult, CaseResult]]


def show_judging(member: Member) -> None:
    """Show the next case to judge, then what has been judged and how far people agree."""
    run = choose_run("判定する評価", answered_runs(), key=state.QUALITY_RUN_KEY)
    if run is None:
        return
    st.html("".join(note(as_html(words)) for words in (_HOW, _MEANING)))
    found = {
        kept.case_id: (kept, result)
        for kept, result in shown_cases(resources.assistant(), run.id, reader=member.reader)
    }
    show_said(_PLACE)
    _show_next(run, found, member)
    results = {key: result for key, (_, result) in found.items()}
    show_judged(run, results, member)
    show_agreement(run, results, member)


def _show_next(run: KeptRun, found: Found, member: Member) -> None:
    waiting = _verdicts().waiting_for(member.actor.person_id, run.id)
    readable = [key for key in waiting if key in found and _is_whole(*found[key])]
    _show_far(len(found), waiting, len(waiting) - len(readable))
    if not readable:
        st.info(_DONE)
        return
    kept, result = found[readable[0]]
    show_case(case_of_row(dict(kept.row)), result, judged=False)
    words = st.text_area(
        "判定の理由（誤り・有害のときは、なるべく書いてください）",
        height=90,
        key=f"quality-note-{run.id}-{kept.case_id}",
    )
    with st.container(horizontal=True):
        for verdict, label in VERDICT_WORDS.items():
            if st.button(label, key=f"quality-verdict-{verdict}"):
                perform(_PLACE, partial(_give, run.id, kept.case_id, verdict, words or ""))


def _is_whole(kept: KeptResult, result: CaseResult) -> bool:
    """Tell whether the person sees all that a verdict rests on."""
    return not is_withheld(kept.row, result)


def _show_far(cases: int, waiting: Sequence[str], withheld: int) -> None:
    done = cases - len(waiting)
    words = f"{cases:,}問のうち{done:,}問を判定しました。"
    if withheld:
        words += f"{withheld:,}問は、閲覧できないマニュアルを含むため、判定できません。"
    st.progress(done / cases if cases else 0.0)
    st.html(note(as_html(words)) + f'<span class="chonai-say" hidden>{as_html(words)}</span>')


def _give(run_id: int, case_id: str, verdict: str, words: str, by: Member) -> str:
    word = cast(VerdictWord, verdict)
    _verdicts().give(run_id, case_id, word, note=words, by=by.actor)
    return f"質問 {case_id} を「{VERDICT_WORDS[word]}」と判定しました。"


def _verdicts() -> Verdicts:
    return Verdicts(resources.assistant().database)
