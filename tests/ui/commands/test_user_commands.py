"""`chonai users`: what each command does, its JSON, its exit status, and its arguments."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from command_group import CommandGroup
from openpyxl import Workbook
from sqlalchemy import select
from typer.testing import CliRunner

from assistant import calendar, tables
from assistant.opening import Assistant, open_assistant
from assistant.owner import CommandResult
from assistant.settings import Settings
from ui.commands import users_cli

PASSWORD = "tanuki-ringo-hashigo-7"
USER = {"number", "name", "section", "employment", "enabled", "roles", "groups", "until"}
PLAN = {
    "applied", "passwords", "sha256", "day", "complete", "counts", "changes", "suspected",
    "doubts", "notices", "leaves_no_administrator",
}  # fmt: skip


class Commands(CommandGroup):
    """The commands of one assistant, and what they are tried on."""

    def add(self, number: str = "1001", **changes: Any) -> Any:
        given = {"number": number, "name": "山田 花子", "section": "総務課", **changes}
        return self.done("add", **given)


@pytest.fixture
def commands(quick_assistant: Assistant) -> Commands:
    return Commands(quick_assistant, "users")


def _day(days: int) -> str:
    return (calendar.today() + timedelta(days=days)).isoformat()


def _list(folder: Path, *lines: str, head: str = "職員番号,氏名,所属課,任用形態") -> str:
    path = folder / "名簿.csv"
    path.write_bytes("\r\n".join([head, *lines, ""]).encode("cp932"))
    return str(path)


def test_a_person_added_without_a_password_gets_a_link_that_works_once(commands: Commands) -> None:
    document = commands.add(employment="正規職員")
    assert document.keys() == {*USER, "link"}
    base, token = document["link"].split("/signin/first?token=")
    settings = commands.assistant.settings
    assert base == f"http://{settings.host}:{settings.port}"
    member = commands.assistant.links.set_first_password(token, PASSWORD)
    assert (member.number, member.employment) == ("1001", "正規職員")
    assert commands.assistant.links.purpose_of(token) is None


def test_a_link_names_the_public_address(settings: Settings, quick_encoder: Any) -> None:
    public = settings.model_copy(update={"public_url": "https://assistant.example.lg.jp/"})
    with open_assistant(public, encoder=quick_encoder) as assistant:
        link = Commands(assistant, "users").add()["link"]
    assert link.startswith("https://assistant.example.lg.jp/signin/first?token=")


def test_an_administrator_added_with_a_password_can_sign_in(commands: Commands) -> None:
    document = commands.add(admin=True, password=PASSWORD)
    assert (document["link"], document["roles"]) == (
        None,
        [{"role": "administrator", "section": ""}],
    )
    verdict = commands.assistant.local_sign_in.attempt("1001", PASSWORD)
    assert verdict.member is not None
    assert "manage_people" in verdict.member.tasks
    assert not verdict.must_change


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"password": "password1234"}, id="a weak password"),
        pytest.param({"password": "yamada-1001-desu"}, id="a password with the number"),
        pytest.param({"number": "山田"}, id="no number"),
        pytest.param({"name": " "}, id="no name"),
        pytest.param({"section": ""}, id="no section"),
        pytest.param({"section": "総務課、税務課"}, id="two sections"),
    ],
)
def test_nobody_is_added_where_any_of_it_is_wrong(
    commands: Commands, changes: dict[str, str]
) -> None:
    commands.refused("add", **{"number": "1001", "name": "山田", "section": "総務課", **changes})
    assert commands.done("list") == {"users": []}


def test_the_list_shows_who_there_is(commands: Commands) -> None:
    commands.add()
    commands.add("1000", name="佐藤 次郎", section="税務課")
    commands.done("grant", number="1001", role="編集者", section="総務課")
    commands.done("join", number="1001", group="文書担当")
    result = commands.run("list")
    assert [user.keys() for user in result.document["users"]] == [USER, USER]
    assert result.document["users"][1] == {
        "number": "1001", "name": "山田 花子", "section": "総務課", "employment": "",
        "enabled": True, "roles": [{"role": "editor", "section": "総務課"}],
        "groups": ["文書担当"], "until": None,
    }  # fmt: skip
    assert result.lines[1] == "1001  山田 花子  総務課  編集者（総務課）  グループ「文書担当」"


def test_people_are_stopped_and_let_in_again(commands: Commands) -> None:
    commands.add(password=PASSWORD)
    assert commands.done("disable", number="1001")["enabled"] is False
    assert commands.assistant.local_sign_in.attempt("1001", PASSWORD).member is None
    assert "enable" in commands.refused("link", number="1001")
    assert commands.done("enable", number="1001")["enabled"] is True
    assert commands.assistant.local_sign_in.attempt("1001", PASSWORD).member is not None


def test_roles_and_groups_are_given_and_taken(commands: Commands) -> None:
    commands.add()
    assert commands.done("grant", number="1001", role="auditor")["roles"] == [
        {"role": "auditor", "section": ""}
    ]
    assert "課" in commands.refused("grant", number="1001", role="editor")
    assert "役割「王様」" in commands.refused("grant", number="1001", role="王様")
    assert commands.done("revoke", number="1001", role="監査担当")["roles"] == []
    assert commands.done("join", number="1001", group="文書担当")["groups"] == ["文書担当"]
    assert commands.done("leave", number="1001", group="文書担当")["groups"] == []


def test_a_transfer_holds_from_its_day(commands: Commands) -> None:
    commands.add()
    assert commands.done("transfer", number="1001", section="税務課", on=_day(3))["section"] == (
        "総務課"
    )
    member = commands.assistant.directory.member_by_number(
        "1001", today=calendar.today() + timedelta(days=3)
    )
    assert member is not None
    assert member.section == "税務課"
    assert commands.done("transfer", number="1001", section="市民課", on="")["section"] == "市民課"
    assert "来年" in commands.refused("transfer", number="1001", section="市民課", on="来年")


def test_a_section_nobody_has_had_is_noticed(commands: Commands) -> None:
    commands.add()
    result = commands.run("transfer", number="1001", section="総務か", on=_day(3))
    assert any("これまでにない課名" in line for line in result.lines)
    assert len(commands.run("transfer", number="1001", section="総務課", on=_day(9)).lines) == 1


def test_a_password_issued_again_is_told_once_and_must_be_changed(commands: Commands) -> None:
    commands.add(password=PASSWORD)
    password = commands.done("reset-password", number="1001")["password"]
    verdict = commands.assistant.local_sign_in.attempt("1001", password)
    assert verdict.must_change
    assert commands.assistant.local_sign_in.attempt("1001", PASSWORD).member is None


def test_a_second_number_belongs_to_the_same_person(commands: Commands) -> None:
    commands.add(password=PASSWORD)
    assert commands.done("merge-number", number="1001", new_number="K7", on="")["number"] == "1001"
    verdict = commands.assistant.local_sign_in.attempt("k7", PASSWORD)
    assert verdict.member is not None


def test_every_command_for_one_person_names_a_number_that_nobody_has(commands: Commands) -> None:
    others = {
        "disable": {}, "enable": {}, "link": {}, "reset-password": {},
        "grant": {"role": "auditor"}, "revoke": {"role": "auditor"},
        "join": {"group": "文書担当"}, "leave": {"group": "文書担当"},
        "transfer": {"section": "総務課"}, "merge-number": {"new_number": "2"},
    }  # fmt: skip
    for name, arguments in others.items():
        assert "9999" in commands.refused(name, number="9999", **arguments)


def test_a_list_is_shown_first_and_applied_when_asked(commands: Commands, tmp_path: Path) -> None:
    commands.add()
    file = _list(tmp_path, "1001,山田 花子,税務課,正規職員", "1002,佐藤 次郎,税務課,")
    preview = commands.run("import", file=file, on=_day(7))
    assert preview.document.keys() == PLAN
    assert preview.document["applied"] is False
    assert preview.document["counts"]["add"] == 1
    assert "--apply" in preview.lines[-1]
    assert [user["section"] for user in commands.done("list")["users"]] == ["総務課"]
    applied = commands.done("import", file=file, on=_day(7), apply=True)
    assert {**applied, "applied": False} == preview.document
    again = commands.done("import", file=file, on=_day(7))
    assert (again["changes"], again["counts"]["unchanged"]) == ([], 2)


def test_a_complete_list_and_a_confirmed_person(commands: Commands, tmp_path: Path) -> None:
    commands.add()
    commands.add("1009", name="鈴木 三郎")
    file = _list(tmp_path, "r1,山田　花子,総務課,再任用職員")
    shown = commands.done("import", file=file, on=_day(7), complete=True)
    assert [(s["old"], s["new"]) for s in shown["suspected"]] == [("1001", "r1")]
    found = commands.done(
        "import", file=file, on=_day(7), complete=True, same_person=["1001=R1"], apply=True
    )
    kinds = {(change["kind"], change["number"]) for change in found["changes"]}
    assert kinds == {("number", "r1"), ("last_day", "1001"), ("leave", "1009")}


def test_lines_in_doubt_are_left_out_and_the_status_says_so(
    commands: Commands, tmp_path: Path
) -> None:
    commands.add()
    file = _list(tmp_path, "1001,別名 一郎,税務課,", "1002,佐藤 次郎,税務課,")
    assert commands.run("import", file=file).status == 0
    result = commands.run("import", file=file, apply=True)
    assert result.status == 1
    assert [doubt["line"] for doubt in result.document["doubts"]] == [2]
    names = {user["name"] for user in commands.done("list")["users"]}
    assert names == {"山田 花子", "佐藤 次郎"}


def test_first_passwords_go_to_a_new_private_file(commands: Commands, tmp_path: Path) -> None:
    file, slips = _list(tmp_path, "1,=1+1,総務課,", "2,佐藤 次郎,税務課,"), tmp_path / "slips.csv"
    assert "--apply" in commands.refused("import", file=file, passwords=str(slips))
    assert not slips.exists()
    document = commands.done("import", file=file, passwords=str(slips), apply=True)
    assert stat.S_IMODE(slips.stat().st_mode) == 0o600
    assert slips.read_bytes().startswith(b"\xef\xbb\xbf")
    heads, *rows = csv.reader(slips.read_text("utf-8-sig").splitlines())
    assert heads == ["職員番号", "氏名", "所属", "初期パスワード"]
    assert [row[:3] for row in rows] == [["1", "'=1+1", "総務課"], ["2", "佐藤 次郎", "税務課"]]
    for number, _, _, password in rows:
        assert commands.assistant.local_sign_in.attempt(number, password).must_change
        assert password not in json.dumps(document)


def test_a_file_of_passwords_is_never_overwritten_nor_left_behind(
    commands: Commands, tmp_path: Path
) -> None:
    file, slips = _list(tmp_path, "1,山田 花子,総務課,"), tmp_path / "slips.csv"
    slips.write_text("mine", "utf-8")
    assert "上書きしません" in commands.refused(
        "import", file=file, passwords=str(slips), apply=True
    )
    assert slips.read_text("utf-8") == "mine"
    missing = tmp_path / "none" / "slips.csv"
    assert "作れません" in commands.refused("import", file=file, passwords=str(missing), apply=True)
    commands.add(admin=True)
    left = tmp_path / "left.csv"
    commands.refused("import", file=file, complete=True, passwords=str(left), apply=True)
    assert not left.exists()
    assert [user["number"] for user in commands.done("list")["users"]] == ["1001"]


def test_a_list_with_problems_names_them_all_and_changes_nothing(
    commands: Commands, tmp_path: Path
) -> None:
    file = _list(tmp_path, "1,山田 花子,総務課,", ",佐藤,総務課,", "3,,税務課,")
    error = commands.refused("import", file=file, apply=True)
    assert "3行目" in error
    assert "4行目" in error
    assert commands.done("list") == {"users": []}


@pytest.mark.parametrize("pair", ["1001", "=2", "1=", ""])
def test_a_pair_that_is_none_says_how_to_write_it(
    commands: Commands, tmp_path: Path, pair: str
) -> None:
    file = _list(tmp_path, "1,山田 花子,総務課,")
    assert "前の番号=新しい番号" in commands.refused("import", file=file, same_person=[pair])


def test_a_file_that_is_not_there_is_told(commands: Commands, tmp_path: Path) -> None:
    for name, arguments in (("import", {}), ("sections", {"on": _day(3)})):
        result = commands.run(name, file=str(tmp_path / "none.csv"), **arguments)
        assert (result.status, "開けません" in result.document["error"]) == (1, True)


def test_a_reorganisation_is_shown_recorded_listed_and_withdrawn(
    commands: Commands, tmp_path: Path
) -> None:
    commands.add()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ("旧課名", "新課名", "承継"),
        ("総務課", "総務企画課", "○"),
        ("総務課", "法務課", ""),
    ):
        sheet.append(line)
    file = tmp_path / "組織改正.xlsx"
    book.save(file)
    assert "--on" in commands.refused("sections", file=str(file))
    shown = commands.done("sections", file=str(file), on=_day(30))
    assert shown["applied"] is False
    assert shown["people"] == [
        {"key": "1001", "name": "山田 花子", "before": "総務課", "after": "総務企画課"}
    ]
    assert commands.done("sections", list=True) == {"changes": []}
    assert commands.done("sections", file=str(file), on=_day(30), apply=True)["applied"] is True
    listed = commands.done("sections", list=True)["changes"]
    assert [(c["old"], c["new"], c["heir"], c["planned"]) for c in listed] == [
        ("総務課", "総務企画課", True, True),
        ("総務課", "法務課", False, True),
    ]
    gone = commands.done("sections", withdraw=listed[0]["id"])["withdrawn"]
    assert [change["new"] for change in gone] == ["総務企画課", "法務課"]
    assert commands.done("sections", list=True) == {"changes": []}


@pytest.mark.parametrize(
    "arguments", [{}, {"list": True, "withdraw": 1}, {"file": "x.csv", "list": True}]
)
def test_one_thing_is_asked_of_sections_at_a_time(
    commands: Commands, arguments: dict[str, Any]
) -> None:
    assert "どれか1つ" in commands.refused("sections", **arguments)


def test_the_operator_stands_in_the_trail_and_no_secret_does(
    commands: Commands, tmp_path: Path
) -> None:
    link = commands.add(password=PASSWORD) and commands.done("link", number="1001")["link"]
    password = commands.done("reset-password", number="1001")["password"]
    slips = tmp_path / "slips.csv"
    file = _list(tmp_path, "1,山田 花子,総務課,")
    commands.done("import", file=file, passwords=str(slips), apply=True)
    event = tables.audit_event.c
    with commands.assistant.database.read() as connection:
        rows = connection.execute(select(event.actor, event.action, event.detail)).all()
    assert {row.actor for row in rows} == {"operator"}
    assert {"person.add", "password.reset", "link.made", "staff.import"} <= {r.action for r in rows}
    secrets = (PASSWORD, password, link.partition("=")[2], slips.read_text().split(",")[-1].strip())
    assert not any(secret in str(rows) for secret in secrets)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Type a command, and learn what would be carried out."""

    def run(*words: str, entered: str = "") -> tuple[int, dict[str, Any]]:
        asked: dict[str, Any] = {}

        def carried_out(name: str, arguments: dict[str, Any]) -> CommandResult:
            asked.update(arguments, command=name)
            return CommandResult(0, {})

        monkeypatch.setattr(users_cli, "run", carried_out)
        done = CliRunner().invoke(users_cli.users_app, words, input=entered)
        return done.exit_code, asked

    return run


