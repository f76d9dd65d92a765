"""`chonai eval`: sets and runs by command, their JSON and exit status, and how they are asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_group import CommandGroup
from small_manuals import publish_text
from typer.testing import CliRunner

from assistant.evaluations.runs import EvaluationRuns
from assistant.opening import Assistant
from assistant.owner import CommandResult
from ui.commands import eval_cli

ROWS = (
    {"id": "1", "question": "工事の随意契約の限度額はいくらですか", "answerable": True,
     "file": "contract.txt", "page": 1, "key_facts": ["200万円"], "kind": "text"},
    {"id": "2", "question": "検査は完了の通知から何日以内に行いますか", "answerable": True,
     "file": "contract.txt", "page": 2, "key_facts": ["14日"], "kind": "text"},
)  # fmt: skip


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(
        quick_assistant,
        "工事の随意契約の限度額は200万円です。",
        "検査は完了の通知から14日以内に行います。",
    )
    return quick_assistant


@pytest.fixture
def office(tmp_path: Path) -> Path:
    path = tmp_path / "office.jsonl"
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in ROWS), "utf-8")
    return path


def _run(assistant: Assistant, command: str, /, **arguments: Any) -> CommandResult:
    return CommandGroup(assistant, "eval").run(command, **arguments)


def _answers(assistant: Assistant, questions: str | Path, **arguments: Any) -> CommandResult:
    given = {"sample": None, "resume": False, "compare": None, "as_number": "", **arguments}
    path = str(Path(questions).absolute())
    return _run(assistant, "answers", questions=path, named=str(questions), **given)


def test_a_set_is_imported_measured_frozen_and_exported(
    assistant: Assistant, office: Path, tmp_path: Path
) -> None:
    kept = _run(assistant, "sets-import", file=str(office), name="契約")
    assert (kept.status, kept.document["version"], kept.document["approved"]) == (0, 1, 2)
    measured = _answers(assistant, "契約")
    assert measured.status == 0
    document = measured.document
    assert (document["questions"], document["place_hit@1"], document["run_id"]) == (2, 1.0, 1)
    assert Path(document["run"]).name == "契約@1-extractive.jsonl"
    assert any("95%" in line for line in measured.lines)
    frozen = _run(assistant, "sets-freeze", set="契約", reason="公開の判定")
    assert (frozen.document["state"], frozen.document["frozen_reason"]) == ("frozen", "公開の判定")
    out = tmp_path / "set.xlsx"
    exported = _run(assistant, "sets-export", set="契約", out=str(out))
    assert exported.document["questions"] == 2
    again = _run(assistant, "sets-export", set="契約", out=str(out))
    assert (again.status, "上書きはしません" in again.document["error"]) == (2, True)
    [listed] = _run(assistant, "sets-list").document
    assert (listed["name"], listed["hash"]) == ("契約", kept.document["hash"])
    shown = _run(assistant, "sets-show", set="契約@1")
    assert [case["id"] for case in shown.document["cases"]] == ["1", "2"]


def test_a_bad_file_is_told_whole_and_imports_nothing(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "1"}\n{"id": "2"}\n', "utf-8")
    refused = _run(assistant, "sets-import", file=str(path), name="")
    assert refused.status == 2
    for words in ("bad.jsonl", "1行目", "2行目", "何も取り込んでいません"):
        assert words in refused.document["error"]
    assert _run(assistant, "sets-list").document == []


def test_drafts_are_made_approved_and_then_asked(assistant: Assistant) -> None:
    made = _run(assistant, "sets-draft", set="下書き", count=5, from_answers=False)
    assert (made.document["approved"], made.document["drafts"]) == (0, 2)
    assert _answers(assistant, "下書き").status == 2
    ids = [case["id"] for case in _run(assistant, "sets-show", set="下書き").document["cases"]]
    approved = _run(assistant, "sets-approve", set="下書き", ids=ids)
    assert (approved.document["approved"], approved.document["drafts"]) == (2, 0)
    assert _answers(assistant, "下書き").document["questions"] == 2
    nothing_new = _run(assistant, "sets-draft", set="下書き", count=5, from_answers=False)
    assert (nothing_new.status, "新しい下書き" in nothing_new.document["error"]) == (2, True)


def test_without_a_model_the_command_says_that_rules_draft(assistant: Assistant) -> None:
    made = _run(assistant, "sets-draft", set="下書き", count=5)
    assert (made.status, made.document["by"]) == (0, "rules")
    assert "規則で作ります" in made.lines[0]
    told = _run(assistant, "sets-draft", set="別", count=5, by="rules")
    assert not any("モデル" in line for line in told.lines)
    for given in ({"by": "model"}, {"by": "magic"}, {"by": "model", "from_answers": True}):
        assert _run(assistant, "sets-draft", set="また別", count=5, **given).status == 2


def test_two_runs_are_compared_by_number_and_by_file(assistant: Assistant, office: Path) -> None:
    first = _answers(assistant, office)
    Path(first.document["run"]).rename(before := office.with_name("before.jsonl"))
    second = _answers(assistant, office, compare="1")
    assert second.document["flips"] == []
    comparison = second.document["comparison"]
    assert (comparison["cases"], comparison["smallest_significant"]) == (2, None)
    assert any("どんな差も有意" in line for line in second.lines)
    by_file = _answers(assistant, office, compare=str(before)).document["comparison"]
    assert by_file["tests"]["place_hit@1"]["earlier"] == 1.0
    alone = _run(assistant, "runs-compare", earlier=1, later=2)
    assert alone.document == comparison
    assert "条件はすべて同じです。" in alone.lines
    assert _run(assistant, "runs-compare", earlier=1, later=9).status == 2


def test_a_run_of_other_questions_is_refused_before_anything_is_asked(
    assistant: Assistant, office: Path, tmp_path: Path
) -> None:
    _answers(assistant, office)
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "9", "question": "温泉は", "answerable": false}\n', "utf-8")
    refused = _answers(assistant, other, compare="1")
    assert (refused.status, "同じ質問が一つもありません" in refused.document["error"]) == (2, True)
    assert len(EvaluationRuns(assistant.database).all()) == 1


def test_resuming_asks_nothing_again_under_the_same_conditions(
    assistant: Assistant, office: Path
) -> None:
    first = _answers(assistant, office)
    runs = EvaluationRuns(assistant.database)
    kept = runs.results(1)[0].result
    assert kept is not None
    runs.keep(1, "1", {**kept, "text": "前の実行の文"})
    again = _answers(assistant, office, resume=True).document
    assert (again["run_id"], again["cases"][0]["text"]) == (1, "前の実行の文")
    assert first.document["run"] == again["run"]
    publish_text(assistant, "別の手引きです。", manual_id="other", title="別の手引き")
    assert _answers(assistant, office, resume=True).document["run_id"] == 2


def test_runs_are_listed_shown_and_exported(
    assistant: Assistant, office: Path, tmp_path: Path
) -> None:
    _answers(assistant, office)
    [run] = _run(assistant, "runs-list").document
    assert (run["id"], run["set_name"], run["state"], run["answered"]) == (1, "office", "done", 2)
    shown = _run(assistant, "runs-show", run=1, case="").document
    assert shown["report"]["metrics"]["place_hit@1"]["value"] == 1.0
    assert shown["agreement"] == {
        "run": 1, "agreements": [], "judge": [], "disagreements": [],
    }  # fmt: skip
    one = _run(assistant, "runs-show", run=1, case="2")
    assert (one.document["case"]["id"], one.document["differences"]) == ("2", [])
    assert one.lines[-1] == "違うところ: なし"
    out = tmp_path / "run.xlsx"
    assert _run(assistant, "runs-export", run=1, out=str(out)).status == 0
    assert openpyxl.load_workbook(out).sheetnames == ["概要", "質問ごと", "条件"]
    assert _run(assistant, "runs-export", run=1, out=str(out.with_suffix(".csv"))).status == 2
    assert "動いていません" in _run(assistant, "runs-stop", run=1).document["error"]


def test_the_template_is_written_once(assistant: Assistant, tmp_path: Path) -> None:
    out = tmp_path / "質問集.xlsx"
    assert _run(assistant, "sets-template", out=str(out)).status == 0
    assert openpyxl.load_workbook(out).sheetnames == ["質問", "書き方"]
    assert _run(assistant, "sets-template", out=str(out)).status == 2


@pytest.mark.parametrize(
    ("line", "command", "arguments"),
    [
        (["sets", "list"], "eval-sets-list", {}),
        (["sets", "show", "契約@2"], "eval-sets-show", {"set": "契約@2"}),
        (
            ["sets", "freeze", "契約", "--reason", "判定"],
            "eval-sets-freeze",
            {"set": "契約", "reason": "判定"},
        ),
        (
            ["sets", "draft", "契約", "--count", "9", "--from-answers"],
            "eval-sets-draft",
            {"set": "契約", "count": 9, "from_answers": True, "by": "auto"},
        ),
        (
            ["sets", "draft", "契約", "--by", "model"],
            "eval-sets-draft",
            {"set": "契約", "count": 30, "from_answers": False, "by": "model"},
        ),
        (
            ["sets", "approve", "契約", "a", "b"],
            "eval-sets-approve",
            {"set": "契約", "ids": ["a", "b"]},
        ),
        (["runs", "show", "3", "--case", "a"], "eval-runs-show", {"run": 3, "case": "a"}),
        (["runs", "compare", "1", "2"], "eval-runs-compare", {"earlier": 1, "later": 2}),
        (["runs", "stop", "3"], "eval-runs-stop", {"run": 3}),
    ],
)
def test_the_command_line_hands_its_arguments_over(
    monkeypatch: pytest.MonkeyPatch, line: list[str], command: str, arguments: dict[str, Any]
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def run(name: str, given: dict[str, Any]) -> CommandResult:
        asked.append((name, given))
        return CommandResult(0, {}, ())

    monkeypatch.setattr(eval_cli, "run", run)
    assert CliRunner().invoke(eval_cli.eval_app, line).exit_code == 0
    assert asked == [(command, arguments)]


def test_a_run_is_named_by_number_or_by_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[dict[str, Any]] = []

    def run(name: str, given: dict[str, Any]) -> CommandResult:
        asked.append(given)
        return CommandResult(0, {}, ())

    monkeypatch.setattr(eval_cli, "run", run)
    monkeypatch.chdir(tmp_path)
    for compare in ("12", "before.jsonl"):
        CliRunner().invoke(eval_cli.eval_app, ["answers", "契約", "--compare", compare])
    assert [given["compare"] for given in asked] == ["12", str(tmp_path / "before.jsonl")]
    assert (asked[0]["named"], asked[0]["questions"]) == ("契約", str(tmp_path / "契約"))
