"""What a section's name of one day means on a later one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.people.sections.lineage import Lineage, SectionChange

LONG_AGO, BEFORE = date(2020, 4, 1), date(2027, 3, 31)
FIRST, SECOND = date(2027, 4, 1), date(2028, 4, 1)
AFTER = date(2028, 5, 1)


def _change(
    old: str, new: str, *, on: date = FIRST, heir: bool = True, manual: str | None = None
) -> SectionChange:
    return SectionChange(on, old, new, heir and manual is None, manual)


RENAMED = Lineage([_change("情報課", "デジタル課")])
MERGED = Lineage([_change("市民課", "窓口課"), _change("年金課", "窓口課")])
SPLIT = Lineage(
    [
        _change("総務課", "法務課", heir=False),
        _change("総務課", "総務企画課"),
        _change("総務課", "法務課", manual="rules"),
    ]
)
SHED = Lineage([_change("総務課", "総務課"), _change("総務課", "危機管理課", heir=False)])
SWAPPED = Lineage([_change("第一課", "第二課"), _change("第二課", "第一課")])
CHAINED = Lineage(
    [_change("デジタル課", "DX推進課", on=SECOND), _change("情報課", "デジタル課", on=FIRST)]
)
REUSED = Lineage([_change("企画課", "政策課"), _change("政策課", "財政課", on=SECOND)])


@pytest.mark.parametrize(
    ("lineage", "name", "heir", "successors"),
    [
        pytest.param(RENAMED, "情報課", "デジタル課", {"デジタル課"}, id="renamed"),
        pytest.param(RENAMED, "税務課", "税務課", {"税務課"}, id="untouched"),
        pytest.param(RENAMED, "", "", {""}, id="no section"),
        pytest.param(MERGED, "市民課", "窓口課", {"窓口課"}, id="merged, the first"),
        pytest.param(MERGED, "年金課", "窓口課", {"窓口課"}, id="merged, the second"),
        pytest.param(SPLIT, "総務課", "総務企画課", {"総務企画課", "法務課"}, id="split"),
        pytest.param(SHED, "総務課", "総務課", {"総務課", "危機管理課"}, id="lives on"),
        pytest.param(SWAPPED, "第一課", "第二課", {"第二課"}, id="swapped on one day"),
        pytest.param(SWAPPED, "第二課", "第一課", {"第一課"}, id="swapped back"),
        pytest.param(CHAINED, "情報課", "DX推進課", {"DX推進課"}, id="renamed twice"),
        pytest.param(REUSED, "企画課", "財政課", {"財政課"}, id="through a name that goes too"),
    ],
)
def test_a_name_of_long_ago_means_what_became_of_the_section(
    lineage: Lineage, name: str, heir: str, successors: set[str]
) -> None:
    assert lineage.heir(name, said=LONG_AGO, today=AFTER) == heir
    assert lineage.successors(name, said=LONG_AGO, today=AFTER) == successors


@pytest.mark.parametrize(
    ("said", "today", "means"),
    [
        pytest.param(LONG_AGO, BEFORE, "情報課", id="before the day"),
        pytest.param(LONG_AGO, FIRST, "デジタル課", id="on the day"),
        pytest.param(BEFORE, SECOND - timedelta(days=1), "デジタル課", id="before the second day"),
        pytest.param(FIRST, AFTER, "情報課", id="said on the day: the new section of that name"),
        pytest.param(AFTER, AFTER, "情報課", id="said after both days"),
    ],
)
def test_a_name_means_the_section_that_had_it_on_the_day_it_was_said(
    said: date, today: date, means: str
) -> None:
    assert CHAINED.heir("情報課", said=said, today=today) == means
    assert CHAINED.successors("情報課", said=said, today=today) == {means}


def test_a_name_given_anew_means_the_new_section_from_its_day_on() -> None:
    # 2027: 企画課 becomes 政策課; 2028: another 企画課 is made out of 財政課.
    lineage = Lineage([_change("企画課", "政策課"), _change("財政課", "企画課", on=SECOND)])
    assert lineage.heir("企画課", said=LONG_AGO, today=AFTER) == "政策課"
    assert lineage.heir("企画課", said=SECOND, today=AFTER) == "企画課"
    assert lineage.heir("財政課", said=LONG_AGO, today=AFTER) == "企画課"


def test_a_manual_goes_where_its_own_line_says() -> None:
    def owner(manual_id: str | None) -> str:
        return SPLIT.heir("総務課", said=LONG_AGO, today=AFTER, manual_id=manual_id)

    assert (owner("rules"), owner("other"), owner(None)) == ("法務課", "総務企画課", "総務企画課")


def test_an_audience_follows_all_successors_and_nothing_else() -> None:
    audience = "section:総務課,group:総務課,role:editor,section:税務課"
    assert SPLIT.audience(audience, said=LONG_AGO, today=AFTER) == (
        "section:法務課,section:総務企画課,group:総務課,role:editor,section:税務課"
    )
    assert SPLIT.audience(audience, said=LONG_AGO, today=BEFORE) == audience
    assert SPLIT.audience(audience, said=FIRST, today=AFTER) == audience
    assert SPLIT.audience("everyone", said=LONG_AGO, today=AFTER) == "everyone"


def test_an_audience_of_merged_sections_names_the_new_one_once() -> None:
    audience = "section:市民課,section:年金課"
    assert MERGED.audience(audience, said=LONG_AGO, today=AFTER) == "section:窓口課"


NAMES = st.sampled_from("ABCDE")
DAYS = st.integers(0, 6).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def _lineages(draw: st.DrawFn) -> Lineage:
    """Draw changes as they can be recorded: for each section and day one heir, others beside it."""
    changes = []
    for day in draw(st.sets(DAYS, max_size=4)):
        for old in draw(st.sets(NAMES, max_size=4)):
            news = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
            changes += [_change(old, new, on=day, heir=new == news[0]) for new in news]
    return Lineage(draw(st.permutations(changes)))


@given(lineage=_lineages(), name=NAMES, said=DAYS, today=DAYS)
def test_the_heir_is_one_of_the_successors(
    lineage: Lineage, name: str, said: date, today: date
) -> None:
    heir = lineage.heir(name, said=said, today=today)
    assert heir in lineage.successors(name, said=said, today=today)


@given(lineage=_lineages(), name=NAMES, days=st.tuples(DAYS, DAYS, DAYS).map(sorted))
def test_following_a_name_in_two_steps_leads_to_the_same_sections(
    lineage: Lineage, name: str, days: list[date]
) -> None:
    said, between, today = days
    middle = lineage.heir(name, said=said, today=between)
    assert lineage.heir(middle, said=between, today=today) == lineage.heir(
        name, said=said, today=today
    )
    through = (
        lineage.successors(step, said=between, today=today)
        for step in lineage.successors(name, said=said, today=between)
    )
    assert frozenset().union(*through) == lineage.successors(name, said=said, today=today)


@given(lineage=_lineages(), name=NAMES, today=DAYS)
def test_a_name_said_today_or_later_means_itself(lineage: Lineage, name: str, today: date) -> None:
    later = today + timedelta(days=3)
    assert lineage.heir(name, said=today, today=today) == name
    assert lineage.successors(name, said=later, today=today) == {name}
