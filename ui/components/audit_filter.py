"""The form in which the events of the audit trail are filtered, and the pages of what is found."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

import streamlit as st

from assistant.errors import AssistantError, UsageError
from assistant.japanese.days import read_day
from assistant.people.audit.records import (
    AuditFilter,
    action_words,
    checked_filter,
    read_events,
    tokyo_time,
)
from assistant.people.audit.trail import ACTION_WORDS, AuditEvent
from assistant.people.audit.words import detail_words
from ui import resources, state
from ui.components.style import note
from ui.components.text import as_html, as_markdown

ON_A_PAGE: Final = 100
# The table's own buttons would make a file that no event tells of, and speak English.
_NO_TOOLBAR: Final = "<style>[data-testid=stElementToolbar] { display: none; }</style>"


def show_filter() -> AuditFilter | None:
    """Show the form; return what is wanted, None where it cannot be understood (and say so)."""
    with st.form("audit-filter", enter_to_submit=False):
        first, last = st.columns(2)
        from_ = first.text_input("期間の始まり", placeholder="例：2026-04-01", key="audit-from")
        to = last.text_input("期間の終わり", placeholder="例：令和8年4月30日", key="audit-to")
        who, what = st.columns(2)
        actor = who.text_input("利用者（職員番号）", key="audit-actor")
        action = what.selectbox(
            "操作",
            ["", *ACTION_WORDS],
            format_func=lambda key: action_words(key) if key else "すべて",
            key="audit-action",
        )
        text = st.text_input("対象か詳細に含まれる文字", key="audit-text")
        st.form_submit_button("絞り込む", type="primary")
    try:
        return checked_filter(
            first_day=_day(from_), last_day=_day(to), actor=actor, action=action or "", text=text
        )
    except AssistantError as error:
        st.error(as_markdown(str(error)))
        return None


def show_found(wanted: AuditFilter, count: int) -> None:
    """Show one page of the events, newest first, and the buttons to the others."""
    if not count:
        st.info("当てはまる記録はありません。期間や条件を変えて、もう一度絞り込んでください。")
        return
    name, pages = f"audit {wanted}", math.ceil(count / ON_A_PAGE)
    number = state.list_page(name, pages)
    offset = (number - 1) * ON_A_PAGE
    events = read_events(resources.assistant().database, wanted, limit=ON_A_PAGE, offset=offset)
    words = f"{count:,} 件のうち、新しいものから {offset + 1:,}〜{offset + len(events):,} 件目"
    st.html(note(as_html(words)) + f'<span class="chonai-say" hidden>{as_html(words)}</span>')
    st.html(_NO_TOOLBAR)
    st.dataframe([_row(event) for event in events], hide_index=True, alt="監査記録")
    if pages == 1:
        return
    # Never disabled: a button that is disabled under the finger drops the keyboard's focus.
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("新しい100件", on_click=state.turn_list, args=(name, max(number - 1, 1)))
        st.button("古い100件", on_click=state.turn_list, args=(name, min(number + 1, pages)))
        end = "（最も新しい記録です）" if number == 1 else ""
        end = "（最も古い記録までです）" if number == pages else end
        st.html(note(f"{number:,}ページ目／全{pages:,}ページ{end}"), width="content")


def _row(event: AuditEvent) -> dict[str, str | int]:
    return {
        "番号": event.id,
        "日時": tokyo_time(event.at),
        "利用者": event.actor_name,
        "操作": action_words(event.action),
        "対象": event.subject,
        "詳細": detail_words(event.detail),
    }


def _day(text: str) -> date | None:
    try:
        return read_day(text) if text.strip() else None
    except ValueError as error:
        raise UsageError(
            f"期間「{text}」を読めません。2026-04-01 か 令和8年4月1日 の形で入力してください。"
        ) from error
