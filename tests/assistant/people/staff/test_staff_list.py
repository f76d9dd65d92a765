"""Staff lists: what they would change, and changing it wholly or not at all."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant import calendar, tables
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.names import may_be_renamed
from assistant.people.roles import RoleGrant
from assistant.people.sections.reorganisation import ChangeLine, record_changes
from assistant.people.staff.staff_import import (
    FirstPasswords,
    apply_plan,
    first_passwords,
    plan_staff_list,
)
from assistant.people.staff.staff_list import NO_END, StaffPlan, StaffRow

ONE_DAY = timedelta(days=1)
ADMINISTRATOR = RoleGrant("administrator")


@pytest.fixture
def today() -> date:
    return calendar.today()


@pytest.fixture
def day(today: date) -> date:
    """The day as of which the lists are."""
    return today + 30 * ONE_DAY


def _add(assistant: Assistant, number: str, name: str, section: str, **changes: Any) -> str:
    given = {"valid_from": calendar.today() - 400 * ONE_DAY, "by": OPERATOR_ACTOR, **changes}
    return assistant.accounts.add(number, name=name, section=section, **given)


def _rows(*rows: tuple[Any, ...]) -> list[StaffRow]:
    return [StaffRow(line, *row) for line, row in enumerate(rows, 2)]


def _plan(assistant: Assistant, rows: Sequence[StaffRow], day: date, **options: Any) -> StaffPlan:
    return plan_staff_list(assistant.database, rows, day=day, **options)


def _applied(
    assistant: Assistant, rows: Sequence[StaffRow], day: date, **options: Any
) -> StaffPlan:
    plan = _plan(assistant, rows, day, **options)
    apply_plan(assistant.database, plan, by=OPERATOR_ACTOR)
    return plan


def _changes(plan: StaffPlan) -> set[tuple[str, str]]:
    return {(change.kind, change.number) for change in plan.changes}


def _on(assistant: Assistant, day: date) -> dict[str, Member]:
    return {member.number: member for member in assistant.directory.members(today=day)}


def _counts(assistant: Assistant) -> list[int]:
    names = ("person", "identity", "posting", "credential", "audit_event")
    with assistant.database.read() as connection:
        return [
            connection.execute(
                select(func.count()).select_from(tables.metadata.tables[name])
            ).scalar_one()
            for name in names
        ]


def test_new_people_can_come_in_from_the_day_on(
    quick_assistant: Assistant, today: date, day: date
) -> None:
    rows = _rows(
        ("1", "山田 花子", "総務課", "正規職員"),
        ("2", "佐藤 次郎", "税務課", "会計年度任用職員", day + ONE_DAY, day + 10 * ONE_DAY),
        ("3", "鈴木 三郎", "税務課", None, today, NO_END),
    )
    assert _changes(_applied(quick_assistant, rows, day)) == {("add", n) for n in "123"}
    assert _on(quick_assistant, today) == {}
    assert set(_on(quick_assistant, day)) == {"1", "3"}
    second = _on(quick_assistant, day + 10 * ONE_DAY)["2"]
    assert (second.name, second.section, second.employment) == (
        "佐藤 次郎", "税務課", "会計年度任用職員",
    )  # fmt: skip
    assert set(_on(quick_assistant, day + 11 * ONE_DAY)) == {"1", "3"}


def test_a_person_who_moves_stays_the_same_person(
    quick_assistant: Assistant, today: date, day: date
) -> None:
    moved = _add(quick_assistant, "1", "山田 花子", "総務課", employment="正規職員")
    _add(quick_assistant, "2", "佐藤 次郎", "税務課", employment="再任用職員")
    plan = _applied(
        quick_assistant,
        _rows(("1", "山田 花子", "税務課"), ("2", "佐藤 次郎", "税務課", "会計年度任用職員")),
        day,
    )
    assert _changes(plan) == {("transfer", "1"), ("transfer", "2")}
    assert _on(quick_assistant, day - ONE_DAY)["1"].section == "総務課"
    after = _on(quick_assistant, day)
    assert (after["1"].person_id, after["1"].section, after["1"].employment) == (
        moved, "税務課", "正規職員",
    )  # fmt: skip
    assert after["2"].employment == "会計年度任用職員"


def test_a_list_that_says_what_is_known_changes_nothing(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課", employment="正規職員")
    rows = _rows(("1", "山田 花子", "総務課", "正規職員", None, NO_END))
    plan = _plan(quick_assistant, rows, day, complete=True)
    assert (plan.changes, plan.unchanged, plan.notices) == ((), 1, ())


def test_applying_a_list_twice_changes_nothing_the_second_time(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課")
    _add(quick_assistant, "9", "退職 する人", "総務課")
    rows = _rows(
        ("1", "山本 花子", "税務課", "正規職員", None, day + 99 * ONE_DAY),
        ("2", "佐藤 次郎", "税務課", "", day + ONE_DAY, NO_END),
    )
    _applied(quick_assistant, rows, day, complete=True)
    again = _plan(quick_assistant, rows, day, complete=True)
    assert (again.changes, again.unchanged) == ((), 2)


@pytest.mark.parametrize("complete", [True, False])
def test_who_is_absent_leaves_only_where_the_list_is_complete(
    quick_assistant: Assistant, day: date, complete: bool
) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課")
    _add(quick_assistant, "2", "佐藤 次郎", "税務課")
    plan = _applied(quick_assistant, _rows(("1", "山田 花子", "総務課")), day, complete=complete)
    assert _changes(plan) == ({("leave", "2")} if complete else set())
    assert set(_on(quick_assistant, day - ONE_DAY)) == {"1", "2"}
    assert set(_on(quick_assistant, day)) == ({"1"} if complete else {"1", "2"})


def test_a_disabled_person_neither_leaves_nor_comes_back_by_a_list(
    quick_assistant: Assistant, day: date
) -> None:
    for number in ("1", "2"):
        _add(quick_assistant, number, f"山田 花{number}", "総務課")
        quick_assistant.accounts.disable(number, by=OPERATOR_ACTOR)
    plan = _applied(quick_assistant, _rows(("1", "山田 花1", "総務課")), day, complete=True)
    assert plan.changes == ()
    assert any("停止している人がいます（1）" in notice for notice in plan.notices)
    assert not _on(quick_assistant, day)["1"].enabled


def test_who_was_to_begin_that_day_and_is_absent_does_not_begin(
    quick_assistant: Assistant, day: date
) -> None:
    _applied(quick_assistant, _rows(("1", "山田 花子", "総務課"), ("2", "佐藤", "総務課")), day)
    plan = _applied(quick_assistant, _rows(("1", "山田 花子", "総務課")), day, complete=True)
    assert [change.after for change in plan.changes] == ["番号の開始を取り消す"]
    assert set(_on(quick_assistant, day)) == {"1"}
    assert set(_on(quick_assistant, day + 300 * ONE_DAY)) == {"1"}
    _applied(quick_assistant, _rows(("2", "佐藤", "総務課")), day)
    assert set(_on(quick_assistant, day)) == {"1", "2"}


@pytest.mark.parametrize(
    ("last", "said", "then"),
    [
        pytest.param(None, 5, 5, id="an end is set"),
        pytest.param(9, 5, 5, id="earlier"),
        pytest.param(5, 9, 9, id="later"),
        pytest.param(5, None, 5, id="nothing said"),
        pytest.param(5, NO_END, None, id="no end any more"),
        pytest.param(None, -40, -40, id="over before the list"),
    ],
)
def test_the_last_day_of_a_number_follows_the_list(
    quick_assistant: Assistant, day: date, last: Any, said: Any, then: int | None
) -> None:
    def on(days: Any) -> date | None:
        return day + days * ONE_DAY if isinstance(days, int) else days

    ends = on(last)
    _add(quick_assistant, "1", "山田 花子", "総務課", valid_to=ends and ends + ONE_DAY)
    _applied(quick_assistant, _rows(("1", "山田 花子", "税務課", None, None, on(said))), day)
    found = [d for d in range(-60, 300) if "1" in _on(quick_assistant, day + d * ONE_DAY)]
    assert found == list(range(-60, 300 if then is None else then + 1))


def test_a_new_year_of_the_same_number_and_name_is_the_same_person(
    quick_assistant: Assistant, day: date
) -> None:
    known = _add(
        quick_assistant, "k5", "髙橋 五郎", "総務課", employment="会計年度任用職員", valid_to=day
    )
    year = (day, day + 364 * ONE_DAY)
    plan = _applied(
        quick_assistant, _rows(("k5", "髙橋　五郎", "税務課", "会計年度任用職員", *year)), day
    )
    assert {kind for kind, _ in _changes(plan)} == {"number", "rename"}
    assert [_on(quick_assistant, d)["k5"].section for d in (day - ONE_DAY, day)] == [
        "総務課", "税務課",
    ]  # fmt: skip
    assert _on(quick_assistant, year[1])["k5"].person_id == known
    assert _on(quick_assistant, year[1] + ONE_DAY) == {}


def test_next_year_s_contract_may_be_listed_before_this_year_s_ends(
    quick_assistant: Assistant, today: date, day: date
) -> None:
    known = _add(quick_assistant, "k5", "高橋 五郎", "総務課", valid_to=day)
    _applied(quick_assistant, _rows(("k5", "高橋 五郎", "税務課", None, day, NO_END)), today)
    assert [_on(quick_assistant, d)["k5"].section for d in (today, day - ONE_DAY, day)] == [
        "総務課", "総務課", "税務課",
    ]  # fmt: skip
    assert _on(quick_assistant, day + 99 * ONE_DAY)["k5"].person_id == known


def test_a_number_used_before_by_somebody_else_is_somebody_new(
    quick_assistant: Assistant, day: date
) -> None:
    known = _add(quick_assistant, "7", "高橋 五郎", "総務課", valid_to=day)
    plan = _applied(quick_assistant, _rows(("7", "渡辺 由美", "税務課")), day)
    assert (_changes(plan), plan.suspected) == ({("add", "7")}, ())
    assert _on(quick_assistant, day)["7"].person_id != known


def test_a_family_name_changes_with_marriage_and_rights_stay(
    quick_assistant: Assistant, day: date
) -> None:
    known = _add(quick_assistant, "1", "山田 花子", "総務課")
    quick_assistant.accounts.join("1", "文書担当", by=OPERATOR_ACTOR)
    assert _changes(_applied(quick_assistant, _rows(("1", "佐藤 花子", "総務課")), day)) == {
        ("rename", "1")
    }
    member = quick_assistant.accounts.member("1")
    assert (member.person_id, member.name, member.groups) == (known, "佐藤 花子", ("文書担当",))


def test_a_number_with_another_name_gives_nobody_the_rights_of_its_holder(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課")
    quick_assistant.accounts.grant("1", ADMINISTRATOR, by=OPERATOR_ACTOR)
    rows = _rows(("1", "鈴木 一郎", "税務課"))
    plan = _applied(quick_assistant, rows, day, complete=True)
    assert (plan.changes, len(plan.doubts)) == ((), 1)
    assert "2行目: 番号 1 は 山田 花子 の番号ですが、名簿では 鈴木 一郎" in plan.doubts[0].words
    assert _on(quick_assistant, day)["1"].name == "山田 花子"
    confirmed = _plan(quick_assistant, rows, day, same_person=frozenset({("1", "1")}))
    assert _changes(confirmed) == {("rename", "1"), ("transfer", "1")}
    assert confirmed.doubts == ()


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("山田 花子", "佐藤 花子", True),
        ("山田 花子", "山田 美咲", True),
        ("山田 花子", "鈴木 良子", False),
        ("山田花子", "山田　花子", True),
        ("齋藤太郎", "斎藤太郎", True),
        ("山田花子", "鈴木良子", False),
        ("林誠", "森誠", False),
        ("", "山田 花子", True),
    ],
)
def test_a_name_may_change_in_part(old: str, new: str, may: bool) -> None:
    assert may_be_renamed(old, new) is may


def test_somebody_hired_again_is_proposed_and_only_confirmed_the_same_person(
    quick_assistant: Assistant, day: date
) -> None:
    known = _add(quick_assistant, "k5", "高橋 五郎", "総務課", valid_to=day)
    quick_assistant.accounts.grant("k5", RoleGrant("auditor"), by=OPERATOR_ACTOR)
    rows = _rows(("k77", "高橋　五郎", "税務課", "会計年度任用職員"))
    plan = _plan(quick_assistant, rows, day)
    assert _changes(plan) == {("add", "k77")}
    [suspicion] = plan.suspected
    assert (suspicion.old, suspicion.new, suspicion.roles) == ("k5", "k77", ("監査担当",))
    assert f"高橋 五郎・総務課・{day - ONE_DAY} まで" in suspicion.words
    confirmed = _applied(quick_assistant, rows, day, same_person=frozenset({("k5", "k77")}))
    assert {kind for kind, _ in _changes(confirmed)} == {"number", "rename"}
    found = _on(quick_assistant, day)["k77"]
    assert (found.person_id, found.section, found.grants) == (
        known, "税務課", (RoleGrant("auditor"),),
    )  # fmt: skip


def test_who_leaves_under_one_number_may_come_under_another(
    quick_assistant: Assistant, day: date
) -> None:
    known = _add(quick_assistant, "100", "田中 修", "総務課")
    _add(quick_assistant, "101", "田中 修", "市民課")
    rows = _rows(("101", "田中 修", "市民課"), ("r100", "田中 修", "総務課", "再任用職員"))
    plan = _plan(quick_assistant, rows, day, complete=True)
    assert _changes(plan) == {("leave", "100"), ("add", "r100")}
    assert [(s.old, s.new) for s in plan.suspected] == [("100", "r100")]
    pairs = frozenset({("100", "r100")})
    confirmed = _applied(quick_assistant, rows, day, complete=True, same_person=pairs)
    assert _changes(confirmed) == {("last_day", "100"), ("number", "r100")}
    assert {m.number for m in _on(quick_assistant, day).values()} == {"101", "r100"}
    assert _on(quick_assistant, day)["r100"].person_id == known


def test_a_namesake_who_stays_is_nobody_s_earlier_self(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "100", "田中 修", "総務課")
    plan = _plan(quick_assistant, _rows(("200", "田中 修", "税務課")), day)
    assert plan.suspected == ()


def test_somebody_disabled_may_come_back_under_another_number(
    quick_assistant: Assistant, day: date
) -> None:
    known = _add(quick_assistant, "100", "田中 修", "総務課")
    quick_assistant.accounts.disable("100", by=OPERATOR_ACTOR)
    rows, pairs = _rows(("200", "田中 修", "税務課")), frozenset({("100", "200")})
    assert [(s.old, s.new) for s in _plan(quick_assistant, rows, day).suspected] == [("100", "200")]
    plan = _applied(quick_assistant, rows, day, same_person=pairs)
    assert any("停止している人がいます（200）" in notice for notice in plan.notices)
    found = _on(quick_assistant, day)
    assert [(m.number, m.person_id, m.enabled) for m in found.values()] == [("200", known, False)]


def test_a_list_of_a_part_given_as_complete_is_noticed(
    quick_assistant: Assistant, day: date
) -> None:
    people = [(f"{n:03}", f"山田 花{n}", "総務課") for n in range(30)]
    for person in people:
        _add(quick_assistant, *person)
    part = _plan(quick_assistant, _rows(*people[:20]), day, complete=True)
    assert ["10 人います（番号 30 件のうち）" in notice for notice in part.notices] == [True]
    assert _plan(quick_assistant, _rows(*people[:21]), day, complete=True).notices == ()


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param({("404", "2")}, id="nobody has the old number"),
        pytest.param({("9", "404")}, id="the new number is not on the list"),
        pytest.param({("2", "9")}, id="the wrong way round"),
        pytest.param({("1", "2")}, id="the old number has a line of its own"),
        pytest.param({("9", "2"), ("8", "2")}, id="two old numbers"),
        pytest.param({("9", "2"), ("9", "3")}, id="two new numbers"),
        pytest.param({("9", "1")}, id="the new number is known"),
    ],
)
def test_a_confirmation_that_contradicts_the_list_is_refused(
    quick_assistant: Assistant, day: date, pairs: set[tuple[str, str]]
) -> None:
    for number in ("1", "8", "9"):
        _add(quick_assistant, number, "高橋 五郎", "総務課", valid_to=day + int(number) * ONE_DAY)
    rows = _rows(
        ("1", "高橋 五郎", "総務課"), ("2", "高橋 五郎", "総務課"), ("3", "他人", "総務課")
    )
    with pytest.raises(UsageError, match=r"番号.*ください"):
        _plan(quick_assistant, rows, day, same_person=frozenset(pairs))


def test_lost_zeros_new_sections_and_roles_left_behind_are_noticed(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "00123", "山田 花子", "総務課")
    _add(quick_assistant, "00124", "佐藤 次郎", "総務課")
    quick_assistant.accounts.grant("00124", RoleGrant("editor", "総務課"), by=OPERATOR_ACTOR)
    rows = _rows(("123", "山田 花子", "総務課"), ("00124", "佐藤 次郎", "総務か"))
    zeros, sections, roles = _plan(quick_assistant, rows, day).notices
    assert "（123）" in zeros
    assert "1 件あります（総務か）" in sections
    assert "（00124 編集者（総務課））" in roles


def test_sections_are_compared_by_their_names_of_the_day(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "1", "山田 花子", "情報課")
    lines = [ChangeLine(2, "情報課", "デジタル課")]
    record_changes(quick_assistant.database, lines, day=day, by=OPERATOR_ACTOR)
    plan = _plan(quick_assistant, _rows(("1", "山田 花子", "デジタル課")), day)
    assert (plan.changes, plan.notices) == ((), ())


def test_nobody_left_to_manage_people_is_refused(
    quick_assistant: Assistant, today: date, day: date
) -> None:
    for number in ("1", "2"):
        _add(quick_assistant, number, f"山田 花{number}", "総務課")
    quick_assistant.accounts.grant("1", ADMINISTRATOR, by=OPERATOR_ACTOR)
    rows = _rows(("2", "山田 花2", "総務課"))
    for when in (day, today, today - 20 * ONE_DAY):
        plan = _plan(quick_assistant, rows, when, complete=True)
        assert plan.leaves_no_administrator
        before = _counts(quick_assistant)
        with pytest.raises(UsageError, match="管理できる人がいなくなります"):
            apply_plan(quick_assistant.database, plan, by=OPERATOR_ACTOR)
        assert _counts(quick_assistant) == before
    ends = _rows(("1", "山田 花1", "総務課", None, None, day - ONE_DAY))
    assert _plan(quick_assistant, ends, day).leaves_no_administrator
    quick_assistant.accounts.grant("2", ADMINISTRATOR, by=OPERATOR_ACTOR)
    assert _changes(_applied(quick_assistant, rows, day, complete=True)) == {("leave", "1")}


def test_an_administrator_with_a_new_number_can_still_manage_people(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課")
    quick_assistant.accounts.grant("1", ADMINISTRATOR, by=OPERATOR_ACTOR)
    rows = _rows(("r1", "山田 花子", "総務課"))
    assert _plan(quick_assistant, rows, day, complete=True).leaves_no_administrator
    pairs = frozenset({("1", "r1")})
    _applied(quick_assistant, rows, day, complete=True, same_person=pairs)
    assert _on(quick_assistant, day)["r1"].grants == (ADMINISTRATOR,)


def test_a_plan_is_refused_where_the_directory_has_changed_meanwhile(
    quick_assistant: Assistant, day: date
) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課")
    rows = _rows(("1", "山田 花子", "税務課"), ("2", "佐藤 次郎", "税務課"))
    plan = _plan(quick_assistant, rows, day)
    quick_assistant.accounts.transfer("1", "税務課", on=day, by=OPERATOR_ACTOR)
    before = _counts(quick_assistant)
    with pytest.raises(UsageError, match="登録が変わりました"):
        apply_plan(quick_assistant.database, plan, by=OPERATOR_ACTOR)
    assert _counts(quick_assistant) == before
    apply_plan(quick_assistant.database, _plan(quick_assistant, rows, day), by=OPERATOR_ACTOR)
    assert set(_on(quick_assistant, day)) == {"1", "2"}


def test_what_fails_in_the_middle_leaves_nothing(quick_assistant: Assistant, day: date) -> None:
    rows = [*_rows(("1", "山田 花子", "総務課")), StaffRow(3, "番号ではない", "佐藤", "税務課")]
    plan = _plan(quick_assistant, rows, day)
    before = _counts(quick_assistant)
    with pytest.raises(UsageError, match="読めません"):
        apply_plan(quick_assistant.database, plan, by=OPERATOR_ACTOR)
    assert _counts(quick_assistant) == before


@pytest.mark.parametrize("days", [-400, 400])
def test_a_day_far_away_is_taken_for_a_slip(
    quick_assistant: Assistant, today: date, days: int
) -> None:
    with pytest.raises(UsageError, match="1年より離れています"):
        _plan(quick_assistant, _rows(("1", "山田", "総務課")), today + days * ONE_DAY)


@pytest.mark.parametrize("seed", range(4))
def test_after_each_complete_list_the_directory_says_what_the_list_says(
    quick_assistant: Assistant, today: date, seed: int
) -> None:
    chance = random.Random(seed)
    people: dict[str, str] = {}
    for month in range(8):
        day = today + 30 * month * ONE_DAY
        rows = [
            StaffRow(
                line, str(line), f"姓{line} 名{line}", chance.choice(("総務課", "税務課", "市民課")),
                chance.choice(("正規職員", "会計年度任用職員")), None,
                chance.choice((NO_END, day + chance.randrange(90) * ONE_DAY)),
            )
            for line in range(2, 14)
            if chance.random() < 0.7
        ]  # fmt: skip
        plan = _applied(quick_assistant, rows, day, complete=True)
        assert (plan.doubts, plan.suspected) == ((), ())
        found = _on(quick_assistant, day)
        assert {
            (m.number, m.name, m.section, m.employment, m.until or NO_END) for m in found.values()
        } == {(r.number, r.name, r.section, r.employment, r.last_day) for r in rows}
        for number, member in found.items():
            assert people.setdefault(number, member.person_id) == member.person_id


def test_the_trail_tells_each_change_and_the_list(quick_assistant: Assistant, day: date) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課")
    _add(quick_assistant, "2", "佐藤 次郎", "総務課")
    rows = _rows(("1", "山田 花子", "税務課"), ("3", "鈴木 三郎", "税務課"))
    plan = _plan(quick_assistant, rows, day, complete=True)
    apply_plan(quick_assistant.database, plan, by=OPERATOR_ACTOR, sha256="5" * 64)
    event = tables.audit_event.c
    with quick_assistant.database.read() as connection:
        found = connection.execute(select(tables.audit_event).order_by(event.id.desc()).limit(4))
        [imported, *others] = found.all()
    detail = json.loads(imported.detail)
    assert (imported.action, imported.actor, detail["sha256"]) == (
        "staff.import", "operator", "5" * 64,
    )  # fmt: skip
    assert [detail[kind] for kind in ("add", "transfer", "leave", "rename")] == [1, 1, 1, 0]
    assert {(row.action, row.subject) for row in others} == {
        ("person.add", "3"), ("person.transfer", "1"), ("person.change", "2"),
    }  # fmt: skip


def test_first_passwords_let_in_once_and_are_kept_nowhere(
    quick_assistant: Assistant, today: date
) -> None:
    _add(quick_assistant, "1", "山田 花子", "総務課")
    rows = _rows(("1", "山田 花子", "税務課"), ("2", "佐藤", "税務課"), ("3", "鈴木", "税務課"))
    plan = _plan(quick_assistant, rows, today)
    issued = first_passwords(plan)
    apply_plan(quick_assistant.database, plan, by=OPERATOR_ACTOR, passwords=issued)
    assert [(row.number, row.name, row.section) for row in issued.rows] == [
        ("2", "佐藤", "税務課"), ("3", "鈴木", "税務課"),
    ]  # fmt: skip
    for row in issued.rows:
        verdict = quick_assistant.local_sign_in.attempt(row.number, row.password)
        assert verdict.must_change
        assert verdict.member is not None
        assert verdict.member.number == row.number
        assert row.password not in repr(issued)
    quick_assistant.database.close()
    kept = b"".join(p.read_bytes() for p in quick_assistant.settings.data_dir.glob("chonai.db*"))
    assert not any(row.password.encode() in kept for row in issued.rows)


def test_no_first_password_without_asking(quick_assistant: Assistant, today: date) -> None:
    plan = _applied(quick_assistant, _rows(("2", "佐藤", "税務課")), today)
    member = quick_assistant.accounts.member("2")
    assert not quick_assistant.local_sign_in.has_password(member.person_id)
    assert first_passwords(_plan(quick_assistant, plan.rows, today)) == FirstPasswords()
