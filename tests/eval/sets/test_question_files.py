"""The question sets of the repository can be read, and the documents that they name are there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from eval.sets.question_set import read_question_set

QUESTIONS = Path(__file__).parents[3] / "eval" / "questions"
OVER_MANUALS = sorted(QUESTIONS.glob("*.jsonl"))
OVER_DOCUMENTS = sorted((QUESTIONS / "documents").glob("*.jsonl"))
KINDS = {
    "text", "table", "scan", "conflict", "clarify", "as_of", "conversation", "near_miss",
    "out_of_scope",
}  # fmt: skip


def test_no_question_stands_in_two_sets_or_twice_in_one() -> None:
    cases = [case for path in (*OVER_MANUALS, *OVER_DOCUMENTS) for case in read_question_set(path)]
    assert {case.kind for case in cases} <= KINDS
    asked = Counter((case.question, case.turns) for case in cases)
    assert [question for question, count in asked.items() if count > 1] == []


@pytest.mark.shared
@pytest.mark.parametrize("path", OVER_DOCUMENTS, ids=lambda path: path.stem)
def test_the_real_documents_that_questions_name_are_there(path: Path, shared_data: Path) -> None:
    known = {file.name for file in (shared_data / "documents").rglob("*") if file.is_file()}
    cases = read_question_set(path)
    assert {place.file for case in cases for place in case.places} <= known
    assert sum(case.kind == "near_miss" for case in cases) >= 12
    assert all(case.key_facts for case in cases if case.answerable)
