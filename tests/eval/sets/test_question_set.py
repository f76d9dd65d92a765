import json
from datetime import date
from pathlib import Path

import pytest

from assistant.domain import Turn
from assistant.errors import UsageError
from eval.sets.question_set import Place, read_question_set

ROW = {
    "id": "1",
    "question": "限度額は？",
    "file": "manuals/契約.pdf",
    "page": 4,
    "answer": "130万円",
    "answer_snippet": "130万円以下",
    "answerable": True,
}
QUESTIONS = Path(__file__).parents[3] / "eval" / "questions"


def write_rows(path, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_all_fields_are_read_and_files_compare_by_base_name(tmp_path):
    row = ROW | {
        "accept": [{"file": "庶務.docx", "page": None}],
        "turns": ["随意契約とは", {"question": "いつ使う", "answer": "少額のとき"}],
        "as_of": "2025-04-01",
        "key_facts": ["130万円"],
        "kind": "conversation",
    }
    (case,) = read_question_set(write_rows(tmp_path / "set.jsonl", row, ""))
    assert case.places == (Place("契約.pdf", 4), Place("庶務.docx", None))
    assert case.turns == (Turn("随意契約とは"), Turn("いつ使う", "少額のとき"))
    assert case.as_of == date(2025, 4, 1)
    assert case.key_facts == ("130万円",)


def test_an_unanswerable_case_needs_no_place(tmp_path):
    row = {"id": "1", "question": "温泉は？", "file": None, "page": None, "answerable": False}
    (case,) = read_question_set(write_rows(tmp_path / "set.jsonl", row))
    assert case.places == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "JSON"),
        ("[]", "オブジェクト"),
        ({"id": "2"}, "足りません"),
        (ROW, "前にもあります"),
        (ROW | {"id": "2", "answerable": "yes"}, "answerable"),
        (ROW | {"id": "2", "page": 0}, "page"),
        (ROW | {"id": "2", "page": "4"}, "page"),
        (ROW | {"id": "2", "file": ""}, "file"),
        (ROW | {"id": "2", "as_of": "令和7年"}, "as_of"),
        (ROW | {"id": "2", "turns": "随契とは"}, "turns"),
        (ROW | {"id": "2", "turns": [1]}, "turns"),
        (ROW | {"id": "2", "key_fact": ["1"]}, "key_facts"),
        (ROW | {"id": "2", "question": "　"}, "空"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_line_is_named(tmp_path, row, said):
    with pytest.raises(UsageError, match=f"2 行目: .*{said}"):
        read_question_set(write_rows(tmp_path / "set.jsonl", ROW, row))


def test_a_missing_or_empty_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="読めません"):
        read_question_set(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="一つもありません"):
        read_question_set(write_rows(tmp_path / "set.jsonl", ""))


@pytest.mark.parametrize("path", sorted(QUESTIONS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_our_own_question_sets_are_well_formed(path):
    assert read_question_set(path)
