"""`chonai ask` and `chonai search` about a day: notations, JSON and plain words."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from small_manuals import publish_text

from assistant import calendar
from assistant.opening import Assistant
from assistant.owner import CommandResult
from ui.commands.dispatch import run_command

OLD, NEW = "物品の買入れの限度額は80万円です。", "物品の買入れの限度額は150万円です。"
QUESTION = "物品の買入れの限度額はいくらですか"
THEN = "令和6年度の物品の買入れの限度額はいくらでしたか"
PINNED = {"version_id", "chunk_id", "revision", "effective_from", "text_hash", "newer_version"}


@pytest.fixture
def assistant(quick_assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO))
    publish_text(quick_assistant, OLD, since=date(2024, 4, 1))
    publish_text(quick_assistant, NEW, since=date(2026, 4, 1))
    return quick_assistant


def _run(assistant: Assistant, name: str, **given: Any) -> CommandResult:
    return run_command(assistant, name, given, lambda _: None)


@pytest.mark.parametrize(
    "text", ["2025-04-01", "令和7年4月1日", "R7.4.1", "2025/4/1", "２０２５年４月１日"]
)
def test_every_notation_of_a_day_is_read(assistant: Assistant, text: str) -> None:
    asked = _run(assistant, "ask", question=QUESTION, as_of=text).document
    assert (asked["as_of"], asked["as_of_origin"]) == ("2025-04-01", "chosen")
    assert asked["citations"][0]["quote"] == OLD
    [hit] = _run(assistant, "search", query=QUESTION, as_of=text, limit=5).document
    assert (hit["version"], hit["text"]) == (1, OLD)


@pytest.mark.parametrize(
    "text", ["昨日", "令和7年", "8-4-1", "2025-02-30", "0001-01-01", "9999-12-31"]
)
@pytest.mark.parametrize(
    "command",
    [("ask", {"question": QUESTION}), ("search", {"query": QUESTION, "limit": 5})],
    ids=["ask", "search"],
)
def test_a_day_that_cannot_be_used_is_a_usage_error(
    assistant: Assistant, command: tuple[str, dict[str, Any]], text: str
) -> None:
    name, given = command
    result = _run(assistant, name, **given, as_of=text)
    assert result.status == 2
    assert f"日付「{text}」" in result.document["error"]


def test_the_day_a_question_speaks_of_is_said_in_json_and_in_words(assistant: Assistant) -> None:
    result = _run(assistant, "ask", question=THEN)
    notice = "令和6年度（2025年3月31日）に効力のあった版から答えています。"
    assert (result.document["as_of"], result.document["as_of_origin"]) == ("2025-03-31", "question")
    assert result.document["notice"].startswith(notice)
    assert result.lines[0] == notice


def test_a_citation_is_pinned_and_names_the_newer_version(assistant: Assistant) -> None:
    result = _run(assistant, "ask", question=QUESTION, as_of="2025-05-01")
    [citation] = result.document["citations"]
    assert citation.keys() >= PINNED
    assert (citation["version"], citation["revision"]) == (1, 1)
    assert (citation["effective_from"], citation["newer_version"]) == ("2024-04-01", 2)
    assert (
        "この引用は第1版（2024年4月1日施行）のものです。現在は第2版（2026年4月1日施行）です。"
        in result.lines
    )
    [current] = _run(assistant, "ask", question=QUESTION).document["citations"]
    assert (current["version"], current["newer_version"]) == (2, None)


def test_near_a_change_both_readings_are_in_json_and_in_words(assistant: Assistant) -> None:
    result = _run(assistant, "ask", question=QUESTION, as_of="2026-03-20")
    [change] = result.document["near_changes"]
    quotes = {c["marker"]: c["quote"] for c in result.document["citations"]}
    assert change["changes_on"] == "2026-04-01"
    assert quotes[change["before"]["citation"]] == OLD
    assert quotes[change["after"]["citation"]] == NEW
    assert (change["before"]["version"], change["after"]["version"]) == (1, 2)
    plain = "\n".join(result.lines)
    assert "『契約事務の手引き』は、2026年4月1日に内容が変わりました" in plain
    assert plain.index(f"変更前：第1版（2024年4月1日施行） [1] {OLD}") < plain.index(f"[2] {NEW}")
    json.dumps(result.document)


def test_a_batch_leaves_the_day_to_each_question(assistant: Assistant, tmp_path: Path) -> None:
    cases = [
        {"id": "a", "question": QUESTION},
        {"id": "b", "question": THEN},
        {"id": "c", "question": QUESTION, "as_of": "令和7年5月1日"},
        {"id": "d", "question": QUESTION, "as_of": "いつか"},
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps(case) for case in cases), "utf-8")
    result = _run(assistant, "ask-batch", batch=str(source), out=str(target))
    told = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert result.status == 1
    assert [(t["as_of"], t["as_of_origin"], t["outcome"]) for t in told[:3]] == [
        ("2026-11-27", "today", "answered"),
        ("2025-03-31", "question", "answered"),
        ("2025-05-01", "chosen", "answered"),
    ]
    assert told[3]["outcome"] == "failed"
    assert [t["citations"][0]["newer_version"] for t in told[:3]] == [None, 2, 2]
