"""Old questions lose their words; what was counted of them stays counted."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from assistant import calendar, tables
from assistant.answer_records import AnswerRecords
from assistant.conversations.gone import OVER
from assistant.database import Database
from assistant.domain import Answer, Reader
from assistant.usage.freezing import freeze
from assistant.usage.ledger import Ledger
from assistant.usage.question_retention import forget_questions
from assistant.usage.sealing import printed_head
from assistant.usage.verification import verify

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: NOW)


def _ask(database: Database, event: Any, *, days: int, counted: bool = True) -> str:
    key, records = uuid.uuid4().hex, AnswerRecords(database)
    records.begin(
        key, "秘密の質問", reader=Reader("p1", "総務課"), browser_session="b",
        conversation_id=None, as_of=None,
    )  # fmt: skip
    records.save(key, Answer(key, "秘密の質問", "refused", NOW.date(), "extractive"))
    records.end(key, "answered", None)
    at = NOW - timedelta(days=days)
    with database.write() as connection:
        row = update(tables.answer).where(tables.answer.c.id == key)
        connection.execute(row.values(asked_at=at.replace(tzinfo=None)))
    if counted:
        Ledger(database).append(event("p1", answer_id=key, occurred_at=at))
    return key


def _question(database: Database, key: str) -> str:
    with database.read() as connection:
        query = select(tables.answer.c.question).where(tables.answer.c.id == key)
        return str(connection.execute(query).scalar_one())


def test_only_what_is_old_and_counted_loses_its_words(database: Database, event: Any) -> None:
    old, new = _ask(database, event, days=31), _ask(database, event, days=29)
    uncounted = _ask(database, event, days=31, counted=False)
    assert forget_questions(database, days=30) == 1
    assert forget_questions(database, days=30) == 0
    assert [_question(database, key) for key in (old, new, uncounted)] == [
        OVER, "秘密の質問", "秘密の質問",
    ]  # fmt: skip


def test_nothing_goes_where_no_time_is_set(database: Database, event: Any) -> None:
    _ask(database, event, days=10_000)
    assert forget_questions(database, days=0) == 0


def test_the_ledger_stays_as_it_was_printed(database: Database, event: Any) -> None:
    _ask(database, event, days=31)
    freeze(database, now=NOW)
    head = printed_head(database)
    assert forget_questions(database, days=1) == 1
    assert verify(database, head=head.hash).right
