"""Figures that a rule sets, as comparable measures: counted in one unit, with their bound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from assistant.japanese.figures import Figure, placed_figures, western_years

# The units that are compared: what each is counted in, and how many of that it is.
_COUNTED_IN: Final[Mapping[str, tuple[str, int]]] = {
    **{
        unit: (unit, 1)
        for unit in ("円", "%", "者", "人", "通", "部", "回", "枚", "歳", "件", "泊")
    },
    **{"分": ("分", 1), "時間": ("分", 60), "日": ("日", 1), "週": ("日", 7)},
    **{"開庁日": ("開庁日", 1), "か月": ("か月", 1), "年": ("か月", 12), "時": ("時刻", 60)},
}
_HALF_DAY: Final = 720  # minutes: 5時 may be 午後5時
_LONGEST: Final = 100  # years; a greater number is a year of the calendar
_BOUND: Final = re.compile(
    r"\s*(?:\([^()]*\))?\s*(?:"
    r"(?P<before>前(?:まで)?|以前)"
    r"|(?P<most>以内|以下|未満|まで|を?超えない|を?超えて(?:は|なら)|に満たない|[をが](?:限度|上限))"
    r"|(?P<least>以上|を?超え|超|以後|以降)"
    r"|(?P<after>後|を経過))"
)
# After the basis of a figure (1件につき), or a part of one (1時間半, 一時間三十分).
_NO_RULE: Final = re.compile(
    r"\s*(?:につき|当たり|あたり|ごと|単位|又は\d|半|次|[一二三四五六七八九十\d])"
)
_OF: Final = re.compile(r"の([^、。はがをにで]+)")
_NUMBERED: Final = re.compile(r"(?:第|表|図|様式)\s*$")
_PREFIX: Final = re.compile(r"税[込抜]み?\s*$")


@dataclass(frozen=True)
class Measure:
    """A figure counted in its common unit (分 for 時間, か月 for 年), and the bound that it sets.

    `bound` is least, most, before, after, or "" for a figure that bounds nothing; `words` are the
    figure with its bound as they stand; `before` is the normalized text up to it, `prefix` what
    qualifies it (税込), `bounds` what it bounds (予定価格50万円以上の「工事」). `asked_as`
    are the ways in which a question may ask for it.
    """

    value: Decimal
    unit: str
    bound: str
    words: str
    prefix: str
    before: str
    bounds: str
    asked_as: tuple[str, ...]

    def differs_from(self, other: Measure) -> bool:
        """Tell whether another sets the same bound in the same unit at another value."""
        return (
            (self.unit, self.bound) == (other.unit, other.bound)
            and self.value != other.value
            and (not (self.prefix and other.prefix) or self.prefix == other.prefix)
        )


def units_like(unit: str) -> tuple[str, ...]:
    """Return the units that are counted in one: 分 and 時間."""
    return tuple(name for name, (base, _) in _COUNTED_IN.items() if base == unit)


def measures(text: str) -> Iterator[Measure]:
    """Give the figures of a text whose units are compared, in order."""
    plain = western_years(text)
    remaining = iter(placed_figures(plain))
    for figure, start, end_of_first in remaining:
        rest = next(remaining, None) if figure.whole else None
        end = end_of_first if rest is None else rest[2]
        base, times = _COUNTED_IN.get(_unit(figure, plain[:start]), ("", 0))
        if not base or _NO_RULE.match(plain, end):
            continue
        value = figure.value * times + (rest[0].value if rest is not None else 0)
        match = _BOUND.match(plain, end)
        bound = (match.lastgroup or "") if match else ""
        bounding = match[bound] if match else ""
        prefix = _PREFIX.search(plain[:start])
        bounds = _OF.match(plain, match.end() if match else end)
        yield Measure(
            value=value % _HALF_DAY if base == "時刻" else value,
            unit=base,
            bound=bound,
            words=(prefix[0] if prefix else "") + plain[start:end].strip() + bounding,
            prefix=prefix[0][:2] if prefix else "",
            before=plain[: prefix.start() if prefix else start],
            bounds=bounds[1] if bounds else "",
            asked_as=tuple(f"1{name}{bounding}" for name in units_like(base)),
        )


def _unit(figure: Figure, before: str) -> str:
    """Return the unit of a figure as it is compared; "" for a date, a year and an ordinal."""
    if _NUMBERED.search(before):
        return ""
    if figure.unit == "日":
        return "" if before.endswith("月") else "日"
    if figure.unit == "年" and (figure.value > _LONGEST or "年度" in figure.words):
        return ""
    return figure.unit
