"""People, numbers, postings, roles and groups; who somebody is on which day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assistant import calendar, tables
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from assistant.people.sections.reorganisation import ChangeLine, record_changes

ADMINISTRATOR = RoleGrant("administrator")
EDITOR = RoleGrant("editor", "総務課")
ONE_DAY = timedelta(days=1)


def _add(assistant: Assistant, number: str = "1001", **changes: Any) -> Member:
    given = {"name": "山田 花子", "section": "総務課", "by": OPERATOR_ACTOR, **changes}
    assistant.accounts.add(number, **given)
    return assistant.accounts.member(number)


def _set_today(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    noon = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    monkeypatch.setattr(calendar, "now", lambda: noon)


def _events(assistant: Assistant) -> list[tuple[str, str, dict[str, Any]]]:
    event = tables.audit_event.c
    with assistant.database.read() as connection:
        rows = connection.execute(
            select(event.action, event.subject, event.detail).order_by(event.id)
        )
        return [(row.action, row.subject, json.loads(row.detail)) for row in rows]


def test_a_person_is_known_by_number_and_id(quick_assistant: Assistant) -> None:
    added = _add(quick_assistant, " Ｓ１００１ ", employment="正規職員")
    directory, today = quick_assistant.directory, calendar.today()
    assert (added.number, added.name, added.section) == ("s1001", "山田 花子", "総務課")
    assert added.employment == "正規職員"
    assert added.enabled
    assert directory.member(added.person_id, today=today) == added
    assert directory.member_by_number("s1001", today=today) == added
    assert directory.members(today=today) == [added]


@pytest.mark.parametrize("number", ["", " ", "山田", "1 2", "-1", "a" * 65, "a,b", "1\n2"])
def test_what_cannot_be_a_number_is_refused(quick_assistant: Assistant, number: str) -> None:
    with pytest.raises(UsageError, match=r"(?s)職員番号.*ください"):
        _add(quick_assistant, number)
    assert quick_assistant.directory.members(today=calendar.today()) == []


@pytest.mark.parametrize("name", ["", " \u3000", "あ" * 101, "山\u202e田", "山\x00田"])
def test_what_cannot_be_a_name_is_refused(quick_assistant: Assistant, name: str) -> None:
    with pytest.raises(UsageError, match=r"氏名.*ください"):
        _add(quick_assistant, name=name)


def test_a_number_is_one_person_s_at_a_time(quick_assistant: Assistant) -> None:
    _add(quick_assistant, valid_to=calendar.today() + 10 * ONE_DAY)
    with pytest.raises(UsageError, match="すでに使われています"):
        _add(quick_assistant, "１００１", name="佐藤 次郎")
    quick_assistant.accounts.add(
        "1001", name="佐藤 次郎", section="税務課", by=OPERATOR_ACTOR,
        valid_from=calendar.today() + 10 * ONE_DAY,
    )  # fmt: skip
    names = [
        member.name
        for days in (9, 10)
        for member in quick_assistant.directory.members(today=calendar.today() + days * ONE_DAY)
    ]
    assert names == ["山田 花子", "佐藤 次郎"]


def test_a_number_cannot_end_before_it_begins(quick_assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="終わりが始まりより前"):
        _add(quick_assistant, valid_to=calendar.today())


def test_until_is_the_last_day_of_the_number(quick_assistant: Assistant) -> None:
    today = calendar.today()
    member = _add(quick_assistant, valid_to=today + 5 * ONE_DAY)
    assert member.until == today + 4 * ONE_DAY
    assert quick_assistant.directory.members(today=member.until) == [member]
    assert quick_assistant.directory.members(today=member.until + ONE_DAY) == []


def test_a_transfer_keeps_the_person_and_the_days_before(quick_assistant: Assistant) -> None:
    today = calendar.today()
    member = _add(quick_assistant, valid_from=today - 300 * ONE_DAY, employment="正規職員")
    quick_assistant.accounts.transfer("1001", "税務課", on=today, by=OPERATOR_ACTOR)
    sections = [
        quick_assistant.directory.member(member.person_id, today=day)
        for day in (today - ONE_DAY, today)
    ]
    assert [(m.section, m.employment) for m in sections if m] == [
        ("総務課", "正規職員"),
        ("税務課", "正規職員"),
    ]


def test_a_transfer_ahead_holds_from_its_day_and_replaces_later_ones(
    quick_assistant: Assistant,
) -> None:
    today, accounts = calendar.today(), quick_assistant.accounts
    member = _add(quick_assistant)
    accounts.transfer("1001", "税務課", on=today + 20 * ONE_DAY, by=OPERATOR_ACTOR)
    accounts.transfer("1001", "市民課", on=today + 10 * ONE_DAY, by=OPERATOR_ACTOR)
    assert accounts.member("1001").section == "総務課"
    later = quick_assistant.directory.member(member.person_id, today=today + 30 * ONE_DAY)
    assert later is not None
    assert later.section == "市民課"


def test_a_second_number_is_the_same_person(
    quick_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = calendar.today()
    member = _add(quick_assistant)
    quick_assistant.accounts.add_number("1001", "K200", on=today + ONE_DAY, by=OPERATOR_ACTOR)
    assert quick_assistant.directory.member_by_number("k200", today=today) is None
    _set_today(monkeypatch, today + ONE_DAY)
    found = quick_assistant.accounts.member("K200")
    assert (found.person_id, found.number) == (member.person_id, "k200")
    assert len(quick_assistant.directory.members(today=calendar.today())) == 1
    with pytest.raises(UsageError, match="すでに使われています"):
        quick_assistant.accounts.add_number("1001", "k200", on=today, by=OPERATOR_ACTOR)


def test_roles_are_given_once_and_taken_one_by_one(quick_assistant: Assistant) -> None:
    _add(quick_assistant)
    accounts, other = quick_assistant.accounts, RoleGrant("editor", "税務課")
    for grant in (EDITOR, EDITOR, other, RoleGrant("auditor")):
        accounts.grant("1001", grant, by=OPERATOR_ACTOR)
    accounts.revoke("1001", EDITOR, by=OPERATOR_ACTOR)
    member = accounts.member("1001")
    assert member.grants == (RoleGrant("auditor"), other)
    assert member.sections_with("editor") == {"税務課"}
    assert {"manage_manuals", "read_audit"} <= member.tasks
    with pytest.raises(UsageError, match="持っていません"):
        accounts.revoke("1001", EDITOR, by=OPERATOR_ACTOR)


def test_the_last_administrator_stays(quick_assistant: Assistant) -> None:
    accounts = quick_assistant.accounts
    _add(quick_assistant)
    _add(quick_assistant, "1002", name="佐藤 次郎")
    accounts.grant("1001", ADMINISTRATOR, by=OPERATOR_ACTOR)
    for forbidden in (accounts.disable, lambda n, by: accounts.revoke(n, ADMINISTRATOR, by=by)):
        with pytest.raises(UsageError, match="ただ一人の管理者"):
            forbidden("1001", by=OPERATOR_ACTOR)
    accounts.grant("1002", ADMINISTRATOR, by=OPERATOR_ACTOR)
    accounts.disable("1001", by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="ただ一人の管理者"):
        accounts.revoke("1002", ADMINISTRATOR, by=OPERATOR_ACTOR)


def test_a_disabled_person_is_known_and_may_not_come_in(quick_assistant: Assistant) -> None:
    member = _add(quick_assistant)
    token = quick_assistant.sessions.open_session(member, "local")
    quick_assistant.accounts.disable("1001", by=OPERATOR_ACTOR)
    assert not quick_assistant.accounts.member("1001").enabled
    today = calendar.today()
    assert quick_assistant.directory.disabled([member.person_id], today=today) == {member.person_id}
    assert quick_assistant.sessions.find(token) is None
    quick_assistant.accounts.enable("1001", by=OPERATOR_ACTOR)
    assert quick_assistant.directory.disabled([member.person_id], today=today) == set()


def test_groups_exist_by_their_members(quick_assistant: Assistant) -> None:
    _add(quick_assistant)
    accounts = quick_assistant.accounts
    accounts.join("1001", " 文書　担当 ", by=OPERATOR_ACTOR)
    accounts.join("1001", "文書 担当", by=OPERATOR_ACTOR)
    assert accounts.member("1001").groups == ("文書 担当",)
    assert accounts.member("1001").reader.groups == ("文書 担当",)
    accounts.leave("1001", "文書 担当", by=OPERATOR_ACTOR)
    assert accounts.member("1001").groups == ()
    with pytest.raises(UsageError, match="入っていません"):
        accounts.leave("1001", "文書 担当", by=OPERATOR_ACTOR)


@pytest.mark.parametrize("number", ["9999", "", "山田"])
def test_nobody_s_number_is_told(quick_assistant: Assistant, number: str) -> None:
    with pytest.raises(UsageError, match=r"ください"):
        quick_assistant.accounts.rename(number, "別名", by=OPERATOR_ACTOR)


def test_every_change_is_in_the_audit_trail_without_the_name(quick_assistant: Assistant) -> None:
    accounts, today = quick_assistant.accounts, calendar.today()
    _add(quick_assistant)
    _add(quick_assistant, "1002")
    accounts.grant("1001", ADMINISTRATOR, by=OPERATOR_ACTOR)
    accounts.rename("1002", "山田 良子", by=OPERATOR_ACTOR)
    accounts.transfer("1002", "税務課", on=today, by=OPERATOR_ACTOR)
    accounts.join("1002", "文書担当", by=OPERATOR_ACTOR)
    accounts.leave("1002", "文書担当", by=OPERATOR_ACTOR)
    accounts.disable("1002", by=OPERATOR_ACTOR)
    accounts.enable("1002", by=OPERATOR_ACTOR)
    accounts.add_number("1002", "2002", on=today + ONE_DAY, by=OPERATOR_ACTOR)
    accounts.grant("1002", EDITOR, by=OPERATOR_ACTOR)
    accounts.revoke("1002", EDITOR, by=OPERATOR_ACTOR)
    events = _events(quick_assistant)
    assert [action for action, _, _ in events] == [
        "person.add", "person.add", "role.grant", "person.change", "person.transfer",
        "group.join", "group.leave", "person.disable", "person.enable", "person.change",
        "role.grant", "role.revoke",
    ]  # fmt: skip
    assert all(subject in ("1001", "1002") for _, subject, _ in events)
    assert "良子" not in str(events)


def test_a_role_follows_its_section_and_another_of_the_old_name_can_be_given(
    quick_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, day = quick_assistant.accounts, calendar.today() + ONE_DAY
    _add(quick_assistant)
    accounts.grant("1001", EDITOR, by=OPERATOR_ACTOR)
    lines = [ChangeLine(2, "総務課", "総務企画課")]
    record_changes(quick_assistant.database, lines, day=day, by=OPERATOR_ACTOR)
    _set_today(monkeypatch, day)
    assert accounts.member("1001").sections_with("editor") == {"総務企画課"}
    accounts.grant("1001", EDITOR, by=OPERATOR_ACTOR)  # a new section took the old name
    assert accounts.member("1001").sections_with("editor") == {"総務課", "総務企画課"}
    accounts.revoke("1001", RoleGrant("editor", "総務企画課"), by=OPERATOR_ACTOR)
    assert accounts.member("1001").sections_with("editor") == {"総務課"}


def test_taking_one_role_away_leaves_those_that_another_source_gave(
    quick_assistant: Assistant,
) -> None:
    accounts = quick_assistant.accounts
    accounts.add("7007", name="編集 花子", section="総務課", by=OPERATOR_ACTOR)
    member = accounts.member("7007")
    mine, theirs = RoleGrant("editor", "契約課"), RoleGrant("editor", "総務課")
    accounts.grant("7007", mine, by=OPERATOR_ACTOR)
    accounts.set_roles_of(
        member.person_id, frozenset({theirs}), source="ldap", by=Actor("system", "ldap")
    )
    accounts.revoke("7007", mine, by=OPERATOR_ACTOR)
    assert accounts.member("7007").grants == (theirs,)
    accounts.set_roles_of(member.person_id, frozenset(), source="ldap", by=Actor("system", "ldap"))
    assert accounts.member("7007").grants == ()
