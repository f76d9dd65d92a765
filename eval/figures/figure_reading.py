"""Reads every figure of a Japanese text into values that can be compared across notations.

A figure is any number, amount, date, period, rate, time or article number. Not figures: citation
markers, list numbers, URLs, a unit named alone (単位：千円), vague numbers (数日, 十数人) and words
that only look like one (一部, 十分な, 第三者, 三者協議, 市内一円). Decided: 三者見積 and 三者以上
are counts (unit 者, equal to 社); 二つ and 2つ are counts, 一つ is an idiom; a kanji numeral needs
a unit or three characters, so 一般, 千葉 and 万一 are words; A4 or DS-920 is one name, not a 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from eval.figures.figure_calendar import CALENDAR_RULES, calendar_reading
from eval.figures.figure_notation import (
    DAY,
    KANJI,
    NUMBER,
    PERIOD,
    UNIT,
    Reading,
    common_unit,
    normalise,
    number_value,
)


@dataclass(frozen=True)
class Figure:
    """A figure as written, with every value it can stand for as (unit, value) pairs.

    `number` is the number without scale and unit, `written_unit` these two as written: 130万円
    is 130 and 万円 and reads as ("円", 1300000).
    """

    text: str
    readings: frozenset[Reading]
    number: Fraction | None = None
    written_unit: str = ""


_BRANCH = (
    rf"(?:の(?:[0-9]+(?!{UNIT}|[0-9条項号月年])"
    rf"|{KANJI}+(?=[第のにをとではがかまへ、。)「・及又以]|$)))*"
)
_ARTICLE = rf"第?{NUMBER}(?:条|項(?!目)|号|章|節|編|款){_BRANCH}"
_RANGE = re.compile(rf"(?:から|ないし|又は|または|[~・-])({NUMBER})({UNIT}|月)?")
_NEEDS_ORDINAL = {"次", "期", "種", "番", "度", "点"}
_LOOSE = set("以未超及又並等前後内外中上下間且再参")


def _malformed(found: re.Match[str], era: str) -> Iterable[Reading]:
    """Let 13,00,000, whose groups no reader would trust, equal only the same characters."""
    first, *rest = found[0].split(",")
    well_formed = len(first) <= 3 and all(len(part) == 3 for part in rest)
    years = all(len(part) == 4 for part in (first, *rest))
    as_list = years or all(len(part) < 3 and part != "00" for part in rest)
    return () if well_formed or as_list else (("書式", found[0]),)


def _name(found: re.Match[str], era: str) -> Iterable[Reading]:
    return (("名", found[0].lower()),)


def _clock(found: re.Match[str], era: str) -> Iterable[Reading]:
    minutes = number_value(found["minute"] or found["colon"] or "0")
    hour = number_value(found["hour"])
    if found["half"] and found["half"].lower() in ("午後", "pm") and hour < 12:
        hour += 12
    return (("時刻", hour * 60 + minutes + (30 if found["thirty"] else 0)),)


def _fraction(found: re.Match[str], era: str) -> Iterable[Reading]:
    whole = number_value(found["below"])
    return (("率", number_value(found["above"]) / whole),) if whole else ()


def _slash(found: re.Match[str], era: str) -> Iterable[Reading]:
    above, below = Fraction(found["above"]), Fraction(found["below"])
    if below:
        yield "率", above / below
    if 1 <= above <= 12 and 1 <= below <= 31:
        yield calendar_reading(None, found["above"], found["below"])


def _article(found: re.Match[str], era: str) -> Iterable[Reading]:
    numeral = re.match(KANJI + "+", found[0])
    before = found.string[: found.start()][-1:]
    if numeral and len(numeral[0]) < 2 and before not in set("法条令則項例程同"):
        return ()
    steps = re.findall(rf"第?({NUMBER})([条項号章節編款])({_BRANCH})", found[0])
    parts = (f"{kind}{_branches(number + rest)}" for number, kind, rest in steps)
    return (("条文", "/".join(parts)),)


def _branches(text: str) -> str:
    return "の".join(str(number_value(part)) for part in text.split("の"))


def _annex(found: re.Match[str], era: str) -> Iterable[Reading]:
    return (("条文", "別表" + _branches(found["number"])),)


def _tenths(found: re.Match[str], era: str) -> Iterable[Reading]:
    tenth, hundredth = number_value(found["tenth"]), number_value(found["hundredth"] or "0")
    return (("率", tenth / 10 + hundredth / 100),)


def _long_period(found: re.Match[str], era: str) -> Iterable[Reading]:
    size, unit = (12, "月") if found["large"] == "年" else (60, "分")
    rest = Fraction(size, 2) if found["half"] else number_value(found["smaller"])
    return ((unit, number_value(found["bigger"]) * size + rest),)


def _half(found: re.Match[str], era: str) -> Iterable[Reading]:
    periods = {"半年": ("月", Fraction(6)), "半月": ("月", Fraction(1, 2))}
    periods["半日"] = ("日", Fraction(1, 2))
    return (periods.get(found[0], ("率", Fraction(1, 2))),)


def _plain(found: re.Match[str], era: str) -> Iterable[Reading]:
    """Read a number with its unit, one without taking it from the end of its range (5〜10日)."""
    written, unit, after = found["number"], found["unit"] or "", found.string[found.end() :]
    value = number_value(written)
    if not unit and (to := _RANGE.match(after)) and to[2]:
        unit, scale = to[2], re.sub("^.*[^十百千万億兆]", "", to[1])
        if written[-1].isdigit() and scale and to[1][0].isdigit():
            value = number_value(written + scale)
    ordinal = bool(found["ordinal"]) or after.startswith("目")
    if not written[0].isdigit():
        idiom = unit in _NEEDS_ORDINAL and not ordinal and len(written) < 2
        if not written.strip("〇") or idiom or (not unit and len(written) < 3):
            return
    if ordinal:
        yield "第" + unit, value
    elif found["yen"]:
        yield "円", value
    elif unit == "月":
        period = re.match(PERIOD, after)
        if period or after.startswith("分") or not written[0].isdigit():
            yield "月", value
        if not period:
            yield calendar_reading(None, written, None)
    elif unit:
        name, factor = common_unit(unit)
        yield name, value * factor
        if unit == "日" and not re.match(PERIOD, after):
            yield "暦", f"*-*-{int(value):02d}"
    else:
        loose = re.match("[一-龠]|[ァ-ヴー]{2,}", after)
        yield (loose[0] if loose and loose[0] not in _LOOSE else ""), value


_Rule = Callable[[re.Match[str], str], Iterable[Reading]]
# The first rule that finds a reading takes the place; more exact notations stand first.
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"(?<![0-9,.])[0-9]+(?:,[0-9]+)+(?![0-9])", _malformed),
        (
            rf"(?P<bigger>{NUMBER})(?P<large>年|時間)と?"
            rf"(?:(?P<smaller>{NUMBER})(?:[かカヶケヵ箇]月|分)|(?P<half>半)(?!期))",
            _long_period,
        ),
        *CALENDAR_RULES,
        (r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}|[0-9]+(?:[.-][0-9]+){2,}", _name),
        (r"(?<![A-Za-z])(?![AaPp][Mm][0-9])[A-Za-z]+[-_]?[0-9]+[A-Za-z0-9]*(?:[-.][0-9]+)*", _name),
        (
            rf"(?P<half>午前|午後|[AaPp][Mm])?(?P<hour>{DAY})(?:時(?![間点期刻代差給効限])"
            rf"(?:(?P<minute>{DAY})分|(?P<thirty>半))?|:(?P<colon>[0-9]{{2}})(?![0-9]))",
            _clock,
        ),
        (rf"(?P<below>{NUMBER})分の(?P<above>{NUMBER})", _fraction),
        (r"(?P<above>[0-9]+)/(?P<below>[0-9]+)(?![0-9])", _slash),
        (rf"{_ARTICLE}(?:{_ARTICLE})*", _article),
        (rf"別表第?(?P<number>{NUMBER}{_BRANCH})", _annex),
        (rf"(?P<tenth>{NUMBER})割(?:(?P<hundredth>{DAY})分)?", _tenths),
        (r"(?<!過)半[年月日額数]", _half),
        (rf"(?P<ordinal>第)?(?P<yen>¥)?(?P<number>{NUMBER})(?P<unit>{UNIT}|月)?", _plain),
    )
)
_START = re.compile(r"[0-9〇一二三四五六七八九十百千第別半明大昭平令午¥A-Za-z]")
_NUMERALS = re.compile(KANJI + "+")


def read_figures(text: str) -> list[Figure]:
    """Return the figures of a text in order of appearance."""
    text = normalise(text)
    figures, era, position = [], "", 0
    while start := _START.search(text, position):
        for pattern, read in _RULES:
            found = pattern.match(text, start.start())
            if found and (readings := frozenset(read(found, era))):
                era = found.groupdict().get("era") or era
                figures.append(_figure(found, readings))
                position = found.end()
                break
        else:
            # A word such as 一般: the rest of its numerals is no figure either.
            position = (_NUMERALS.match(text, start.start()) or start).end()
    return figures


def _figure(found: re.Match[str], readings: frozenset[Reading]) -> Figure:
    parts = found.groupdict()
    written = found[0].replace("季期", "四半期")
    if "unit" not in parts:
        return Figure(written, readings)
    number = parts["number"] or ""
    stem = number.rstrip("十百千万億兆") or number
    return Figure(
        written, readings, number_value(stem), number.removeprefix(stem) + (parts["unit"] or "")
    )
