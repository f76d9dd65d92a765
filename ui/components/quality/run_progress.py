"""Runs that are not over: how far each is, a way to stop it, and one to go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.jobs.records import Job
from assistant.people.directory import Member
from eval.runs.stored_runs import is_under_way
from ui import resources
from ui.components.quality.acting import perform
from ui.components.quality.words import set_of_run
from ui.components.style import note
from ui.components.text import as_html
from ui.job_handlers.evaluation import EVALUATION

GoOn = Callable[[int, Member], str]
_EVERY: Final = 2.0  # seconds between two looks at what is under way
_MOST: Final = 10


def show_progress(go_on: GoOn) -> None:
    """Show the runs that are not over, and look again every two seconds while one is asked."""
    busy = _is_busy()
    st.fragment(_show, run_every=_EVERY if busy else None)(go_on, busy)


def _show(go_on: GoOn, was_busy: bool) -> None:
    # A fragment runs by itself: whether the person may still see it is asked each time.
    resources.require("evaluate")
    jobs, runs = _jobs(), EvaluationRuns(resources.assistant().database)
    if _is_busy() != was_busy:
        st.rerun()  # the whole page: whether to look again is decided there
    found = [run for run in runs.all() if run.state != "done"][:_MOST]
    if not found:
        st.html(note(as_html("進んでいる評価も、途中の評価もありません。")))
    for run in found:
        with st.container(border=True, key=f"quality-going-{run.id}"):
            _show_run(run, jobs.get(run.id), go_on)


def _jobs() -> dict[int, Job]:
    """Return the open jobs of runs by the number of the run."""
    found = resources.assistant().jobs.recent(kinds=[EVALUATION], only_open=True)
    return {int(job.arguments["run"]): job for job in found}


def _is_busy() -> bool:
    """Tell whether a run is asked or waits for its turn, by a job or by a command."""
    assistant = resources.assistant()
    going = [run for run in EvaluationRuns(assistant.database).all() if run.state == "running"]
    return bool(_jobs()) or any(is_under_way(assistant, run.id) for run in going)


def _show_run(run: KeptRun, job: Job | None, go_on: GoOn) -> None:
    going = is_under_way(resources.assistant(), run.id)
    kind, words = _told(run, job, going=going)
    far = f"{run.questions:,}問のうち{run.answered:,}問"
    st.html(
        f'<p class="chonai-file"><span class="chonai-state chonai-{kind}">{as_html(words)}</span>'
        f"<strong>{as_html(f'評価{run.id} {set_of_run(run)}')}</strong> {as_html(far)}</p>"
        f'<span class="chonai-say" hidden>{as_html(f"評価{run.id} {words} {far}")}</span>'
    )
    st.progress(run.answered / run.questions if run.questions else 0.0)
    if job is None and (failed := _failure(run)):
        st.html(note(as_html(failed)))
    with st.container(horizontal=True):
        stoppable = (going or job is not None) and not run.stop_requested
        if stoppable and st.button("止める", key=f"quality-stop-{run.id}"):
            perform("quality-running", partial(_stop, run.id))
        if job is None and not going and st.button("続きから測る", key=f"quality-go-on-{run.id}"):
            perform("quality-running", partial(go_on, run.id))


def _told(run: KeptRun, job: Job | None, *, going: bool) -> tuple[str, str]:
    if job is None and not going:
        return "ask", "途中で止めた" if run.state == "stopped" else "中断"
    if run.stop_requested:
        return "work", "止めています"
    if job is None:
        return "work", "コマンドで評価中"
    return ("wait", "順番待ち") if job.state == "waiting" else ("work", "評価中")


def _failure(run: KeptRun) -> str:
    """Return why the latest job of a run failed, "" if it did not."""
    for job in resources.assistant().jobs.recent(kinds=[EVALUATION]):
        if job.arguments["run"] == run.id:
            return job.error
    return ""


def _stop(run_id: int, by: Member) -> str:
    del by  # whoever may evaluate may stop; the run names who began it
    EvaluationRuns(resources.assistant().database).request_stop(run_id)
    return f"評価{run_id}は、いまの質問が終わったところで止まります。あとで続きから測れます。"
