"""The library of the model city as its staff meet it: 23 files, 117 questions, one mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from assistant import tables
from assistant.domain import Reader
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from eval.answers import evaluate_answers
from eval.metrics.answer_metrics import summary
from eval.sets.question_set import Case, read_question_set
from ingest.manual_sheet import read_sheet

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "eval" / "questions" / "model_city.jsonl"
MANUALS = ROOT / "manuals"
KINDS = {
    "text": 60, "table": 12, "scan": 6, "conflict": 4, "as_of": 4, "conversation": 6,
    "near_miss": 17, "out_of_scope": 8,
}  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return read_question_set(QUESTIONS)


def _chunks(assistant: Assistant, reader: Reader, day: date) -> dict[str, list[str]]:
    """Return the text and headings of every chunk that a reader may find, by file."""
    chunk = tables.chunk.c
    found: dict[str, list[str]] = {}
    with assistant.database.read() as connection:
        for listing in assistant.library.manuals(reader=reader, as_of=day):
            query = select(chunk.heading_path, chunk.text).where(
                chunk.version_id == listing.version.id
            )
            rows = connection.execute(query).all()
            found[listing.version.file_name] = [f"{row.heading_path} {row.text}" for row in rows]
    return found


def test_the_set_holds_what_was_agreed(cases: Sequence[Case]) -> None:
    assert Counter(case.kind for case in cases) == KINDS
    assert all(case.key_facts for case in cases if case.answerable)
    assert all(len(case.turns) in (1, 2) for case in cases if case.kind == "conversation")


def test_every_question_names_a_file_of_the_library(cases: Sequence[Case]) -> None:
    files = set(read_sheet(MANUALS / "manuals.csv"))
    assert {place.file for case in cases for place in case.places} <= files


def test_the_mark_of_the_samples_is_in_no_chunk(library_assistant: Assistant, today: date) -> None:
    chunks = _chunks(library_assistant, OPERATOR, today)
    assert len(chunks) >= 21
    assert all(chunks.values())
    assert [name for name, texts in chunks.items() if any("見本" in text for text in texts)] == []


def test_the_library_is_as_its_sheet_says(library_assistant: Assistant, today: date) -> None:
    now = set(_chunks(library_assistant, OPERATOR, today))
    assert "テレワーク実施要領.docx" not in now
    assert "旅費事務の手引き（令和4年版）.pdf" not in now
    assert "テレワーク実施要領.docx" in _chunks(library_assistant, OPERATOR, date(2027, 4, 1))
    before = _chunks(library_assistant, OPERATOR, date(2025, 9, 30))
    assert "旅費事務の手引き（令和4年版）.pdf" in before
    outsider = _chunks(library_assistant, Reader("p", section="市民課"), today)
    assert now - set(outsider) == {"人事異動事務メモ.docx"}


def test_the_questions_are_answered_from_the_library(
    library_assistant: Assistant,
    cases: Sequence[Case],
    tell_run: list[str],
    record_property: Callable[[str, object], None],
) -> None:
    report = evaluate_answers(library_assistant, cases)
    figures = summary(report.results)
    record_property("model city", figures)
    missed = [r for r in report.results if r.place_rank is not None and not 0 < r.place_rank <= 5]
    tell_run.append(f"model city: {figures}")
    tell_run += [f"  {result.id} {result.kind} {result.question}" for result in missed]
    assert not report.failed
    assert figures["unsupported_figures"] == 0
    assert figures["place_hit@5"] >= 0.8
    assert figures["citation_right"] >= 0.7
