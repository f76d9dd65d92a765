"""質問する: one conversation of questions and answers with their sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from assistant.answer_desk import AnswerRecord
from assistant.domain import Reader
from assistant.errors import AssistantError
from assistant.people.directory import Member
from ui import resources, state
from ui.components.as_of import day_of_conversation, keep_day, show_as_of
from ui.components.ask.answer_view import AnswerView
from ui.components.ask.history import show_conversation_menu, show_history, show_said
from ui.components.ask.link import drop_link, fill_in_from_link
from ui.components.ask.page_style import apply_page_style
from ui.components.ask.start import show_questions, show_start
from ui.components.evidence import show_opened_place
from ui.components.text import as_markdown

PLACEHOLDER = "例：年次有給休暇は何日もらえますか"
_TRIAL = "試験として質問する（利用者数に数えません）"


def show() -> None:
    """Show the page; reads from top to bottom like the page itself."""
    assistant, member = resources.assistant(), resources.member()
    reader = member.reader
    apply_page_style()
    st.title("質問する")
    problem = fill_in_from_link(assistant.settings) or state.take_refused_question()
    trial = _may_try(member) and state.is_trial()
    typed = st.chat_input(PLACEHOLDER, key=state.QUESTION_KEY)
    question = typed or state.take_question_to_ask()
    records = _conversation(reader)
    if question:
        problem = ""  # it was that of a link
        drop_link()
        day = day_of_conversation(records)
        _ask(question, reader, records[0].conversation_id if records else None, day, trial)
        records = _conversation(reader)
        keep_day(records, day)
    show_history(assistant, reader)
    if records:
        show_conversation_menu(records, assistant, reader)
    else:
        show_said()
        show_start(assistant, reader)
    views = [AnswerView(record, assistant, reader) for record in records]
    if problem:
        st.error(as_markdown(problem))
    after = st.container()
    show_as_of(records)
    if _may_try(member):  # below: most questions of those who may are no trials either
        st.toggle(_TRIAL, key=state.TRIAL_KEY)
    looking = show_opened_place(assistant)
    if not looking:
        for view in reversed(views):  # the newest first: it is what the person waits for
            view.follow()
    with after:
        _show_next([view.record for view in views], reader)


def _conversation(reader: Reader) -> list[AnswerRecord]:
    """Return the conversation of this page; where none was chosen, the person's current one."""
    conversations, chosen = resources.assistant().conversations, state.shown_conversation()
    if chosen is not None:
        return conversations.records(chosen, reader=reader) if chosen else []
    records = conversations.current(reader=reader)
    if records:
        state.keep_conversation(records[0].conversation_id)
    return records


def _may_try(member: Member) -> bool:
    """Tell who may mark a question as 試験: those who see to manuals and quality."""
    return bool(member.tasks & {"manage_manuals", "evaluate"})


def _ask(
    question: str, reader: Reader, conversation_id: str | None, day: date | None, trial: bool
) -> None:
    """Put a question to the desk; one that is refused goes back into the input."""
    desk = resources.assistant().desk
    try:
        answer_id = desk.ask(
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
    record = desk.record(answer_id, reader=reader)
    if record is not None:
        state.keep_conversation(record.conversation_id)


def _show_next(records: Sequence[AnswerRecord], reader: Reader) -> None:
    """Propose what to ask next once the last answer is there."""
    if not records or records[-1].state != "answered":
        return
    answers = [record.answer for record in records if record.answer is not None]
    asked = [record.question for record in records]
    last = records[-1].id
    proposed = resources.assistant().proposed.after(last, answers, reader=reader, asked=asked)
    show_questions("続けて質問する", proposed, key=f"next-{last}")


show()
