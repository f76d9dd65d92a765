"""Everything that the page and the reports show of the indicator, worked out in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Connection

from assistant import calendar
from assistant.append_only import ChainHead
from assistant.database import Database
from assistant.usage.book import read_entries, read_head
from assistant.usage.decisions import sources
from assistant.usage.forecast import Forecast, forecast
from assistant.usage.official import (
    FINAL_TARGET,
    FINAL_YEAR,
    OfficialSetting,
    Target,
    official_setting,
    target,
)
from assistant.usage.readings import (
    SUSTAINED_WEEKS,
    Cohort,
    Movement,
    Week,
    active_people,
    cohorts,
    excluded_people,
    movements,
    sustained,
)
from assistant.usage.register import Register
from assistant.usage.staff import staff_people
from assistant.usage.summaries import read_people
from assistant.usage.weekly import is_simulated, weekly_rows
from assistant.usage.weeks import FrozenWeek, frozen_weeks, special_days


@dataclass(frozen=True)
class ClosedWeek:
    """A frozen week as the official setting counts it, after its adjustments.

    `active` are all people counted, `excluded` those left out of the same systems, `value` those of
    the reading that the setting names (None without four closed weeks where it needs them).
    """

    key: str
    start: date
    fiscal_year: int
    active: int
    sustained: int | None
    three_of_four: int | None
    value: int | None
    staff: int
    special: str
    week: FrozenWeek
    excluded: int

    @property
    def thursday(self) -> date:
        """The day that says to which year and month the week belongs."""
        return self.start + timedelta(days=3)


@dataclass(frozen=True)
class OfficialValue:
    """The one number of a fiscal year: None while no week of it that counts is closed.

    `weeks` are those it is made of, `excluded` the sum of those left out in each; `missing` is
    how many people short of the final target.
    """

    fiscal_year: int
    value: float | None
    weeks: tuple[str, ...]
    excluded: int

    @property
    def missing(self) -> int | None:
        """How many people short of the final target, whole people, 0 once it is reached."""
        return None if self.value is None else max(ceil(FINAL_TARGET - self.value - 1e-9), 0)


@dataclass(frozen=True)
class UsageFigures:
    """The indicator as of a moment; `rows` are those of `weekly_rows`, the newest first."""

    at: datetime
    rows: tuple[Mapping[str, Any], ...]
    closed: tuple[ClosedWeek, ...]
    setting: OfficialSetting
    target: Target
    names: Mapping[str, str]
    head: ChainHead
    simulated: bool
    movements: tuple[Movement, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    forecast: Forecast | None = None

    @property
    def fiscal_year(self) -> int:
        """The fiscal year of the present week."""
        return calendar.fiscal_year(calendar.week_start(calendar.week_key(self.at)))

    def fiscal_years(self) -> list[int]:
        """Return the fiscal years of which a week is closed, oldest first."""
        return sorted({week.fiscal_year for week in self.closed})

    def official(self, fiscal_year: int) -> OfficialValue:
        """Return the one number of a fiscal year as the setting says."""
        mine = [w for w in self.closed if w.fiscal_year == fiscal_year and w.value is not None]
        if self.setting.method == "mean_of_march":
            mine = [week for week in mine if week.thursday.month == 3]
        elif self.setting.method == "last_week":
            mine = mine[-1:]
        values = [week.value for week in mine if week.value is not None]
        mean = sum(values) / len(values) if values else None
        excluded = sum(week.excluded for week in mine)
        return OfficialValue(fiscal_year, mean, tuple(week.key for week in mine), excluded)


def read_usage(database: Database, *, now: datetime) -> UsageFigures:
    """Read the indicator as it stands, from one state of the database."""
    with database.read() as connection:
        connection.exec_driver_sql("BEGIN")
        return usage_figures(connection, now=now)


def usage_figures(
    connection: Connection, *, now: datetime, until: str | None = None, day: date | None = None
) -> UsageFigures:
    """Return the indicator as of a moment from an open connection.

    A report speaks of no week after `until`, and counts as the setting of a `day` says (today's).
    """
    entries = read_entries(connection)
    setting = official_setting(entries, day=day or now.astimezone(calendar.TOKYO).date())
    frozen = {
        key: week for key, week in frozen_weeks(entries).items() if until is None or key <= until
    }
    people = read_people(connection)
    weeks = [
        active_people(people.get(key, ()), sources=setting.sources, quotations=setting.quotations)
        for key in frozen
    ]
    closed = tuple(
        _closed(
            week, weeks, place, setting,
            excluded=len(excluded_people(people.get(week.key, ()), sources=setting.sources)),
        )
        for place, week in enumerate(frozen.values())
    )  # fmt: skip
    staff = _staff_of(connection, Register(entries), closed)
    return UsageFigures(
        at=now,
        rows=tuple(weekly_rows(connection, entries, now=now, until=until)),
        closed=closed,
        setting=setting,
        target=target(entries),
        names=sources(connection),
        head=read_head(connection),
        simulated=is_simulated(entries),
        movements=tuple(movements(weeks, staff)),
        cohorts=tuple(cohorts(weeks)),
        forecast=_forecast(closed),
    )


def weeks_until_end(start: date) -> int:
    """Return how many weeks come after a week until the last one of the final fiscal year."""
    monday, count = start, 0
    while calendar.fiscal_year(monday + timedelta(days=7)) <= FINAL_YEAR:
        monday += timedelta(days=7)
        count += 1
    return count


def _closed(
    week: FrozenWeek, weeks: list[Week], place: int, setting: OfficialSetting, *, excluded: int
) -> ClosedWeek:
    start = calendar.week_start(week.key)
    active = len(weeks[place])
    always = sustained(weeks, place)
    often = sustained(weeks, place, least=SUSTAINED_WEEKS - 1)
    value = {"active": active, "sustained": always, "three_of_four": often}[setting.reading]
    return ClosedWeek(
        week.key, start, calendar.fiscal_year(start), active, always, often, value, week.staff,
        special_days(week.key), week, excluded,
    )  # fmt: skip


def _staff_of(
    connection: Connection, register: Register, closed: tuple[ClosedWeek, ...]
) -> Week | None:
    """Return who could have used it on the last day of the last closed week."""
    if not closed:
        return None
    day = closed[-1].start + timedelta(days=6)
    return frozenset(staff_people(connection, register, day=day))


def _forecast(closed: tuple[ClosedWeek, ...]) -> Forecast | None:
    known = [week for week in closed if week.value is not None]
    if not known:
        return None
    return forecast(
        [week.value or 0 for week in known],
        special=[bool(week.special) for week in known],
        ahead=weeks_until_end(known[-1].start),
        most=max(known[-1].staff, max(week.value or 0 for week in known)),
    )
