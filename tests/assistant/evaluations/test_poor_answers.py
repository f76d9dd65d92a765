"""Refused questions and answers that did not help become material for a question set."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant import calendar
from assistant.answer_records import AnswerRecords
from assistant.conversations.feedback import Feedback
from assistant.database import Database
from assistant.domain import Answer, Citation, Outcome, Reader
from assistant.evaluations.poor_answers import poor_answers


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "chonai.db")


def _ask(
    database: Database,
    question: str,
    *,
    outcome: Outcome = "answered",
    helpful: bool | None = None,
    trial: bool = False,
) -> None:
    key, records, today = uuid.uuid4().hex, AnswerRecords(database), calendar.today()
    records.begin(
        key, question, reader=Reader("p1"), browser_session="b", conversation_id=None,
        as_of=today, trial=trial,
    )  # fmt: skip
    quote = Citation(1, "c", "v", "契約", "契約.pdf", 1, 4, None, (), "130万円", text_hash="h")
    citations = (quote,) if outcome == "answered" else ()
    records.save(key, Answer(key, question, outcome, today, "extractive", citations=citations))
    records.end(key, "answered", None)
    if helpful is not None:
        Feedback(database).rate(key, person_id="p1", helpful=helpful)


def _found(database: Database, today: date | None = None) -> list[tuple[str, str, str]]:
    found = poor_answers(database, today=today or calendar.today())
    return [(one.question, one.reason, one.file) for one in found]


def test_refused_and_unhelpful_ones_are_found_with_what_was_cited(database: Database) -> None:
    _ask(database, "温泉の割引は", outcome="refused")
    _ask(database, "限度額は", helpful=False)
    _ask(database, "期限は", helpful=True)
    _ask(database, "様式は")
    assert _found(database) == [
        ("温泉の割引は", "refused", ""),
        ("限度額は", "unhelpful", "契約.pdf"),
    ]


def test_a_question_is_there_once_and_names_nobody(database: Database) -> None:
    _ask(database, "佐藤さんの手当は", outcome="refused")
    _ask(database, "高橋さんの手当は", outcome="refused")
    assert _found(database) == [("●●さんの手当は", "refused", "")]


def test_neither_trials_nor_old_questions_are_among_them(database: Database) -> None:
    _ask(database, "試し", outcome="refused", trial=True)
    _ask(database, "古い", outcome="refused")
    later = calendar.today() + timedelta(days=91)
    assert [question for question, *_ in _found(database)] == ["古い"]
    assert _found(database, later) == []


def test_words_that_only_look_like_a_refusal_are_none(database: Database) -> None:
    _ask(database, '"outcome": "refused" とは')
    assert _found(database) == []
