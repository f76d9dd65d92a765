"""A deleted conversation is gone from the database; what was counted of it stays counted."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from assistant import calendar, tables
from assistant.answer_records import AnswerRecords
from assistant.conversations.gone import DELETED
from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.verification import verify as verify_audit
from assistant.usage.effects import read_effects
from assistant.usage.freezing import freeze
from assistant.usage.question_retention import forget_questions
from assistant.usage.sealing import printed_head
from assistant.usage.verification import verify
from assistant.usage.weekly import weekly_table

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
QUESTION = "契約書とクジラは何通作りますか"
REMARK = "イルカのことでした"
NAME = "シャチの件"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that a test sets."""

    def set_to(instant: datetime) -> None:
        monkeypatch.setattr(calendar, "now", lambda: instant)

    set_to(NOW)
    return set_to


def _told(assistant: Assistant, ask: Any) -> str:
    """Ask a question, name its conversation and say why it did not help."""
    record = ask(QUESTION)
    assistant.conversations.rename(record.conversation_id, NAME, person_id="ann")
    assistant.feedback.rate(record.id, person_id="ann", helpful=False)
    assistant.feedback.explain(record.id, person_id="ann", reason="other", remark=REMARK)
    return str(record.conversation_id)


def _kept_bytes(assistant: Assistant) -> bytes:
    folder = assistant.settings.data_dir
    return b"".join(path.read_bytes() for path in sorted(folder.glob("chonai.db*")))


def test_no_word_of_a_deleted_conversation_is_left_in_the_files(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    key = _told(assistant, ask)
    words = [QUESTION, "クジラ", REMARK, NAME]
    held = _kept_bytes(assistant)
    assert all(word.encode() in held for word in words)
    assistant.desk.delete_conversation(key, person_id="ann")
    held = _kept_bytes(assistant)
    assert [word for word in words if word.encode() in held] == []
    assert assistant.conversations.page(reader=ann).found == 0
    assert assistant.conversations.current(reader=ann) == []
    assert assistant.conversations.records(key, reader=ann) == []
    with assistant.database.read() as connection:
        [row] = connection.execute(select(tables.answer)).all()
        [said] = connection.execute(select(tables.feedback)).all()
    assert (row.question, row.snapshot, row.error) == (DELETED, None, None)
    assert (said.helpful, said.reason, said.remark) == (False, "", "")


def test_a_frozen_week_and_both_chains_verify_as_before(
    assistant: Assistant, ask: Any, clock: Any
) -> None:
    clock(NOW - timedelta(days=14))
    key = _told(assistant, ask)
    clock(NOW)
    freeze(assistant.database, now=NOW)
    head = printed_head(assistant.database)
    weeks = weekly_table(assistant.ledger, now=NOW)
    events = [assistant.ledger.rows(week) for week in assistant.ledger.weeks()]
    with assistant.database.read() as connection:
        effects = read_effects(connection, assistant.ledger.weeks())
        audit = connection.execute(select(tables.audit_event)).all()
    assert (weeks[-1]["active"], weeks[-1]["state"]) == (1, "frozen")
    assistant.desk.delete_conversation(key, person_id="ann")
    assert weekly_table(assistant.ledger, now=NOW) == weeks
    assert [assistant.ledger.rows(week) for week in assistant.ledger.weeks()] == events
    assert verify(assistant.database, head=head.hash).right
    assert verify_audit(assistant.database).right
    with assistant.database.read() as connection:
        assert read_effects(connection, assistant.ledger.weeks()) == effects
        assert connection.execute(select(tables.audit_event)).all() == audit


def test_a_question_that_is_not_counted_yet_is_counted_before_its_words_go(
    assistant: Assistant, ann: Reader
) -> None:
    records = AnswerRecords(assistant.database)
    records.begin(
        "a", QUESTION, reader=ann, browser_session="", conversation_id=None, as_of=None
    )  # fmt: skip
    records.end("a", "stopped", None)
    key = records.get("a").conversation_id  # type: ignore[union-attr]
    assert assistant.ledger.weeks() == []
    assistant.desk.delete_conversation(key, person_id="ann")
    assert len(assistant.ledger.rows(calendar.week_key(NOW))) == 1


def test_a_conversation_is_not_deleted_while_an_answer_is_written(
    assistant: Assistant, ann: Reader
) -> None:
    records = AnswerRecords(assistant.database)
    records.begin(
        "a", QUESTION, reader=ann, browser_session="", conversation_id=None, as_of=None
    )  # fmt: skip
    key = records.get("a").conversation_id  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="停止するか、終わるのを待って"):
        assistant.desk.delete_conversation(key, person_id="ann")
    assert [r.question for r in assistant.conversations.records(key, reader=ann)] == [QUESTION]


def test_nobody_deletes_the_conversation_of_another(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    key = _told(assistant, ask)
    assistant.desk.delete_conversation(key, person_id="bob")
    [record] = assistant.conversations.records(key, reader=ann)
    assert (record.question, record.remark) == (QUESTION, REMARK)
    assert assistant.conversations.title(key, reader=ann) == NAME


def test_what_is_too_old_leaves_list_name_and_remark_but_not_the_newer_question(
    assistant: Assistant, ask: Any, ann: Reader, clock: Any
) -> None:
    clock(NOW - timedelta(days=40))
    over, lasting = _told(assistant, ask), _told(assistant, ask)
    clock(NOW)
    assistant.conversations.open(lasting, person_id="ann")
    ask("それは誰が作りますか", conversation=lasting)
    assert forget_questions(assistant.database, days=30) == 2
    [line] = assistant.conversations.page(reader=ann).lines
    assert (line.id, line.title, line.questions) == (lasting, NAME, 1)
    assert assistant.conversations.records(over, reader=ann) == []
    assert assistant.conversations.title(over, reader=ann) == ""
    assert assistant.conversations.page(reader=ann, words="クジラ").found == 0
    with assistant.database.read() as connection:
        said = connection.execute(select(tables.feedback.c.reason, tables.feedback.c.remark)).all()
    assert said == [("other", ""), ("other", "")]


def test_a_follow_up_is_not_completed_from_words_that_are_gone(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    first = ask(QUESTION)
    with assistant.database.write() as connection:
        gone = update(tables.answer).values(question=DELETED, snapshot=None)
        connection.execute(gone)
    again = ask("それは誰が作りますか", conversation=first.conversation_id)
    assert again.answer is not None
    assert DELETED not in again.answer.search_text


def test_a_stopped_answer_is_deleted_with_what_it_had(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    answer_id = assistant.desk.ask(
        QUESTION, reader=ann, browser_session="", conversation_id=None, as_of=None
    )
    assistant.desk.stop(answer_id, person_id="ann")
    pause = threading.Event()
    for _ in range(400):
        record = assistant.desk.record(answer_id, reader=ann)
        assert record is not None
        if not record.running:
            break
        pause.wait(0.02)
    assistant.desk.delete_conversation(record.conversation_id, person_id="ann")
    assert assistant.conversations.page(reader=ann).found == 0
