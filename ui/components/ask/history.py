"""これまでの質問: a person's conversations by day, searched, opened again, named and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.answer_desk import AnswerRecord
from assistant.conversations.kept import LONGEST_TITLE, ConversationLine, ConversationPage
from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.opening import Assistant
from ui import state
from ui.components.ask.page_style import LINES_KEY
from ui.components.people.acting import confirmed
from ui.components.style import heading, note
from ui.components.text import as_html, as_markdown, date_words

_SEARCH: Final = "言葉で探す（質問と回答から）"
_NONE: Final = "これまでの質問はまだありません。"
_NOT_FOUND: Final = "その言葉を含む質問は見つかりませんでした。言葉を短くして探してください。"
_DELETES: Final = (
    "この会話の質問と回答を、データベースから消します。元に戻せません。\n"
    "利用者数などの集計は変わりません。"
)
_SAID: Final = "history-said"
_LIST: Final = "history-list"
_LONGEST_LINE: Final = 48


def show_history(assistant: Assistant, reader: Reader) -> None:
    """Show the list behind its heading; it is read only while it is open."""
    with st.expander("これまでの質問", key=state.HISTORY_KEY, on_change="rerun") as opened:
        if not opened.open:
            return
        words = st.text_input(_SEARCH, key="history-words", max_chars=100)
        name = f"{_LIST}-{words}"
        number = state.list_page(name, 1_000_000)
        page = assistant.conversations.page(reader=reader, words=words, number=number)
        if not page.lines:
            st.html(note(as_html(_NOT_FOUND if words.strip() else _NONE)))
            return
        with st.container(key=LINES_KEY, gap="xsmall"):
            for day, lines in groupby(page.lines, key=_day_words):
                st.html(heading(as_html(day), level=2))
                for line in lines:
                    _show_line(line, assistant, reader)
        if page.pages > 1:
            _show_turning(name, page)


def show_conversation_menu(
    records: Sequence[AnswerRecord], assistant: Assistant, reader: Reader
) -> None:
    """Show the name of the open conversation, the way to a new one, and what can be done."""
    key = records[0].conversation_id
    title = assistant.conversations.title(key, reader=reader)
    if title:
        st.html(heading(as_html(title), level=2))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "新しい質問をはじめる",
            key="new-conversation",
            on_click=_begin_anew,
            args=(assistant, key, reader.person_id),
        )
        with st.popover("この会話の名前と削除", key=f"conversation-{key}"):
            _show_renaming(key, title, assistant, reader)
            _show_deleting(key, assistant, reader)
    said = state.take_said(_SAID)
    if said:
        st.success(as_markdown(said))


def show_said() -> None:
    """Say on an empty page what was done to the conversation that stood there."""
    said = state.take_said(_SAID)
    if said:
        st.success(as_markdown(said))


def _show_line(line: ConversationLine, assistant: Assistant, reader: Reader) -> None:
    more = f"（{line.questions}問）" if line.questions > 1 else ""
    title = " ".join(line.title.split())
    cut = title if len(title) <= _LONGEST_LINE else title[: _LONGEST_LINE - 1] + "…"
    st.button(
        as_markdown(cut + more),
        key=f"open-{line.id}",
        type="tertiary",
        on_click=_open,
        args=(assistant, line.id, reader.person_id),
    )


def _show_turning(name: str, page: ConversationPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, number, fits in (
            ("新しいほうへ", page.number - 1, page.number > 1),
            ("古いほうへ", page.number + 1, page.number < page.pages),
        ):
            st.button(
                label,
                key=f"turn-{label}",
                disabled=not fits,
                on_click=state.turn_list,
                args=(name, number),
            )
        st.html(note(f"{page.number} / {page.pages}（全{page.found}件）"), width="content")


def _show_renaming(key: str, title: str, assistant: Assistant, reader: Reader) -> None:
    with st.form(f"rename-{key}", border=False):
        typed = st.text_input(
            "会話の名前（空にすると、最初の質問が名前になります）",
            value=title,
            max_chars=LONGEST_TITLE,
            key=f"title-{key}",
        )
        if st.form_submit_button("名前を付ける"):
            try:
                assistant.conversations.rename(key, typed, person_id=reader.person_id)
            except UsageError as error:
                st.error(as_markdown(str(error)))
                return
            state.keep_said(_SAID, "会話の名前を変えました。")
            st.rerun()


def _show_deleting(key: str, assistant: Assistant, reader: Reader) -> None:
    agreed = confirmed(f"delete-{key}", asks="この会話を削除", warning=_DELETES, agrees="削除する")
    if not agreed:
        return
    try:
        assistant.desk.delete_conversation(key, person_id=reader.person_id)
    except UsageError as error:
        st.error(as_markdown(str(error)))
        return
    state.ask_to_confirm("")
    state.keep_conversation("")
    state.keep_said(_SAID, "会話を削除しました。")
    st.rerun()


def _open(assistant: Assistant, key: str, person_id: str) -> None:
    assistant.conversations.open(key, person_id=person_id)
    state.show_conversation(key)


def _begin_anew(assistant: Assistant, key: str, person_id: str) -> None:
    assistant.conversations.close(key, person_id=person_id)
    state.show_conversation("")


def _day_words(line: ConversationLine) -> str:
    day = line.asked_at.astimezone(calendar.TOKYO).date()
    return "今日" if day == calendar.today() else date_words(day)
