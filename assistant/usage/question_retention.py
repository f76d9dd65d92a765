"""Deletes the words of old questions; what was counted of them stays counted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from assistant import calendar, tables
from assistant.database import Database

_ANSWER = tables.answer.c
GONE = "（保存期間を過ぎたため、消しました）"


def forget_questions(database: Database, *, days: int) -> int:
    """Delete question and answer of all that were asked more than `days` days ago; 0 keeps all.

    The row stays, without its words: whether it was resolved can still be told. Returns how many.
    An answer whose event is not in the ledger yet keeps its words until it is.
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
                or_(_ANSWER.question != GONE, _ANSWER.snapshot.is_not(None)),
            )
            .values(question=GONE, snapshot=None, error=None)
        )  # fmt: skip
    return int(done.rowcount)
