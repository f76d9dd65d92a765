"""The form that makes drafts: by rules at once, in a model's words in the background."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from assistant.errors import OperationError
from assistant.evaluations.poor_answers import DAYS
from assistant.evaluations.sets import LONGEST_NAME, checked_name
from assistant.jobs.records import Job
from assistant.people.directory import Member
from eval.sets.drafting import draft_by_rules
from eval.sets.model_drafts import drafting_writer
from ui import resources, state
from ui.components.quality.acting import perform
from ui.components.style import note
from ui.components.text import as_html, as_label, clock_words
from ui.job_handlers.drafting import DRAFTING, drafting_job

_PLACE: Final = "quality-sets"
_FORM: Final = "quality-drafting"
_NEW: Final = ""
_EVERY: Final = 2.0  # seconds between two looks at what is under way
_MANUALS: Final = "マニュアルの記載から"
_ANSWERS: Final = f"答えられなかった質問・役に立たなかった質問から（{DAYS}日分）"
_MODEL, _RULES = "AI（{model}）が普段の言葉で書く", "規則で作る（記載の言葉のまま）"
_HOW: Final = (
    "下書きはそのままでは測りません。職員が実際に使う言葉に直し、正しい答えを確かめてから承認して"
    "ください。正しい答えと箇所は、いつもマニュアルの記載から取ります。職員の質問からの下書きは、"
    "電話番号や氏名などを隠します。"
)


def show_drafting(names: Sequence[str]) -> None:
    """Show the form that makes drafts into a set, a new one or one of these."""
    st.subheader("下書きを作る")
    st.html(note(as_html(_HOW)))
    busy = bool(_open_jobs())
    st.fragment(_show_going, run_every=_EVERY if busy else None)(busy)
    writer, why = drafting_writer(resources.assistant(), "auto")
    if writer is None:
        st.html(note(as_html(why)))
    key = f"{_FORM}-{state.form_round(_FORM)}"
    with st.form(key, border=False, enter_to_submit=False):
        source = st.radio("何から作るか", (_MANUALS, _ANSWERS), key=f"{key}-source")
        way = _RULES if writer is None else _choose_way(f"{key}-by", writer.name)
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
        if source != _ANSWERS and way == _MODEL:
            perform(_PLACE, partial(_begin, name, int(count)))
        else:
            perform(_PLACE, partial(_draft, source or _MANUALS, name, int(count)))


def _choose_way(key: str, model: str) -> str:
    chosen = st.radio(
        "マニュアルからの質問の言葉",
        (_MODEL, _RULES),
        key=key,
        format_func=lambda way: as_label(way.format(model=model)),
    )
    return chosen or _MODEL


def _begin(name: str, count: int, by: Member) -> str:
    name, assistant = checked_name(name), resources.assistant()
    if assistant.jobs.add(drafting_job(assistant, name, count), by=by.actor) is None:
        raise OperationError(
            f"「{name}」の下書きは、もう作り始めています。終わるまでお待ちください。"
        )
    resources.background().wake()
    state.empty_form(_FORM)
    return f"「{name}」の下書きを作り始めました。この画面を閉じてもかまいません。"


def _draft(source: str, name: str, count: int, by: Member) -> str:
    kept, added = draft_by_rules(
        resources.assistant(),
        checked_name(name),
        from_answers=source != _MANUALS,
        count=count,
        by=by.actor,
    )
    state.empty_form(_FORM)
    state.empty_form("quality-drafts")
    state.show_quality(set=kept.id)
    return f"「{kept.name}」に下書きを{added:,}問加えました。"


def _open_jobs() -> list[Job]:
    return resources.assistant().jobs.recent(kinds=[DRAFTING], only_open=True)


def _show_going(was_busy: bool) -> None:
    # A fragment runs by itself: whether the person may still see it is asked each time.
    resources.require("evaluate")
    going = _open_jobs()
    if bool(going) != was_busy:
        st.rerun()  # the whole page: the set has its drafts now
    for job in going:
        far = f"{job.total:,}問のうち{job.done:,}問" if job.total else "順番待ち"
        st.html(note(as_html(f"「{job.title}」の下書きを作っています（{far}）。")))
        st.progress(job.done / job.total if job.total else 0.0)
    if not going:
        _show_last()


def _show_last() -> None:
    """Show what came of the latest drafting in the background: how many, what was left out."""
    for job in resources.assistant().jobs.recent(kinds=[DRAFTING], limit=1):
        said = job.error or "".join((job.result or {}).get("words", ()))
        if said:
            words = f"前回の下書き（「{job.title}」、{clock_words(job.created_at)}）：{said}"
            st.html(note(as_html(words)))
