"""What stands under an answer once it has ended: how it was made, whom to ask, what to do next."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.answers.asking_back import completed
from assistant.domain import Answer, Related
from assistant.opening import Assistant
from ui import state
from ui.components.ask.copied_text import may_be_copied
from ui.components.ask.feedback_row import show_feedback
from ui.components.ask.origin import origin_html
from ui.components.ask.taking_along import show_again, show_copies
from ui.components.minutes_saved import show_minutes
from ui.components.quotation import quotation_html
from ui.components.style import heading, note
from ui.components.text import as_html, as_markdown, place_words
from ui.state import OpenedPlace

_INTERRUPTED: Final = "途中で切れました。もう一度質問してください。"
_FAILED: Final = "回答を作成できませんでした。もう一度質問してください。"
_STOPPED: Final = "停止しました。ここまでに確かめられた内容だけを表示しています。"
_NOT_WAITED: Final = "まとめを待たずに終えました。引用をご確認ください。"


def show_ending(record: AnswerRecord, assistant: Assistant, person_id: str) -> None:
    """Show the rest of a record that is no longer being written."""
    answer = record.answer
    if answer is not None:
        _show_findings(record, answer)
    _show_state(record, answer)
    if answer is not None:
        st.html(origin_html(answer))
    _show_actions(record, answer)
    if answer is not None and record.state == "answered":
        show_feedback(record, assistant.feedback, person_id)
        if answer.outcome == "answered":
            show_minutes(record, assistant.desk, person_id)


def _show_findings(record: AnswerRecord, answer: Answer) -> None:
    for number, choice in enumerate(answer.choices):
        st.button(
            as_markdown(choice),
            key=f"choice-{record.id}-{number}",
            on_click=state.ask_next,
            args=(completed(record.question, choice),),
        )
    if answer.notice and record.state != "stopped":
        st.html(note(as_html(answer.notice)))
    if answer.related:
        st.html(heading("関連する記載"))
        for number, related in enumerate(answer.related):
            _show_related(record, number, related)


def _show_related(record: AnswerRecord, number: int, related: Related) -> None:
    words = place_words(
        related.manual, related.heading_path, related.page, related.label, related.file
    )
    st.html(quotation_html(related.text) + f'<p class="chonai-place">{as_html(words)}</p>')
    if related.page is not None:
        st.button(
            "ページを見る",
            key=f"related-{record.id}-{number}",
            on_click=state.open_place,
            args=(OpenedPlace(record.id, 0, related.version_id, related.page),),
        )


def _show_state(record: AnswerRecord, answer: Answer | None) -> None:
    if record.state == "stopped":
        st.info(_NOT_WAITED if state.stop_of(record.id) == "content" else _STOPPED)
    elif record.state == "interrupted":
        st.warning(_INTERRUPTED)
    elif record.state == "failed":
        st.error(as_markdown(record.error or (answer and answer.error) or _FAILED))


def _show_actions(record: AnswerRecord, answer: Answer | None) -> None:
    """Show what can be done: asking again at once where no answer came, else in a small menu."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if answer is not None and may_be_copied(answer):
            show_copies(record, answer)
        if record.state == "answered":
            with st.popover("質問をやり直す", key=f"redo-{record.id}"):
                show_again(record)
        else:
            show_again(record)
