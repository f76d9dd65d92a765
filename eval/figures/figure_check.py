"""Finds the figures of a shown text that do not stand in the passages it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from eval.figures.figure_calendar import less_exact_dates
from eval.figures.figure_notation import Reading, normalise
from eval.figures.figure_reading import Figure, read_figures

__all__ = ["Figure", "unsupported_figures"]

_MONEY_HEADS = {"円": 1, "千円": 10**3, "万円": 10**4, "百万円": 10**6, "億円": 10**8}
# Words that state a basis of one: 「日額」 supports 「1日につき」.
_BASES: dict[str, Reading] = {
    "日額|日当|毎日|一日": ("日", Fraction(1)),
    "月額|毎月|月一回": ("月", Fraction(1)),
    "年額|毎年|年一回": ("月", Fraction(12)),
}


def unsupported_figures(
    text: str, passages: Sequence[str], *, allowed: Sequence[str] = ()
) -> list[Figure]:
    """Return the figures of text that no passage supports, in order of appearance.

    A figure is supported if an equal one with a compatible unit stands in a passage: notations
    are equated (和暦 and 西暦, kanji and full-width digits, 万 and 千, 割 and %, 半年 and
    6か月), a date supports its own less exact forms (令和7年4月1日: 2025年4月), an article its
    parts, and a bare number in a table supports the unit that stands in the table's heads.
    `allowed` holds texts whose figures may always stand as they are: the as-of date and the
    owner's extension.
    """
    supported: set[Reading] = set()
    for figure in (figure for given in allowed for figure in read_figures(given)):
        supported |= figure.readings
        # An extension is a bare number, and may be written 1234番.
        supported |= {("番", value) for unit, value in figure.readings if not unit}
    bare: list[tuple[Fraction, str]] = []
    for passage in passages:
        # A line break of the page may stand inside a figure, and between two cells of a table.
        for variant in {passage, re.sub(r"\s*\n\s*", "", passage)}:
            plain = normalise(variant)
            for figure in read_figures(variant):
                supported.update(_supported_by(figure))
                if figure.number is not None and ("", figure.number) in figure.readings:
                    bare.append((figure.number, plain))
            supported.update(one for words, one in _BASES.items() if re.search(words, plain))
    return [
        figure
        for figure in read_figures(text)
        if not figure.readings & supported and not _stands_in_table(figure, bare)
    ]


def _supported_by(figure: Figure) -> Iterator[Reading]:
    """Yield all that a figure of a passage supports: itself and its less exact forms."""
    for unit, value in figure.readings:
        yield unit, value
        if unit == "暦" and isinstance(value, str):
            yield from less_exact_dates(value)
        elif unit == "条文" and isinstance(value, str):
            yield from _parts_of_article(value)
        elif unit == "時刻" and isinstance(value, Fraction) and value >= 13 * 60:
            yield unit, value - 12 * 60
        elif unit == "円":
            yield "", value
    if figure.number is not None:
        yield "", figure.number


def _parts_of_article(value: str) -> Iterator[Reading]:
    steps = value.split("/")
    for first in range(len(steps)):
        for last in range(first + 1, len(steps) + 1):
            yield "条文", "/".join(steps[first:last])


def _stands_in_table(figure: Figure, bare: Iterable[tuple[Fraction, str]]) -> bool:
    """Tell whether a bare number of a passage is this figure, its unit standing in a head."""
    if figure.number is None or not figure.written_unit:
        return False
    for number, passage in bare:
        heads = set(
            re.findall(r"(?<![0-9〇一二三四五六七八九十百千万億])(?:[千万億]|百万)?円", passage)
        )
        if figure.written_unit.endswith("円"):
            scales = {_MONEY_HEADS[head] for head in heads}
            if not heads and re.search("額|価格|単価|料", passage):
                scales = {1}
            if any(("円", number * scale) in figure.readings for scale in scales):
                return True
        elif number == figure.number and re.search(
            rf"(?<![0-9〇一二三四五六七八九十百千万億]){re.escape(figure.written_unit)}", passage
        ):
            return True
    return False
