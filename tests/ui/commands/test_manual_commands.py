"""`chonai manuals`: what each command does, its JSON, its exit status, and its arguments."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from command_group import CommandGroup
from openpyxl import load_workbook
from small_manuals import prepared_manual, publish_text
from sqlalchemy import select
from typer.testing import CliRunner

from assistant import calendar, tables
from assistant.domain import ManualVersion
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.trail import OPERATOR_ACTOR
from ui.commands import manuals_cli

TITLE = "契約事務の手引き"
OLD, NEW = "限度額は80万円です。", "限度額は120万円です。"
MANUAL = {
    "manual_id", "manual", "owner", "extension", "category", "audience", "next_review", "overdue",
}  # fmt: skip
VERSION = {
    "version_id", "version", "revision", "state", "file", "effective_from", "in_force_until",
    "effective_to", "publish_on", "pages", "chunks",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO)
    monkeypatch.setattr(calendar, "now", lambda: moment)


class Commands(CommandGroup):
    """The commands of one assistant, and what they are tried on."""

    def publish(self, *sentences: str, since: date | None = None, **said: str) -> ManualVersion:
        return publish_text(self.assistant, *sentences, since=since, **said)

    def draft(self, *sentences: str, since: date | None = None, **said: str) -> ManualVersion:
        prepared = prepared_manual(*sentences, since=since, **said)
        library = self.assistant.library
        store_vectors(library.vectors, library.encoder, prepared.drafts)
        return Publisher(library).draft(prepared)

    def states(self, manual: str = TITLE) -> list[tuple[int, int, str]]:
        versions = self.done("show", manual=manual)["versions"]
        return [(v["version"], v["revision"], v["state"]) for v in versions]


@pytest.fixture
def commands(quick_assistant: Assistant) -> Commands:
    return Commands(quick_assistant, "manuals")


def test_the_list_shows_what_is_in_force_today_or_on_another_day(commands: Commands) -> None:
    commands.publish(OLD, since=date(2025, 4, 1))
    commands.publish(NEW, since=date(2026, 4, 1))
    commands.draft("案", manual_id="leave", title="休暇の手引き")
    document = commands.done("list")
    assert document["as_of"] == "2026-11-27"
    [row] = document["manuals"]
    assert row == {
        "manual_id": "contract", "manual": TITLE, "owner": "契約検査課", "extension": "2315",
        "category": "契約", "audience": "everyone", "next_review": None, "overdue": False,
        "version_id": row["version_id"], "version": 2, "revision": 1, "state": "in_force",
        "file": "contract.txt", "effective_from": "2026-04-01", "in_force_until": None,
        "effective_to": None, "publish_on": None, "pages": 1, "chunks": 1,
    }  # fmt: skip
    for day in ("2026-03-31", "令和8年3月31日", "R8.3.31", "２０２６/３/３１"):
        [old] = commands.done("list", as_of=day)["manuals"]
        assert (old["version"], old["in_force_until"]) == (1, "2026-03-31")
    every = commands.done("list", all=True)["manuals"]
    assert [row["state"] for row in every] == ["draft", "in_force", "ended"]
    assert f"『{TITLE}』  第2版  施行中  2026-04-01〜" in commands.run("list").lines[0]


def test_an_overdue_review_is_told(commands: Commands) -> None:
    commands.publish(NEW)
    library = commands.assistant.library
    known = library.known("contract")
    assert known is not None
    review = replace(known, review_on=date(2026, 11, 26))
    Publisher(library).update_manual(review, by=OPERATOR_ACTOR)
    result = commands.run("list")
    assert result.document["manuals"][0]["overdue"] is True
    assert "次回見直し 2026-11-26（期限切れ）" in result.lines[0]


def test_an_empty_list_says_so(commands: Commands) -> None:
    assert "ありません" in commands.run("list").lines[0]
    commands.draft("案")
    assert "--all" in commands.run("list").lines[0]


def test_a_day_that_is_none_is_told(commands: Commands) -> None:
    commands.draft("案")
    for command, arguments in (
        ("list", {"as_of": "来年"}),
        ("show", {"manual": TITLE, "as_of": "8-4-1"}),
        ("publish", {"which": TITLE, "on": "2026-02-30"}),
    ):
        assert "日付「" in commands.refused(command, **arguments)


def test_the_list_is_written_to_a_new_private_excel_file(
    commands: Commands, tmp_path: Path
) -> None:
    commands.publish(NEW)
    path = tmp_path / "一覧.xlsx"
    assert commands.done("list", xlsx=str(path))["xlsx"] == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_workbook(path).worksheets[0]["A2"].value == TITLE
    assert "上書きはしません" in commands.refused("list", xlsx=str(path))
    assert ".xlsx" in commands.refused("list", xlsx=str(tmp_path / "一覧.csv"))
    assert "書き込めません" in commands.refused("list", xlsx=str(tmp_path / "none" / "a.xlsx"))


def test_one_manual_is_shown_with_all_its_versions(commands: Commands) -> None:
    commands.publish(OLD, since=date(2025, 4, 1))
    commands.publish("誤り", since=date(2026, 4, 1))
    commands.publish(NEW, "第2条", since=date(2026, 4, 1))
    result = commands.run("show", manual=TITLE)
    assert result.document.keys() == {"as_of", *MANUAL, "in_force", "versions"}
    assert result.document["in_force"].keys() == VERSION
    assert commands.states() == [(2, 2, "in_force"), (2, 1, "superseded"), (1, 1, "ended")]
    first = result.document["versions"][0]
    assert first.keys() > VERSION
    assert (first["published_by"], first["pages"]) == ("サーバーの運用者", 2)
    assert first["withdrawn_by"] is None
    assert "  2026-11-27 に施行中: 第2版（修正1回目）" in result.lines
    assert any("公開: 2026-11-27 09:00:00（サーバーの運用者）" in line for line in result.lines)
    before = commands.done("show", manual=TITLE, as_of="2026-03-31")["in_force"]
    assert before["version"] == 1


@pytest.mark.parametrize(
    "given", ["contract", "cont", "contract.txt", "folder/contract.txt", "契約事務 の手引き", TITLE]
)
def test_a_manual_is_known_by_its_title_its_file_or_the_beginning_of_its_id(
    commands: Commands, given: str
) -> None:
    commands.publish(NEW)
    commands.publish("休暇", manual_id="leave", title="休暇の手引き")
    assert commands.done("show", manual=given)["manual_id"] == "contract"


@pytest.mark.parametrize("command", ["show", "withdraw", "roll-back", "diff"])
def test_a_manual_that_is_unknown_or_ambiguous_names_the_candidates(
    commands: Commands, command: str
) -> None:
    commands.publish(NEW, manual_id="contract-a")
    commands.publish(NEW, manual_id="contract-b")
    for given in ("contract", TITLE):
        told = commands.refused(command, manual=given)
        assert "contract-a" in told
        assert "contract-b" in told
    assert "contract-a" in commands.refused(command, manual="契約")
    for given in ("", "  ", "防災"):
        assert "list --all" in commands.refused(command, manual=given)
    assert [row["state"] for row in commands.done("list")["manuals"]] == ["in_force"] * 2


def test_the_only_draft_of_a_manual_is_published_by_its_name(commands: Commands) -> None:
    commands.publish(OLD, since=date(2025, 4, 1))
    draft = commands.draft(NEW, since=date(2026, 4, 1))
    result = commands.run("publish", which=TITLE)
    assert [row["version_id"] for row in result.document["changed"]] == [draft.id]
    assert result.document["in_force"]["version"] == 2
    assert result.lines == (
        f"『{TITLE}』第2版を公開しました。", "今日（2026-11-27）施行中なのは第2版です。",
    )  # fmt: skip
    assert "公開できる下書きがありません" in commands.refused("publish", which=TITLE)


def test_one_of_several_drafts_is_published_by_the_beginning_of_its_id(
    commands: Commands,
) -> None:
    first = commands.draft(OLD, since=date(2025, 4, 1))
    second = commands.draft(NEW, since=date(2026, 4, 1))
    told = commands.refused("publish", which=TITLE)
    assert first.id in told
    assert second.id in told
    commands.done("publish", which=second.id[:12])
    assert commands.states() == [(2, 1, "in_force"), (1, 1, "draft")]
    assert "公開済み" in commands.refused("publish", which=second.id)


def test_a_version_is_published_from_a_day_on(commands: Commands) -> None:
    commands.publish(OLD, since=date(2025, 4, 1))
    commands.draft(NEW, since=date(2026, 4, 1))
    result = commands.run("publish", which=TITLE, on="令和9年1月4日")
    assert result.document["changed"][0]["publish_on"] == "2027-01-04"
    assert result.document["changed"][0]["state"] == "waiting"
    assert "2027-01-04 に公開します" in result.lines[0]
    assert result.document["in_force"]["version"] == 1
    assert commands.done("publish", which=TITLE)["in_force"]["version"] == 2


def test_a_withdrawn_version_is_published_again_by_its_id(commands: Commands) -> None:
    version = commands.publish(NEW)
    gone = commands.run("withdraw", manual=TITLE, reason="誤りがあったため")
    assert gone.document["in_force"] is None
    assert gone.lines[-1] == "今日（2026-11-27）施行中の版はありません。"
    shown = commands.done("show", manual=TITLE)["versions"][0]
    assert (shown["withdrawn_reason"], shown["withdrawn_by"]) == (
        "誤りがあったため", "サーバーの運用者",
    )  # fmt: skip
    assert version.id in commands.refused("publish", which=TITLE)
    assert commands.done("publish", which=version.id)["in_force"]["version"] == 1


def test_one_version_is_withdrawn_and_the_one_before_is_in_force_again(
    commands: Commands,
) -> None:
    commands.publish(OLD, since=date(2025, 4, 1))
    commands.publish(NEW, since=date(2026, 4, 1))
    document = commands.done("withdraw", manual=TITLE, version=2)
    assert [row["version"] for row in document["changed"]] == [2]
    assert document["in_force"]["version"] == 1
    assert "公開していません" in commands.refused("withdraw", manual=TITLE, version=2)
    assert "2.1  第2版  取下げ" in commands.refused("withdraw", manual=TITLE, version=7)


def test_the_last_publication_is_rolled_back(commands: Commands) -> None:
    commands.publish(OLD, since=date(2025, 4, 1))
    commands.publish(NEW, since=date(2025, 4, 1))
    document = commands.done("roll-back", manual=TITLE, reason="取り違え")
    assert [(row["revision"], row["state"]) for row in document["changed"]] == [(2, "withdrawn")]
    assert document["in_force"]["revision"] == 1
    assert "戻せる前の版がありません" in commands.refused("roll-back", manual=TITLE)


def test_a_draft_is_discarded_and_nothing_else_is(commands: Commands) -> None:
    published = commands.publish(NEW, since=date(2025, 4, 1))
    draft = commands.draft("案", since=date(2026, 4, 1))
    assert "下書きではない" in commands.refused("discard", version_id=published.id)
    assert "版の ID「zz」" in commands.refused("discard", version_id="zz")
    assert "版の ID「」" in commands.refused("discard", version_id="")
    document = commands.done("discard", version_id=draft.id[:12])
    assert document["discarded"]["version_id"] == draft.id
    assert commands.states() == [(1, 1, "in_force")]


def test_two_versions_are_compared_section_by_section(commands: Commands) -> None:
    commands.publish("契約書は2通作ります。", OLD, since=date(2025, 4, 1))
    commands.publish("契約書は2通作ります。", NEW, since=date(2026, 4, 1))
    result = commands.run("diff", manual=TITLE)
    document = result.document
    assert (document["from"]["version"], document["to"]["version"]) == (1, 2)
    assert (document["counts"]["changed"], document["counts"]["same"]) == (1, 1)
    [change] = document["changes"]
    assert change["pieces"] == [{"kind": "changed", "before": OLD, "after": NEW}]
    assert (change["page_before"], change["page_after"]) == (2, 2)
    assert "  - 限度額は【80】万円です。" in result.lines
    assert "  + 限度額は【120】万円です。" in result.lines
    assert result.lines[0] == (
        f"『{TITLE}』 第1版（終了、2025-04-01 施行） → 第2版（施行中、2026-04-01 施行）"
    )


def test_a_draft_is_compared_with_what_it_would_take_the_place_of(commands: Commands) -> None:
    commands.publish(OLD, since=date(2025, 4, 1))
    commands.publish("書き間違い", since=date(2026, 4, 1))
    commands.publish(NEW, since=date(2026, 4, 1))
    commands.draft("限度額は200万円です。", since=date(2027, 4, 1))

    def compared(**given: str) -> tuple[tuple[int, int], tuple[int, int]]:
        found = commands.done("diff", manual=TITLE, **given)
        return tuple((found[k]["version"], found[k]["revision"]) for k in ("from", "to"))

    assert compared() == ((2, 2), (3, 1))
    assert compared(to="2") == ((2, 1), (2, 2))
    assert compared(to="2.1") == ((1, 1), (2, 1))
    assert compared(**{"from": "第１版", "to": "2"}) == ((1, 1), (2, 2))
    assert "同じ版" in commands.refused("diff", manual=TITLE, **{"from": "2", "to": "2.2"})
    assert "より前の版がありません" in commands.refused("diff", manual=TITLE, to="1")
    for wrong in ("9", "新しい版", "2.7", "-1"):
        assert "3.1  第3版  下書き" in commands.refused("diff", manual=TITLE, to=wrong)


def test_the_operator_stands_in_the_trail(commands: Commands) -> None:
    draft = commands.draft(NEW)
    commands.done("publish", which=draft.id)
    commands.done("withdraw", manual=TITLE, reason="誤り")
    event = tables.audit_event.c
    with commands.assistant.database.read() as connection:
        rows = connection.execute(select(event.actor, event.action)).all()
    assert [tuple(row) for row in rows] == [
        ("operator", "manual.draft"),
        ("operator", "command"),
        ("operator", "manual.publish"),
        ("operator", "command"),
        ("operator", "manual.withdraw"),
    ]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Type a command, and learn what would be carried out."""

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        asked: dict[str, Any] = {}

        def carried_out(name: str, arguments: dict[str, Any]) -> CommandResult:
            asked.update(arguments, command=name.removeprefix("manuals-"))
            return CommandResult(0, {})

        monkeypatch.setattr(manuals_cli, "run", carried_out)
        done = CliRunner().invoke(manuals_cli.manuals_app, words)
        return done.exit_code, asked

    return run


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (
            ("list", "--as-of", "R9.4.1", "--all", "--json", "--xlsx", "/a.xlsx"),
            {"command": "list", "as_of": "R9.4.1", "all": True, "xlsx": "/a.xlsx"},
        ),
        (("show", "a"), {"command": "show", "manual": "a", "as_of": ""}),
        (
            ("publish", "a", "--on", "R9.4.1", "--reason", "改正"),
            {"command": "publish", "which": "a", "on": "R9.4.1", "reason": "改正"},
        ),
        (
            ("withdraw", "a", "--version", "2", "--reason", "誤り"),
            {"command": "withdraw", "manual": "a", "version": 2, "reason": "誤り"},
        ),
        (("roll-back", "a"), {"command": "roll-back", "manual": "a", "reason": ""}),
        (
            ("diff", "a", "--from", "1", "--to", "2.1"),
            {"command": "diff", "manual": "a", "from": "1", "to": "2.1"},
        ),
        (("discard", "a"), {"command": "discard", "version_id": "a"}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_arguments_arrive_as_they_were_typed(
    typed: Callable[..., tuple[int, dict[str, Any]]], words: tuple[str, ...], asked: dict[str, Any]
) -> None:
    assert typed(*words) == (0, asked)


@pytest.mark.parametrize(
    "words", [("show",), ("publish",), ("withdraw", "a", "--version", "x"), ("nothing",), ()]
)
def test_wrong_usage_ends_with_two(
    typed: Callable[..., tuple[int, dict[str, Any]]], words: tuple[str, ...]
) -> None:
    assert typed(*words)[0] == 2
