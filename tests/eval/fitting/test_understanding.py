"""What the steps of understanding are worth can be measured, each step by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_manuals import publish_text

from assistant.opening import Assistant
from eval.fitting.understanding import QUESTIONS, SWITCHES, hits, lines, measured, read_cases

CASES = (
    {"id": "1", "question": "もうしこみの期限は", "phenomenon": "kana", "answerable": True,
     "file": "contract.txt", "page": 1},
    {"id": "2", "question": "申込の期限はいつで、鍵は誰が渡しますか", "phenomenon": "several",
     "answerable": True, "file": "contract.txt", "page": 1, "held_out": True,
     "accept": [{"file": "contract.txt", "page": 2}],
     "places_of_parts": [[{"file": "contract.txt", "page": 1}],
                         [{"file": "contract.txt", "page": 2}]]},
)  # fmt: skip


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(c, ensure_ascii=False) for c in CASES), "utf-8")
    return path


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, "申し込みの期限は3日前です。", "鍵は総務課の職員が渡します。")
    return quick_assistant


def test_every_part_must_be_among_the_first_five(assistant: Assistant, questions: Path) -> None:
    asked = read_cases(questions)
    assert [len(one.parts) for one in asked] == [1, 2]
    assert hits(assistant, asked, SWITCHES) == {"1": 1.0, "2": 1.0}


def test_learned_and_held_out_questions_are_told_apart(
    assistant: Assistant, questions: Path
) -> None:
    found = measured(assistant, read_cases(questions))
    assert list(found["learned"]) == ["kana", "all"]
    assert list(found["held_out"]) == ["several", "all"]
    assert {"all", "none", *(f"-{switch}" for switch in SWITCHES)} < set(found["learned"]["kana"])
    assert any(line.startswith("held_out") for line in lines(found))


def test_the_set_holds_questions_back() -> None:
    asked = read_cases(QUESTIONS)
    assert len(asked) >= 60
    assert sum(one.held_out for one in asked) == 20
