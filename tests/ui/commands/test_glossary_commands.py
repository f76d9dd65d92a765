"""`chonai glossary`: what each command does, its JSON and its exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_group import CommandGroup
from small_manuals import publish_text
from typer.testing import CliRunner

from assistant.evaluations.sets import QuestionSets
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.records import AuditFilter, read_events
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.understanding.glossary import Glossary
from eval.sets.case_rows import NumberedRow, kept_cases
from eval.trials.glossary_trial import FOLDER, NO_SETS
from ui.commands import glossary_cli

SMARTPHONE = {"term": "スマホ手当", "meaning": "通信費の補助"}


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, "スマホ手当の額は月2,000円です。", "その他の補助はありません。")
    return quick_assistant


def _run(assistant: Assistant, command: str, /, **arguments: Any) -> CommandResult:
    return CommandGroup(assistant, "glossary").run(command, **arguments)


def _put_set(assistant: Assistant, *cases: dict[str, object]) -> None:
    folder = Path(assistant.settings.data_dir) / FOLDER
    folder.mkdir()
    lines = (json.dumps(case, ensure_ascii=False) for case in cases)
    (folder / "office.jsonl").write_text("\n".join(lines), "utf-8")


def test_a_word_is_proposed_and_accepted(assistant: Assistant) -> None:
    proposed = _run(assistant, "propose", **SMARTPHONE, note="").document
    assert (proposed["state"], proposed["trial"]) == ("proposed", None)
    accepted = _run(assistant, "accept", proposal=proposed["id"], reason="")
    assert (accepted.status, accepted.document["state"]) == (0, "accepted")
    assert accepted.document["trial"]["words"] == NO_SETS
    assert Glossary(assistant.database).meanings("スマホ手当の額は") == ["通信費の補助"]
    trail = {
        event.action: event for event in read_events(assistant.database, AuditFilter(), limit=9)
    }
    assert trail["glossary.accept"].detail["trial"] == NO_SETS


def test_a_word_that_makes_answers_worse_needs_a_reason(assistant: Assistant) -> None:
    _put_set(assistant, {"id": "1", "question": "着ぐるみの色は", "answerable": False})
    wrong = {"term": "着ぐるみ", "meaning": "スマホ手当の額は月2,000円です"}
    number = _run(assistant, "propose", **wrong, note="").document["id"]
    refused = _run(assistant, "accept", proposal=number, reason="")
    assert refused.status == 1
    assert "理由を付けて" in refused.document["error"]
    listed = _run(assistant, "list", only_proposals=True).document["proposals"]
    assert (listed[0]["state"], listed[0]["trial"]["regressed"]) == ("proposed", True)
    accepted = _run(assistant, "accept", proposal=number, reason="担当課の依頼").document
    assert (accepted["state"], accepted["reason"]) == ("accepted", "担当課の依頼")


def test_the_stored_sets_that_decided_are_frozen(assistant: Assistant) -> None:
    sets = QuestionSets(assistant.database)
    for name, question in (("手当", "スマホ手当の額は"), ("ほか", "その他の補助はありますか")):
        row = {"id": "1", "question": question, "answerable": True, "file": "contract.txt"}
        sets.replace(name, kept_cases([NumberedRow(1, row)]), by=OPERATOR_ACTOR)
    number = _run(assistant, "propose", **SMARTPHONE, note="").document["id"]
    assert _run(assistant, "accept", proposal=number, reason="").status == 0
    states = {kept.name: (kept.state, kept.frozen_reason) for kept in sets.all()}
    assert states == {"手当": ("frozen", "用語「スマホ手当」の確認に使用"), "ほか": ("open", "")}


def test_words_are_listed_with_their_proposals(assistant: Assistant) -> None:
    _run(assistant, "propose", **SMARTPHONE, note="問合せが多い")
    everything = _run(assistant, "list", text="", only_proposals=False)
    assert len(everything.document["entries"]) > 400
    found = _run(assistant, "list", text="スマホ", only_proposals=True)
    assert found.document["entries"] == []
    assert [p["term"] for p in found.document["proposals"]] == ["スマホ手当"]
    assert "問合せが多い" in found.lines[0]


def test_a_word_is_declined_and_a_term_removed(assistant: Assistant) -> None:
    number = _run(assistant, "propose", **SMARTPHONE, note="").document["id"]
    assert _run(assistant, "decline", proposal=number, reason="").status == 2
    declined = _run(assistant, "decline", proposal=number, reason="手当ではない").document
    assert declined["state"] == "declined"
    assert _run(assistant, "accept", proposal=number, reason="").status == 2
    removed = _run(assistant, "remove", term="残業", reason="重複").document
    assert removed == {"removed": [{"term": "残業", "meaning": "時間外勤務"}]}


def test_an_exported_file_can_be_imported_again(assistant: Assistant, tmp_path: Path) -> None:
    out = tmp_path / "用語.csv"
    written = _run(assistant, "export", out=str(out)).document
    again = _run(assistant, "import", file=str(out)).document
    assert (again["proposals"], again["known"]) == ([], written["entries"])
    out.write_text("用語,マニュアルの言葉\nスマホ手当,通信費の補助\n", "utf-8")
    added = _run(assistant, "import", file=str(out)).document["proposals"]
    assert [p["term"] for p in added] == ["スマホ手当"]


@pytest.mark.parametrize(
    ("command", "arguments", "status", "words"),
    [
        pytest.param("accept", {"proposal": 99, "reason": ""}, 2, "ありません", id="unknown"),
        pytest.param("remove", {"term": "ない", "reason": "x"}, 2, "ありません", id="no term"),
        pytest.param("propose", {"term": "休", "meaning": "休暇"}, 2, "1文字", id="one letter"),
        pytest.param("import", {"file": "/nowhere.csv"}, 1, "読めません", id="no file"),
        pytest.param("export", {"out": "/tmp/a.txt"}, 2, ".csv", id="no CSV"),
    ],
)
def test_wrong_input_says_what_to_do(
    assistant: Assistant, command: str, arguments: dict[str, Any], status: int, words: str
) -> None:
    result = _run(assistant, command, **arguments)
    assert result.status == status
    assert words in result.document["error"]


def test_the_commands_read_their_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def run(name: str, arguments: dict[str, Any]) -> CommandResult:
        asked.append((name, arguments))
        return CommandResult(0, {}, ("済み",))

    monkeypatch.setattr(glossary_cli, "run", run)
    for line in (
        ["propose", "有休", "年次有給休暇", "--note", "略語"],
        ["accept", "3", "--reason", "依頼"],
        ["list", "--proposals"],
    ):
        assert CliRunner().invoke(glossary_cli.glossary_app, line).exit_code == 0
    assert asked == [
        ("glossary-propose", {"term": "有休", "meaning": "年次有給休暇", "note": "略語"}),
        ("glossary-accept", {"proposal": 3, "reason": "依頼"}),
        ("glossary-list", {"text": "", "only_proposals": True}),
    ]
