"""Deletes the words of old questions; what was counted of them stays counted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from assistant import calendar, tables
from assistant.conversations.gone import GONE, OVER
from assistant.database import Database

_ANSWER = tables.answer.c
_CONVERSATION = tables.conversation.c


def forget_questions(database: Database, *, days: int) -> int:
    """Delete question and answer of all that were asked more than `days` days ago; 0 keeps all.

    The row stays, without its words: whether it was resolved can still be told. Returns how many.
    An answer whose event is not in the ledger yet keeps its words until it is. What was said of
    such an answer goes too, and the name of a conversation with its last question.
    """
    if not days:
        return 0
    before = calendar.stored_now() - timedelta(days=days)
    counted = select(tables.usage_event.c.id).where(tables.usage_event.c.answer_id == _ANSWER.id)
    with database.write() as connection:
        done = connection.execute(
            update(tables.answer)
            .where(
                _ANSWER.asked_at < before, _ANSWER.state != "running", counted.exists(),
                or_(_ANSWER.question.not_in(GONE), _ANSWER.snapshot.is_not(None)),
            )
            .values(question=OVER, snapshot=None, error=None)
        )  # fmt: skip
        wordless = select(_ANSWER.id).where(_ANSWER.question.in_(GONE))
        connection.execute(
            update(tables.feedback)
            .where(tables.feedback.c.remark != "", tables.feedback.c.answer_id.in_(wordless))
            .values(remark="")
        )
        kept = _ANSWER.question.not_in(GONE)
        left = select(_ANSWER.id).where(_ANSWER.conversation_id == _CONVERSATION.id, kept)
        connection.execute(
            update(tables.conversation)
            .where(_CONVERSATION.title != "", ~left.exists())
            .values(title="")
        )
    if done.rowcount:
        database.empty_log()
    return int(done.rowcount)
