"""Days as Japanese offices write them: 2026-04-01, 2026/4/1, 20260401, 令和8年4月1日, R8.4.1."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from assistant.japanese.figures import ERA_LETTERS, ERAS

_DAY: Final = re.compile(
    r"(?:(?P<era>令和|平成|昭和|R|H|S)\s*)?(?P<year>\d{1,4}|元)\s*[-/.年]\s*"
    r"(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
_MIDNIGHT: Final = re.compile(r"\s+0?0:00(:00)?$")  # programs write a day as an instant


def read_day(text: str) -> date:
    """Return the day that a text names, full-width digits too; raises ValueError.

    A year without an era has four digits: 8-4-1 could be any.
    """
    plain = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip())
    match = _COMPACT.fullmatch(plain)
    if match:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    match = _DAY.fullmatch(plain)
    era = (match["era"] or "").lower() if match else ""
    if match is None or not (era or len(match["year"]) == 4):
        raise ValueError(f"no day: {text!r}")
    year = 1 if match["year"] == "元" else int(match["year"])
    first = ERAS.get(ERA_LETTERS.get(era, era), 0)
    return date(year + first, int(match["month"]), int(match["day"]))


def day_words(day: date | None) -> str:
    """Return 2026年4月1日, or "" for no day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
