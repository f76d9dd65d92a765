from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from audit_tools import CLERK, Clock, append, events_of, unguarded
from typer.testing import CliRunner

from assistant import calendar
from assistant.errors import AssistantError, UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.records import read_head
from ui.commands import audit_cli
from ui.commands.audit_commands import AUDIT_COMMANDS


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, datetime(2026, 10, 30, 9, 0, tzinfo=calendar.TOKYO))


@pytest.fixture
def kept(quick_assistant: Assistant, clock: Clock) -> Assistant:
    """An assistant with three events of October and one of November."""
    append(quick_assistant.database, 2)
    quick_assistant.audit.record(CLERK, "role.grant", "1002", {"role": "editor"})
    clock.set(2026, 11, 2, 9, 0)
    quick_assistant.audit.record(CLERK, "sign_in", "1001", {"method": "local"})
    return quick_assistant


def _run(assistant: Assistant, name: str, **arguments: Any) -> CommandResult:
    return AUDIT_COMMANDS[name](assistant, arguments, lambda _: None)


@pytest.fixture
def shell(kept: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    """The commands as they are typed, carried out by the assistant of the test."""

    def run(name: str, arguments: dict[str, Any]) -> CommandResult:
        try:
            return _run(kept, name, **json.loads(json.dumps(arguments)))
        except AssistantError as error:
            return CommandResult.failed(error)

    monkeypatch.setattr(audit_cli, "run", run)
    return CliRunner()


def test_verify_says_that_all_is_right_and_leaves_with_0(kept: Assistant) -> None:
    result = _run(kept, "audit-verify", head=None)
    assert result.status == 0
    assert result.lines[0] == "4 件の記録（1〜4 番）は、書かれたときのままつながっています。"
    assert result.lines[-1] == f"今の末尾: 4 番 {read_head(kept.database).hash}"
    assert result.document["right"] is True
    assert result.document["printed"] is None
    json.dumps(result.document)


def test_verify_names_the_first_wrong_event_and_leaves_with_1(kept: Assistant) -> None:
    with unguarded(kept.database) as raw:
        raw.execute("UPDATE audit_event SET detail = '{}' WHERE id = 3")
    result = _run(kept, "audit-verify", head=None)
    assert result.status == 1
    assert result.lines[0] == "監査記録に 1 件の問題があります。"
    assert result.lines[1].startswith("記録 3（2026-10-30 09:00:00 役割の付与）の内容")
    assert "情報セキュリティの担当に連絡してください" in result.lines[3]
    (problem,) = result.document["problems"]
    assert (problem["kind"], problem["id"]) == ("changed", 3)
    assert problem["at"] == "2026-10-30T00:00:00.000+00:00"


def test_verify_places_an_older_printed_head(kept: Assistant) -> None:
    head = events_of(kept.database)[1]["hash"]
    result = _run(kept, "audit-verify", head=head)
    assert result.status == 0
    assert "記録は、その時点から書き足されただけです。" in result.lines[1]
    assert result.document["printed"] == {
        "state": "earlier",
        "id": 2,
        "at": "2026-10-30T00:00:00.000+00:00",
    }


def test_verify_leaves_with_1_for_a_head_that_was_never_there(kept: Assistant) -> None:
    result = _run(kept, "audit-verify", head="a" * 64)
    assert result.status == 1
    assert result.document["right"] is False
    assert "この監査記録のどこにもありません" in result.lines[1]
    assert "写し間違い" in result.lines[1]


def test_list_filters_and_puts_the_newest_first(kept: Assistant) -> None:
    result = _run(kept, "audit-list", limit=2, **{"from": "2026-10-30", "to": "令和8年10月30日"})
    assert [event["id"] for event in result.document["events"]] == [3, 2]
    assert result.document["count"] == 3
    assert result.document["head"] == {"id": 4, "hash": read_head(kept.database).hash}
    assert result.lines[0] == "3  2026-10-30 09:00:00  1001  役割の付与  1002  役割：編集者"
    assert result.lines[-1] == "3 件のうち、新しいものから 2 件です。"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"limit": 0}, "--limit"),
        ({"limit": 5, "from": "昨日"}, "日付「昨日」"),
        ({"limit": 5, "from": "2026-11-02", "to": "2026-11-01"}, "期間の始まり"),
        ({"limit": 5, "action": "login"}, "操作「login」"),
    ],
)
def test_list_refuses_what_cannot_be_meant(
    kept: Assistant, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        _run(kept, "audit-list", **arguments)


def test_export_writes_a_new_file_for_its_owner_only(kept: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "記録.csv"
    result = _run(kept, "audit-export", out=str(path), actor="1001", action="role.grant")
    assert (result.status, result.document["events"]) == (0, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert (rows[-1][0], rows[-1][3]) == ("3", "役割の付与")
    assert events_of(kept.database)[-1]["action"] == "export"
    head = result.document["head"]
    assert _run(kept, "audit-verify", head=head).document["printed"]["state"] == "current"


def test_export_never_overwrites_and_records_nothing_then(kept: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("kept")
    with pytest.raises(UsageError, match="上書きはしません"):
        _run(kept, "audit-export", out=str(path))
    assert path.read_text() == "kept"
    assert len(events_of(kept.database)) == 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.pdf", r"\.csv か \.xlsx"),
        ("a", r"\.csv か \.xlsx"),
        ("nowhere/a.csv", "フォルダがあるか"),
    ],
)
def test_export_says_what_is_wrong_with_the_place(
    kept: Assistant, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        _run(kept, "audit-export", out=str(tmp_path / name))
    assert len(events_of(kept.database)) == 4


def test_an_export_that_is_refused_leaves_no_file(
    kept: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.people.audit.export.MOST_SHEET_EVENTS", 2)
    with pytest.raises(UsageError, match="CSV で"):
        _run(kept, "audit-export", out=str(tmp_path / "a.xlsx"))
    assert not (tmp_path / "a.xlsx").exists()


def test_an_export_onto_a_full_disk_is_told_with_what_to_do(
    kept: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("/dev/full is not there")
    opened = os.open

    def open_full(path: Any, flags: int, mode: int = 0o777) -> int:
        return int(opened(full, os.O_WRONLY))

    monkeypatch.setattr("ui.private_file.os.open", open_full)
    with pytest.raises(AssistantError, match="空き容量を確かめて"):
        _run(kept, "audit-export", out="/nowhere/a.csv")
    monkeypatch.undo()
    assert events_of(kept.database)[-1]["action"] == "export"


def test_seal_closes_what_is_over(kept: Assistant) -> None:
    result = _run(kept, "audit-seal")
    (segment,) = result.document["sealed"]
    assert (segment["month"], segment["last_id"]) == ("2026-10", 3)
    assert result.lines[0].startswith("2026-10 を封印しました（3 件、")
    assert events_of(kept.database)[-1]["actor"] == "operator"
    assert _run(kept, "audit-seal").lines[0].startswith("封印する月はありません。")


def test_the_shell_verifies_and_tells_by_its_exit_status(shell: CliRunner, kept: Assistant) -> None:
    head = read_head(kept.database).hash
    good = shell.invoke(audit_cli.audit_app, ["verify", "--head", head, "--json"])
    assert (good.exit_code, json.loads(good.stdout)["printed"]["state"]) == (0, "current")
    bad = shell.invoke(audit_cli.audit_app, ["verify", "--head", "b" * 64])
    assert bad.exit_code == 1
    wrong = shell.invoke(audit_cli.audit_app, ["verify", "--head", "short", "--json"])
    assert wrong.exit_code == 2
    assert "64桁" in json.loads(wrong.stdout)["error"]


def test_the_shell_lists_exports_and_seals(shell: CliRunner, tmp_path: Path) -> None:
    chosen = ["--from", "2026-11-01", "--to", "2026-11-30", "--actor", "1001"]
    listed = shell.invoke(
        audit_cli.audit_app, ["list", *chosen, "--action", "サインイン", "--limit", "5", "--json"]
    )
    assert [event["id"] for event in json.loads(listed.stdout)["events"]] == [4]
    path = tmp_path / "a.xlsx"
    exported = shell.invoke(audit_cli.audit_app, ["export", str(path), *chosen])
    assert (exported.exit_code, path.read_bytes()[:2]) == (0, b"PK")
    again = shell.invoke(audit_cli.audit_app, ["export", str(path)])
    assert again.exit_code == 2
    sealed = shell.invoke(audit_cli.audit_app, ["seal", "--json"])
    assert len(json.loads(sealed.stdout)["sealed"]) == 1
