"""The official value, readings, movement, cohorts and the forecast from weeks made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from assistant.database import Database
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.figures import UsageFigures, read_usage, weeks_until_end
from assistant.usage.forecast import LEAST_WEEKS, forecast
from assistant.usage.freezing import freeze
from assistant.usage.ledger import append_events
from assistant.usage.official import decide_official
from assistant.usage.readings import Cohort, Movement, cohorts, movements, sustained
from assistant.usage.sentences import way_sentence

A, B, C, D = "abcd"
WEEKS = [frozenset(x) for x in ((A, B), (A,), (A, C), (A, B), (), (A, D))]
FIRST = datetime(2027, 3, 3, 3, tzinfo=UTC)  # Wednesday of 2027-W09


def _figures(
    database: Database,
    event: Any,
    counts: Sequence[int],
    *,
    first: datetime = FIRST,
    **values: Any,
) -> UsageFigures:
    """Let so many people be active in each week from 2027-W09 on, and freeze them all."""
    with database.write() as connection:
        append_events(
            connection,
            [
                event(f"p{n}", occurred_at=first + timedelta(days=7 * week), **values)
                for week, count in enumerate(counts)
                for n in range(count)
            ],
        )
    now = first + timedelta(days=7 * len(counts))
    freeze(database, now=now)
    return read_usage(database, now=now)


def test_sustained_are_those_of_all_four_weeks_or_of_three() -> None:
    assert [sustained(WEEKS, n) for n in range(6)] == [None, None, None, 1, 0, 0]
    assert [sustained(WEEKS, n, least=3) for n in range(3, 6)] == [1, 1, 1]


def test_movement_tells_new_continuing_returning_and_dormant() -> None:
    found = movements(WEEKS, frozenset((A, B, C, "x", "y")))
    assert [(m.new, m.continuing, m.returning) for m in found] == [
        (2, 0, 0), (0, 1, 0), (1, 1, 0), (0, 1, 1), (0, 0, 0), (1, 0, 1),
    ]  # fmt: skip
    for week, moved in zip(WEEKS, found, strict=True):
        assert moved.new + moved.continuing + moved.returning == len(week)
    assert found[-1] == Movement(new=1, continuing=0, returning=1, dormant=0, never=2)


def test_cohorts_follow_the_people_of_each_first_week() -> None:
    assert cohorts(WEEKS, most=3) == [
        Cohort(0, (2, 1, 1, 2)), Cohort(2, (1, 0, 0, 0)), Cohort(5, (1,)),
    ]  # fmt: skip


def test_the_official_value_is_the_mean_of_the_closed_weeks_of_the_fiscal_year(
    database: Database, event: Any
) -> None:
    figures = _figures(database, event, [10, 20, 30, 40, 55, 66])
    # 2027-W13 begins on 29 March; its Thursday is 1 April: it is the first of fiscal 2027.
    assert figures.fiscal_years() == [2026, 2027]
    last_year = figures.official(2026)
    assert (last_year.value, last_year.missing) == (25.0, 175)
    assert figures.official(2027).weeks == ("2027-W13", "2027-W14")
    assert figures.official(2027).missing == 140  # 60.5 people: 139.5 short, whole people
    assert figures.official(2028).value is None


@pytest.mark.parametrize(
    ("method", "reading", "expected"),
    [
        pytest.param("mean_of_closed_weeks", "active", 25.0, id="mean"),
        pytest.param("mean_of_march", "active", 25.0, id="march"),
        pytest.param("last_week", "active", 40.0, id="last week"),
        pytest.param("last_week", "sustained", 10.0, id="sustained"),
        pytest.param("last_week", "three_of_four", 20.0, id="three of four"),
    ],
)
def test_the_setting_says_which_number_leads(
    database: Database, event: Any, method: str, reading: str, expected: float
) -> None:
    decide_official(
        database, since=date(2026, 4, 1), method=method, reading=reading, source_ids=["chonai"],
        quotations=True, decision="第1号", by=OPERATOR_ACTOR,
    )  # fmt: skip
    assert _figures(database, event, [10, 20, 30, 40]).official(2026).value == expected


def test_people_with_quotations_only_do_not_count_where_so_decided(
    database: Database, event: Any
) -> None:
    decide_official(
        database, since=date(2026, 4, 1), method="last_week", reading="active",
        source_ids=["chonai"], quotations=False, decision="第1号", by=OPERATOR_ACTOR,
    )  # fmt: skip
    assert _figures(database, event, [10]).official(2026).value == 0
    figures = _figures(database, event, [4], model_wrote=True)
    assert figures.official(2026).value == 4
    assert figures.rows[-1]["quotations_only"] == 10


def test_a_setting_holds_from_its_day_on(database: Database, event: Any) -> None:
    decide_official(
        database, since=date(2030, 4, 1), method="last_week", reading="active",
        source_ids=["chonai"], quotations=True, decision="第2号", by=OPERATOR_ACTOR,
    )  # fmt: skip
    assert _figures(database, event, [10, 20]).official(2026).value == 15.0


def test_there_is_no_forecast_before_eight_weeks() -> None:
    for count in range(LEAST_WEEKS):
        assert forecast([5] * count, special=[False] * count, ahead=10, most=100) is None
    assert forecast([5] * 8, special=[False] * 8, ahead=10, most=100) is not None


def test_a_straight_line_goes_on_and_doubt_grows_with_distance() -> None:
    people = [10 + 2 * n + (n % 3 - 1) for n in range(20)]
    found = forecast(people, special=[False] * 20, ahead=100, most=600)
    assert found is not None
    assert found.slope == pytest.approx(2.0, abs=0.05)
    assert found.at(10).expected == pytest.approx(10 + 2 * 29, abs=1.5)
    widths = [point.high - point.low for point in found.points]
    assert widths == sorted(widths)
    assert widths[0] > 0


def test_a_forecast_stays_between_nobody_and_everybody() -> None:
    down = forecast(list(range(40, 20, -1)), special=[False] * 20, ahead=100, most=600)
    up = forecast(list(range(20, 40)), special=[False] * 20, ahead=300, most=100)
    assert down is not None
    assert up is not None
    assert (down.points[-1].low, down.points[-1].expected) == (0, 0)
    assert (up.points[-1].expected, up.points[-1].high) == (100, 100)


def test_special_weeks_do_not_bend_the_trend() -> None:
    people = [50.0] * 20
    people[18] = 5.0
    found = forecast(
        [int(n) for n in people], special=[n == 18 for n in range(20)], ahead=5, most=600
    )
    assert found is not None
    assert found.slope == 0


def test_the_way_ends_with_the_last_week_of_fiscal_2029() -> None:
    assert weeks_until_end(date(2029, 4, 2)) == 51
    assert weeks_until_end(date(2030, 3, 25)) == 0


def test_after_the_last_week_of_fiscal_2029_the_sentence_speaks_of_no_way_ahead(
    database: Database, event: Any
) -> None:
    last = datetime(2030, 3, 27, 3, tzinfo=UTC)
    figures = _figures(database, event, range(1, 11), first=last - timedelta(days=7 * 9))
    assert figures.forecast is None
    assert way_sentence(figures) == (
        "最後に確定した週（2030年3月25日の週）は 10人です。2029年度の最後の週まで確定したため、"
        "その先の見通しは示しません。"
    )


def test_before_eight_weeks_the_sentence_says_how_many_there_are(
    database: Database, event: Any
) -> None:
    assert way_sentence(_figures(database, event, [5] * 7)) == (
        "確定した週は 7 週です。見通しは、8週が確定してから示します。"
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        pytest.param([5] * 8, "直近 8 週は、ほぼ変わっていません。", id="level"),
        pytest.param(range(1, 9), "直近 8 週は、週に 1.0人ずつ増えています。", id="up"),
        pytest.param(range(8, 0, -1), "直近 8 週は、週に 1.0人ずつ減っています。", id="down"),
    ],
)
def test_the_sentence_says_whether_people_become_more_or_fewer(
    database: Database, event: Any, counts: Sequence[int], words: str
) -> None:
    assert words in way_sentence(_figures(database, event, counts))
