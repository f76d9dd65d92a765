"""Deletes a conversation for good: its words go, what was counted of it stays counted."""

from __future__ import annotations

from sqlalchemy import select, update

from assistant import tables
from assistant.conversations.gone import DELETED
from assistant.database import Database

_ANSWER = tables.answer.c


def delete_words(database: Database, conversation_id: str, *, person_id: str) -> None:
    """Delete all words of a person's own conversation whose answers have ended.

    The rows stay, without words: which questions followed each other, and whether they were
    resolved, can still be told. The ledger is not touched.
    """
    mine = (_ANSWER.conversation_id == conversation_id, _ANSWER.person_id == person_id)
    of_mine = select(_ANSWER.id).where(*mine)
    conversation = tables.conversation.c
    with database.write() as connection:
        connection.execute(
            update(tables.answer).where(*mine).values(question=DELETED, snapshot=None, error=None)
        )
        connection.execute(
            update(tables.feedback)
            .where(tables.feedback.c.answer_id.in_(of_mine))
            .values(reason="", remark="")
        )
        connection.execute(
            update(tables.conversation)
            .where(conversation.id == conversation_id, conversation.person_id == person_id)
            .values(title="", closed=True)
        )
    database.empty_log()
