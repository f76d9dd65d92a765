"""Dates and times as a Japanese Excel displays them, eras and weekdays included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

Part = tuple[str, str]  # (literal, bracket or code; its characters)

_ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 1, 25), "明治", "M"),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS = "月火水木金土日"
_FIRST_DAY = datetime(1899, 12, 30)  # day 0 of a spreadsheet
_ELAPSED = re.compile(r"^(?:h+|m+|s+)$", re.IGNORECASE)
_LETTERS = "ymdhsgea"
_HALF_DAYS = ("am/pm", "a/p")


def is_date_section(section: Sequence[Part]) -> bool:
    """Tell whether a section of a number format displays a date, a time or a duration."""
    return any(
        (kind == "code" and text.lower() in _LETTERS)
        or (kind == "bracket" and _ELAPSED.match(text) is not None)
        for kind, text in section
    )


def displayed_date(value: datetime | date | time | timedelta, section: Sequence[Part]) -> str:
    """Return a date, time or duration as a section of a number format displays it."""
    moment = _moment(value)
    fields = _fields(section)
    japanese = any(kind == "bracket" and "411" in text for kind, text in section)
    names = ("午前", "午後") if japanese else ("AM", "PM")
    half_days = any(text in _HALF_DAYS for kind, text in fields if kind == "field")
    shown: list[str] = []
    for i, (kind, text) in enumerate(fields):
        if kind == "literal":
            shown.append(text)
        elif text in _HALF_DAYS:
            shown.append(names[moment.hour >= 12])
        elif text in ("h", "hh") and half_days:
            shown.append(str(moment.hour % 12 or 12).zfill(len(text)))
        elif text[0] in "ge":
            followed = i + 1 < len(fields) and fields[i + 1][1].startswith("年")
            shown.append(_era(text, moment.date(), first_is_named=followed))
        else:
            shown.append(_field(text, moment))
    return "".join(shown).strip()


def _moment(value: datetime | date | time | timedelta) -> datetime:
    if isinstance(value, timedelta):
        return _FIRST_DAY + value
    if isinstance(value, time):
        return datetime.combine(_FIRST_DAY, value)
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _fields(section: Sequence[Part]) -> list[Part]:
    """Join the letters of each field (yyyy), tell minutes from months, and drop colours."""
    fields: list[Part] = []
    for kind, text in section:
        code = text.lower()
        if kind == "bracket":
            fields += [("field", f"[{code}]")] if _ELAPSED.match(code) else []
        elif kind == "code" and code in _LETTERS:
            if fields and fields[-1][0] == "field" and fields[-1][1][-1] == code:
                fields[-1] = ("field", fields[-1][1] + code)
            else:
                fields.append(("field", code))
        elif kind == "code" and code in _HALF_DAYS:
            fields.append(("field", code))
        elif kind == "literal" or code not in ("@", "0"):
            fields.append(("literal", text))
    names = [text.strip("[]") for kind, text in fields if kind == "field"]
    position = 0
    for i, (kind, text) in enumerate(fields):
        if kind != "field":
            continue
        after = names[position + 1][0] if position + 1 < len(names) else ""
        before = names[position - 1][0] if position else ""
        if text in ("m", "mm") and (before == "h" or after == "s"):
            fields[i] = ("field", text.replace("m", "n"))  # n: minutes
        position += 1
    return fields


def _field(text: str, moment: datetime) -> str:
    """Return one field of a date; [h], [m] and [s] count what has passed since day 0."""
    seconds = round((moment - _FIRST_DAY).total_seconds())
    letter, size = text.strip("[]")[0], len(text.strip("[]"))
    if text.startswith("["):
        return str(seconds // {"h": 3600, "m": 60, "s": 1}[letter]).zfill(size)
    if letter == "y":
        return str(moment.year) if size > 2 else f"{moment.year % 100:02d}"
    if letter == "m" and size > 2:
        name = _MONTHS[moment.month - 1]
        return name if size == 4 else name[: 1 if size == 5 else 3]
    if letter == "d" and size > 2:
        name = _DAYS[moment.weekday()]
        return name if size > 3 else name[:3]
    if letter == "a":
        return _WEEKDAYS[moment.weekday()] + ("曜日" if size > 3 else "")
    number = {
        "m": moment.month, "d": moment.day, "h": moment.hour, "n": moment.minute,
        "s": moment.second,
    }[letter]  # fmt: skip
    return str(number).zfill(min(size, 2))


def _era(text: str, day: date, *, first_is_named: bool) -> str:
    """Return an era (g R, gg 令, ggg 令和) or its year (e); the first year is 元 before 年."""
    for start, name, letter in _ERAS:
        if day >= start:
            if text[0] == "g":
                return {1: letter, 2: name[0]}.get(len(text), name)
            year = day.year - start.year + 1
            return "元" if year == 1 and first_is_named else str(year).zfill(min(len(text), 2))
    return "" if text[0] == "g" else str(day.year)
