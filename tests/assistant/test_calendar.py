from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from assistant import calendar

JST = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("instant", "week"),
    [
        pytest.param(datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC), "2026-W47", id="before"),
        pytest.param(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), "2026-W48", id="at midnight"),
        pytest.param(datetime(2026, 11, 23, 0, 0, tzinfo=JST), "2026-W48", id="given in JST"),
        pytest.param(datetime(2027, 1, 3, 14, 59, tzinfo=UTC), "2026-W53", id="week 53"),
        pytest.param(datetime(2027, 1, 3, 15, 0, tzinfo=UTC), "2027-W01", id="first week"),
        pytest.param(datetime(2025, 12, 29, 0, 0, tzinfo=JST), "2026-W01", id="in December"),
    ],
)
def test_a_week_changes_at_midnight_of_monday_in_tokyo(instant: datetime, week: str) -> None:
    assert calendar.week_key(instant) == week


@pytest.mark.parametrize(
    ("key", "monday"),
    [
        pytest.param("2026-W14", date(2026, 3, 30), id="end of March"),
        pytest.param("2026-W53", date(2026, 12, 28), id="week 53"),
        pytest.param("2027-W01", date(2027, 1, 4), id="first week"),
    ],
)
def test_a_week_starts_on_its_monday(key: str, monday: date) -> None:
    assert calendar.week_start(key) == monday


@pytest.mark.parametrize(
    ("monday", "year"),
    [
        pytest.param(date(2026, 3, 23), 2025, id="last week of fiscal 2025"),
        pytest.param(date(2026, 3, 30), 2026, id="Thursday is 2 April"),
        pytest.param(date(2027, 3, 29), 2027, id="Thursday is 1 April"),
        pytest.param(date(2029, 3, 26), 2028, id="Thursday is 29 March"),
        pytest.param(date(2029, 4, 2), 2029, id="first week of fiscal 2029"),
        pytest.param(date(2030, 1, 7), 2029, id="January"),
    ],
)
def test_a_week_belongs_to_the_fiscal_year_of_its_thursday(monday: date, year: int) -> None:
    assert calendar.fiscal_year(monday) == year


def test_fiscal_2029_has_52_weeks() -> None:
    mondays = [date(2028, 1, 3) + timedelta(days=7 * n) for n in range(200)]
    weeks = [monday for monday in mondays if calendar.fiscal_year(monday) == 2029]
    assert (len(weeks), weeks[0]) == (52, date(2029, 4, 2))
