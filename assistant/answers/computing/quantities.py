"""Quantities that a text states (amounts, counts, periods), with the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from assistant.japanese.figures import in_digits, placed_figures
from assistant.japanese.tokens import tokens

_SAME: Final = {"泊": "夜", "歳": "年"}
_NEVER: Final = {"月", "条", "項", "号", "章", "節", "款", "編", "頁", "時", "分", "番", "階", "級"}
_SCALED: Final = re.compile(r"\d[万億兆]|[十百千][万億兆]")
_EARLIEST_YEAR: Final = 1868
_NOT_EXACT: Final = re.compile(
    r"\s*(?:ほど|くらい|ぐらい|程度|前後|前|後|以上|以下|以内|未満|以前|以降|以後|を?超|まで|目|弱|強)"
)
_ABOUT: Final = re.compile(r"(?:約|およそ|だいたい|第|別表|様式)\s*$")
_SAID_KILO: Final = re.compile(r"(?<=\d)\s*キロ(?!メートル|グラム|バイト)")
_WORDLESS: Final = frozenset(
    ("日", "時", "場合", "者", "物", "事", "為る", "有る", "居る", "成る", "受ける", "行う")
)


@dataclass(frozen=True)
class Quantity:
    """A value in one spelling of its unit, as it is written, between what stands around it.

    Years and months said together, and ages with months, are in か月.
    """

    value: Decimal
    unit: str
    words: str
    before: str
    after: str

    @property
    def exact(self) -> bool:
        """Whether the value itself is meant: 35万円, and not 約35万円 or 35万円以下."""
        return not (_NOT_EXACT.match(self.after) or _ABOUT.search(self.before))


def quantities(text: str) -> list[Quantity]:
    """Return the quantities of a text in order: no dates, articles, clock times or shares."""
    plain = _SAID_KILO.sub("キロメートル", in_digits(text))
    found: list[Quantity] = []
    placed = placed_figures(plain)
    position = 0
    while position < len(placed):
        figure, start, end = placed[position]
        value, unit = figure.value, _SAME.get(figure.unit, figure.unit)
        following = placed[position + 1] if position + 1 < len(placed) else None
        if unit == "年" and following and following[0].unit == "か月" and following[1] == end:
            value, unit, end = value * 12 + following[0].value, "か月", following[2]
            position += 1
        position += 1
        if unit == "" and _SCALED.search(figure.words):
            unit = "円"
        if _is_date(unit, value, plain[:start]) or unit in _NEVER or figure.whole.endswith("分"):
            continue
        found.append(Quantity(value, unit, plain[start:end].strip(), plain[:start], plain[end:]))
    return found


def content_words(text: str) -> set[str]:
    """Return the normalized nouns, verbs and adjectives of a text that say what it is about."""
    return {
        token.form
        for token in tokens(text)
        if token.is_content and token.detail not in ("数詞", "助数詞可能")
    } - _WORDLESS


def yen(value: Decimal) -> str:
    """Return an amount as offices write it: 50万円, 1億2,000万円, 6,600円."""
    whole = int(value)
    if whole >= 10**8 and whole % 10**4 == 0:
        large, rest = divmod(whole, 10**8)
        return f"{large:,}億" + (f"{rest // 10**4:,}万円" if rest else "円")
    if whole >= 10**4 and whole % 10**4 == 0:
        return f"{whole // 10**4:,}万円"
    return f"{whole:,}円"


def _is_date(unit: str, value: Decimal, before: str) -> bool:
    return (unit == "日" and before.endswith("月")) or (unit == "年" and value >= _EARLIEST_YEAR)
