"""`chonai ask` where the manuals disagree, or where the answer depends on what is not said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_manuals import publish_text

from assistant.answers.asking_back import WHICH_CASE
from assistant.opening import Assistant
from assistant.owner import CommandResult
from ui.commands.dispatch import run_command

LEAVE = "{}の病気休暇は、1年度に{}日以内です。"
ASKED = "病気休暇は何日以内ですか"


def _run(assistant: Assistant, name: str, **arguments: Any) -> CommandResult:
    return run_command(assistant, name, arguments, lambda _: None)


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(
        quick_assistant, LEAVE.format("常勤の職員", 90), LEAVE.format("会計年度任用職員", 10)
    )
    return quick_assistant


def test_choices_are_printed_below_the_question_that_is_asked_back(assistant: Assistant) -> None:
    result = _run(assistant, "ask", question=ASKED)
    assert result.document["outcome"] == "clarify"
    assert result.document["choices"] == ["常勤", "会計年度任用職員"]
    assert result.document["citations"]
    lines = list(result.lines)
    assert lines.index(WHICH_CASE) < lines.index("・会計年度任用職員")


def test_a_batch_is_asked_back_once_and_then_answered(assistant: Assistant, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    back = [{"question": ASKED, "answer": WHICH_CASE}]
    rows = [
        {"id": "first", "question": ASKED},
        {"id": "choice", "question": "会計年度任用職員", "turns": back},
        {"id": "again", "question": ASKED, "turns": back},
    ]
    source.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    assert _run(assistant, "ask-batch", batch=str(source), out=str(target)).status == 0
    written = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [row["outcome"] for row in written] == ["clarify", "answered", "answered"]
    assert "10日以内" in written[1]["sentences"][0]["text"]


def test_both_sides_of_a_conflict_are_printed(quick_assistant: Assistant) -> None:
    rule = "見積合せでは、{}の業者から見積書を徴し、比較表を作ります。"
    publish_text(quick_assistant, rule.format("3者以上"))
    publish_text(quick_assistant, rule.format("2者以上"), manual_id="buying", title="調達の手引き")
    asked = "見積合せでは何者の業者から見積書を徴しますか"
    lines = "\n".join(_run(quick_assistant, "ask", question=asked).lines)
    assert "記載が食い違っています: 『" in lines
    assert "3者以上の業者から見積書を徴し" in lines.split("記載が食い違っています")[1]
    assert "2者以上の業者から見積書を徴し" in lines.split("記載が食い違っています")[1]
