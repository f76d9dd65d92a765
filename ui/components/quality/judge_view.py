"""The judge model's verdicts on a run: off and said so, begun by a button, beside people's."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from assistant.errors import OperationError
from assistant.evaluations.model_verdicts import ModelVerdict, ModelVerdicts
from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.evaluations.verdicts import VERDICT_WORDS, Verdicts
from assistant.people.directory import Member
from eval.runs.agreement import agreements_with_models
from eval.runs.model_judge import JUDGE_IS_OFF, refuse_own_judge, verdict_words
from eval.runs.run_rights import WITHHELD, is_withheld
from eval.runs.stored_runs import answered_cases, shown_cases
from ui import resources
from ui.components.people.acting import show_said
from ui.components.quality.acting import perform
from ui.components.quality.agreement_view import agreement_row
from ui.components.style import note
from ui.components.text import as_html
from ui.job_handlers.judgement import JUDGEMENT, judgement_job

_PLACE: Final = "quality-judge"
_HOW: Final = (
    "回答を書いたものとは別のモデル（{model}）が、正しい答えと読み比べて判定します。参考であり、"
    "公開の判断には使いません。判定できなかった質問は数えません。"
)
_GOING: Final = "審査モデルが判定しています。画面を開き直すと、進みぐあいが分かります。"


def show_judge(run: KeptRun, member: Member) -> None:
    """Show whether a judge is set, the button that begins it, and its verdicts with agreement."""
    st.subheader("審査モデルの判定")
    show_said(_PLACE)
    assistant = resources.assistant()
    settings = assistant.settings
    if not settings.judge_url:
        st.html(note(as_html(JUDGE_IS_OFF)))
    else:
        st.html(note(as_html(_HOW.format(model=settings.judge_model))))
        _show_starting(run)
    found = ModelVerdicts(assistant.database).of(run.id)
    if found:
        _show_verdicts(run, found, member)


def _show_starting(run: KeptRun) -> None:
    jobs = resources.assistant().jobs
    if any(
        job.arguments["run"] == run.id for job in jobs.recent(kinds=[JUDGEMENT], only_open=True)
    ):
        st.info(_GOING)
    elif st.button("審査モデルに判定させる", key=f"quality-judge-{run.id}"):
        perform(_PLACE, partial(_start, run.id))


def _start(run_id: int, by: Member) -> str:
    assistant = resources.assistant()
    runs = EvaluationRuns(assistant.database)
    refuse_own_judge(assistant.settings, [result for _, result in answered_cases(runs, run_id)])
    if assistant.jobs.add(judgement_job(runs.get(run_id)), by=by.actor) is None:
        raise OperationError("審査モデルの判定は、もう始まっています。")
    resources.background().wake()
    return "審査モデルの判定を始めました。この画面を閉じてもかまいません。"


def _show_verdicts(run: KeptRun, found: list[ModelVerdict], member: Member) -> None:
    assistant = resources.assistant()
    hidden = {
        kept.case_id: is_withheld(kept.row, result)
        for kept, result in shown_cases(assistant, run.id, reader=member.reader)
    }
    counts = [f"{words} {sum(o.verdict == k for o in found):,}" for k, words in _COUNTED]
    st.html(f'<p class="chonai-body">{as_html("、".join(counts))}</p>')
    st.dataframe(
        [_row(one, hidden[one.case_id]) for one in found if one.case_id in hidden],
        hide_index=True,
        alt="審査モデルの判定の一覧",
    )
    people = Verdicts(assistant.database).judged_by_all(run.id, at_least=1)
    agreed = agreements_with_models(people, found)
    if agreed:
        st.dataframe(
            [agreement_row(one) for one in agreed],
            hide_index=True,
            alt="審査モデルと評価者の一致",
        )
    else:
        st.html(note(as_html("人が判定すると、審査モデルとの一致の度合い（κ）を表示します。")))


_COUNTED: Final[tuple[tuple[str, str], ...]] = (*VERDICT_WORDS.items(), ("", "判定できず"))


def _row(one: ModelVerdict, hidden: bool) -> dict[str, str]:
    return {
        "ID": one.case_id,
        "審査モデル": one.model,
        "審査モデルの判定": verdict_words(one),
        "判定の理由": WITHHELD if hidden else one.reason or one.error,
    }
