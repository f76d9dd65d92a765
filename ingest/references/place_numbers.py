"""The numbers that name the places of a manual: 第12条の2, 別表第3, 様式第5号, 2（1）, ア."""

from __future__ import annotations

import re
import unicodedata

from assistant.domain import ReferenceKind, Step
from ingest.numbering import one_width

NUMBER = r"(?:[0-9０-９]{1,3}|[〇一二三四五六七八九十百]{1,5})"
BRANCH = rf"(?:[\s　]?の[\s　]?{NUMBER}(?![つ点者人件社倍]))"
_ENDS: tuple[tuple[str, ReferenceKind, str], ...] = (
    # unit, kind, what must not follow it: 第三者, 第1項目, 第3条件, 第2号議案 are no places
    ("編", "part", "成集入制さ"),
    ("部", "part", "長門隊品分会局屋数署"),
    ("章", "chapter", "程"),
    ("節", "section", "約電水目税度句分"),
    ("款", "subsection", "項"),
    ("条", "article", "件例文約理"),
    ("項", "paragraph", "目"),
    ("号", "item", "館棟室車機線店議被俸給炉様会公"),
)
KIND_OF_UNIT = {unit: kind for unit, kind, _ in _ENDS}
UNIT = (
    rf"第[\s　]?{NUMBER}[\s　]?(?:"
    + "|".join(
        rf"{unit}{f'(?:{BRANCH})*' if unit in '条号' else ''}(?![{barred}])"
        for unit, _, barred in _ENDS
    )
    + ")"
)
UNIT_ENDS = (
    "(?:" + "|".join(f"{unit}(?![{barred}])" for unit, _, barred in _ENDS if unit != "部") + ")"
)
"""What follows 前, 次, 同 and 本; 本部 is no place."""
_COUNTED = (
    "0-9０-９,，.．:：/／時日月年人名円万千億者回階台分秒週か箇ヶ件枚項条号倍割歳級部課社校点つ通冊%％"
    "～〜ペ"
)
BELOW = (
    rf"(?:の?(?P<digits>[0-9０-９]{{1,2}})(?![{_COUNTED}]))?"
    r"(?:の?[（(](?P<bracketed>[0-9０-９]{1,2})[）)])?"
    r"(?:の?(?P<kana>[ア-ン])(?![ァ-ヴー]))?"
)
"""What may follow the last 章, 節 or 条 of a place: 第4章第1節2, 第2章（5）, 第8章第2節ア."""
SERIES = r"(?:[一-龠々ァ-ヴーA-Za-zＡ-Ｚ]{1,10}?)?"
FORM = (
    rf"(?P<series>{SERIES})(?:第(?P<before>{NUMBER})号様式(?!の一覧)"
    rf"|様式(?:第(?P<after>{NUMBER})号?|(?P<bare>[0-9０-９]{{1,3}}(?![0-9０-９年月日枚部種]))))"
    rf"(?P<branch>(?:{BRANCH})*)"
)
_KANJI = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_NO_SERIES = ("所定", "別紙", "別記", "当該", "同", "下記", "次", "各", "旧", "新", "関係")
ROOTS = frozenset(
    {"part", "chapter", "article", "table", "appendix", "form", "supplement", "annex", "heading"}
)
"""Kinds whose numbers run through a whole manual; the others start anew inside what holds them."""
RANKS: dict[str, int] = {
    kind: rank
    for rank, kind in enumerate(
        ("part", "chapter", "section", "subsection", "article", "supplement", "paragraph", "item",
         "number", "bracketed", "kana")
    )
}  # fmt: skip
"""How deep a kind of number stands; tables, forms and annexes stand outside."""
_SECTION = re.compile(rf"(?:{UNIT})")
_UNIT_PARTS = re.compile(
    rf"第[\s　]?(?P<number>{NUMBER})[\s　]?(?P<unit>[編部章節款条項号])(?P<branch>(?:{BRANCH})*)"
)
_HEADED: tuple[tuple[ReferenceKind, re.Pattern[str]], ...] = (
    (
        "appendix",
        re.compile(rf"別表(?:第?(?P<number>{NUMBER})(?P<branch>(?:の{NUMBER})*))?(?![一-龠])"),
    ),
    ("table", re.compile(rf"表\s?第?(?P<number>{NUMBER})(?P<branch>)(?![0-9一-龠])")),
    ("annex", re.compile(rf"別[紙記]第?(?P<number>{NUMBER})?号?(?P<branch>)(?![一-龠])")),
    ("supplement", re.compile(r"[附付]\s?則(?P<number>)(?P<branch>)(?![一-龠])")),
)
_FORM_HEAD = re.compile(FORM)
_DOTTED = re.compile(r"(?P<number>[0-9]{1,2}(?:[.\-ー‐−][0-9]{1,2})+)[.\s　]")
_ITEM: tuple[tuple[ReferenceKind, re.Pattern[str]], ...] = (
    ("bracketed", re.compile(r"[（(](?P<number>[0-9０-９]{1,2})[）)]")),
    ("kana", re.compile(r"[（(]?(?P<number>[ア-ン])(?:[）)]|[\s　.．](?=\S))")),
    ("number", re.compile(r"(?P<number>[0-9０-９]{1,2})(?:[\s　.．](?=\S)|$)")),
)


