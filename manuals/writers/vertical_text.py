"""Break Japanese text into the columns of vertical writing, each character turned as it should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from japanese_text import CANNOT_END, CANNOT_START
from reportlab.pdfbase.pdfmetrics import stringWidth

SMALL_KANA = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ")
# Fonts seldom have U+FE13 and U+FE14, and a vertical form of long dashes has another meaning.
TURNED = frozenset("ー～〜―—–-－＝=：；:;→←／/＜＞<>")
# Unicode's vertical forms; NFKC makes each the same as the character it stands for.
VERTICAL_FORMS = dict(
    zip(
        "，、。…‥（）｛｝〔〕【】《》〈〉「」『』［］",
        "︐︑︒︙︰︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈",
        strict=True,
    )
)
PIECE = re.compile(r"[0-9]+|[A-Za-z][A-Za-z .,'-]*|.")
MOST_DIGITS_ABREAST = 2


class Turn(Enum):
    """How a piece stands in its column."""

    UPRIGHT = "upright"
    SMALL_KANA = "small kana"  # in the upper right of its square
    SIDEWAYS = "sideways"  # turned clockwise


@dataclass(frozen=True)
class Piece:
    """Characters that are drawn together; length is what they take of the column, in em."""

    text: str
    turn: Turn
    length: float


def pieces(text: str, font: str) -> Iterator[Piece]:
    """Yield the pieces of text: single characters, digits abreast, words turned sideways."""
    for match in PIECE.finditer(text):
        piece = match[0]
        if piece.isdecimal() and piece.isascii():
            abreast = len(piece) <= MOST_DIGITS_ABREAST
            for digits in [piece] if abreast else piece:
                yield Piece(digits, Turn.UPRIGHT, 1)
        elif piece in TURNED or piece[0].isascii():
            yield Piece(piece, Turn.SIDEWAYS, stringWidth(piece, font, 1))
        elif piece in SMALL_KANA:
            yield Piece(piece, Turn.SMALL_KANA, 1)
        else:
            yield Piece(VERTICAL_FORMS.get(piece, piece), Turn.UPRIGHT, 1)


def columns(text: str, font: str, *, first: float, later: float) -> list[list[Piece]]:
    """Break text into columns of first and then later em, by the rules for 句読点 and brackets."""
    rest = list(pieces(text, font))
    found: list[list[Piece]] = []
    while rest:
        end = _end_of_column(rest, later if found else first)
        found.append(rest[:end])
        rest = rest[end:]
    return found


def _end_of_column(rest: list[Piece], room: float) -> int:
    """Return how many of the pieces stand in a column with room em, at least one."""
    filled = 0.0
    fitting = 0
    while fitting < len(rest) and filled + rest[fitting].length <= room + 1e-6:
        filled += rest[fitting].length
        fitting += 1
    end = fitting
    while 1 < end < len(rest) and not _may_break(rest[end - 1], rest[end]):
        end -= 1
    return end if end > 1 else max(fitting, 1)


def _may_break(before: Piece, after: Piece) -> bool:
    """Say whether a column may end between two pieces."""
    forms = {form: character for character, form in VERTICAL_FORMS.items()}
    last = forms.get(before.text, before.text)[-1]
    first = forms.get(after.text, after.text)[0]
    inside_number = last.isdecimal() and first.isdecimal()
    return not (first in CANNOT_START or last in CANNOT_END or inside_number)
