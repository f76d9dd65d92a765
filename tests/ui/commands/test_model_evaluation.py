from __future__ import annotations

import json
from pathlib import Path

from assistant.language_model.local_verdict import read_verdict
from assistant.opening import Assistant
from tests.openai_stub import OpenAIStub
from ui.commands.dispatch import run_command

CASE = {
    "id": "1", "question": "病気で何日休んだらお医者さんの診断書がいりますか",
    "file": "庶務事務の手引き.docx", "page": None, "answerable": True, "key_facts": ["7日"],
}  # fmt: skip


def _questions(folder: Path, *rows: dict[str, object]) -> dict[str, object]:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return {"questions": str(path), "named": "questions.jsonl", "sample": None}


def test_a_model_that_adds_nothing_right_is_not_let_write_by_itself(
    locally_written: Assistant, stub: OpenAIStub, tmp_path: Path
) -> None:
    stub.behave(lambda _: ["担当課に聞いてください。"])
    result = run_command(locally_written, "eval-model", _questions(tmp_path, CASE), lambda _: None)
    stub.behave()
    assert result.status == 0
    assert result.document["written"] <= result.document["quotations"]
    assert "引用だけで答えます" in result.lines[-1]
    kept = read_verdict(locally_written.settings.data_dir, model=locally_written.models.local_name)
    assert kept is not None
    assert not kept.is_worth_writing


def test_a_set_without_key_facts_is_refused_with_what_to_do(
    locally_written: Assistant, tmp_path: Path
) -> None:
    bare = {name: value for name, value in CASE.items() if name != "key_facts"}
    result = run_command(locally_written, "eval-model", _questions(tmp_path, bare), lambda _: None)
    assert result.status == 2
    assert "key_facts" in result.document["error"]
