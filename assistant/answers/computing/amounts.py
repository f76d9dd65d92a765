"""Amounts from one rate (契約金額の100分の10) or one price for a unit (1夜につき2,200円)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from assistant.answers.computing.quantities import Quantity, content_words, quantities, yen
from assistant.answers.computing.sums import Sum, conditions_met, proviso, speaks_of
from assistant.japanese.figures import in_digits

_ASKS_AMOUNT: Final = re.compile(r"いくら|何円|何万|総額|合計|全部で|額(?:は|を|が)")
_RATE: Final = re.compile(
    r"(?:(?P<below>\d+)分の(?P<above>\d+(?:\.\d+)?)"
    r"|(?P<percent>\d+(?:\.\d+)?)\s*(?:%|パーセント)|(?P<tenths>\d+)割(?!\d))"
    r"(?P<bound>以上|以下|以内)?"
)
_BASE: Final = re.compile(r"([一-龠々ァ-ヶー]{2,12})の\s*$")
_NAMED: Final = re.compile(
    r"([一-龠々ァ-ヶー]*(?:額|価格|代金|料金|給料|報酬))(?:は|が|を|の)?\s*$"
)
_NOUN_AFTER: Final = re.compile(r"\s*の[一-龠々ァ-ヶー]")
_TAX: Final = "消費税"
_TAX_INCLUDED: Final = re.compile(r"税込|税を?(?:含|足|加え)")
_WITH_TAX: Final = re.compile(r"税込み?(?:額|価格)?(?:で|が|の)?\s*$")
_ONE: Final = re.compile(
    r"(?<![\d.,/])1(?P<unit>日|夜|泊|キロメートル|km|件|枚|回|時間|か月|箇月|人|名|食|台|部|通|冊|個|世帯)"
    r"(?:に?つき|当たり|あたり|ごとに?)|(?P<name>日額|月額|年額|時間額|時給)"
)
_UNIT_OF: Final = {
    "泊": "夜", "キロメートル": "km", "箇月": "か月", "名": "人", "日額": "日", "月額": "か月",
    "年額": "年", "時間額": "時間", "時給": "時間",
}  # fmt: skip
_MOST: Final = re.compile(r"(?:\s*を)?(?:まで|以内|以下|限度|上限)")
_ONE_WAY: Final = "片道"


def amount_by_rate(question: str, rule: str) -> Sum | None:
    """Return the rule's one rate of the question's one amount, where it makes whole yen."""
    plain = in_digits(rule)
    rates = list(_RATE.finditer(plain))
    asked = [q for q in quantities(question) if q.unit == "円"]
    told = [q for q in quantities(rule) if q.unit == "円"]
    if len(rates) != 1 or len(asked) != 1 or told or not asked[0].exact:
        return None
    if not (_ASKS_AMOUNT.search(question) and speaks_of(question, rule)):
        return None
    if not conditions_met(question, rule):
        return None
    [rate], [given] = rates, asked
    base = _BASE.search(plain[: rate.start()])
    taxed = _TAX in plain and (_TAX in question or bool(_TAX_INCLUDED.search(question)))
    if base is None and not taxed:
        return None
    if base is not None and not _is_base(base[1], given, question):
        return None
    if taxed and _WITH_TAX.search(given.before):
        return None  # from an amount with tax to one without: another sum
    above, below = _fraction(rate)
    share = given.value * above / below
    if share != int(share):
        return None  # nothing says here what becomes of a part of a yen
    steps = [f"{yen(given.value)} × {above}/{below} = {yen(share)}"]
    bound = rate["bound"] or ""
    name = base[1] if base else yen(given.value)
    meaning = f"{name}の{rate.group()}は、{yen(share)}{bound}です。"
    if taxed and _TAX_INCLUDED.search(question):
        whole = given.value + share
        steps.append(f"{yen(given.value)} + {yen(share)} = {yen(whole)}")
        meaning = f"税を含む額は、{yen(whole)}です。"
    return Sum(tuple(steps), meaning + proviso(rule))


def amount_by_unit(question: str, rule: str) -> Sum | None:
    """Return the rule's one price for a unit times the question's one count of that unit."""
    plain = in_digits(rule)
    units = {
        _UNIT_OF.get(said, said) for m in _ONE.finditer(plain) if (said := m["unit"] or m["name"])
    }
    prices = [q for q in quantities(rule) if q.unit == "円"]
    if len(units) != 1 or len(prices) != 1 or _RATE.search(plain):
        return None
    if not (_ASKS_AMOUNT.search(question) and speaks_of(question, rule)):
        return None
    if not conditions_met(question, rule):
        return None
    [unit], [price] = units, prices
    asked = quantities(question)
    counts = [q for q in asked if q.unit == unit]
    others = {q.unit for q in asked} - {unit} - ({"日", "夜"} if unit in ("日", "夜") else set())
    if len(counts) != 1 or others or not counts[0].exact:
        return None
    if unit == "km" and _ONE_WAY in question:
        return None  # whether the rule counts the way there or both is not said in one figure
    [count] = counts
    total = price.value * count.value
    if total != int(total):
        return None
    most = "まで" if _MOST.match(price.after) else ""
    step = f"{price.words} × {_plain(count.value)} = {yen(total)}"
    return Sum((step,), f"{count.words}分は、{yen(total)}{most}です。{proviso(rule)}")


def _is_base(base: str, given: Quantity, question: str) -> bool:
    """Tell whether the question's amount is the one of which the rule takes a share."""
    named = _NAMED.search(given.before)
    if named:
        return named[1] in base or base in named[1]
    if _NOUN_AFTER.match(given.after):
        return bool(content_words(base) & content_words(question))
    return True


def _fraction(rate: re.Match[str]) -> tuple[Decimal, Decimal]:
    if rate["below"]:
        return Decimal(rate["above"]), Decimal(rate["below"])
    if rate["percent"]:
        return Decimal(rate["percent"]), Decimal(100)
    return Decimal(rate["tenths"]), Decimal(10)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
