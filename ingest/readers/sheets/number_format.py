"""Numbers and dates of a spreadsheet as it displays them, by their number format."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from assistant.japanese.normalize import readable
from ingest.readers.sheets.date_format import displayed_date, is_date_section

Value = bool | int | float | str | datetime | date | time | timedelta | None
Part = tuple[str, str]  # (literal, bracket or code; its characters)

GENERAL = "General"
# What a Japanese Excel displays for the formats that a file names by number alone (ECMA-376,
# 18.8.30); openpyxl and xlrd know the American ones only.
_THOUSANDS = "#,##0;-#,##0"
_THOUSANDS_2 = "#,##0.00;-#,##0.00"
_YEN, _YEN_2 = "¥#,##0;¥-#,##0", "¥#,##0.00;¥-#,##0.00"
_ERA_SHORT, _ERA_LONG = "ge.m.d", 'ggge"年"m"月"d"日"'
_DAY, _MONTH, _MONTH_DAY = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"', 'm"月"d"日"'
_JAPANESE = {
    5: _YEN, 6: _YEN, 7: _YEN_2, 8: _YEN_2, 14: "yyyy/m/d", 22: "yyyy/m/d h:mm",
    27: _ERA_SHORT, 28: _ERA_LONG, 29: _ERA_LONG, 30: "m/d/yy", 31: _DAY, 32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"', 34: _MONTH, 35: _MONTH_DAY, 36: _ERA_SHORT,
    37: _THOUSANDS, 38: _THOUSANDS, 39: _THOUSANDS_2, 40: _THOUSANDS_2,
    41: _THOUSANDS, 42: _YEN, 43: _THOUSANDS_2, 44: _YEN_2,
    50: _ERA_SHORT, 51: _ERA_LONG, 52: _MONTH, 53: _MONTH_DAY, 54: _ERA_LONG, 55: _MONTH,
    56: _MONTH_DAY, 57: _ERA_SHORT, 58: _ERA_LONG,
}  # fmt: skip
_PART = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<code>General|E[+-]|AM/PM|A/P|.)",
    re.DOTALL | re.IGNORECASE,
)
_PLACES = ("0", "#", "?")
_MOST_DIGITS = 20  # a spreadsheet keeps 15
_CONDITION = re.compile(r"^(<=|>=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)$")
_COMPARED = {
    "<": operator.lt, ">": operator.gt, "=": operator.eq,
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne,
}  # fmt: skip


def format_of(number: int, code: str | None) -> str:
    """Return the format code of a cell from its format's number and the code in the file."""
    return _JAPANESE.get(number) or code or GENERAL


@lru_cache(maxsize=512)
def is_date_format(code: str) -> bool:
    """Tell whether a format displays a number as a date or time."""
    return is_date_section(_sections(code)[0])


