"""Reads dates, calendar years and fiscal years in the notations of Japanese office texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction

from eval.figures.figure_notation import DAY, PERIOD, Reading, number_value

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERAS |= {"S": 1925, "H": 1988, "R": 2018}
_ERA = r"(?:明治|大正|昭和|平成|令和|(?<![A-Za-z0-9])[RHS](?=[0-9]))"
_YEAR = r"(?:[0-9]{1,4}|(?!〇)[〇一二三四五六七八九十]{1,4}|元)"


def calendar_reading(year: int | None, month: str | None, day: str | None) -> Reading:
    """Return the reading of a date, "*" for what is not stated: ("暦", "2025-04-*")."""
    parts = [f"{year:04d}" if year is not None else None]
    parts += [f"{int(number_value(part)):02d}" if part else None for part in (month, day)]
    return "暦", "-".join(part or "*" for part in parts)


def less_exact_dates(value: str) -> Iterable[Reading]:
    """Return what a date also says: 2025-04-01 gives 2025-04, 2025, 04-01, 04 and 01."""
    year, month, day = value.split("-")
    forms = [(year, month, "*"), (year, "*", "*"), ("*", month, day)]
    forms += [("*", month, "*"), ("*", "*", day)]
    return [("暦", "-".join(form)) for form in forms]


def _year_of(era: str, year: str) -> int:
    return int(number_value(year)) + _ERAS.get(era, 0)


def _date(found: re.Match[str], era: str) -> Iterable[Reading]:
    year, month, day = found["year"], found["month"], found["day"]
    if found["era"] or number_value(year) >= 1000:
        yield calendar_reading(_year_of(found["era"] or "", year), month, day)
    elif month or era:
        # 「7年4月1日」 after an era is a date; 「3年6月」 may also be a period.
        yield calendar_reading(_year_of(era or "令和", year), month, day)
        yield "月", number_value(year) * 12 + number_value(month or "0")


def _dotted_date(found: re.Match[str], era: str) -> Iterable[Reading]:
    if not found["era"] and len(found["year"]) != 4:
        return ()
    day = found.groupdict().get("day")
    return (calendar_reading(_year_of(found["era"] or "", found["year"]), found["month"], day),)


def _fiscal_year(found: re.Match[str], era: str) -> Iterable[Reading]:
    given = found["era"] or ("" if number_value(found["year"]) >= 1000 else era or "令和")
    return (("年度", Fraction(_year_of(given, found["year"]))),)


def _era_year(found: re.Match[str], era: str) -> Iterable[Reading]:
    year = _year_of(found["era"], found["year"])
    return ("年度", Fraction(year)), calendar_reading(year, None, None)


def _month_and_day(found: re.Match[str], era: str) -> Iterable[Reading]:
    return (calendar_reading(None, found["month"], found["day"]),)


# Tried in this order; each function gets the match and the era named last in the text.
CALENDAR_RULES: tuple[tuple[str, Callable[[re.Match[str], str], Iterable[Reading]]], ...] = (
    (
        rf"(?P<era>{_ERA})?(?P<year>{_YEAR})年(?!度|間)"
        rf"(?:(?P<month>{DAY})月(?!{PERIOD})(?:(?P<day>{DAY})日)?)?",
        _date,
    ),
    (
        rf"(?P<era>{_ERA})?(?P<year>[0-9]{{1,4}})(?P<mark>[./-])(?P<month>[0-9]{{1,2}})"
        r"(?P=mark)(?P<day>[0-9]{1,2})(?![0-9.-])",
        _dotted_date,
    ),
    (rf"(?P<era>{_ERA})(?P<year>[0-9]{{1,2}})[./](?P<month>[0-9]{{1,2}})(?![0-9])", _dotted_date),
    (rf"(?P<era>{_ERA})?(?P<year>{_YEAR})年度", _fiscal_year),
    (rf"(?P<era>{_ERA})(?P<year>[0-9]{{1,2}}|元)", _era_year),
    (rf"(?P<month>{DAY})月(?P<day>{DAY})日", _month_and_day),
)