def integer(words: str) -> int:
    """Return the value of a number in Arabic or kanji digits of any width: 12, １２, 十二, 一二."""
    plain = unicodedata.normalize("NFKC", words)
    if plain.isdecimal():
        return int(plain)
    if not set("十百") & set(plain):
        return int("".join(str(_KANJI[character]) for character in plain))
    value = digit = 0
    for character in plain:
        if character in _KANJI:
            digit = _KANJI[character]
        else:
            value += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
    return value + digit


def arabic(number: str | None, branch: str | None = "") -> str:
    """Return a number with its branches in Arabic digits: 十二 and の二 make 12の2."""
    parts = [number or "", *re.findall(NUMBER, branch or "")]
    return "の".join(str(integer(part)) for part in parts if part)


def unit_steps(words: str) -> tuple[Step, ...]:
    """Return the steps of words such as 第2章第3節 or 第12条の2第1項."""
    return tuple(
        Step(KIND_OF_UNIT[m["unit"]], arabic(m["number"], m["branch"]))
        for m in _UNIT_PARTS.finditer(words)
    )


def below_steps(found: re.Match[str]) -> tuple[Step, ...]:
    """Return the steps of a match of BELOW."""
    kinds: tuple[tuple[ReferenceKind, str], ...] = (
        ("number", "digits"),
        ("bracketed", "bracketed"),
    )
    steps = [Step(kind, arabic(found[name])) for kind, name in kinds if found[name]]
    return (*steps, *([Step("kana", found["kana"])] if found["kana"] else []))


def form_steps(found: re.Match[str]) -> tuple[Step, ...]:
    """Return the steps of a match of FORM: the series, where the form has one, and its number."""
    number = arabic(found["before"] or found["after"] or found["bare"], found["branch"])
    series = unicodedata.normalize("NFKC", found["series"] or "")
    for word in _NO_SERIES:
        series = series.removeprefix(word)
    return (*((Step("series", series),) if series else ()), Step("form", number))


def heading_steps(heading: str) -> tuple[Step, ...]:
    """Return the number with which a heading begins as steps; empty for one without."""
    line = one_width(heading)
    form = _FORM_HEAD.match(line)
    if form:
        return form_steps(form)
    unit = _SECTION.match(line)
    if unit:
        return unit_steps(unit[0])
    for kind, pattern in _HEADED:
        found = pattern.match(line)
        if found:
            return (Step(kind, arabic(found["number"], found["branch"])),)
    dotted = _DOTTED.match(line)
    if dotted:
        return (Step("heading", dotted_number(dotted["number"])),)
    return item_steps(line)


def item_steps(line: str) -> tuple[Step, ...]:
    """Return the number with which an item of a text begins as a step; empty for one without."""
    for kind, pattern in _ITEM:
        found = pattern.match(line)
        if found:
            number = found["number"]
            return (Step(kind, number if kind == "kana" else str(integer(number))),)
    return ()


def dotted_number(words: str) -> str:
    """Return 5-2, ５－２ and 5.2 in one spelling."""
    return re.sub(r"[^0-9]+", "-", unicodedata.normalize("NFKC", words))
