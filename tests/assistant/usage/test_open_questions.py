"""Refused questions are counted by section and by day, whatever has become of the sections."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from assistant import calendar, tables
from assistant.answer_records import AnswerRecords
from assistant.database import Database
from assistant.domain import Answer, Outcome, Owner, Reader
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.sections.reorganisation import ChangeLine, record_changes
from assistant.usage.open_questions import OpenQuestion, open_questions

TODAY = date(2026, 11, 27)


def _ask(
    database: Database,
    *,
    outcome: Outcome = "refused",
    owner: str | None = "人事課",
    section: str = "総務課",
    at: datetime = datetime(2026, 11, 26, 3, tzinfo=UTC),
    state: str = "answered",
) -> None:
    """Keep a question as the desk does, asked at an instant."""
    key, records = uuid.uuid4().hex, AnswerRecords(database)
    records.begin(
        key, "休みは", reader=Reader("p1", section or None), browser_session="b",
        conversation_id=None, as_of=TODAY,
    )  # fmt: skip
    said = None if owner is None else Owner(owner, "")
    question = '休みは"outcome": "refused"'
    records.save(key, Answer(key, question, outcome, TODAY, "extractive", owner=said))
    if state != "running":
        records.end(key, state, None)
    with database.write() as connection:
        row = update(tables.answer).where(tables.answer.c.id == key)
        connection.execute(row.values(asked_at=at.astimezone(UTC).replace(tzinfo=None)))


def test_only_refused_questions_are_open(database: Database) -> None:
    _ask(database)
    _ask(database, owner=None, section="")
    _ask(database, outcome="answered")
    _ask(database, outcome="clarify")
    _ask(database, state="running")
    _ask(database, state="stopped")
    assert open_questions(database, today=TODAY) == [
        OpenQuestion(date(2026, 11, 26), "人事課", "総務課"),
        OpenQuestion(date(2026, 11, 26), "", ""),
    ]


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        pytest.param(datetime(2026, 8, 29, 0, tzinfo=calendar.TOKYO), True, id="90 days ago"),
        pytest.param(datetime(2026, 8, 28, 23, 59, tzinfo=calendar.TOKYO), False, id="before"),
    ],
)
def test_the_days_are_those_of_tokyo(database: Database, at: datetime, counted: bool) -> None:
    _ask(database, at=at)
    assert bool(open_questions(database, today=TODAY)) is counted


def test_sections_are_those_that_took_over_since(database: Database) -> None:
    _ask(database)
    with database.write() as connection:
        for manual_id, owner in (("m1", "人事課"), ("m2", "総務課")):
            connection.execute(
                insert(tables.manual),
                {
                    "id": manual_id, "title": manual_id, "owner_section": owner,
                    "described_on": date(2026, 1, 1),
                },
            )  # fmt: skip
    lines = [ChangeLine(1, "人事課", "職員課", True), ChangeLine(2, "総務課", "行政課", True)]
    day = max(TODAY, calendar.today()) + timedelta(days=10)
    record_changes(database, lines, day=day, by=OPERATOR_ACTOR)
    [question] = open_questions(database, today=day)
    assert (question.owner, question.asker) == ("職員課", "行政課")
