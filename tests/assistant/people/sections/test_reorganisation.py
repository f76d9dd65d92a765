"""Reorganisations: checked, previewed, recorded for a day, taken back; followed at every read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from small_manuals import publish_text
from sqlalchemy import func, select

from assistant import calendar, tables
from assistant.domain import Manual, Reader
from assistant.errors import UnusableList, UsageError
from assistant.library import Publisher
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from assistant.people.sections.reorganisation import (
    ChangeLine,
    preview_changes,
    record_changes,
    recorded_changes,
    withdraw_change,
)

ONE_DAY = timedelta(days=1)
RENAME = [ChangeLine(2, "総務課", "総務企画課")]
SPLIT = [
    ChangeLine(2, "総務課", "総務企画課", heir=True),
    ChangeLine(3, "総務課", "法務課"),
    ChangeLine(4, "総務課", "法務課", manual="例規審査の手引き"),
]


@pytest.fixture
def day() -> date:
    return calendar.today() + 100 * ONE_DAY


@pytest.fixture
def set_today(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def set_to(day: date) -> None:
        noon = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        monkeypatch.setattr(calendar, "now", lambda: noon)

    return set_to


@pytest.fixture
def office(quick_assistant: Assistant) -> Assistant:
    """An assistant with people, roles and manuals of 総務課, and a person of 税務課."""
    accounts = quick_assistant.accounts
    people = (("1", "総務課"), ("2", "総務課"), ("3", "税務課"))
    for number, section in people:
        accounts.add(number, name=f"山田 花{number}", section=section, by=OPERATOR_ACTOR)
    accounts.grant("1", RoleGrant("editor", "総務課"), by=OPERATOR_ACTOR)
    accounts.grant("3", RoleGrant("leader", "税務課"), by=OPERATOR_ACTOR)
    _publish(quick_assistant, "contract", "契約事務の手引き")
    _publish(quick_assistant, "rules", "例規審査の手引き", audience="section:総務課,role:editor")
    return quick_assistant


def _publish(
    assistant: Assistant, manual_id: str, title: str, *, audience: str = "everyone"
) -> None:
    publish_text(assistant, "見積書は二人以上から徴する。", manual_id=manual_id, title=title)
    described = Manual(manual_id, title, "契約", "総務課", "2315", audience)
    Publisher(assistant.library).update_manual(described, by=OPERATOR_ACTOR)


def _problems(assistant: Assistant, lines: list[ChangeLine], day: date) -> list[str]:
    with pytest.raises(UnusableList) as caught:
        preview_changes(assistant.database, lines, day=day)
    return list(caught.value.problems)


def _count(assistant: Assistant) -> int:
    with assistant.database.read() as connection:
        query = select(func.count()).select_from(tables.section_change)
        return int(connection.execute(query).scalar_one())


def test_a_preview_names_everything_that_would_move(office: Assistant, day: date) -> None:
    preview = preview_changes(office.database, SPLIT, day=day)
    assert [(p.key, p.before, p.after) for p in preview.people] == [
        ("1", "総務課", "総務企画課"),
        ("2", "総務課", "総務企画課"),
    ]
    assert [(m.key, m.before, m.after) for m in preview.manuals] == [
        ("rules", "総務課", "法務課"),
        ("contract", "総務課", "総務企画課"),
    ]
    assert [(a.key, a.before, a.after) for a in preview.audiences] == [
        ("rules", "総務課、編集者", "法務課、総務企画課、編集者")
    ]
    assert [(r.key, r.name, r.after) for r in preview.roles] == [
        ("1", "山田 花1・編集者", "総務企画課")
    ]
    assert preview.notices == ()
    assert _count(office) == 0


def test_what_is_recorded_takes_effect_on_its_day_and_not_before(
    office: Assistant, day: date, set_today: Callable[[date], None]
) -> None:
    record_changes(office.database, SPLIT, day=day, by=OPERATOR_ACTOR)
    assert office.accounts.member("1").section == "総務課"
    set_today(day - ONE_DAY)
    assert office.accounts.member("1").section == "総務課"
    set_today(day)
    member = office.accounts.member("1")
    assert (member.section, member.sections_with("editor")) == ("総務企画課", {"総務企画課"})
    assert office.accounts.member("3").section == "税務課"


def test_readers_of_all_successors_read_what_the_old_section_read(
    office: Assistant, day: date, set_today: Callable[[date], None]
) -> None:
    def titles(section: str) -> set[str]:
        reader = Reader("x", section)
        listings = office.library.manuals(reader=reader, as_of=calendar.today())
        return {item.manual.title for item in listings}

    secret = "例規審査の手引き"
    assert [secret in titles(s) for s in ("総務課", "総務企画課", "法務課")] == [True, False, False]
    record_changes(office.database, SPLIT, day=day, by=OPERATOR_ACTOR)
    set_today(day)
    assert [secret in titles(s) for s in ("総務課", "総務企画課", "法務課")] == [False, True, True]


def test_recording_bumps_the_library_and_tells_the_trail(office: Assistant, day: date) -> None:
    counter, event = tables.counter.c, tables.audit_event.c
    revision = select(counter.value).where(counter.name == "library")
    with office.database.read() as connection:
        before = connection.execute(revision).scalar_one()
    record_changes(office.database, RENAME, day=day, by=OPERATOR_ACTOR)
    [recorded] = recorded_changes(office.database)
    withdraw_change(office.database, recorded.id, by=OPERATOR_ACTOR)
    with office.database.read() as connection:
        assert connection.execute(revision).scalar_one() == before + 2
        rows = connection.execute(
            select(event.action, event.subject, event.detail).order_by(event.id.desc()).limit(2)
        ).all()
    assert [(row.action, row.subject) for row in rows] == [
        ("sections.withdraw", str(day)),
        ("sections.change", str(day)),
    ]
    [change] = json.loads(rows[1].detail)["changes"]
    assert change == {"old": "総務課", "new": "総務企画課", "heir": True, "manual": ""}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param([("総務化", "総務企画課")], ["「総務化」という課は", "「総務課」のことですか"],
                     id="an unknown section"),
        pytest.param([("総務課", "")], ["課名が空"], id="no new name"),
        pytest.param([("総務課", "課" * 101)], ["100文字を超えて"], id="a name too long"),
        pytest.param([("総務課", "総務課、法務課")], ["区切り"], id="two names in one"),
        pytest.param([("総務課", "総務課")], ["名前が変わりません"], id="no change"),
        pytest.param([("総務課", "A"), ("総務課", "B")], ["印がありません"], id="no heir"),
        pytest.param([("総務課", "A", True), ("総務課", "B", True)], ["印が 2 行"], id="two heirs"),
        pytest.param([("総務課", "A"), ("総務課", "A")], ["同じ行が2度", "印がありません"],
                     id="the same line twice"),
        pytest.param([("総務課", "A", False, "契約事務の手引き")], ["マニュアルの行しか"],
                     id="only a manual's line"),
        pytest.param([("総務課", "A"), ("総務課", "A", False, "ない手引き")], ["見つかりません"],
                     id="an unknown manual"),
        pytest.param([("税務課", "A"), ("税務課", "A", False, "contract")], ["所管は「総務課」"],
                     id="another section's manual"),
        pytest.param([("総務課", "A"), ("総務課", "B", False, "contract")],
                     ["行き先は「A」にして"], id="a manual goes elsewhere"),
        pytest.param([("総務課", "A", True), ("総務課", "B"), ("総務課", "A", False, "contract"),
                      ("総務課", "B", False, "契約事務の手引き")], ["2度書かれています"],
                     id="a manual goes two ways"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_named(
    office: Assistant, day: date, lines: list[tuple[object, ...]], words: list[str]
) -> None:
    given = [ChangeLine(n, *line) for n, line in enumerate(lines, 2)]  # type: ignore[arg-type]
    problems = _problems(office, given, day)
    assert all(word in " ".join(problems) for word in words), problems
    with pytest.raises(UnusableList):
        record_changes(office.database, given, day=day, by=OPERATOR_ACTOR)
    assert _count(office) == 0


def test_all_problems_are_told_together(office: Assistant, day: date) -> None:
    lines = [
        ChangeLine(2, "総務課", "A"),
        ChangeLine(3, "総務課", "B"),
        ChangeLine(4, "ない課", "C"),
        ChangeLine(5, "税務課", ""),
    ]
    assert [p[:4] for p in _problems(office, lines, day)] == ["4行目:", "5行目:", "2行目:"]


def test_a_day_that_is_over_is_refused_and_today_is_not(office: Assistant) -> None:
    today = calendar.today()
    with pytest.raises(UsageError, match="過ぎています"):
        preview_changes(office.database, RENAME, day=today - ONE_DAY)
    preview_changes(office.database, RENAME, day=today)
    with pytest.raises(UsageError, match="行がありません"):
        preview_changes(office.database, [], day=today)


def test_names_said_for_the_day_itself_are_noticed(office: Assistant, day: date) -> None:
    office.accounts.transfer("3", "総務課", on=day, by=OPERATOR_ACTOR)
    [notice] = preview_changes(office.database, RENAME, day=day).notices
    assert "異動が 1 件" in notice
    today = preview_changes(office.database, RENAME, day=calendar.today()).notices
    assert [words for words in ("異動が 3 件", "役割が 1 件", "所管が 2 件")
            if not any(words in notice for notice in today)] == []  # fmt: skip


def test_a_merger_into_a_section_that_stays_is_noticed(office: Assistant, day: date) -> None:
    lines = [ChangeLine(2, "総務課", "税務課")]
    preview = preview_changes(office.database, lines, day=day)
    assert preview.notices == ("今もある課に統合されます: 税務課",)
    assert [p.after for p in preview.people] == ["税務課", "税務課"]


def test_sections_may_swap_their_names_on_one_day(
    office: Assistant, day: date, set_today: Callable[[date], None]
) -> None:
    lines = [ChangeLine(2, "総務課", "税務課"), ChangeLine(3, "税務課", "総務課")]
    assert preview_changes(office.database, lines, day=day).notices == ()
    record_changes(office.database, lines, day=day, by=OPERATOR_ACTOR)
    set_today(day)
    sections = {n: office.accounts.member(n).section for n in "123"}
    assert sections == {"1": "税務課", "2": "税務課", "3": "総務課"}
    assert office.accounts.member("3").sections_with("leader") == {"総務課"}


def test_what_is_recorded_for_a_section_and_day_must_go_first(office: Assistant, day: date) -> None:
    record_changes(office.database, RENAME, day=day, by=OPERATOR_ACTOR)
    [problem] = _problems(office, [replace(RENAME[0], new="庶務課")], day)
    assert "（→「総務企画課」、番号 1）が登録されています" in problem
    record_changes(office.database, [ChangeLine(2, "税務課", "収税課")], day=day, by=OPERATOR_ACTOR)
    assert _count(office) == 2


def test_a_section_that_goes_before_a_recorded_change_contradicts_it(
    office: Assistant, day: date
) -> None:
    record_changes(office.database, RENAME, day=day, by=OPERATOR_ACTOR)
    earlier = day - 10 * ONE_DAY
    assert "番号 1" in _problems(office, [ChangeLine(2, "総務課", "庶務課")], earlier)[0]
    lives_on = [ChangeLine(2, "総務課", "総務課", heir=True), ChangeLine(3, "総務課", "法務課")]
    record_changes(office.database, lives_on, day=earlier, by=OPERATOR_ACTOR)
    after = [ChangeLine(2, "総務企画課", "企画課"), ChangeLine(3, "法務課", "文書課")]
    record_changes(office.database, after, day=day + ONE_DAY, by=OPERATOR_ACTOR)
    assert _count(office) == 5


def test_planned_changes_are_listed_and_withdrawn_as_a_whole(office: Assistant, day: date) -> None:
    record_changes(office.database, SPLIT, day=day, by=OPERATOR_ACTOR)
    other = [ChangeLine(2, "税務課", "収税課")]
    record_changes(office.database, other, day=day + ONE_DAY, by=OPERATOR_ACTOR)
    known = recorded_changes(office.database)
    assert [item.is_planned for item in known] == [True] * 4
    [manual] = [item for item in known if item.change.manual_id]
    assert withdraw_change(office.database, manual.id, by=OPERATOR_ACTOR) == (manual.change,)
    [second] = [item for item in known if not item.change.heir and not item.change.manual_id]
    gone = withdraw_change(office.database, second.id, by=OPERATOR_ACTOR)
    assert {(change.old, change.new) for change in gone} == {
        ("総務課", "総務企画課"), ("総務課", "法務課"),
    }  # fmt: skip
    assert [item.change.old for item in recorded_changes(office.database)] == ["税務課"]


def test_what_has_begun_or_is_not_there_cannot_be_withdrawn(
    office: Assistant, day: date, set_today: Callable[[date], None]
) -> None:
    record_changes(office.database, RENAME, day=day, by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="番号 99 の組織改正は登録されていません"):
        withdraw_change(office.database, 99, by=OPERATOR_ACTOR)
    set_today(day)
    with pytest.raises(UsageError, match="もう始まっています"):
        withdraw_change(office.database, 1, by=OPERATOR_ACTOR)
    assert _count(office) == 1


def test_a_change_on_which_a_later_one_rests_cannot_be_withdrawn(
    office: Assistant, day: date
) -> None:
    record_changes(office.database, RENAME, day=day, by=OPERATOR_ACTOR)
    later = [ChangeLine(2, "総務企画課", "企画課")]
    record_changes(office.database, later, day=day + 365 * ONE_DAY, by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match=r"番号 2）.*先にそちらを取り消して"):
        withdraw_change(office.database, 1, by=OPERATOR_ACTOR)
    assert _count(office) == 2
    withdraw_change(office.database, 2, by=OPERATOR_ACTOR)
    withdraw_change(office.database, 1, by=OPERATOR_ACTOR)
    assert _count(office) == 0
