"""Other spellings of the years and numbers of a question: 令和8年度 is 2026年度, 三十日 is 30日."""

from __future__ import annotations

import re
from typing import Final

from assistant.japanese.figures import ERA_LETTERS, ERAS, integer
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import search_forms

_ERA_YEAR: Final = re.compile(
    r"(?:(?P<era>令和|平成|昭和)|(?<![a-z])(?P<letter>[rhs]))\s*"
    r"(?P<count>\d{1,2}|元|[一二三四五六七八九十]{1,3})(?P<unit>\s*年度?(?!代)|(?=\.\d))"
)
_WESTERN_YEAR: Final = re.compile(r"(?<![\d.,/])(?P<year>19[3-9]\d|20\d\d)(?P<unit>年度?)(?!代)")
# Sudachi has words of its own for some numbers of days and people (三十日 is 晦日, 十人), so that
# they do not meet their digits; of other units all spellings have one form.
_COUNTED: Final = re.compile(
    r"(?P<digits>(?<![\d.,])\d{1,2}(?!\d))(?P<unit>[日人回])"
    r"|(?P<kanji>(?<![一二三四五六七八九十百千万])[一二三四五六七八九十]{1,3})(?P<kanji_unit>[日人回])"
)
_DIGITS: Final = "〇一二三四五六七八九"


def other_years(question: str) -> list[str]:
    """Return each year of a question as the other calendar writes it, if the question does not."""
    plain = normalized(question)
    found: list[str] = []
    for match in _ERA_YEAR.finditer(plain):
        era = match["era"] or ERA_LETTERS[match["letter"]]
        count = 1 if match["count"] == "元" else integer(match["count"])
        unit = match["unit"].strip() or "年"
        found.append(f"{ERAS[era] + count}{unit}")
        if match["letter"]:
            found.append(f"{era}{count}{unit}")
    for match in _WESTERN_YEAR.finditer(plain):
        year = int(match["year"])
        first = {era: before + 1 for era, before in ERAS.items() if before < year}
        era = max(first, key=lambda name: first[name])
        found.append(f"{era}{year - ERAS[era]}{match['unit']}")
    return [year for year in dict.fromkeys(found) if year not in plain]


def other_numbers(question: str) -> list[str]:
    """Return each counted number that the dictionary takes for a word in its other spelling."""
    plain = normalized(question)
    found: list[str] = []
    for match in _COUNTED.finditer(plain):
        if match["digits"]:
            other = _in_kanji(int(match["digits"])) + match["unit"]
        else:
            other = f"{integer(match['kanji'])}{match['kanji_unit']}"
        if set(search_forms(other)) != set(search_forms(match.group())):
            found.append(other)
    return list(dict.fromkeys(found))


def _in_kanji(value: int) -> str:
    tens, ones = divmod(value, 10)
    many = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return many + (_DIGITS[ones] if ones else "") or "〇"
