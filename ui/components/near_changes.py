"""A passage near a change of version: both readings, and the 経過措置 that decides."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant import calendar
from assistant.domain import Answer, Citation, NearChange
from ui.components.style import heading, note
from ui.components.text import as_html, date_words

_COUNTED_BY: Final = {
    "announcement": "公告した日",
    "contract": "契約を締結した日",
    "decision": "決裁した日",
}


def show_near_changes(answer: Answer) -> None:
    """Show each passage that reads otherwise in the version before or after."""
    citations = {citation.marker: citation for citation in answer.citations}
    for change in answer.near_changes:
        st.html(change_html(change, citations))


def change_html(change: NearChange, citations: dict[int, Citation]) -> str:
    """Return a change as HTML: when, before, after, and which day counts."""
    past = change.changes_on <= calendar.today()
    when = f"{date_words(change.changes_on)}に内容が{'変わりました' if past else '変わります'}"
    parts = [heading(as_html(f"『{change.manual}』は{when}"))]
    for words, version, marker in (
        ("変更前", change.before_version, change.before),
        ("変更後", change.after_version, change.after),
    ):
        citation = citations.get(marker) if marker is not None else None
        parts.append(note(as_html(f"{words}（第{version}版）")))
        said = "この版には、当たる記載がありません。" if citation is None else citation.quote
        parts.append(f'<blockquote class="chonai-quote">{as_html(said)}</blockquote>')
    if change.counted_by:
        day = _COUNTED_BY[change.counted_by]
        parts.append(note(as_html(f"どちらの版によるかは、{day}で決まります。")))
    parts += [note(as_html(f"経過措置：{words}")) for words in change.transition_notes]
    return "".join(parts)
