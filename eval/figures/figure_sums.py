"""Does the sums of a computed sentence again, and names the figures that do not follow.

The evaluation's own code on purpose, as all of the figure checker: it reads only the words.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from eval.figures.figure_check import unsupported_figures
from eval.figures.figure_notation import Reading
from eval.figures.figure_reading import read_figures

# The rules of counting that a step may name without any passage: Civil Code, articles 140, 143.
_LAWS = re.compile(r"[（(]民法第14[03]条[）)]")
_SIGNS = re.compile(r"\s*([=≦≧<>])\s*")
_TERMS = re.compile(r"\s*([+−×])\s*")
_OPENING_DAY = "1日"  # whether the first day counts: one day more or less
_VERDICT = re.compile(
    r"(?P<figure>[^。]+?)は、「(?P<limit>.+)」に(?P<said>当たります|当たりません)"
)
_BOUND = re.compile(r"\s*(以上|以下|未満|を?超)")
_YEARS = (2023, 2024, 2025)


def unsupported_in_sum(text: str, rules: Sequence[str], *, question: str) -> list[str]:
    """Return the figures of a computed sentence that are given nowhere and follow from nothing.

    A figure is given by a passage (`rules`) or by the question. It follows if a step of the text
    is right (500万円 × 10/100 = 50万円, 4月1日 + 14日 = 4月15日) and all that it starts from is
    given or has followed before. What a wrong step comes to is unsupported wherever it stands.
    """
    known = [_one_period(given) for given in (*rules, question, _with_units(question))]
    found: list[str] = []
    results: list[str] = []
    meaning: list[str] = []
    for sentence in filter(None, _one_period(_LAWS.sub("", text)).split("。")):
        parts = _SIGNS.split(sentence)
        if len(parts) != 3:
            meaning.append(sentence)
            continue
        left, sign, right = parts
        terms = _TERMS.split(left)
        for term in terms[0::2] + ([] if sign == "=" else [right]):
            if term != _OPENING_DAY:
                found += [f.text for f in unsupported_figures(term, known)]
        if not _holds(terms, sign, right):
            found.append(right)
        elif sign == "=":
            known.append(right)
            results.append(right)
    for sentence in meaning:
        found += [f.text for f in unsupported_figures(sentence, known)]
        if verdict := _VERDICT.search(sentence):
            found += [] if _fits(verdict) else [verdict["figure"]]
    said = [figure for sentence in meaning for figure in read_figures(sentence)]
    last = {
        reading for result in results[-1:] for f in read_figures(result) for reading in f.readings
    }
    compares = any(_VERDICT.search(sentence) for sentence in meaning)
    if last and said and not compares and not any(last & figure.readings for figure in said):
        found.append(said[-1].text)
    return found


def _with_units(question: str) -> str:
    """Return a question with the units that people leave out: 400万 and 24キロ."""
    question = re.sub(r"(?<=[0-9０-９][万億])(?!円)", "円", question)
    return re.sub("キロ(?!メートル|グラム|バイト)", "キロメートル", question)


def _one_period(text: str) -> str:
    """Return the text with an age in years and months as one period, and days of 翌年 as days."""
    text = re.sub(r"([0-9]+)歳(?=[0-9]+[かヶ箇]月)", r"\1年", text)
    return re.sub(r"翌年(?=[0-9]+月)|前年(?=[0-9]+月)", "", text)


def _holds(terms: Sequence[str], sign: str, right: str) -> bool:
    if re.search(r"[0-9]月[0-9]+日", terms[0]):
        return sign == "=" and _reaches(terms, right)
    value, other = _value(terms), _value([right])
    if value is None or other is None or (value[0] and other[0] and value[0] != other[0]):
        return False
    return {
        "=": value[1] == other[1],
        "≦": value[1] <= other[1],
        "≧": value[1] >= other[1],
        "<": value[1] < other[1],
        ">": value[1] > other[1],
    }[sign]


def _value(terms: Sequence[str]) -> tuple[str, Fraction] | None:
    """Return the unit and value of a sum of amounts, periods, counts and shares."""
    unit, total = "", Fraction(0)
    for sign, term in zip(("+", *terms[1::2]), terms[0::2], strict=True):
        figures = read_figures(term)
        numbers = [r for f in figures for r in f.readings if isinstance(r[1], Fraction)]
        if len(figures) != 1 or not numbers:
            return None
        own, value = min(numbers, key=_preference)
        if sign == "×":
            total = total * Fraction(value)
        else:
            total += Fraction(value) if sign == "+" else -Fraction(value)
            if unit and own and own != unit:
                return None
            unit = own or unit
    return unit, total


def _preference(reading: Reading) -> tuple[bool, str]:
    return reading[0] not in ("円", "月", "日", "率"), reading[0]


def _reaches(terms: Sequence[str], right: str) -> bool:
    """Tell whether counting on from a day reaches the other day; in any year if none is said."""
    start, end = _day_of(terms[0]), _day_of(right)
    if start is None or end is None:
        return False
    for year in (start[0],) if start[0] else _YEARS:
        try:
            day = date(year, start[1], start[2])
        except ValueError:
            return False
        for sign, term in zip(terms[1::2], terms[2::2], strict=True):
            counted = re.fullmatch(r"([0-9]+)(日|か月)", term)
            if counted is None or sign == "×":
                return False
            number = int(counted[1]) * (1 if sign == "+" else -1)
            day = day + timedelta(days=number) if counted[2] == "日" else _months_on(day, number)
        if (day.month, day.day) != end[1:] or (end[0] and end[0] != day.year):
            return False
    return True


def _day_of(text: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(r"(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})日", text.strip())
    return (int(found[1] or 0), int(found[2]), int(found[3])) if found else None


def _months_on(day: date, number: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _fits(verdict: re.Match[str]) -> bool:
    """Tell whether a figure is in the quoted range, or is not, as the sentence says."""
    value = _value([verdict["figure"]])
    if value is None:
        return False
    limit, position, inside = verdict["limit"], 0, []
    for figure in read_figures(limit):
        position = limit.find(figure.text, position) + len(figure.text)
        bound = _BOUND.match(limit, position)
        own = _value([figure.text])
        if bound and own and own[0] == value[0]:
            inside.append(_inside(value[1], bound[1], own[1]))
    return bool(inside) and all(inside) == (verdict["said"] == "当たります")


def _inside(value: Fraction, bound: str, limit: Fraction) -> bool:
    if bound in ("以上", "以下"):
        return value >= limit if bound == "以上" else value <= limit
    return value < limit if bound == "未満" else value > limit
