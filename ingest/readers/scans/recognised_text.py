"""Sets right what a recogniser of letters does to Japanese lines: blanks, numbers, brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ingest.numbering import COUNTERS

_WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef「」、。・（）]"
# The two letters look alike; which is meant is told by the letters beside it.
_KATAKANA_HE = re.compile(r"(?<![ァ-ヶー])([ヘベペ])(?![ァ-ヶー])")
# Tesseract rings single figures now and then, which would make other figures of them.
_RINGED = re.compile(r"[①-⑳⓪]")
_RINGED_LABEL = re.compile(r"^[①-⑳](?=[^\s0-9０-９])")
_GAP = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_DIGIT = "0-9０-９"
_COUNTED = f"[{COUNTERS}]"  # 30 分: no heading's number
_NUMBERING = re.compile(
    rf"^(第\s*[{_DIGIT}一二三四五六七八九十]+\s*[章節条項]|[(（][{_DIGIT}ア-ン]+[)）]"
    rf"|[{_DIGIT}]{{1,2}}(?!\s+{_COUNTED})|[ア-ン](?!\s+[ァ-ヶー]))\s+(?=\S)"
)
# The number of an item, also one whose bracket became a figure; what is left of the blank after it.
_ITEM = re.compile(
    r"^(?P<open>[(（]\s*)?(?P<number>[0-9０-９]{1,2})\s*[)）]\s*(?:[。._]\s*)?(?=\S)"
)
_PARTED = re.compile(rf"(?<![\d.,])(\d) (?=\d ?{_COUNTED})")  # 2 5日, in a cell one figure
_PARTED_AMOUNT = re.compile(r"(?<![\d.,])(\d) (?=\d{1,2}[,.]\d{3}(?!\d))")  # 2 7,200円
_SLASH = re.compile(r"^/(?=\s?[月日])")  # 7月 in small letters
_OPENED = re.compile(r"[(（\[［]([^()（）\[\]［］【】]{1,20}】)")
_QUOTED = re.compile(r"[`｀]([^「」`｀]{1,40}」)")
_KANJI_FIGURE = "一二三四五六七八九十百千"
_STROKES = "-ー―—−‐ニ"  # what the numerals 一 and 二 are taken for
_NUMERALS = str.maketrans(_STROKES, "一" * (len(_STROKES) - 1) + "二")
_NUMERAL_FIRST = re.compile(rf"^[{_STROKES}](?=[^{_STROKES}ァ-ヶ0-9A-Za-z\s])")
_NUMERAL_INSIDE = re.compile(
    rf"(?<=[第{_KANJI_FIGURE}])[{_STROKES}](?![ァ-ヶ])|[{_STROKES}](?=[十百千条項号章節])"
)


def tidy(text: str, *, keep_numbering: bool = True) -> str:
    """Take out the blanks that Tesseract puts between Japanese letters, not those after 第1章."""
    text = _RINGED_LABEL.sub(lambda ringed: ringed[0] + " ", " ".join(text.split()))
    text = _RINGED.sub(lambda ringed: unicodedata.normalize("NFKC", ringed[0]), text)
    text = _PARTED_AMOUNT.sub(r"\1", text)
    numbering = _NUMBERING.match(text) if keep_numbering else None
    text = _SLASH.sub("7", text if keep_numbering else _PARTED.sub(r"\1", text))
    head, rest = (numbering.group(1), text[numbering.end() :]) if numbering else ("", text)
    head = _GAP.sub("", head) + " " if head else ""
    line = head + _KATAKANA_HE.sub(lambda he: chr(ord(he[1]) - 0x60), _GAP.sub("", rest))
    return _QUOTED.sub(r"「\1", _OPENED.sub(r"【\1", line))


def with_item_numbers(lines: Sequence[str]) -> list[str]:
    """Set right the numbers of items, （4） read as (42) 。, that the items around them tell.

    A number is changed only between the two that it must stand between, or where it is a first
    item whose bracket was read as the figure 1.
    """
    items = [(i, match) for i, line in enumerate(lines) if (match := _ITEM.match(line))]
    numbers = [int(match["number"]) for _, match in items]
    mended = list(lines)
    for place, (index, match) in enumerate(items):
        number = numbers[place]
        before = numbers[place - 1] if place else 0
        after = numbers[place + 1] if place + 1 < len(items) else 0
        if not match["open"]:
            if not (after == 2 and number == 11):
                continue
            number = 1
        elif after == before + 2 and before:
            number = before + 1
        mended[index] = f"({number}) {lines[index][match.end() :]}"
    return mended


def tidy_vertical(text: str) -> str:
    """Take the blanks out of a column of vertical writing, and set its numerals right.

    What Tesseract takes for the katakana ニ or a dash is the numeral 二 or 一 at the head of an
    item and beside other numerals.
    """
    line = tidy(text, keep_numbering=False)
    line = _NUMERAL_FIRST.sub(lambda found: found[0].translate(_NUMERALS), line)
    return _NUMERAL_INSIDE.sub(lambda found: found[0].translate(_NUMERALS), line)
