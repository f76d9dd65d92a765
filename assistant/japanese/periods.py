"""Days, months, years and fiscal years that a text names: 令和6年度, R7.4.1, 昨年の10月, 先月."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assistant.japanese.figures import ERA_LETTERS, ERAS

_ERA_SIGNS: Final = {"㋿": "令和", "㍻": "平成", "㍼": "昭和"}
# 前 and 翌 count from what the text speaks of, which need not be today.
_YEARS: Final = {
    "一昨年": -2, "おととし": -2, "昨年": -1, "去年": -1, "今年": 0, "本年": 0, "来年": 1,
    "再来年": 2,
}  # fmt: skip
_FISCAL_YEARS: Final = {
    "一昨年度": -2, "前々年度": -2, "昨年度": -1, "去年度": -1, "前年度": -1, "今年度": 0,
    "本年度": 0, "来年度": 1, "翌年度": 1, "再来年度": 2,
}  # fmt: skip
_MONTHS: Final = {"先々月": -2, "先月": -1, "今月": 0, "来月": 1, "再来月": 2}
_LOOSE: Final = {"前々年度", "前年度", "翌年度"}
_KANJI: Final = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}

_NUMBER: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR: Final = (
    rf"(?:(?P<era>令和|平成|昭和|[㋿㍻㍼]|(?<![A-Za-z\d])[RHSrhs])\s*(?P<count>{_NUMBER}|元)"
    r"|(?P<western>(?<![\d.,/\-A-Za-z])(?:19|20)\d\d"
    r"|二千[一二三四五六七八九十]{1,3}|[一二][〇零九][〇零一二三四五六七八九]{2}))"
)
_IN_YEAR: Final = (
    rf"(?:\s*の?\s*(?P<month>{_NUMBER})\s*月(?!間)"
    rf"(?:\s*の?\s*(?P<day>{_NUMBER})\s*日(?!間))?)?(?P<edge>末|当初)?"
)
# 日本年金, 過去年度 and 従来年 hold the words without their sense.
_RELATIVE_YEAR: Final = (
    rf"(?<![日過直再従将以])(?P<relative>{'|'.join([*_FISCAL_YEARS, *_YEARS])})(?![金報鑑輪齢間])"
)
_RELATIVE_MONTH: Final = (
    rf"(?<![再従将以])(?P<near>{'|'.join(_MONTHS)})(?:\s*の?\s*(?P<near_day>{_NUMBER})\s*日(?!間))?"
    r"(?P<near_edge>末)?"
)
_SHORT: Final = (
    rf"{_YEAR}\s*(?P<sign>[-./])\s*(?P<month>\d{{1,2}})"
    r"(?:\s*(?P=sign)\s*(?P<day>\d{1,2}))?(?![\d./\-A-Za-z])"
)
_PATTERNS: Final = (
    re.compile(rf"{_YEAR}\s*年(?P<fiscal>度)?(?![金報鑑輪齢間目]){_IN_YEAR}"),
    re.compile(_RELATIVE_YEAR + _IN_YEAR),
    re.compile(_RELATIVE_MONTH),
    re.compile(_SHORT),
)


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included, as text[start:end] names it.

    `loose` is one that counts from something else than today: 翌年度.
    """

    first: date
    last: date
    start: int
    end: int
    relative: bool = False
    loose: bool = False


def one_to_one(text: str) -> str:
    """Return the text in one width, each character in its place."""
    forms = ((c, unicodedata.normalize("NFKC", c)) for c in text)
    return "".join(form if len(form) == 1 else c for c, form in forms)


def periods(text: str, *, today: date) -> list[Period]:
    """Return the days, months and years of a text in order; those without a year are none.

    The text has one width (`one_to_one`). What no calendar has (令和6年13月) is left out.
    """
    found: list[Period] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            try:
                period = _period(match, today)
            except (ValueError, OverflowError):
                continue
            if period and not any(p.start < period.end and period.start < p.end for p in found):
                found.append(period)
    return sorted(found, key=lambda period: period.start)


def _period(match: re.Match[str], today: date) -> Period | None:
    said = match.groupdict()
    if said.get("near"):
        first, last = _near_month(said, today)
        return Period(first, last, *match.span(), relative=True)
    relative = said.get("relative")
    if relative:
        fiscal = relative in _FISCAL_YEARS
        year = today.year - (fiscal and today.month < 4)
        year += (_FISCAL_YEARS if fiscal else _YEARS)[relative]
    else:
        fiscal, year = bool(said.get("fiscal")), _year(said)
    # 2024.10 may be a version or an amount: without a day only R6.10 and 2024/10 are months.
    if said.get("sign") and not said["day"] and said["western"] and said["sign"] != "/":
        return None
    if said.get("sign") and not said["day"] and said["sign"] == "-":
        return None
    first, last = _within(year, fiscal, said)
    return Period(
        first, last, *match.span(), relative=relative is not None, loose=relative in _LOOSE
    )


def _within(year: int, fiscal: bool, said: dict[str, str | None]) -> tuple[date, date]:
    """Return the days of a year, or of the month or day of it that is said."""
    month, day, edge = said["month"], said["day"], said.get("edge")
    if month:
        number = _integer(month)
        year += fiscal and number < 4
        first, last = _month(year, number)
        if day:
            first = last = date(year, number, _integer(day))
    elif fiscal:
        first, last = date(year, 4, 1), date(year + 1, 3, 31)
    else:
        first, last = date(year, 1, 1), date(year, 12, 31)
    if edge:
        first = last = last if edge == "末" else first
    return first, last


def _near_month(said: dict[str, str | None], today: date) -> tuple[date, date]:
    count = today.year * 12 + today.month - 1 + _MONTHS[said["near"] or ""]
    first, last = _month(count // 12, count % 12 + 1)
    if said["near_day"]:
        first = last = first.replace(day=_integer(said["near_day"]))
    return (last, last) if said["near_edge"] else (first, last)


def _month(year: int, month: int) -> tuple[date, date]:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def _year(said: dict[str, str | None]) -> int:
    if said["western"]:
        return _integer(said["western"])
    era, count = said["era"] or "", said["count"] or ""
    name = _ERA_SIGNS.get(era, ERA_LETTERS.get(era.lower(), era))
    number = 1 if count == "元" else _integer(count)
    if not number:
        raise ValueError(f"no year: {era}{count}")
    return ERAS[name] + number


def _integer(text: str) -> int:
    """Return the value of 12, 十二, 二〇二四 or 二千二十四; 0 of nothing."""
    if text.isdigit():
        return int(text)
    if all(c in _KANJI for c in text):
        return int("".join(str(_KANJI[c]) for c in text) or "0")
    thousands, _, rest = text.rpartition("千")
    tens, ten, ones = rest.rpartition("十")
    value = _integer(thousands) * 1000 + _integer(ones)
    return value + (max(1, _integer(tens)) * 10 if ten else 0)
