"""評価する: what will be asked, how long that takes, and the button that starts it."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from assistant.errors import OperationError
from assistant.evaluations.runs import EvaluationRuns
from assistant.evaluations.sets import KeptSet, QuestionSets
from assistant.people.directory import Member
from eval.answers import EVALUATOR
from eval.runs.conditions import conditions
from eval.runs.run_time import expected_time
from eval.runs.stored_runs import begin_run, require_same_conditions
from eval.sets.stored_sets import stored_set
from ui import resources, state
from ui.components.people.acting import show_said
from ui.components.quality.acting import perform
from ui.components.quality.run_list import show_runs
from ui.components.quality.run_progress import show_progress
from ui.components.quality.words import MODE_WORDS, duration_words, set_words
from ui.components.style import note
from ui.components.text import as_html, as_label
from ui.job_handlers.evaluation import evaluation_job

PLACE: Final = "quality-running"
_EMPTY: Final = (
    "承認した質問のある質問集がありません。「質問集」で質問を取り込むか、下書きを承認してください。"
)
_PUBLIC: Final = (
    "回答には、全員が閲覧できるマニュアルだけを使います。評価は利用者数に数えません。"
    "始めたあとは、この画面を閉じてもかまいません。"
)
_OPEN: Final = "この版は凍結していません。あとで質問を変えると、前の結果と比べにくくなります。"


def show_running(member: Member) -> None:
    """Show how a run is begun, those under way, and all of them."""
    del member  # asked anew at every action
    show_said(PLACE)
    _show_start()
    st.subheader("進んでいる評価")
    show_progress(_going_on)
    st.subheader("評価の記録")
    show_runs()


def _show_start() -> None:
    found = [kept for kept in QuestionSets(resources.assistant().database).all() if kept.approved]
    if not found:
        st.info(_EMPTY)
        return
    by_id = {kept.id: kept for kept in found}
    chosen = st.selectbox(
        "質問集", list(by_id), key="quality-run-set", persist_state="session",
        format_func=lambda key: as_label(set_words(by_id[key])),
    )  # fmt: skip
    kept = by_id.get(chosen or found[0].id, found[0])
    if kept.state == "open":
        st.html(note(as_html(_OPEN)))
    sample = _sample(kept)
    _show_expectation(sample or kept.approved)
    if st.button("評価を始める", key="quality-start", type="primary"):
        perform(PLACE, partial(_start, kept, sample))


def _sample(kept: KeptSet) -> int | None:
    """Return how many questions are asked, None for all."""
    some = st.checkbox("一部の質問だけで試す（毎回、同じ質問が選ばれます）", key="quality-some")
    if not some:
        return None
    return int(
        st.number_input(
            "測る質問の数",
            1,
            kept.approved,
            min(20, kept.approved),
            step=1,
            key=f"quality-sample-{kept.id}",
        )
    )


def _show_expectation(questions: int) -> None:
    """Say what would answer and how long it takes, before anything is begun."""
    assistant = resources.assistant()
    choice = assistant.models.choose()
    writes = "extractive" if choice.writer is None else choice.writer.mode
    how = {
        "none": "引用だけで答えます（文章を書くモデルは使いません）。",
        "body": f"{MODE_WORDS[writes]}が文章で答えます。",
        "summary": f"引用で答え、{MODE_WORDS[writes]}がまとめを書きます。",
    }[choice.place]
    expected = expected_time(assistant, questions, writes=writes)
    rests_on = (
        f"同じ答え方でのこれまでの{expected.measured:,}問の実績"
        if expected.measured
        else "まだ実績がないための仮定"
    )
    time = (
        f"{questions:,}問で{duration_words(expected.seconds)}かかる見込みです"
        f"（1問あたり約{expected.by_question:.1f}秒。{rests_on}）。"
    )
    st.html(f'<p class="chonai-body"><strong>{as_html(time)}</strong></p>')
    st.html("".join(note(as_html(words)) for words in (how + choice.notice, _PUBLIC)))


def _start(kept: KeptSet, sample: int | None, by: Member) -> str:
    assistant = resources.assistant()
    chosen = stored_set(assistant.database, f"{kept.name}@{kept.version}")
    run, _ = begin_run(assistant, chosen, sample=sample, by=by.actor)
    if assistant.jobs.add(evaluation_job(run), by=by.actor) is None:  # never: the run is new
        raise OperationError(f"評価{run.id}はすでに始まっています。記録を確かめてください。")
    resources.background().wake()
    state.show_quality(run=run.id)
    return f"評価{run.id}を始めました（{run.questions:,}問）。"


def _going_on(run_id: int, by: Member) -> str:
    """Take up a run that was stopped or broken off; its conditions must be the same still."""
    assistant, runs = resources.assistant(), EvaluationRuns(resources.assistant().database)
    require_same_conditions(runs.get(run_id), conditions(assistant, reader=EVALUATOR))
    runs.resume(run_id)
    if assistant.jobs.add(evaluation_job(runs.get(run_id)), by=by.actor) is None:
        return f"評価{run_id}は、もう進んでいます。"
    resources.background().wake()
    return f"評価{run_id}を続きから始めました。"
