"""質問する: one conversation of questions and answers with their sources."""

from __future__ import annotations

from datetime import date

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.domain import Reader
from assistant.errors import AssistantError
from assistant.people.directory import Member
from ui import resources, state
from ui.components.as_of import day_of_conversation, keep_day, show_as_of
from ui.components.ask.answer_view import AnswerView
from ui.components.evidence import show_opened_place
from ui.components.text import as_html, as_markdown

PLACEHOLDER = "例：年次有給休暇は何日前までに申請しますか"
INTRODUCTION = (
    "マニュアルに書いてあることを、出典の引用とともに答えます。"
    "見つからないときは、見つからないと答えます。"
)


def show() -> None:
    """Show the page; reads from top to bottom like the page itself."""
    assistant, member = resources.assistant(), resources.member()
    reader = member.reader
    st.title("質問する")
    problem = state.take_refused_question()
    trial = _is_trial(member)
    typed = st.chat_input(PLACEHOLDER, key=state.QUESTION_KEY)
    question = typed or state.take_question_to_ask()
    records = _conversation(reader)
    if question:
        day = day_of_conversation(records)
        _ask(question, reader, records[0].conversation_id if records else None, day, trial)
        records = _conversation(reader)
        keep_day(records, day)
    if not records:
        st.html(f'<p class="chonai-body">{as_html(INTRODUCTION)}</p>')
    views = [AnswerView(record, assistant, reader) for record in records]
    if problem:
        st.error(as_markdown(problem))
    if records:
        st.button(
            "新しい質問（会話を終える）",
            on_click=assistant.desk.end_conversation,
            args=(records[0].conversation_id,),
            kwargs={"person_id": reader.person_id},
        )
    show_as_of(records)
    looking = show_opened_place(assistant)
    if not looking:
        for view in reversed(views):  # the newest first: it is what the person waits for
            view.follow()


def _conversation(reader: Reader) -> list[AnswerRecord]:
    return resources.assistant().desk.conversation(
        reader=reader, browser_session=resources.browser_session()
    )


def _is_trial(member: Member) -> bool:
    """Let those who look after manuals and quality mark a question as 試験: it is no use."""
    if not member.tasks & {"manage_manuals", "evaluate"}:
        return False
    return st.toggle("試験として質問する（利用者数に数えません）", key="ask-trial")


def _ask(
    question: str, reader: Reader, conversation_id: str | None, day: date | None, trial: bool
) -> None:
    """Put a question to the desk; one that is refused goes back into the input."""
    try:
        resources.assistant().desk.ask(
            question,
            reader=reader,
            browser_session=resources.browser_session(),
            conversation_id=conversation_id,
            as_of=day,
            trial=trial,
        )
    except AssistantError as error:
        state.keep_refused_question(question, str(error))
        st.rerun()


show()
