"""The `chonai usage` commands on a real, empty assistant."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import insert

from assistant import calendar, tables
from assistant.errors import AssistantError, UnusableList, UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.ledger import UsageEvent
from ui.commands.dispatch import COMMANDS, run_command

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
WEEK = "2026-W47"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: NOW)


def _run(assistant: Assistant, command: str, **arguments: Any) -> CommandResult:
    result = COMMANDS[command](assistant, arguments, lambda _: None)
    json.dumps(result.document)
    return result


def _staff(assistant: Assistant, *numbers: str) -> dict[str, str]:
    return {
        number: assistant.accounts.add(
            number, name=number, section="総務課", by=OPERATOR_ACTOR, valid_from=date(2026, 4, 1)
        )
        for number in numbers
    }


def _ask(assistant: Assistant, person: str, key: str, **values: Any) -> None:
    given: dict[str, Any] = {
        "section": "総務課", "channel": "screen", "outcome": "answered", "mode": "extractive",
        "occurred_at": datetime(2026, 11, 18, 3, tzinfo=UTC), "model_wrote": False, "shown": True,
    }  # fmt: skip
    assistant.ledger.append(UsageEvent(key, person, **{**given, **values}))


def _log(folder: Path, *lines: str, encoding: str = "utf-8") -> str:
    path = folder / "log.csv"
    path.write_bytes("\n".join(["職員番号,日時", *lines]).encode(encoding))
    return str(path)


def _row(assistant: Assistant, week: str = WEEK) -> dict[str, Any]:
    weeks = _run(assistant, "usage-weekly").document["weeks"]
    return next(row for row in weeks if row["week"] == week)


def test_a_week_is_counted_frozen_verified_and_adjusted(quick_assistant: Assistant) -> None:
    people = _staff(quick_assistant, "1001", "1002")
    _ask(quick_assistant, people["1001"], "a1")
    assert _row(quick_assistant)["state"] == "provisional"
    assert _run(quick_assistant, "usage-freeze").document["frozen"] == [WEEK]
    _ask(quick_assistant, people["1002"], "a2")
    assert _run(quick_assistant, "usage-freeze").document == {"frozen": [], "adjusted": [WEEK]}
    row = _row(quick_assistant)
    assert (row["state"], row["active"], row["adjusted"], row["staff"]) == ("frozen", 1, 2, 2)
    verified = _run(quick_assistant, "usage-verify", head=None)
    assert (verified.status, verified.document["right"]) == (0, True)
    again = _run(quick_assistant, "usage-verify", head=verified.document["head"])
    assert again.document["printed"]["state"] == "current"


def test_another_head_is_found_out_and_leaves_with_1(quick_assistant: Assistant) -> None:
    result = _run(quick_assistant, "usage-verify", head="ab" * 32)
    assert result.status == 1
    assert any("どこにもありません" in line for line in result.lines)


def test_a_log_is_taken_in_once_and_counted_apart_and_together(
    quick_assistant: Assistant, tmp_path: Path
) -> None:
    people = _staff(quick_assistant, "1001", "1002")
    _ask(quick_assistant, people["1001"], "a1")
    file = _log(
        tmp_path, "1001,2026/11/18 9:00", "1002,2026-11-19T00:00:00Z", "9999,2026/11/18 9:00"
    )
    done = _run(quick_assistant, "usage-import", file=file, source="gpt", name="庁内GPT").document
    assert (done["added"], done["known"]) == (3, 0)
    assert [one["number"] for one in done["unresolved"]] == ["9999"]
    again = _run(quick_assistant, "usage-import", file=file, source="gpt").document
    assert (again["added"], again["known"]) == (0, 3)
    row = _row(quick_assistant)
    assert (row["active"], row["unresolved"], row["source"]) == (2, 1, "chonai+gpt")
    assert row["sources"] == {"chonai": 1, "gpt": 2}


def test_a_number_that_becomes_somebodys_is_an_adjustment(
    quick_assistant: Assistant, tmp_path: Path
) -> None:
    file = _log(tmp_path, "9999,2026/11/18 9:00", encoding="cp932")
    _run(quick_assistant, "usage-import", file=file, source="gpt", name="庁内GPT")
    _run(quick_assistant, "usage-freeze")
    assert _row(quick_assistant)["active"] == 0
    _staff(quick_assistant, "9999")
    assert _run(quick_assistant, "usage-freeze").document["adjusted"] == [WEEK]
    row = _row(quick_assistant)
    assert (row["active"], row["adjusted"]) == (0, 1)
    assert _run(quick_assistant, "usage-unresolved").document == {"unresolved": []}
    assert _run(quick_assistant, "usage-verify", head=None).status == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("番号,いつ\n1,2".encode(), "日時", id="columns"),
        pytest.param(b"\x00\x01\x02\xff", "文字コード", id="encoding"),
        pytest.param("職員番号,日時\n1001,きのう".encode(), "2行目: 日時「きのう」", id="time"),
        pytest.param("職員番号,日時\n1001,2026-11-18".encode(), "2行目: 日時", id="a day only"),
        pytest.param("職員番号,日時\n,2026-11-18 9:00".encode(), "職員番号が空", id="number"),
        pytest.param("職員番号,日時\n1,2027-01-01 9:00".encode(), "これから先", id="to come"),
        pytest.param("職員番号,日時\n".encode(), "行がありません", id="no lines"),
        pytest.param(b"", "何も書かれていません", id="empty"),
    ],
)
def test_a_log_that_cannot_be_used_changes_nothing(
    quick_assistant: Assistant, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(AssistantError, match=words):
        _run(quick_assistant, "usage-import", file=str(path), source="gpt")
    assert quick_assistant.ledger.weeks() == []
    assert _run(quick_assistant, "usage-verify", head=None).document["entries"] == 0


def test_one_wrong_line_keeps_all_lines_out(quick_assistant: Assistant, tmp_path: Path) -> None:
    file = _log(tmp_path, "1001,2026/11/18 9:00", "1002,x")
    with pytest.raises(UnusableList, match="3行目"):
        _run(quick_assistant, "usage-import", file=file, source="gpt")
    assert quick_assistant.ledger.weeks() == []


@pytest.mark.parametrize("source", ["chonai", "GPT", "", "あ", "a b"])
def test_a_source_has_a_name_of_its_own(
    quick_assistant: Assistant, tmp_path: Path, source: str
) -> None:
    file = _log(tmp_path, "1001,2026/11/18 9:00")
    with pytest.raises(UsageError):
        _run(quick_assistant, "usage-import", file=file, source=source)


def test_an_exclusion_is_registered_counted_beside_and_ended(quick_assistant: Assistant) -> None:
    people = _staff(quick_assistant, "1001", "1002")
    for number, person in people.items():
        _ask(quick_assistant, person, number)
    _run(quick_assistant, "usage-freeze")
    given = {"kind": "試験用", "reason": "動作確認", "from": "2026-11-01", "to": ""}
    made = _run(quick_assistant, "usage-exclude", number="1002", **given).document
    assert made["adjusted"] == [WEEK]
    assert (_row(quick_assistant)["active"], _row(quick_assistant)["adjusted"]) == (2, 1)
    words = "\n".join(_run(quick_assistant, "usage-weekly").lines)
    assert "2 人（確定、除外 0 人、調整後 1 人・除外 1 人" in words
    with pytest.raises(UsageError, match="除外されています"):
        _run(quick_assistant, "usage-exclude", number="1002", **given)
    ended = _run(quick_assistant, "usage-end-exclusion", entry=made["entry"], to="2026-10-31")
    assert ended.document["adjusted"] == [WEEK]
    row = _row(quick_assistant)
    assert [change["active"] for change in row["adjustments"]] == [-1, 1]
    [listed] = _run(quick_assistant, "usage-exclusions").document["exclusions"]
    assert (listed["number"], listed["to"]) == ("1002", "2026-10-31")


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        pytest.param(
            "usage-exclude",
            {"number": "1001", "kind": "test", "reason": "x", "from": "2026-11-02", "to": "2026-11-01"},
            "より前", id="ends before it begins",
        ),
        pytest.param(
            "usage-exclude", {"number": "1001", "kind": "boss", "reason": "x"}, "種類", id="kind",
        ),
        pytest.param(
            "usage-exclude", {"number": "1001", "kind": "test", "reason": " "}, "理由", id="reason"
        ),
        pytest.param(
            "usage-exclude", {"number": "7777", "kind": "test", "reason": "x"}, "いません", id="nobody"
        ),
        pytest.param(
            "usage-exclude", {"number": "1001", "kind": "test", "reason": "x", "from": "いつか"},
            "読めません", id="day",
        ),
        pytest.param("usage-end-exclusion", {"entry": 99, "to": ""}, "ありません", id="no entry"),
        pytest.param(
            "usage-same-person", {"number": "1001", "kept": "1001", "reason": "x"}, "すでに", id="same"
        ),
        pytest.param("usage-target", {"people": ["2029=0"], "decision": "x"}, "1人以上", id="target 0"),
        pytest.param("usage-target", {"people": ["2029"], "decision": "x"}, "読めません", id="no people"),
        pytest.param("usage-target", {"people": ["2029=200"], "decision": ""}, "決定", id="undecided"),
        pytest.param("usage-simulate", {"weeks": 0, "staff": 10, "seed": 1}, "1〜", id="no weeks"),
        pytest.param("usage-export", {"out": "/tmp/x.txt"}, ".csv", id="format"),
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_two(
    quick_assistant: Assistant, name: str, arguments: dict[str, Any], words: str
) -> None:
    _staff(quick_assistant, "1001")
    result = run_command(quick_assistant, name, arguments, lambda _: None)
    assert result.status == 2
    assert words in result.lines[0]


def test_two_numbers_become_one_person(quick_assistant: Assistant) -> None:
    people = _staff(quick_assistant, "1001", "2001")
    for number, person in people.items():
        _ask(quick_assistant, person, number)
    _run(quick_assistant, "usage-freeze")
    done = _run(quick_assistant, "usage-same-person", number="2001", kept="1001", reason="再任用")
    assert done.document["adjusted"] == [WEEK]
    assert (_row(quick_assistant)["active"], _row(quick_assistant)["adjusted"]) == (2, 1)


def test_the_official_value_and_the_target_are_dated_decisions(quick_assistant: Assistant) -> None:
    undecided = _run(quick_assistant, "usage-official", decision="")
    assert "未決定" in undecided.document["decision"]
    decided = _run(
        quick_assistant, "usage-official", decision="第3号", method="last_week",
        reading="sustained", sources="chonai", quotations=False, **{"from": "2026-04-01"},
    )  # fmt: skip
    assert decided.document["method"] == "last_week"
    assert _run(quick_assistant, "usage-official", decision="").document == decided.document
    _run(quick_assistant, "usage-target", people=["2026=40", "2029=200"], decision="第4号")
    shown = _run(quick_assistant, "usage-target", people=[], decision="").document
    assert shown == {"people": {2026: 40, 2029: 200}, "decision": "第4号"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_spreadsheet_counts_the_same_from_an_export(
    quick_assistant: Assistant, tmp_path: Path, kind: str
) -> None:
    _run(quick_assistant, "usage-simulate", weeks=12, staff=60, seed=3)
    out = tmp_path / f"out.{kind}"
    document = _run(quick_assistant, "usage-export", out=str(out)).document
    rows = _exported(out)
    frozen, now = defaultdict(set), defaultdict(set)
    for row in rows:
        if int(row["確定時に数えた"]):
            frozen[row["週"]].add(row["確定時の人（仮名）"])
        if int(row["今数える"]):
            now[row["週"]].add(row["今の人（仮名）"])
    for week in _run(quick_assistant, "usage-weekly").document["weeks"]:
        if week["state"] == "frozen":
            assert len(frozen[week["week"]]) == week["active"]
        assert len(now[week["week"]]) == week["adjusted"]
    assert document["rows"] == len(rows)
    assert _run(quick_assistant, "usage-verify", head=document["head"]).status == 0
    assert "simulated-" not in out.read_text("utf-8-sig", errors="replace")


def _exported(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
        assert lines[0] == [
            "注意",
            "模擬データです。実際の利用ではありません。",
            *[""] * (len(lines[0]) - 2),
        ]
        head = next(place for place, line in enumerate(lines) if line[0] == "番号")
        return [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_simulated_data_is_the_same_each_time_and_marked(quick_assistant: Assistant) -> None:
    first = _run(quick_assistant, "usage-simulate", weeks=10, staff=50, seed=7)
    weeks = [w["active"] for w in _run(quick_assistant, "usage-weekly").document["weeks"]]
    assert first.document["frozen"] == 9
    assert "模擬データ" in _run(quick_assistant, "usage-weekly").lines[0]
    again = _run(quick_assistant, "usage-simulate", weeks=10, staff=50, seed=7)
    assert again.document == first.document
    assert [w["active"] for w in _run(quick_assistant, "usage-weekly").document["weeks"]] == weeks
    verified = _run(quick_assistant, "usage-verify", head=None)
    assert verified.status == 0
    assert verified.document["simulated"]


def test_nothing_is_made_up_where_anybody_has_used_it(quick_assistant: Assistant) -> None:
    _ask(quick_assistant, "p1", "a1")
    result = run_command(
        quick_assistant, "usage-simulate", {"weeks": 4, "staff": 5, "seed": 1}, lambda _: None
    )
    assert result.status == 2
    assert "実際の利用" in result.lines[0]
    assert quick_assistant.ledger.weeks() == [WEEK]


def test_nothing_is_made_up_beside_real_staff(quick_assistant: Assistant) -> None:
    with quick_assistant.database.write() as connection:
        connection.execute(
            insert(tables.person), {"id": "p", "created_at": NOW.replace(tzinfo=None), "name": "x"}
        )
    result = run_command(
        quick_assistant, "usage-simulate", {"weeks": 4, "staff": 5, "seed": 1}, lambda _: None
    )
    assert result.status == 2


def test_use_after_a_simulation_is_not_thrown_away(quick_assistant: Assistant) -> None:
    _run(quick_assistant, "usage-simulate", weeks=4, staff=20, seed=1)
    _ask(quick_assistant, "p1", "real", occurred_at=NOW - timedelta(hours=1))
    result = run_command(
        quick_assistant, "usage-simulate", {"weeks": 4, "staff": 20, "seed": 1}, lambda _: None
    )
    assert result.status == 2
