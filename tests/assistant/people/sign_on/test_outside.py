from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import SettingsError
from assistant.opening import Assistant
from assistant.people.accounts import Accounts
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor
from assistant.people.directory import Directory, Member
from assistant.people.roles import RoleGrant
from assistant.people.sign_on.outside import Admission, OutsidePerson, admit, member_from_proxy
from assistant.people.sign_on.role_map import claim_values, read_role_map, roles_of
from assistant.settings import Settings

EDITOR = RoleGrant("editor", "総務課")
HANAKO = OutsidePerson("a001", "山田 花子", "総務課", frozenset({EDITOR}), "oidc")


@pytest.fixture
def database(quick_assistant: Assistant) -> Database:
    return quick_assistant.database


def _admit(person: OutsidePerson, database: Database, **settings: Any) -> Admission:
    return admit(person, database=database, settings=Settings(**settings))


def _member(person: OutsidePerson, database: Database) -> Member:
    member = _admit(person, database).member
    assert member is not None
    return member


def _events(database: Database) -> list[tuple[str, str, str, dict[str, Any]]]:
    event = tables.audit_event.c
    query = select(event.actor_name, event.action, event.subject, event.detail).order_by(event.id)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [(row[0], row[1], row[2], json.loads(row[3])) for row in rows]


def test_a_person_seen_for_the_first_time_is_added_as_the_source_describes_them(
    database: Database,
) -> None:
    member = _member(HANAKO, database)
    assert (member.number, member.name, member.section) == ("a001", "山田 花子", "総務課")
    assert member.grants == (EDITOR,)
    added, granted = _events(database)
    assert added[:3] == ("oidc", "person.add", "a001")
    assert granted[:3] == ("oidc", "role.grant", "a001")
    assert granted[3] == {"role": "editor", "section": "総務課", "source": "oidc"}


def test_a_person_comes_back_as_the_same_one_and_nothing_is_written_anew(
    database: Database,
) -> None:
    first = _member(HANAKO, database)
    before = _events(database)
    assert _member(HANAKO, database) == first
    assert _events(database) == before


@pytest.mark.parametrize("number", ["A001", "Ａ００１", "  a001 "])
def test_every_spelling_of_a_number_is_the_same_person(database: Database, number: str) -> None:
    assert (
        _member(replace(HANAKO, number=number), database).person_id
        == _member(HANAKO, database).person_id
    )


@pytest.mark.parametrize("number", ["", "総務課長", "a*", "a)(uid=*", "x" * 65])
def test_what_cannot_be_a_number_brings_nobody_in(database: Database, number: str) -> None:
    assert _admit(replace(HANAKO, number=number), database) == Admission(None, "no_number")
    assert Directory(database).members(today=calendar.today()) == []


def test_without_creation_only_people_known_here_come_in(database: Database) -> None:
    assert _admit(HANAKO, database, sign_on_creates=False) == Admission(None, "unknown")
    Accounts(database).add("a001", name="山田", section="税務課", by=SYSTEM_ACTOR)
    member = _admit(HANAKO, database, sign_on_creates=False).member
    assert member is not None
    assert member.name == "山田 花子"


def test_a_disabled_person_stays_out_and_nothing_of_them_changes(database: Database) -> None:
    known = _member(HANAKO, database)
    Accounts(database).disable("a001", by=SYSTEM_ACTOR)
    changed = replace(HANAKO, name="別名", section="税務課", roles=frozenset())
    assert _admit(changed, database) == Admission(None, "disabled")
    still = Directory(database).member(known.person_id, today=calendar.today())
    assert still == replace(known, enabled=False)


@pytest.mark.parametrize("days", [(-400, -1), (30, None)], ids=["left", "begins later"])
def test_a_number_that_is_not_valid_today_is_never_added_again(
    database: Database, days: tuple[int, int | None]
) -> None:
    today = calendar.today()
    since, until = (None if d is None else today + timedelta(days=d) for d in days)
    Accounts(database).add(
        "a001", name="山田", section="", by=SYSTEM_ACTOR, valid_from=since, valid_to=until
    )
    for creates in (True, False):
        refused = _admit(HANAKO, database, sign_on_creates=creates)
        assert refused == Admission(None, "not_today")
    assert Directory(database).members(today=today) == []


def test_two_first_requests_at_once_add_one_person(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: _member(HANAKO, database), range(8)))
    assert len({member.person_id for member in found}) == 1


def test_the_name_follows_the_source_and_stays_where_it_says_none(database: Database) -> None:
    _member(HANAKO, database)
    assert _member(replace(HANAKO, name="鹿屋　花子"), database).name == "鹿屋 花子"
    assert _member(replace(HANAKO, name=""), database).name == "鹿屋 花子"


@pytest.mark.parametrize("name", ["", " \u200b\n", "\x00"])
def test_a_person_without_a_readable_name_is_called_by_the_number(
    database: Database, name: str
) -> None:
    assert _member(replace(HANAKO, name=name), database).name == "a001"


def test_an_endless_name_is_cut(database: Database) -> None:
    assert _member(replace(HANAKO, name="花" * 300), database).name == "花" * 100


def test_a_changed_section_is_a_transfer_from_today(database: Database) -> None:
    Accounts(database).add(
        "a001", name="山田", section="総務課", by=SYSTEM_ACTOR,
        valid_from=calendar.today() - timedelta(days=100), employment="再任用",
    )  # fmt: skip
    assert _member(replace(HANAKO, section="税務課"), database).section == "税務課"
    yesterday = calendar.today() - timedelta(days=1)
    before = Directory(database).member_by_number("a001", today=yesterday)
    assert before is not None
    assert before.section == "総務課"
    assert ("oidc", "person.transfer", "a001") in [event[:3] for event in _events(database)]


