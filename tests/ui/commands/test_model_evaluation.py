from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.language_model.choice import Choice
from assistant.language_model.local_verdict import read_verdict
from assistant.opening import Assistant
from tests.openai_stub import OpenAIStub
from ui.commands.dispatch import run_command

CASE = {
    "id": "1", "question": "病気で何日休んだらお医者さんの診断書がいりますか",
    "file": "庶務事務の手引き.docx", "page": None, "answerable": True, "key_facts": ["7日"],
}  # fmt: skip


@pytest.fixture
def assistant(
    endpoint_assistant: Assistant, stub: OpenAIStub, monkeypatch: pytest.MonkeyPatch
) -> Assistant:
    """An assistant whose local model is the stub."""
    writer = endpoint_assistant.models.choose().writer
    monkeypatch.setattr(
        endpoint_assistant.models, "local_summary", lambda: Choice(writer, "summary")
    )
    return endpoint_assistant


def _questions(folder: Path, *rows: dict[str, object]) -> dict[str, object]:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return {"questions": str(path), "named": "questions.jsonl", "sample": None}


def test_a_model_that_adds_nothing_right_is_not_let_write_by_itself(
    assistant: Assistant, stub: OpenAIStub, tmp_path: Path
) -> None:
    stub.behave(lambda _: ["担当課に聞いてください。"])
    result = run_command(assistant, "eval-model", _questions(tmp_path, CASE), lambda _: None)
    stub.behave()
    assert result.status == 0
    assert result.document["written"] <= result.document["quotations"]
    assert "引用だけで答えます" in result.lines[-1]
    kept = read_verdict(assistant.settings.data_dir, model=assistant.models.local_name)
    assert kept is not None
    assert not kept.is_worth_writing


def test_a_set_without_key_facts_is_refused_with_what_to_do(
    assistant: Assistant, tmp_path: Path
) -> None:
    bare = {name: value for name, value in CASE.items() if name != "key_facts"}
    result = run_command(assistant, "eval-model", _questions(tmp_path, bare), lambda _: None)
    assert result.status == 2
    assert "key_facts" in result.document["error"]
