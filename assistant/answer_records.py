"""Answers and conversations in the database: one row a question from the first moment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Self

from sqlalchemy import Select, insert, select, update

from assistant import calendar, tables
from assistant.answer_json import answer_text, dump_snapshot, load_snapshot
from assistant.answers.asking_back import turn_of
from assistant.as_of import as_of_for
from assistant.conversations.gone import GONE
from assistant.database import Database
from assistant.domain import Answer, Reader, Turn

AnswerState = Literal["running", "answered", "stopped", "failed", "interrupted"]
_ANSWER = tables.answer.c
_CONVERSATION = tables.conversation.c
_DEAD_AFTER = timedelta(seconds=15)  # without a beat the writing process is gone


@dataclass(frozen=True)
class AnswerRecord:
    """A question and how far its answer is; `answer` is the latest snapshot."""

    id: str
    conversation_id: str
    person_id: str
    section: str
    question: str
    state: AnswerState
    answer: Answer | None
    asked_at: datetime
    shown: bool
    helpful: bool | None
    error: str | None
    queue_position: int = 0
    trial: bool = False
    reason: str = ""
    remark: str = ""

    @property
    def running(self) -> bool:
        """Whether the answer is still being written."""
        return self.state == "running"

    def waiting(self, position: int) -> Self:
        """Return the record with its place in the line before the model."""
        return replace(self, queue_position=position)


class AnswerRecords:
    """Reads and writes answers; a person's own are found by the person's id."""

    def __init__(self, database: Database):
        self._database = database

    def begin(
        self,
        answer_id: str,
        question: str,
        *,
        reader: Reader,
        browser_session: str,
        conversation_id: str | None,
        as_of: date | None,
        trial: bool = False,
    ) -> list[Turn]:
        """Keep a new question and return the turns before it in its conversation.

        `as_of` is the day that was chosen, None where none was; the day it comes to is kept.
        """
        now = calendar.stored_now()
        with self._database.write() as connection:
            own = None
            if conversation_id is not None:
                own = connection.execute(
                    select(_CONVERSATION.id).where(
                        _CONVERSATION.id == conversation_id,
                        _CONVERSATION.person_id == reader.person_id,
                        _CONVERSATION.closed.is_(False),
                    )
                ).scalar()
            turns = [] if own is None else self._turns(connection, own)
            when = as_of_for(question, turns, chosen=as_of, today=calendar.today())
            if own is None:
                own = uuid.uuid4().hex
                connection.execute(
                    insert(tables.conversation),
                    {
                        "id": own,
                        "person_id": reader.person_id,
                        "browser_session": browser_session,
                        "created_at": now,
                        "touched_at": now,
                        "closed": False,
                    },
                )
            connection.execute(
                update(tables.conversation).where(_CONVERSATION.id == own).values(touched_at=now)
            )
            connection.execute(
                insert(tables.answer),
                {
                    "id": answer_id,
                    "conversation_id": own,
                    "person_id": reader.person_id,
                    "section": reader.section or "",
                    "question": question,
                    "as_of": when.day,
                    "state": "running",
                    "trial": trial,
                    "asked_at": now,
                    "beat_at": now,
                },
            )
        return turns

    def save(self, answer_id: str, answer: Answer) -> None:
        """Keep a snapshot."""
        self._update([answer_id], snapshot=dump_snapshot(answer), beat_at=calendar.stored_now())

    def end(self, answer_id: str, state: str, error: str | None) -> None:
        """Keep how an answer ended."""
        self._update([answer_id], state=state, error=error, beat_at=calendar.stored_now())

    def beat(self, answer_ids: Sequence[str]) -> None:
        """Say that these answers are still being written."""
        if answer_ids:
            self._update(answer_ids, beat_at=calendar.stored_now())

    def mark_shown(self, answer_id: str) -> None:
        """Keep that evidence or a refusal was shown."""
        self._update([answer_id], shown_at=calendar.stored_now())

    def interrupt_running(self) -> int:
        """Mark all running answers as interrupted: their process is gone."""
        with self._database.write() as connection:
            done = connection.execute(
                update(tables.answer).where(_ANSWER.state == "running").values(state="interrupted")
            )
            return done.rowcount

    def get(self, answer_id: str, *, person_id: str | None = None) -> AnswerRecord | None:
        """Return an answer; with `person_id` only the person's own."""
        query = records_query().where(_ANSWER.id == answer_id)
        if person_id is not None:
            query = query.where(_ANSWER.person_id == person_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return record_of(row) if row is not None else None

    def own(self, conversation_id: str, *, person_id: str) -> list[AnswerRecord]:
        """Return the answers of a person's own conversation, oldest first."""
        query = records_query().where(
            _ANSWER.conversation_id == conversation_id, _ANSWER.person_id == person_id
        )
        with self._database.read() as connection:
            return [record_of(row) for row in connection.execute(query.order_by(_ANSWER.asked_at))]

    def without_event(self) -> list[AnswerRecord]:
        """Return the answers that have ended and have no event in the ledger yet."""
        query = records_query().where(
            _ANSWER.state != "running",
            ~select(tables.usage_event.c.id)
            .where(tables.usage_event.c.answer_id == _ANSWER.id)
            .exists(),
        )
        with self._database.read() as connection:
            return [record_of(row) for row in connection.execute(query)]

    @staticmethod
    def _turns(connection: Any, conversation_id: str) -> list[Turn]:
        query = (
            select(_ANSWER.question, _ANSWER.snapshot)
            .where(_ANSWER.conversation_id == conversation_id, _ANSWER.question.not_in(GONE))
            .order_by(_ANSWER.asked_at)
        )
        return [_turn(row) for row in connection.execute(query)]

    def _update(self, answer_ids: Sequence[str], **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(tables.answer).where(_ANSWER.id.in_(list(answer_ids))).values(**values)
            )


def _turn(row: Any) -> Turn:
    if not row.snapshot:
        return Turn(row.question)
    answer = load_snapshot(row.snapshot)
    cited = {citation.version_id for citation in answer.citations}
    named = {related.version_id for related in answer.related}
    return turn_of(row.question, answer_text(answer), frozenset(cited | named))


def records_query() -> Select[Any]:
    """Select answers with what their own person said of them: the rows of `record_of`."""
    feedback = tables.feedback.c
    return select(tables.answer, feedback.helpful, feedback.reason, feedback.remark).outerjoin(
        tables.feedback,
        (feedback.answer_id == _ANSWER.id) & (feedback.person_id == _ANSWER.person_id),
    )


def record_of(row: Any) -> AnswerRecord:
    """Return a row of `records_query`; without a beat its writing process is gone."""
    state = row.state
    if state == "running" and calendar.stored_now() - row.beat_at > _DEAD_AFTER:
        state = "interrupted"
    return AnswerRecord(
        id=row.id,
        conversation_id=row.conversation_id,
        person_id=row.person_id,
        section=row.section,
        question=row.question,
        state=state,
        answer=load_snapshot(row.snapshot) if row.snapshot else None,
        asked_at=row.asked_at.replace(tzinfo=UTC),
        shown=row.shown_at is not None,
        helpful=row.helpful,
        error=row.error,
        trial=row.trial,
        reason=row.reason or "",
        remark=row.remark or "",
    )
