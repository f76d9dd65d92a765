"""Estimate how much room Japanese text takes in programs that lay it out themselves."""

from __future__ import annotations

import math
from unicodedata import east_asian_width

NARROW = 0.55  # em; Latin letters and digits of Japanese fonts are about half as wide as kanji


def width_in_em(text: str) -> float:
    """Return the width of text in em: 1 for each full-width character."""
    return sum(1 if east_asian_width(character) in "WFA" else NARROW for character in text)


def line_count(text: str, width: float) -> int:
    """Return how many lines text fills at most when a line holds width em; one if it is empty.

    One em less than width is counted on, because 句読点 and brackets move to another line.
    """
    return max(1, math.ceil(width_in_em(text) / max(width - 1, 1)))
