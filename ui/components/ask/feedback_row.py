"""Whether an answer helped, and why it did not: one press each, and never in the way."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.conversations.feedback import LONGEST_REMARK, REASONS, Feedback
from assistant.errors import UsageError
from ui import state
from ui.components.ask.page_style import SCREEN_ONLY
from ui.components.style import note
from ui.components.text import as_html, as_markdown

_REASON: Final = "解決しなかった理由（任意）"
_REMARK: Final = "ひとこと（任意。氏名などの個人情報は書かないでください）"


def show_feedback(record: AnswerRecord, feedback: Feedback, person_id: str) -> None:
    """Show the two verdicts and, under the second, the reasons."""
    row = f"{SCREEN_ONLY}-rate-{record.id}"
    with st.container(key=row, horizontal=True, vertical_alignment="center"):
        st.html(note("この回答で"), width="content")
        for label, helpful in (("解決した", True), ("しなかった", False)):
            st.button(
                label,
                key=f"rate-{record.id}-{helpful}",
                type="primary" if record.helpful is helpful else "secondary",
                on_click=partial(feedback.rate, record.id, person_id=person_id, helpful=helpful),
            )
        if record.helpful is not None:
            st.html(note(as_html(_kept_words(record))), width="content")
    if record.helpful is False:
        _show_reasons(record, feedback, person_id)


def _show_reasons(record: AnswerRecord, feedback: Feedback, person_id: str) -> None:
    place, reason, remark = (f"{part}-{record.id}" for part in ("said", "reason", "remark"))

    def explain() -> None:
        """Keep what stands in the fields; what is no remark is said and leaves the rest."""
        try:
            feedback.explain(
                record.id,
                person_id=person_id,
                reason=state.field(reason),
                remark=state.field(remark),
            )
        except UsageError as error:
            state.keep_said(place, str(error))

    reasons = list(REASONS)
    st.radio(
        _REASON,
        reasons,
        index=reasons.index(record.reason) if record.reason in reasons else None,
        format_func=lambda key: REASONS[key],
        horizontal=True,
        key=reason,
        on_change=explain,
    )
    if record.reason:
        st.text_input(
            _REMARK, value=record.remark, max_chars=LONGEST_REMARK, key=remark, on_change=explain
        )
    problem = state.take_said(place)
    if problem:
        st.error(as_markdown(problem))


def _kept_words(record: AnswerRecord) -> str:
    if record.helpful:
        return "「解決した」と記録しました。"
    reason = f"（{REASONS[record.reason]}）" if record.reason in REASONS else ""
    return f"「解決しなかった」{reason}と記録しました。"