def displayed(value: Value, code: str) -> str:
    """Return a value as a Japanese Excel displays it in a wide column."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    sections = _sections(code)
    if isinstance(value, str):
        return _text(value, sections)
    if isinstance(value, int | float):
        return _number(value, sections)
    return displayed_date(value, sections[0])


def cell_text(value: Value, code: str) -> str:
    """Return what a cell displays, cleaned for reading, its lines without outer spaces."""
    text = displayed(value, code)
    if text.isascii() and text.isprintable():  # most cells of large sheets
        return text.strip()
    return "\n".join(line.strip() for line in readable(text).split("\n")).strip()


def general(value: float) -> str:
    """Return a number as the format General displays it: ten digits at most."""
    if value == int(value) and abs(value) < 1e11:
        return str(int(value))
    return f"{value:.10g}".replace("e", "E")


@lru_cache(maxsize=512)
def _sections(code: str) -> list[list[Part]]:
    sections: list[list[Part]] = [[]]
    for match in _PART.finditer(code):
        kind = match.lastgroup
        if kind is None:
            continue
        if kind == "code" and match["code"] == ";":
            sections.append([])
        else:
            name = kind if kind in ("bracket", "code") else "literal"
            sections[-1].append((name, match[kind]))
    return sections


def _text(value: str, sections: Sequence[Sequence[Part]]) -> str:
    section = sections[3] if len(sections) > 3 else sections[0]
    if ("code", "@") not in section:
        return value if len(sections) < 4 else ""
    return "".join(
        value if part == ("code", "@") else part[1] for part in section if part[0] != "bracket"
    )


def _number(value: float, sections: Sequence[list[Part]]) -> str:
    number = Decimal(repr(value))
    if not number.is_finite() or number.adjusted() > _MOST_DIGITS:
        return f"{value:.10g}"
    section, is_signed = _section_for(number, sections)
    codes = [text for kind, text in section if kind == "code"]
    whole = "@" in codes or "general" in (code.lower() for code in codes)
    if whole or "/" in codes:  # fractions are rare: they read well as decimals
        text = "".join(_unit(part) or general(abs(value)) for part in section if whole)
        text = text or general(abs(value))
    elif any(code in _PLACES for code in codes):
        text = _filled(section, abs(number))
    else:
        return "".join(_unit(part) for part in section)
    needs_sign = number < 0 and not is_signed and re.search(r"[1-9]", text) is not None
    return f"-{text}" if needs_sign else text


def _section_for(number: Decimal, sections: Sequence[list[Part]]) -> tuple[list[Part], bool]:
    """Return the section that displays a number, and whether it carries the sign itself."""
    conditions = [_condition(section) for section in sections[:3]]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=False):
            if condition is None or _COMPARED[condition[0]](number, condition[1]):
                return section, condition is not None and number < 0
    if number < 0 and len(sections) > 1:
        return sections[1], True
    return sections[2 if number == 0 and len(sections) > 2 else 0], False


def _condition(section: Sequence[Part]) -> tuple[str, Decimal] | None:
    found = (_CONDITION.match(text) for kind, text in section if kind == "bracket")
    return next(((m[1], Decimal(m[2])) for m in found if m), None)


def _filled(section: Sequence[Part], number: Decimal) -> str:
    """Put the digits of a number into the places of a section such as #,##0.00"円"."""
    codes = [text if kind == "code" else "" for kind, text in section]
    point = codes.index(".") if "." in codes else len(codes)
    before = [i for i in range(point) if codes[i] in _PLACES]
    behind = [i for i in range(point, len(codes)) if codes[i] in _PLACES]
    if any(code in ("E+", "E-", "e+", "e-") for code in codes):
        return f"{number:.{len([i for i in behind if i < _exponent(codes)])}E}"
    last = before[-1] if before else -1
    commas = [i for i, code in enumerate(codes) if code == ","]
    scaled = number * 100 ** codes.count("%") / 1000 ** sum(i > last for i in commas)
    rounded = scaled.quantize(Decimal(1).scaleb(-len(behind)), ROUND_HALF_UP)
    digits, _, fraction = f"{rounded:f}".partition(".")
    digits = digits.lstrip("0").zfill(sum(codes[i] == "0" for i in before))
    shown = dict.fromkeys(range(len(codes)), "")
    if any(i < last for i in commas):
        shown[before[0]] = f"{int(digits):,}" if digits else ""
    else:
        for i in reversed(before[1:]):
            digits, shown[i] = digits[:-1], digits[-1:]
        shown[before[0] if before else point] = digits
    for i in reversed(behind):
        if codes[i] == "0" or not fraction.endswith("0"):
            break
        fraction = fraction[:-1]
    shown.update(zip(behind, fraction, strict=False))
    return "".join(
        shown[i] if code in _PLACES else shown[i] + _unit(section[i])
        for i, code in enumerate(codes)
    )


def _exponent(codes: Sequence[str]) -> int:
    return next(i for i, code in enumerate(codes) if code.lower().startswith("e"))


def _unit(part: Part) -> str:
    """Return what a part displays by itself: units and signs, but no digits, colours, commas."""
    kind, text = part
    if kind == "bracket":
        return text[1:].split("-")[0] if text.startswith("$") else ""
    if kind == "code" and (text in (",", "@", *_PLACES) or text.lower() == "general"):
        return ""
    return text