def test_arguments_arrive_as_they_were_typed(
    typed: Callable[..., tuple[int, dict[str, Any]]], tmp_path: Path
) -> None:
    file, out = str(tmp_path / "a.csv"), str(tmp_path / "out.csv")
    status, asked = typed(
        "import", file, "--on", "R9.4.1", "--complete", "--apply", "--passwords", out,
        "--same-person", "1=2", "--same-person", "3=4",
    )  # fmt: skip
    assert status == 0
    assert asked == {
        "command": "users-import", "file": file, "on": "R9.4.1", "complete": True, "apply": True,
        "passwords": out, "same_person": ["1=2", "3=4"],
    }  # fmt: skip
    assert typed("transfer", "1", "税務課")[1] == {
        "command": "users-transfer", "number": "1", "section": "税務課", "on": "",
    }  # fmt: skip
    assert typed("sections", "--withdraw", "3")[1]["withdraw"] == 3


def test_a_password_is_read_where_no_history_sees_it(
    typed: Callable[..., tuple[int, dict[str, Any]]],
) -> None:
    words = ("add", "1", "--name", "山田", "--section", "総務課", "--password", "-")
    assert typed(*words, entered=f"{PASSWORD}\n")[1]["password"] == PASSWORD
    assert typed(*words, entered="\n") == (2, {})
    assert "password" not in typed(*words[:-2])[1]


def test_wrong_usage_ends_with_two(typed: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    for words in (("add", "1"), ("transfer", "1"), ("sections", "--withdraw", "x"), ("nothing",)):
        assert typed(*words)[0] == 2
