"""Writes a number in the formats of Word's lists: 5, ５, 五, ⑤, オ, ホ, 戊, e, V."""

from __future__ import annotations

from collections.abc import Callable

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_KANJI, _LEGAL = "〇一二三四五六七八九", "〇壱弐参四伍六七八九"
_AIUEO = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_HALF_WIDTH = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"
_IROHA = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマ"
    "ケフコエテアサキユメミシヱヒモセスン"
)
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
BULLET, CUSTOM = "bullet", "custom"


def number_text(number: int, number_format: str, picture: str = "") -> str:
    """Write a number as Word shows it in a list; digits where a format does not reach so far.

    `picture` is the sample of a custom format: 「001, 002, 003, ...」.
    """
    if number_format == CUSTOM:
        first = picture.partition(",")[0].strip()
        return str(number).zfill(len(first)) if first.isdecimal() else str(number)
    write = _WRITERS.get(number_format)
    return write(number) if write else str(number)


def _from_list(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


def _again(signs: str) -> Callable[[int], str]:
    """Begin the list anew after its last sign."""
    return lambda number: signs[(number - 1) % len(signs)] if number >= 1 else str(number)


def _letters(first: str) -> Callable[[int], str]:
    """Write a … z, aa, bb … as Word does, where a sheet's columns would go on with ab."""

    def write(number: int) -> str:
        if not 1 <= number <= 780:  # 30 times the alphabet: Word itself ends there
            return str(number)
        times, place = divmod(number - 1, 26)
        return chr(ord(first) + place) * (times + 1)

    return write


def _roman(number: int) -> str:
    if not 1 <= number < 32768:
        return str(number)
    written = ""
    for value, sign in _ROMAN:
        written += sign * (number // value)
        number %= value
    return written


def _counted(digits: str, units: tuple[str, str, str, str], one: str) -> Callable[[int], str]:
    """Write with 十, 百 and 千; `one` stands before them where exactly one is counted."""

    def write(number: int) -> str:
        if number >= 10_000:
            head, tail = divmod(number, 10_000)
            return write(head) + units[3] + (write(tail) if tail else "")
        written = ""
        for value, unit in ((1000, units[2]), (100, units[1]), (10, units[0])):
            digit, number = divmod(number, value)
            if digit:
                written += (one if digit == 1 else digits[digit]) + unit
        return (written + digits[number]) if number or not written else written

    return write


def _digits(digits: str) -> Callable[[int], str]:
    return lambda number: "".join(digits[int(digit)] for digit in str(number))


def _half_width(signs: str) -> str:
    """Return katakana in half width; ヰ and ヱ, which have no such form, stay."""
    return signs.translate(str.maketrans(_AIUEO, _HALF_WIDTH))


def _run_of(first: str, count: int) -> str:
    """Return signs that follow one another in Unicode."""
    return "".join(chr(ord(first) + offset) for offset in range(count))


_WRITERS: dict[str, Callable[[int], str]] = {
    "none": lambda number: "",
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalEnclosedCircle": _from_list(_run_of("①", 20)),
    "decimalEnclosedCircleChinese": _from_list(_run_of("①", 20)),
    "decimalEnclosedParen": _from_list(_run_of("⑴", 20)),
    "decimalEnclosedFullstop": _from_list(_run_of("⒈", 20)),
    "numberInDash": lambda number: f"- {number} -",
    "ordinal": lambda number: str(number) + _ordinal_ending(number),
    "upperLetter": _letters("A"),
    "lowerLetter": _letters("a"),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "japaneseCounting": _counted(_KANJI, ("十", "百", "千", "万"), ""),
    "chineseCounting": _counted(_KANJI, ("十", "百", "千", "万"), ""),
    "chineseCountingThousand": _counted(_KANJI, ("十", "百", "千", "万"), ""),
    "japaneseLegal": _counted(_LEGAL, ("拾", "百", "阡", "萬"), "壱"),
    "japaneseDigitalTenThousand": _digits(_KANJI),
    "ideographDigital": _digits(_KANJI),
    "ideographEnclosedCircle": _from_list(_run_of("㊀", 10)),
    "ideographTraditional": _from_list(_STEMS),
    "ideographZodiac": _from_list(_BRANCHES),
    "aiueo": _again(_half_width(_AIUEO)),
    "aiueoFullWidth": _again(_AIUEO),
    "iroha": _again(_half_width(_IROHA)),
    "irohaFullWidth": _again(_IROHA),
}


def _ordinal_ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
