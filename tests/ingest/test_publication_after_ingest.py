"""An import waits for the question sets where there are some, and is published at once else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluations.sets import QuestionSets
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.sets.case_rows import NumberedRow, kept_cases
from ingest.pipeline import ingest_paths
from ui.commands.ingest_command import ingest
from ui.composition import Background

ROW = {
    "id": "1", "question": "委託契約の限度額は", "answerable": True, "file": "契約.md",
    "key_facts": ["80万円"],
}  # fmt: skip


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "契約.md"
    write(path, "80万円")
    return path


def write(path: Path, amount: str) -> None:
    path.write_text(f"# 契約の手引き\n\n## 限度額\n\n委託契約の限度額は{amount}です。\n", "utf-8")


def keep(assistant: Assistant) -> None:
    cases = kept_cases([NumberedRow(1, ROW)])
    QuestionSets(assistant.database).replace("契約", cases, by=OPERATOR_ACTOR)


def brought(assistant: Assistant, path: Path) -> tuple[CommandResult, dict[str, Any]]:
    result = ingest(assistant, {"paths": [str(path)]}, lambda _: None)
    json.dumps(result.document)
    return result, result.document["files"][0]


def gate(assistant: Assistant, value: str) -> None:
    assistant.settings = assistant.settings.model_copy(update={"quality_gate": value})
    assistant.publications._settings = assistant.settings


def test_without_sets_it_is_published_at_once_and_the_log_says_so(
    quick_assistant: Assistant, manual: Path
) -> None:
    assert brought(quick_assistant, manual)[1]["state"] == "published"
    [job] = quick_assistant.jobs.recent()
    assert any("確かめずに公開しました" in line.text for line in quick_assistant.jobs.lines(job.id))


def test_an_import_that_makes_an_answer_worse_is_published_with_a_warning(
    quick_assistant: Assistant, manual: Path
) -> None:
    brought(quick_assistant, manual)
    keep(quick_assistant)
    write(manual, "120万円")
    result, file = brought(quick_assistant, manual)
    assert (result.status, file["status"], file["state"]) == (0, "indexed", "published")
    assert "悪くなる質問1件" in file["problems"][0]


def test_blocked_it_waits_and_the_same_file_is_tried_again(
    quick_assistant: Assistant, manual: Path
) -> None:
    gate(quick_assistant, "block")
    brought(quick_assistant, manual)
    keep(quick_assistant)
    write(manual, "120万円")
    file = brought(quick_assistant, manual)[1]
    assert (file["status"], file["state"]) == ("indexed", "ready")
    assert "理由を付けて公開" in file["problems"][0]
    again = brought(quick_assistant, manual)[1]
    assert (again["status"], again["state"]) == ("unchanged", "ready")
    gate(quick_assistant, "warn")
    assert brought(quick_assistant, manual)[1]["state"] == "published"


def test_files_that_are_read_without_a_server_wait_for_the_next_one(
    quick_assistant: Assistant, manual: Path
) -> None:
    keep(quick_assistant)
    [result] = ingest_paths(quick_assistant, [manual])
    assert result.state == "ready"
    [job] = quick_assistant.jobs.recent(only_open=True)
    [ended] = Background(quick_assistant).do([job.id], say=lambda _: None)
    assert ended.state == "done"
    [edition] = quick_assistant.library.editions(result.manual_id)
    assert edition.version.state == "published"
