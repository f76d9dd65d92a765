"""What the question sets said of a version, and publishing it for a reason all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from assistant.errors import UsageError
from assistant.jobs.records import Job
from assistant.library.library_list import LibraryRow, version_words
from assistant.library.shelf import ShelvedManual
from assistant.library.trials import DECISION_WORDS, OUTCOME_WORDS, KeptTrial, last_trial
from ui import resources
from ui.components.library.acting import Keeper, perform
from ui.components.style import note
from ui.components.text import as_html, as_markdown, clock_words

_ASKING: Final = (
    "質問集で確かめています（{step}）。終わると、この画面を開き直したときに結果が出ます。"
)
_STARTED: Final = (
    "{version}を質問集で確かめています。結果によって、公開されるか、ここに理由が出ます。"
)
_HIDDEN: Final = "読めないマニュアルの記載を含むため、回答は表示しません。"
_LONGEST_REASON: Final = 200


def show_trial(manual: ShelvedManual, row: LibraryRow, keeper: Keeper) -> None:
    """Show how far the trial of a version is, or what it came to, with the cases that got worse."""
    assistant, version = resources.assistant(), row.version
    job = assistant.publications.job_of(version.id)
    if job is not None and job.is_open:
        step = f"{job.done:,}/{job.total:,}" if job.total else "順番を待っています"
        st.info(as_markdown(_ASKING.format(step=step)))
        st.button("結果を見る", key=f"look-{version.id}")
        return
    trial = last_trial(assistant.database, version.id)
    if trial is not None:
        _show_result(trial, manual, keeper)
    waits = row.standing == "waiting" and version.publish_on is None
    if waits:
        _show_problem(job)
        _show_override(row)


def ask_and_publish(now: Keeper, row: LibraryRow, *, reason: str = "", on: Any = None) -> bool:
    """Publish a version, or have it tried first; tell whether it is out already."""
    now.version(row.version.id)
    job = resources.assistant().publications.publish(
        row.version.id, by=now.actor, on=on, reason=reason
    )
    if job is not None:
        resources.background().wake()
    return job is None


def started_words(row: LibraryRow) -> str:
    """Return what is said once a version is being tried."""
    return _STARTED.format(version=version_words(row.version))


def _show_result(trial: KeptTrial, manual: ShelvedManual, keeper: Keeper) -> None:
    words = (
        f"質問集での確認（{clock_words(trial.at)}、{DECISION_WORDS[trial.decision]}）: "
        f"{OUTCOME_WORDS[trial.outcome]}。{trial.words}"
    )
    if trial.reason:
        words += f" 公開の理由: {trial.reason}"
    if not trial.warns:
        st.html(note(as_html(words)))
        return
    st.warning(as_markdown(words))
    for case in trial.document.get("worse", ()):
        with st.expander(as_markdown(f"悪くなる質問: {case['question']}")):
            _show_case(case, manual, keeper)


def _show_case(case: Mapping[str, Any], manual: ShelvedManual, keeper: Keeper) -> None:
    own = {row.version.id for row in manual.rows}
    others = set(case["versions"]) - own
    library = resources.assistant().library
    readable = others <= library.readable(others, reader=keeper.member.reader)
    before, after, why = case["before_text"], case["after_text"], "、".join(case["why"])
    if not readable:
        before = after = _HIDDEN
        why = ""
    rows = (
        ("質問集", f"{case['set_name']}（{case['id']}）"),
        ("悪くなるところ", "・".join(case["what"])),
        ("わかる理由", why),
        (f"今（{case['before']}）", before),
        (f"公開すると（{case['after']}）", after),
    )
    cells = "".join(
        f'<tr><th scope="row">{as_html(name)}</th><td>{as_html(value)}</td></tr>'
        for name, value in rows
        if value
    )
    st.html(f'<div class="chonai-document"><table>{cells}</table></div>')


def _show_problem(job: Job | None) -> None:
    if job is not None and job.error:
        st.html(note(as_html(job.error)))


def _show_override(row: LibraryRow) -> None:
    version = row.version
    reason = st.text_input(
        "公開する理由（監査記録に残ります）", key=f"trial-reason-{version.id}",
        max_chars=_LONGEST_REASON,
    )  # fmt: skip

    def override(now: Keeper) -> str:
        given = (reason or "").strip()
        if not given:
            raise UsageError("公開する理由を書いてください。")
        done = ask_and_publish(now, row, reason=given)
        return f"{version_words(version)}を公開しました。" if done else started_words(row)

    if st.button("理由を付けて公開する", key=f"override-{version.id}"):
        perform(version.manual_id, override)
