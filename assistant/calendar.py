"""Japanese office time: today in Asia/Tokyo, ISO weeks and fiscal years."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
SINCE_EVER = date.min
"""What stands for a missing first day where days are compared."""


def now() -> datetime:
    """Return this instant in UTC."""
    return datetime.now(UTC)


def stored(instant: datetime) -> datetime:
    """Return an aware instant as the database keeps instants: UTC without a time zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def stored_now() -> datetime:
    """Return this instant as the database keeps instants."""
    return stored(now())


def today() -> date:
    """Return today's date in Tokyo."""
    return now().astimezone(TOKYO).date()


def week_key(instant: datetime) -> str:
    """Return the ISO week in Tokyo of an aware instant, such as 2026-W47."""
    year, week, _ = instant.astimezone(TOKYO).isocalendar()
    return f"{year}-W{week:02d}"


def week_start(key: str) -> date:
    """Return the Monday of a week key."""
    year, week = key.split("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def next_week(key: str) -> str:
    """Return the key of the week after."""
    year, week, _ = (week_start(key) + timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02d}"


def midnight(day: date) -> datetime:
    """Return the first instant of a day in Tokyo."""
    return datetime.combine(day, time(), TOKYO)


def fiscal_year(monday: date) -> int:
    """Return the fiscal year (April to March) of a week: that of its Thursday."""
    thursday = monday + timedelta(days=3)
    return thursday.year if thursday.month >= 4 else thursday.year - 1
