"""コマンドや定期の処理: what the server does beside the uploads, and the log of each."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.jobs.records import Job, JobState
from assistant.people.directory import Member
from ingest.jobs import INGEST, request_of
from ui import resources
from ui.components.style import note
from ui.components.text import as_html, as_label, clock_words
from ui.composition import KIND_WORDS, step_words

_MOST: Final = 50
STATE_WORDS: Final[dict[JobState, str]] = {
    "waiting": "待機中",
    "running": "実行中",
    "done": "終了",
    "failed": "失敗",
    "cancelled": "中止",
}


def show_other_jobs(member: Member) -> None:
    """Show the latest of them to those who keep all manuals."""
    if "manage_all_manuals" not in member.tasks:
        return
    with st.expander("コマンドや定期の処理", key="other-jobs"):
        jobs = _others()
        if not jobs:
            st.html(note(as_html("まだありません。")))
            return
        st.dataframe([_row(job) for job in jobs], hide_index=True, alt="コマンドや定期の処理の一覧")
        _show_log(jobs)


def _others() -> list[Job]:
    """Return the latest jobs that are no uploads."""
    found = resources.assistant().jobs.recent(limit=4 * _MOST)
    return [j for j in found if j.kind != INGEST or not request_of(j).uploaded][:_MOST]


def _row(job: Job) -> dict[str, str]:
    return {
        "処理": KIND_WORDS.get(job.kind, job.kind),
        "対象": job.title,
        "状態": STATE_WORDS[job.state],
        "進み具合": step_words(job),
        "受付": clock_words(job.created_at),
        "終了": clock_words(job.ended_at),
        "失敗の理由": job.error,
    }


def _show_log(jobs: list[Job]) -> None:
    by_id = {job.id: job for job in jobs}

    def words(job_id: str) -> str:
        job = by_id[job_id]
        return as_label(f"{clock_words(job.created_at)} {job.title}（{STATE_WORDS[job.state]}）")

    chosen = st.selectbox(
        "記録を見る処理", list(by_id), index=None, format_func=words, key="other-job",
        placeholder="選んでください",
    )  # fmt: skip
    if chosen is not None:
        lines = resources.assistant().jobs.lines(chosen)
        st.html("".join(note(as_html(f"{clock_words(line.at)} {line.text}")) for line in lines))
