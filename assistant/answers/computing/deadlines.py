"""Last days: a day that the question names, and the one period that the rule counts from it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assistant.answers.computing.quantities import content_words
from assistant.answers.computing.sums import Sum, conditions_met, proviso
from assistant.japanese.figures import in_digits

_ASKS_DAY: Final = re.compile(r"いつ|何日|何月|期限|期日|締切|締め切り|まで")
_DAY: Final = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_UNIT: Final = r"(?:日間|日|週間|週|か月|箇月|[ヶケカヵ]月|年)"
_ANY_PERIOD: Final = re.compile(
    rf"\d+\s*(?:開庁日|営業日|勤務日|{_UNIT})(?:以内|間?前(?![条項年回]))"
)
_EVENT: Final = r"(?P<event>[^、。()「」|:\n]*?)"
_WITHIN: Final = re.compile(
    rf"{_EVENT}(?:の日)?(?P<next>の翌日)?から(?:数えて|(?P<first>起算して))?、?"
    rf"(?P<number>\d+)\s*(?P<unit>{_UNIT})以内"
)
_BEFORE: Final = re.compile(rf"{_EVENT}の(?P<number>\d+)\s*(?P<unit>{_UNIT})前まで")
_FIRST_DAY_TOO: Final = re.compile(r"[日初]を含め")
_CLAUSE: Final = re.compile(r"[^、。?]*")
_YEARS_TO_TRY: Final = (2023, 2024, 2025)  # before a leap year, a leap year, after one
_NOT_SEEN: Final = "閉庁日に当たるかどうかは計算に入れていません。"


@dataclass(frozen=True)
class _Counted:
    """The last day, as a day and in the steps that lead to it."""

    day: date
    steps: Callable[[Callable[[date], str]], tuple[str, ...]]


def last_day(question: str, rule: str) -> Sum | None:
    """Return the last day of the rule's one period, counted from the question's one day.

    The first day counts where the rule says so (起算して, 含めて), else it does not (民法第140条).
    Opening days are not counted: no calendar here knows when a town's offices are closed.
    """
    plain, asked = in_digits(rule), in_digits(question)
    days = list(_DAY.finditer(asked))
    if len(days) != 1 or not _ASKS_DAY.search(asked) or len(_ANY_PERIOD.findall(plain)) != 1:
        return None
    found = _WITHIN.search(plain) or _BEFORE.search(plain)
    if found is None or not conditions_met(question, rule):
        return None
    what_happened = _CLAUSE.match(asked, days[0].end())
    happened = content_words(what_happened[0]) if what_happened else set()
    if not happened & content_words(found["event"]):
        return None
    counted = _in_every_year(days[0], found, first_too=bool(_FIRST_DAY_TOO.search(plain)))
    if counted is None:
        return None
    steps, said = counted
    return Sum(steps, f"期限は{said}です。{_NOT_SEEN}{proviso(rule)}")


def _in_every_year(
    day: re.Match[str], rule: re.Match[str], *, first_too: bool
) -> tuple[tuple[str, ...], str] | None:
    """Return the steps and the last day in words; None where they hang on a year not said."""
    years = [int(day["year"])] if day["year"] else list(_YEARS_TO_TRY)
    found: set[tuple[tuple[str, ...], str]] = set()
    for year in years:
        try:
            start = date(year, int(day["month"]), int(day["day"]))
            counted = _counted(start, rule, first_too=first_too)
        except (ValueError, OverflowError):
            return None
        if counted is None:
            return None
        say = _saying(start, year_said=day["year"] is not None)
        found.add((counted.steps(say), say(counted.day)))
    return found.pop() if len(found) == 1 else None


def _counted(start: date, rule: re.Match[str], *, first_too: bool) -> _Counted | None:
    number, months = _length(rule)
    parts = rule.groupdict()
    if "next" not in parts:
        return _back(start, number, months)
    first_too = (first_too or bool(parts["first"])) and not parts["next"]
    why = (
        "引用のとおり、その日から数えます"
        if first_too
        else "引用のとおり、翌日から数えます"
        if parts["next"]
        else "初日は数えません（民法第140条）"
    )
    if not months:
        last = start + timedelta(days=number - first_too)
        less = " − 1日" if first_too else ""
        return _Counted(last, lambda say: (why, f"{say(start)} + {number}日{less} = {say(last)}"))
    first = start if first_too else start + timedelta(days=1)
    same, missing = _months_on(first, number)
    last = same if missing else same - timedelta(days=1)
    less = "" if missing else " − 1日"
    no_day = ("同じ日のない月なので、その月の末日です（民法第143条）",) if missing else ()

    def steps(say: Callable[[date], str]) -> tuple[str, ...]:
        begins = () if first_too else (f"{say(start)} + 1日 = {say(first)}",)
        return why, *begins, f"{say(first)} + {number}か月{less} = {say(last)}", *no_day

    return _Counted(last, steps)


def _back(start: date, number: int, months: bool) -> _Counted | None:
    if months:
        last, missing = _months_on(start, -number)
        if missing:
            return None
        return _Counted(last, lambda say: (f"{say(start)} − {number}か月 = {say(last)}",))
    last = start - timedelta(days=number)
    return _Counted(last, lambda say: (f"{say(start)} − {number}日 = {say(last)}",))


def _length(rule: re.Match[str]) -> tuple[int, bool]:
    """Return a period as a number of days, or of months."""
    number, unit = int(rule["number"]), rule["unit"]
    if unit.startswith("週"):
        return number * 7, False
    if unit.startswith("日"):
        return number, False
    return (number * 12 if unit == "年" else number), True


def _months_on(day: date, months: int) -> tuple[date, bool]:
    """Return the same day so many months on, and whether that month lacks it (then its end)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    last = monthrange(year, month)[1]
    return date(year, month, min(day.day, last)), day.day > last


def _saying(start: date, *, year_said: bool) -> Callable[[date], str]:
    """Return how a day is said beside one that the question named with its year or without."""

    def say(day: date) -> str:
        words = f"{day.month}月{day.day}日"
        if year_said:
            return f"{day.year}年{words}"
        later = day.year - start.year
        between = {0: "", 1: "翌年", -1: "前年"}
        return between.get(later, f"{abs(later)}年{'後' if later > 0 else '前'}の") + words

    return say
