"""Sets of the office: imported whole or not at all, exported again, and chosen by name or file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.database import Database
from assistant.errors import UnusableList, UsageError
from assistant.evaluations.sets import QuestionSets
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.sets.question_set import read_question_set
from eval.sets.stored_sets import chosen_set, export_set, import_set, stored_set

ROWS: list[dict[str, Any]] = [
    {"id": "1", "question": "限度額は", "answerable": True, "file": "契約.pdf", "page": 4},
    {"id": "2", "question": "温泉は", "answerable": False},
    {"id": "3", "question": "まだ下書き", "answerable": False, "state": "draft"},
]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "chonai.db")


def put(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


def test_a_file_and_the_set_made_of_it_are_the_same_set(database: Database, tmp_path: Path) -> None:
    file = put(tmp_path / "office.jsonl", *ROWS)
    kept = import_set(database, file, name="契約", by=OPERATOR_ACTOR)
    assert (kept.approved, kept.drafts) == (2, 1)
    of_file, of_store = chosen_set(database, file, str(file)), stored_set(database, "契約")
    assert (of_file.name, of_file.version) == ("office", None)
    assert (of_store.name, of_store.version) == ("契約", 1)
    assert [c.id for c in of_store.cases] == ["1", "2"]  # only approved cases run
    assert of_file.hash == of_store.hash == kept.hash


@pytest.mark.parametrize("suffix", [".jsonl", ".xlsx"])
def test_an_export_comes_back_as_the_same_set(
    database: Database, tmp_path: Path, suffix: str
) -> None:
    import_set(database, put(tmp_path / "a.jsonl", *ROWS), name="契約", by=OPERATOR_ACTOR)
    out = tmp_path / f"out{suffix}"
    with out.open("wb") as file:
        export_set(database, "契約", suffix, file)
    again = import_set(database, out, name="写し", by=OPERATOR_ACTOR)
    assert again.hash == QuestionSets(database).get("契約").hash
    assert (again.approved, again.drafts) == (2, 1)


def test_an_exported_file_runs_without_its_drafts(database: Database, tmp_path: Path) -> None:
    import_set(database, put(tmp_path / "a.jsonl", *ROWS), name="契約", by=OPERATOR_ACTOR)
    out = tmp_path / "out.jsonl"
    with out.open("wb") as file:
        export_set(database, "契約", ".jsonl", file)
    assert [case.id for case in read_question_set(out)] == ["1", "2"]


def test_nothing_is_imported_of_a_file_with_a_bad_line(database: Database, tmp_path: Path) -> None:
    file = put(tmp_path / "a.jsonl", ROWS[0], {"id": "2"}, ROWS[1], ROWS[1])
    with pytest.raises(UnusableList) as refused:
        import_set(database, file, name="契約", by=OPERATOR_ACTOR)
    assert [problem[:3] for problem in refused.value.problems] == ["2行目", "4行目"]
    assert QuestionSets(database).all() == []


def test_a_version_is_chosen_by_its_number(database: Database, tmp_path: Path) -> None:
    file = put(tmp_path / "a.jsonl", *ROWS)
    import_set(database, file, name="契約", by=OPERATOR_ACTOR)
    QuestionSets(database).freeze("契約", reason="", by=OPERATOR_ACTOR)
    import_set(database, put(file, ROWS[1]), name="契約", by=OPERATOR_ACTOR)
    assert len(chosen_set(database, tmp_path / "契約", "契約").cases) == 1
    assert len(chosen_set(database, tmp_path / "契約@1", "契約@1").cases) == 2
    with pytest.raises(UsageError, match="第3版はありません"):
        stored_set(database, "契約@3")


def test_what_cannot_be_a_set_is_said(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.jsonl、\.xlsx、\.csv"):
        import_set(database, tmp_path / "a.pdf", name="契約", by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="読めません"):
        import_set(database, tmp_path / "none.xlsx", name="契約", by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="読めません"):
        chosen_set(database, tmp_path / "none", "none")
    import_set(database, put(tmp_path / "a.jsonl", ROWS[2]), name="下書き", by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="承認した質問がありません"):
        stored_set(database, "下書き")
