"""Whether a figure of the question is within the one limit or range that the rule states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from assistant.answers.computing.quantities import Quantity, content_words, quantities, yen
from assistant.answers.computing.sums import Sum, proviso
from assistant.answers.evidence import TABLE_MARK
from assistant.search.sentence_match import counted_units

_BOUND: Final = re.compile(r"\s*(以上|以下|未満|を?超え|を?超(?=[、 )]|$))")
_ADDS: Final = re.compile(r"合わせ|合計|通算|足す|足し|加え|全部で")
_MONTHS: Final = {"年": 12, "か月": 1}
_AN_AMOUNT: Final = re.compile(r"額|価格|代金|料|費|税込|税抜|単価|契約|円")
_NEAR = 14  # characters around a figure that say what it is
_BETWEEN = 5  # of 「を超え、」 between the two ends of one range
_LONGEST_CELL = 60
# What is said of a figure that is within the limit, and of one that is not.
_SIGNS: Final = {"以上": ("≧", "<"), "以下": ("≦", ">"), "未満": ("<", "≧"), "超": (">", "≦")}


@dataclass(frozen=True)
class _Bound:
    quantity: Quantity
    side: str  # 以上, 以下, 未満, 超

    def holds(self, total: Quantity) -> bool:
        value, limit = _comparable(total), _comparable(self.quantity)
        if self.side in ("以上", "以下"):
            return value == limit or (value > limit) == (self.side == "以上")
        return value > limit if self.side == "超" else value < limit

    @property
    def is_lower(self) -> bool:
        return self.side in ("以上", "超")


def within_limit(question: str, rule: str) -> Sum | None:
    """Compare the question's one figure with the rule's one limit or range of the same unit.

    Of a table row the one cell whose range holds the figure is named; a row without one tells
    nothing, because it may be the wrong row.
    """
    table = TABLE_MARK in rule
    cells = rule.split(TABLE_MARK) if table else [rule]
    bounded = [(cell, bounds) for cell in cells if (bounds := _bounds(cell))]
    units = {_family(bound.quantity.unit) for _, bounds in bounded for bound in bounds}
    asked = [q for q in quantities(question) if _family(q.unit) in units]
    total, steps = _total(asked, question)
    if total is None or not total.exact or _asks_for(total.unit, question):
        return None
    ranges = [(cell, own) for cell, bounds in bounded if (own := _like(total, bounds))]
    if not all(_is_range(bounds) for _, bounds in ranges):
        return None
    if table:
        ranges = [(cell, own) for cell, own in ranges if all(b.holds(total) for b in own)]
    if len(ranges) != 1 or not _speaks_of(total, rule):
        return None
    [(cell, bounds)] = ranges
    named = cell.strip() if table and len(cell) <= _LONGEST_CELL else _range_words(bounds)
    inside = all(bound.holds(total) for bound in bounds)
    steps = (*steps, *_in_months(total, bounds), *(_compared(total, b) for b in bounds))
    meaning = f"{_words(total)}は、「{named}」に{'当たります' if inside else '当たりません'}。"
    return Sum(tuple(dict.fromkeys(steps)), meaning + proviso(rule))


def _bounds(cell: str) -> list[_Bound]:
    return [
        _Bound(quantity, "超" if "超" in side[1] else side[1])
        for quantity in quantities(cell)
        if (side := _BOUND.match(quantity.after)) and quantity.unit
    ]


def _asks_for(unit: str, question: str) -> bool:
    """Tell whether a question wants a figure of this unit: 何日, no comparison, is its answer.

    An amount is compared all the same: what is paid often turns on whether a limit is passed.
    """
    return unit != "円" and _family(unit) in map(_family, counted_units(question))


def _total(asked: Sequence[Quantity], question: str) -> tuple[Quantity | None, tuple[str, ...]]:
    """Return the one figure of a question, or the sum of its periods where it asks for that."""
    if len(asked) == 1:
        return asked[0], ()
    periods = [q for q in asked if q.unit in _MONTHS and q.exact]
    if len(asked) < 2 or len(periods) != len(asked) or not _ADDS.search(question):
        return None, ()
    months = sum((_comparable(q) for q in periods), Decimal(0))
    words = f"{months.normalize():f}か月"
    step = f"{' + '.join(q.words for q in periods)} = {words}"
    return Quantity(months, "か月", words, periods[0].before, periods[-1].after), (step,)


def _is_range(bounds: Sequence[_Bound]) -> bool:
    """Tell whether the limits are one, or the two ends of one range."""
    if len(bounds) == 1:
        return True
    if len(bounds) != 2 or bounds[0].is_lower == bounds[1].is_lower:
        return False
    first, second = bounds[0].quantity, bounds[1].quantity
    return len(second.before) - len(first.before + first.words) <= _BETWEEN


def _like(total: Quantity, bounds: Sequence[_Bound]) -> list[_Bound]:
    return [b for b in bounds if _family(b.quantity.unit) == _family(total.unit)]


def _speaks_of(total: Quantity, rule: str) -> bool:
    """Tell whether the words beside the question's figure say what the rule limits."""
    if total.unit == "円" and _AN_AMOUNT.search(rule):
        return True
    beside = f"{total.before[-_NEAR:]} {total.after[:_NEAR]}"
    return bool(content_words(beside) & content_words(rule))


def _in_months(total: Quantity, bounds: Sequence[_Bound]) -> list[str]:
    """Return the steps that bring years and months to months, where they are compared."""
    both = [total, *(bound.quantity for bound in bounds)]
    if total.unit not in _MONTHS or all(q.unit == "年" for q in both):
        return []
    months = [f"{q.words} = {_comparable(q).normalize():f}か月" for q in both]
    return [
        step
        for q, step in zip(both, months, strict=True)
        if not step.startswith(f"{q.words} = {q.words}")
    ]


def _compared(total: Quantity, bound: _Bound) -> str:
    sign = _SIGNS[bound.side][0 if bound.holds(total) else 1]
    return f"{_words(total)} {sign} {_words(bound.quantity)}"


def _range_words(bounds: Sequence[_Bound]) -> str:
    *first, last = bounds
    words = "".join(f"{_words(b.quantity)}{'を超え' if b.side == '超' else b.side}" for b in first)
    return words + f"{_words(last.quantity)}{'を超える' if last.side == '超' else last.side}"


def _words(quantity: Quantity) -> str:
    return yen(quantity.value) if quantity.unit == "円" else quantity.words


def _family(unit: str) -> str:
    return "か月" if unit in _MONTHS else unit


def _comparable(quantity: Quantity) -> Decimal:
    return quantity.value * _MONTHS.get(quantity.unit, 1)
