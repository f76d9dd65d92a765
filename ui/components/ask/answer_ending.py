"""What stands under an answer once it has ended: how it was made, whom to ask, the thumbs."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.answer_desk import AnswerDesk, AnswerRecord
from assistant.answers.asking_back import completed
from assistant.domain import Answer, Related
from ui import state
from ui.components.minutes_saved import show_minutes
from ui.components.style import heading, note
from ui.components.text import as_html, as_markdown, date_words, place_words
from ui.state import OpenedPlace

_MODE: Final = {
    "extractive": "引用のみ",
    "local": "庁内のローカルモデル",
    "endpoint": "接続先のモデル",
}
_INTERRUPTED: Final = "途中で切れました。もう一度質問してください。"
_FAILED: Final = "回答を作成できませんでした。もう一度質問してください。"
_STOPPED: Final = "停止しました。ここまでに確かめられた内容だけを表示しています。"
_NOT_WAITED: Final = "まとめを待たずに終えました。引用をご確認ください。"


def mode_words(answer: Answer) -> str:
    """Return how the answer was made, with the model's name where a model wrote."""
    model = f"：{answer.model}" if answer.model and answer.mode != "extractive" else ""
    return _MODE[answer.mode] + model


def show_ending(record: AnswerRecord, desk: AnswerDesk, person_id: str) -> None:
    """Show the rest of a record that is no longer being written."""
    answer = record.answer
    if answer is not None:
        _show_findings(record, answer)
    _show_state(record, answer)
    if answer is not None:
        _show_origin(answer)
        if record.state == "answered":
            _show_thumbs(record, desk, person_id)
            if answer.outcome == "answered":
                show_minutes(record, desk, person_id)


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
    st.html(
        f'<blockquote class="chonai-quote">{as_html(related.text)}</blockquote>'
        f'<p class="chonai-place">{as_html(words)}</p>'
    )
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
    else:
        return
    if record.state != "stopped" or answer is None or not answer.quotations:
        st.button(
            "同じ質問をもう一度する",
            key=f"again-{record.id}",
            on_click=state.ask_next,
            args=(record.question,),
        )


def _show_origin(answer: Answer) -> None:
    parts = [f"回答のしかた：{mode_words(answer)}", f"基準日：{date_words(answer.as_of)}"]
    if answer.owner is not None:
        extension = f"（内線 {answer.owner.extension}）" if answer.owner.extension else ""
        parts.insert(0, f"担当：{answer.owner.section}{extension}")
    st.html("".join(note(as_html(part)) for part in parts))


def _show_thumbs(record: AnswerRecord, desk: AnswerDesk, person_id: str) -> None:
    def rate(helpful: bool) -> None:
        desk.rate(record.id, person_id=person_id, helpful=helpful)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(note("この回答で"), width="content")
        for label, helpful in (("解決した", True), ("しなかった", False)):
            st.button(
                label,
                key=f"rate-{record.id}-{helpful}",
                type="primary" if record.helpful is helpful else "secondary",
                on_click=rate,
                args=(helpful,),
            )
        if record.helpful is not None:
            words = "解決した" if record.helpful else "解決しなかった"
            st.html(note(f"「{words}」と記録しました。"), width="content")
