"""Figures in Japanese text (amounts, dates, periods, rates, articles) as comparable values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.japanese.normalize import normalized

_KANJI_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "億": 10**8, "兆": 10**12}
# The year before the first of each era.
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
ERA_LETTERS = {"r": "令和", "h": "平成", "s": "昭和"}

UNITS = (
    "箇月|か月|ヶ月|ケ月|カ月|ヵ月|週間|時間|営業日|開庁日間|開庁日|勤務日|日間|年間|年度|年分|年目|円|年|月|日|時|分|秒|"
    "週|名|人|者|社|件|部|通|枚|回|割|分の|パーセント|%|号|条|項|章|節|款|編|ページ|頁|歳|級|級地|"
    "キロメートル|km|メートル|m|か所|箇所|倍|種|類|階|番|点|個|台|冊|世帯|世|口|泊|夜|問|段|度"
)
_SAME_UNIT = {
    **dict.fromkeys(("箇月", "か月", "ヶ月", "ケ月", "カ月", "ヵ月"), "か月"),
    **dict.fromkeys(("%", "パーセント"), "%"),
    **dict.fromkeys(("週間", "週"), "週"),
    **dict.fromkeys(("日間", "日"), "日"),
    **dict.fromkeys(("営業日", "開庁日", "開庁日間", "勤務日"), "開庁日"),
    **dict.fromkeys(("年間", "年"), "年"),
    **dict.fromkeys(("人", "名"), "人"),
    **dict.fromkeys(("者", "社"), "者"),
    **dict.fromkeys(("ページ", "頁"), "頁"),
    **dict.fromkeys(("箇所", "か所"), "か所"),
    **dict.fromkeys(("キロメートル", "km"), "km"),
    **dict.fromkeys(("メートル", "m"), "m"),
    "年度": "年",
}
_MEASURES = {"週": (7, "日"), "年": (12, "か月")}
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_KANJI_NUMBER = r"[〇一二三四五六七八九十百千]+"
_ARABIC = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<scale>(?:[十百千]?[万億兆])|[百千](?=円|人|件))?"
    rf"(?P<rest>(?:{_NUMBER})(?:[百千])?(?:万)?)?\s*(?P<unit>{UNITS})?"
)
_KANJI = re.compile(rf"(?P<number>(?:{_KANJI_NUMBER}|[万億兆])+)\s*(?P<unit>{UNITS})")
_ERA = re.compile(rf"(?P<era>令和|平成|昭和|大正|明治)\s*(?P<year>\d+|元|{_KANJI_NUMBER})\s*年")
_ERA_LETTER = re.compile(r"(?<![a-z])(?P<era>[rhs])(?P<year>\d{1,2})(?=[./年])")
# A table row says the unit of a number in its head: 限度額（万円）：200
_UNIT_IN_HEAD = re.compile(
    r"\((兆円|億円|百万円|万円|千円|円|日|人|%|か月|時間|回|年)\):\s*(\d[\d,.]*)(?!\d)"
)
# 7時間45分 says nothing of 7時間.
_COMPOUND = re.compile(r"\d+時間?\s*\d+分(?!の)|\d+年\s*\d+(?:か月|箇月|[ヶケカヵ]月)")
_DOTTED_DATE = re.compile(r"(?<!\d)(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?!\d)")
_HALF_YEAR = re.compile("(?<![前後上下過大])半年")
_ANNEX = re.compile(rf"(別表|様式)第({_KANJI_NUMBER})")
_HALF_OF_DAY = re.compile(rf"(午前|午後)\s*(\d{{1,2}}|{_KANJI_NUMBER})(?=時(?!間)|:\d\d)")
# The cell of a table 「区分1：30日」 is no time of the day.
_CLOCK = re.compile(rf"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?![\d:]|{UNITS})")
# Words that hold kanji numerals without being figures.
_NOT_FIGURES = re.compile(
    r"一般|一部|一切|一定|一覧|一括|一時|一旦|一方|一者随意|統一|同一|万一|一人一人|第三者|十分|"
    r"一緒|一致|一連|一律|一層|三役|四半期|五十音|八百屋|千葉|唯一|一次|二次|一件書類|一式"
)


@dataclass(frozen=True)
class Figure:
    """A figure: its value, its unit in one spelling ("" where none) and the words it stood in.

    `whole` is the time or period of several figures that it is a part of, "" where it is none.
    """

    value: Decimal
    unit: str
    words: str
    whole: str = ""


def western_years(text: str) -> str:
    """Return normalized text with western dates, 24 hours, and units beside their numbers."""
    text = normalized(text)

    def western(match: re.Match[str]) -> str:
        era = ERA_LETTERS.get(match["era"], match["era"])
        year = 1 if match["year"] == "元" else integer(match["year"])
        tail = "年" if match.re is _ERA else ""
        return f"{ERAS[era] + year}{tail}"

    text = _HALF_YEAR.sub("6か月", text)
    text = _ANNEX.sub(lambda m: f"{m[1]}第{integer(m[2])}", text)
    text = _HALF_OF_DAY.sub(_in_24_hours, text)
    text = _UNIT_IN_HEAD.sub(r":\2\1", text)
    text = _ERA_LETTER.sub(western, _ERA.sub(western, text))
    text = _CLOCK.sub(lambda m: f"{int(m[1])}時{m[2]}分", text)
    return _DOTTED_DATE.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", text)


def _in_24_hours(match: re.Match[str]) -> str:
    hour = integer(match[2])
    return str(hour + 12 if match[1] == "午後" and hour < 12 else hour)


def figures(text: str) -> list[Figure]:
    """Return every figure of the text in order; markers such as [1] must be removed before."""
    plain = _NOT_FIGURES.sub(lambda m: "□" * len(m.group()), western_years(text))
    plain = re.sub(rf"(\d+)\s*分の\s*({_NUMBER})", lambda m: f"{m[2]}/{m[1]}分数 ", plain)
    found: list[tuple[int, Figure]] = []
    for match in re.finditer(rf"({_NUMBER})/(\d+)分数", plain):
        if int(match[2]):
            value = Decimal(match[1].replace(",", "")) / Decimal(match[2])
            found.append((match.start(), Figure(value, "", match.group())))
    plain = re.sub(rf"{_NUMBER}/\d+分数", lambda m: "□" * len(m.group()), plain)
    wholes = [(m.span(), re.sub(r"\s", "", m.group())) for m in _COMPOUND.finditer(plain)]
    for match in _ARABIC.finditer(plain):
        figure = _figure(_arabic_value(match), match["unit"], match.group())
        whole = next((w for (a, b), w in wholes if a <= match.start() < b), "")
        found.append((match.start(), replace(figure, whole=whole)))
    plain = _ARABIC.sub(lambda m: "□" * len(m.group()), plain)
    for match in _KANJI.finditer(plain):
        number = match["number"]
        if number[0] in "万億兆":
            continue
        found.append(
            (match.start(), _figure(Decimal(integer(number)), match["unit"], match.group()))
        )
    return [figure for _, figure in sorted(found, key=lambda item: item[0])]


def placed_figures(plain: str) -> list[tuple[Figure, int, int]]:
    """Return the figures of a `western_years` text with their start and end, shares left out."""
    placed: list[tuple[Figure, int, int]] = []
    end = 0
    for figure in figures(plain):
        start = plain.find(figure.words, end)
        if start >= 0:
            end = start + len(figure.words)
            placed.append((figure, start, end))
    return placed


def in_digits(text: str) -> str:
    """Return `western_years` of a text, its kanji numerals before a unit written in digits."""
    plain = western_years(text)
    words = [match.span() for match in _NOT_FIGURES.finditer(plain)]

    def digits(match: re.Match[str]) -> str:
        start, end = match.span()
        no_figure = any(start < last and first < end for first, last in words)
        behind_digits = plain[start - 1 : start].isdigit()
        if no_figure or behind_digits or match["number"][0] in "万億兆":
            return match.group()
        return f"{integer(match['number'])}{match['unit']}"

    return _KANJI.sub(digits, plain)


def supported(figure: Figure, sources: list[Figure]) -> bool:
    """Tell whether an equal figure with a compatible unit is among the sources.

    Part of a time or period (7時間 of 7時間45分) supports only the same part of the same whole.
    """
    wanted = measured(figure)
    return any(wanted == measured(other) and figure.whole == other.whole for other in sources)


def measured(figure: Figure) -> tuple[Decimal, str]:
    """Return value and unit in one measure: 10% and 100分の10, 2週間 and 14日, 1年 and 12か月."""
    if figure.unit == "%":
        return figure.value / 100, "割合"
    if figure.words.endswith("分数"):
        return figure.value, "割合"
    factor, unit = _MEASURES.get(figure.unit, (1, figure.unit))
    return figure.value * factor, unit


def common_unit(unit: str) -> str:
    """Return one spelling for units that mean the same (箇月 and ヶ月 are か月)."""
    return _SAME_UNIT.get(unit, unit)


def _figure(value: Decimal, unit: str | None, words: str) -> Figure:
    name = common_unit(unit or "")
    if name == "割":
        return Figure(value * 10, "%", words)
    return Figure(value, name, words.strip())


def _arabic_value(match: re.Match[str]) -> Decimal:
    value = Decimal(match["number"].replace(",", "").rstrip("."))
    scale = match["scale"]
    if scale:
        for character in scale:
            value *= _SMALL.get(character, _LARGE.get(character, 1))
    if match["rest"]:
        rest = match["rest"]
        if not scale:
            return value
        number = Decimal(re.sub(r"[^\d.]", "", rest))
        for character in re.sub(r"[\d.,]", "", rest):
            number *= _SMALL.get(character, _LARGE.get(character, 1))
        value += number
    return value


def integer(text: str) -> int:
    """Return the value of an Arabic or kanji integer (二〇二五, 三百五十 or 一二〇万)."""
    if text.isdigit() and text.isascii():
        return int(text)
    if all(c in _KANJI_DIGITS for c in text):
        return int("".join(str(_KANJI_DIGITS[c]) for c in text))
    total = section = digit = 0
    for character in text:
        if character in _KANJI_DIGITS:
            digit = digit * 10 + _KANJI_DIGITS[character]
        elif character in _SMALL:
            section += max(digit, 1) * _SMALL[character]
            digit = 0
        elif character in _LARGE:
            total += max(section + digit, 1) * _LARGE[character]
            section = digit = 0
    return total + section + digit