def test_a_source_that_says_no_section_moves_nobody(database: Database) -> None:
    _member(HANAKO, database)
    assert _member(replace(HANAKO, section=""), database).section == "総務課"


@pytest.mark.parametrize("section", ["総務課、税務課", "課" * 101, "総務\u200b課", "  "])
def test_what_cannot_be_a_section_moves_nobody(database: Database, section: str) -> None:
    _member(HANAKO, database)
    assert _member(replace(HANAKO, section=section), database).section == "総務課"
    new = replace(HANAKO, number="b002", section=section)
    assert _member(new, database).section == ""


def test_the_old_name_of_a_reorganised_section_moves_nobody_back(database: Database) -> None:
    today = calendar.today()
    Accounts(database).add(
        "a001", name="山田 花子", section="総務課", by=SYSTEM_ACTOR,
        valid_from=today - timedelta(days=100),
    )  # fmt: skip
    change = {"takes_effect": today, "old": "総務課", "new": "総務部", "heir": True}
    with database.write() as connection:
        connection.execute(insert(tables.section_change), change)
    assert _member(HANAKO, database).section == "総務部"
    assert _member(replace(HANAKO, section="総務部"), database).section == "総務部"
    assert "person.transfer" not in [event[1] for event in _events(database)]


def test_roles_are_replaced_for_their_own_source_only(database: Database) -> None:
    _member(HANAKO, database)
    auditor, evaluator = RoleGrant("auditor"), RoleGrant("evaluator")
    Accounts(database).grant("a001", auditor, by=Actor("p", "b002"))
    by_ldap = replace(HANAKO, source="ldap", roles=frozenset({evaluator}))
    assert set(_member(by_ldap, database).grants) == {EDITOR, auditor, evaluator}
    without = replace(HANAKO, roles=frozenset())
    assert set(_member(without, database).grants) == {auditor, evaluator}
    revoked = [event for event in _events(database) if event[1] == "role.revoke"]
    assert [event[:3] for event in revoked] == [("oidc", "role.revoke", "a001")]


def test_a_proxy_brings_a_person_in_and_leaves_all_that_is_known(database: Database) -> None:
    known = _member(HANAKO, database)
    settings = Settings(sign_on_creates=False)
    assert member_from_proxy("A001", database=database, settings=settings) == known
    assert member_from_proxy("b002", database=database, settings=settings) is None
    new = member_from_proxy("b002", database=database, settings=Settings())
    assert new is not None
    assert (new.name, new.section, new.grants) == ("b002", "", ())
    assert _events(database)[-1][:3] == ("proxy", "person.add", "b002")


def test_a_role_map_reads_values_roles_and_sections() -> None:
    found = read_role_map(
        " chonai-admin=administrator; soumu=editor:総務課;soumu = leader: 総務課 ;;監査=監査担当",
        "ASSISTANT_OIDC_ROLE_MAP",
    )
    assert found == {
        "chonai-admin": {RoleGrant("administrator")},
        "soumu": {EDITOR, RoleGrant("leader", "総務課")},
        "監査": {RoleGrant("auditor")},
    }
    assert roles_of(["soumu", "unknown", "監査"], found) == {
        EDITOR,
        RoleGrant("leader", "総務課"),
        RoleGrant("auditor"),
    }


def test_the_last_equals_sign_divides_a_group_from_its_role() -> None:
    found = read_role_map("cn=a,ou=groups,dc=city=editor:税務課", "ASSISTANT_LDAP_ROLE_MAP")
    assert found == {"cn=a,ou=groups,dc=city": {RoleGrant("editor", "税務課")}}


def test_an_empty_role_map_gives_no_roles() -> None:
    assert read_role_map("", "ASSISTANT_OIDC_ROLE_MAP") == {}
    assert roles_of(["administrator"], {}) == frozenset()


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("chonai-admin", "「値=役割」の形"),
        ("=administrator", "「値=役割」の形"),
        ("chonai-admin=", "「値=役割」の形"),
        ("cn=a,dc=city", "役割「city」はありません"),
        ("everybody=staff", "役割「staff」はありません"),
        ("soumu=editor", "課の名前が必要です"),
        ("soumu=editor: ", "課の名前が必要です"),
        ("soumu=administrator:総務課", "課に限れません"),
    ],
)
def test_a_wrong_part_of_a_role_map_is_named(part: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        read_role_map(f"ok=auditor;{part}", "ASSISTANT_OIDC_ROLE_MAP")
    assert "ASSISTANT_OIDC_ROLE_MAP" in str(caught.value)
    assert part.strip() in str(caught.value)


@pytest.mark.parametrize(
    ("claims", "name", "values"),
    [
        ({"roles": "editor"}, "roles", ("editor",)),
        ({"roles": ["a", "b"]}, "roles", ("a", "b")),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ("a",)),
        ({"https://city.example/roles": ["a"]}, "https://city.example/roles", ("a",)),
        ({"a.b": "whole", "a": {"b": "nested"}}, "a.b", ("whole",)),
        ({"number": 12345}, "number", ("12345",)),
        ({"roles": ["a", 1, True, None, {"x": 1}, "", " "]}, "roles", ("a", "1")),
        ({"roles": {"a": 1}}, "roles", ()),
        ({"realm_access": ["roles"]}, "realm_access.roles", ()),
        ({}, "roles", ()),
        ({"roles": None}, "roles", ()),
    ],
)
def test_a_claim_may_be_one_value_several_or_nested(
    claims: dict[str, Any], name: str, values: tuple[str, ...]
) -> None:
    assert claim_values(claims, name) == values
