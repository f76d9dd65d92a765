"""Wanted manuals and goals: who may say what, what becomes of them, and how far the city is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from small_manuals import prepared_manual, publish_text
from sqlalchemy import select

from assistant import calendar, tables
from assistant.domain import Manual
from assistant.errors import UsageError
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.library_list import library_rows
from assistant.library.preparedness import (
    Preparedness,
    SectionPreparedness,
    WantedStanding,
    preparedness,
    wanted_standings,
)
from assistant.library.wanted import WHOLE_CITY, Goal, WantedManuals, Wish
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.audit.words import detail_words
from assistant.people.sections.reorganisation import ChangeLine, record_changes
from assistant.usage.open_questions import OpenQuestion

TODAY = date(2026, 11, 27)
OWN = frozenset({"契約検査課"})


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO))


@pytest.fixture
def wishes(quick_assistant: Assistant) -> WantedManuals:
    return WantedManuals(quick_assistant.database)


def _events(assistant: Assistant) -> list[tuple[str, dict[str, Any]]]:
    event = tables.audit_event.c
    query = select(event.subject, event.detail).where(event.action == "goal.change")
    with assistant.database.read() as connection:
        return [(row[0], json.loads(row[1])) for row in connection.execute(query)]


def _titles(wishes: WantedManuals) -> list[tuple[str, str]]:
    return [(item.wish.section, item.wish.title) for item in wishes.all(today=TODAY)]


def _describe(assistant: Assistant, manual_id: str, **changes: Any) -> None:
    known = next(
        row.manual
        for row in library_rows(assistant.library, as_of=TODAY, today=TODAY)
        if row.manual.id == manual_id
    )
    manual: Manual = replace(known, **changes)
    Publisher(assistant.library).update_manual(manual, by=OPERATOR_ACTOR)


def _standings(assistant: Assistant) -> list[WantedStanding]:
    wanted = WantedManuals(assistant.database).all(today=TODAY)
    rows = library_rows(assistant.library, as_of=TODAY, today=TODAY)
    return wanted_standings(wanted, rows, today=TODAY)


def test_a_wanted_manual_is_added_changed_and_removed_and_each_is_in_the_trail(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    wish = Wish(" 旅費の　手引き ", "契約検査課", "庶務", date(2027, 3, 31), "急ぎ")
    added = wishes.add(wish, by=OPERATOR_ACTOR)
    assert added.wish.title == "旅費の 手引き"
    wishes.change(added.id, replace(added.wish, note="", wanted_by=None), by=OPERATOR_ACTOR)
    wishes.change(added.id, replace(added.wish, note="", wanted_by=None), by=OPERATOR_ACTOR)
    assert wishes.all(today=TODAY)[0].wish == Wish("旅費の 手引き", "契約検査課", "庶務")
    wishes.remove(added.id, by=OPERATOR_ACTOR)
    assert wishes.all(today=TODAY) == []
    events = _events(quick_assistant)
    assert [subject for subject, _ in events] == ["旅費の 手引き"] * 3
    assert events[1][1]["changed"] == {"wanted_by": ["2027-03-31", None], "note": ["急ぎ", ""]}
    assert "整備したいマニュアルの追加" in detail_words(events[0][1])


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param(Wish(""), id="no title"),
        pytest.param(Wish("字" * 101), id="long title"),
        pytest.param(Wish("手引き\u200b"), id="unseen letters"),
        pytest.param(Wish("手引き", "総務課、人事課"), id="two sections"),
        pytest.param(Wish("手引き", category="字" * 101), id="long category"),
        pytest.param(Wish("手引き", note="字" * 1001), id="long note"),
        pytest.param(Wish("手引き", manual_id="none"), id="no such manual"),
        pytest.param(Wish("防災の　ＴＥＢＩＫＩ", "総務課"), id="in the list already"),
    ],
)
def test_what_cannot_be_wanted_is_refused_with_the_next_step(
    wishes: WantedManuals, wish: Wish
) -> None:
    first = wishes.add(Wish("防災のtebiki", "総務課"), by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="ください"):
        wishes.add(wish, by=OPERATOR_ACTOR)
    if wish.section != "総務課":
        with pytest.raises(UsageError, match="ください"):
            wishes.change(first.id, wish, by=OPERATOR_ACTOR)
    assert _titles(wishes) == [("総務課", "防災のtebiki")]


def test_two_sections_may_want_a_manual_of_the_same_name(wishes: WantedManuals) -> None:
    for section in ("総務課", "税務課", ""):
        wishes.add(Wish("窓口の手引き", section), by=OPERATOR_ACTOR)
    assert len(_titles(wishes)) == 3


def test_a_line_that_is_gone_is_told(wishes: WantedManuals) -> None:
    with pytest.raises(UsageError, match="もうありません"):
        wishes.change(7, Wish("手引き"), by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="もうありません"):
        wishes.remove(7, by=OPERATOR_ACTOR)


def test_an_editor_changes_the_lines_of_their_own_sections_only(wishes: WantedManuals) -> None:
    other = wishes.add(Wish("防災の手引き", "総務課"), by=OPERATOR_ACTOR)
    own = wishes.add(Wish("契約の手引き", "契約検査課"), by=OPERATOR_ACTOR, owners=OWN)
    for refused in (
        lambda: wishes.add(Wish("別", "総務課"), by=OPERATOR_ACTOR, owners=OWN),
        lambda: wishes.add(Wish("別"), by=OPERATOR_ACTOR, owners=OWN),
        lambda: wishes.change(other.id, other.wish, by=OPERATOR_ACTOR, owners=OWN),
        lambda: wishes.change(
            other.id, replace(other.wish, section="契約検査課"), by=OPERATOR_ACTOR, owners=OWN
        ),
        lambda: wishes.change(
            own.id, replace(own.wish, section="総務課"), by=OPERATOR_ACTOR, owners=OWN
        ),
        lambda: wishes.link(other.id, None, by=OPERATOR_ACTOR, owners=OWN),
        lambda: wishes.remove(other.id, by=OPERATOR_ACTOR, owners=OWN),
    ):
        with pytest.raises(UsageError, match="担当している課"):
            refused()
    assert _titles(wishes) == [("契約検査課", "契約の手引き"), ("総務課", "防災の手引き")]
    wishes.remove(own.id, by=OPERATOR_ACTOR, owners=OWN)


def test_goals_of_the_city_and_of_sections_are_set_changed_and_taken_back(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    wishes.set_goal(Goal(WHOLE_CITY, 120, date(2028, 3, 31)), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal("総務課", 10), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal("総務課", 12, date(2027, 3, 31)), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal("総務課", 12, date(2027, 3, 31)), by=OPERATOR_ACTOR)
    assert wishes.goals(today=TODAY) == {
        WHOLE_CITY: Goal(WHOLE_CITY, 120, date(2028, 3, 31)),
        "総務課": Goal("総務課", 12, date(2027, 3, 31)),
    }
    wishes.remove_goal("総務課", by=OPERATOR_ACTOR)
    assert list(wishes.goals(today=TODAY)) == [WHOLE_CITY]
    with pytest.raises(UsageError, match="登録されていません"):
        wishes.remove_goal("総務課", by=OPERATOR_ACTOR)
    events = _events(quick_assistant)
    assert [subject for subject, _ in events] == ["市全体", "総務課", "総務課", "総務課"]
    assert events[2][1]["changed"]["manuals"] == [10, 12]


@pytest.mark.parametrize("goal", [Goal("総務課", 0), Goal("", 100_001), Goal("総務課、税務課", 3)])
def test_a_goal_that_cannot_be_meant_is_refused(wishes: WantedManuals, goal: Goal) -> None:
    with pytest.raises(UsageError, match="ください"):
        wishes.set_goal(goal, by=OPERATOR_ACTOR)
    assert wishes.goals(today=TODAY) == {}


def test_lines_and_goals_follow_a_reorganisation(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    for number, section in enumerate(("総務課", "契約検査課", "税務課"), 1):
        quick_assistant.accounts.add(
            str(number), name="氏名", section=section, by=OPERATOR_ACTOR,
            valid_from=date(2026, 1, 1),
        )  # fmt: skip
    wishes.add(Wish("防災の手引き", "総務課"), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal("総務課", 10, date(2027, 3, 31)), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal("契約検査課", 5), by=OPERATOR_ACTOR)
    day = TODAY + timedelta(days=5)
    lines = [ChangeLine(1, "総務課", "行政課", True), ChangeLine(2, "契約検査課", "行政課", True)]
    record_changes(quick_assistant.database, lines, day=day, by=OPERATOR_ACTOR)
    assert set(wishes.goals(today=TODAY)) == {"総務課", "契約検査課"}
    assert wishes.goals(today=day) == {"行政課": Goal("行政課", 15, date(2027, 3, 31))}
    assert wishes.all(today=day)[0].wish.section == "行政課"


def test_a_goal_set_after_a_merger_takes_the_place_of_those_before(
    quick_assistant: Assistant, wishes: WantedManuals, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_assistant.accounts.add(
        "1", name="氏名", section="総務課", by=OPERATOR_ACTOR, valid_from=date(2026, 1, 1)
    )
    wishes.set_goal(Goal("総務課", 10), by=OPERATOR_ACTOR)
    day = TODAY + timedelta(days=5)
    record_changes(
        quick_assistant.database, [ChangeLine(1, "総務課", "行政課", True)], day=day,
        by=OPERATOR_ACTOR,
    )  # fmt: skip
    later = datetime(2026, 12, 10, 9, tzinfo=calendar.TOKYO)
    monkeypatch.setattr(calendar, "now", lambda: later)
    wishes.set_goal(Goal("行政課", 8), by=OPERATOR_ACTOR)
    assert wishes.goals(today=later.date()) == {"行政課": Goal("行政課", 8)}
    wishes.remove_goal("行政課", by=OPERATOR_ACTOR)
    assert wishes.goals(today=later.date()) == {}


def test_a_wanted_manual_is_found_by_its_title_whatever_its_width_and_spaces(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    publish_text(quick_assistant, "本文", title="契約事務 の手引き（第2編）")
    wishes.add(Wish("契約事務の手引き(第２編)", "契約検査課"), by=OPERATOR_ACTOR)
    wishes.add(Wish("契約事務の手引き（第2編）"), by=OPERATOR_ACTOR)
    assert [(s.state, s.manual and s.manual.id) for s in _standings(quick_assistant)] == [
        ("there", "contract"), ("there", "contract"),
    ]  # fmt: skip


def test_a_manual_of_another_section_is_named_and_not_counted(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    publish_text(quick_assistant, "本文")
    wish = wishes.add(Wish("契約事務の手引き", "税務課"), by=OPERATOR_ACTOR)
    [standing] = _standings(quick_assistant)
    assert (standing.state, standing.manual) == ("missing", None)
    assert [manual.id for manual in standing.elsewhere] == ["contract"]
    wishes.link(wish.id, "contract", by=OPERATOR_ACTOR)
    [standing] = _standings(quick_assistant)
    assert (standing.state, standing.manual and standing.manual.id) == ("there", "contract")


def test_what_is_prepared_missing_late_and_overdue_is_told_apart(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    library = quick_assistant.library
    draft = prepared_manual("案", manual_id="leave", title="休暇の手引き")
    store_vectors(library.vectors, library.encoder, draft.drafts)
    Publisher(library).draft(draft)
    publish_text(quick_assistant, "本文")
    _describe(quick_assistant, "contract", review_on=TODAY - timedelta(days=1))
    yesterday = TODAY - timedelta(days=1)
    for title, day in (
        ("休暇の手引き", yesterday), ("契約事務の手引き", yesterday), ("別の手引き", TODAY),
    ):  # fmt: skip
        wishes.add(Wish(title, "契約検査課", wanted_by=day), by=OPERATOR_ACTOR)
    found = {s.wanted.wish.title: (s.state, s.late) for s in _standings(quick_assistant)}
    assert found == {
        "休暇の手引き": ("coming", True),
        "契約事務の手引き": ("overdue", False),
        "別の手引き": ("missing", False),
    }


def test_a_withdrawn_manual_is_missing_again(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    publish_text(quick_assistant, "本文")
    wishes.add(Wish("題は違う", manual_id="contract"), by=OPERATOR_ACTOR)
    assert _standings(quick_assistant)[0].state == "there"
    quick_assistant.lifecycle.withdraw("contract", by=OPERATOR_ACTOR)
    assert _standings(quick_assistant)[0].state == "missing"


def _prepared(assistant: Assistant, *questions: OpenQuestion) -> Preparedness:
    rows = library_rows(assistant.library, as_of=TODAY, today=TODAY)
    goals = WantedManuals(assistant.database).goals(today=TODAY)
    return preparedness(rows, _standings(assistant), goals, questions)


def test_sections_are_counted_with_their_goals_and_open_questions(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    publish_text(quick_assistant, "一", "二")
    publish_text(quick_assistant, "三", manual_id="leave", title="休暇の手引き")
    _describe(quick_assistant, "leave", owner_section="人事課", review_on=TODAY - timedelta(days=1))
    library = quick_assistant.library
    draft = prepared_manual("案", manual_id="new", title="新しい手引き")
    store_vectors(library.vectors, library.encoder, draft.drafts)
    Publisher(library).draft(draft)
    wishes.add(Wish("新しい手引き", "契約検査課"), by=OPERATOR_ACTOR)
    wishes.add(Wish("休暇の手引き", "人事課"), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal("契約検査課", 4, date(2027, 3, 31)), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal("税務課", 2, date(2028, 3, 31)), by=OPERATOR_ACTOR)
    found = _prepared(
        quick_assistant,
        OpenQuestion(TODAY, "人事課", "税務課"),
        OpenQuestion(TODAY, "人事課", "人事課"),
        OpenQuestion(TODAY, "", "人事課"),
    )
    assert found.sections == (
        SectionPreparedness(
            "人事課", manuals=1, pages=1, overdue=1, wanted=1, wanted_there=1, would_answer=2,
            asked=2,
        ),
        SectionPreparedness(
            "契約検査課", manuals=1, pages=2, drafts=1, wanted=1, goal=4,
            reach_by=date(2027, 3, 31),
        ),
        SectionPreparedness("税務課", goal=2, reach_by=date(2028, 3, 31), asked=1),
        SectionPreparedness("", would_answer=1),
    )  # fmt: skip
    assert [s.share for s in found.sections] == [None, 0.25, 0.0, None]
    assert found.goal_is_sum
    assert found.total == SectionPreparedness(
        "", manuals=2, pages=3, drafts=1, overdue=1, wanted=2, wanted_there=1, goal=6,
        reach_by=date(2028, 3, 31), would_answer=3, asked=3,
    )  # fmt: skip


def test_the_goal_of_the_city_stands_over_the_sum_of_its_sections(
    quick_assistant: Assistant, wishes: WantedManuals
) -> None:
    publish_text(quick_assistant, "一")
    wishes.set_goal(Goal("契約検査課", 4), by=OPERATOR_ACTOR)
    wishes.set_goal(Goal(WHOLE_CITY, 50, date(2029, 3, 31)), by=OPERATOR_ACTOR)
    found = _prepared(quick_assistant)
    assert not found.goal_is_sum
    assert (found.total.goal, found.total.reach_by) == (50, date(2029, 3, 31))
    assert found.total.share == pytest.approx(0.02)


def test_an_empty_city_has_nothing_to_count(quick_assistant: Assistant) -> None:
    found = _prepared(quick_assistant)
    assert (found.sections, found.total.goal, found.total.share) == ((), None, None)
