"""Running heads, feet and page numbers: what stands on every page and belongs to none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.japanese.normalize import folded
from ingest.readers.pdf.page_paths import Box

_EDGE = 3
_MARGIN = 0.1  # of a page's width or height, at each edge
_PAGE_NUMBER = re.compile(
    # 12/34 is a page of 34, but 1/2 or 2/3 are rates.
    r"^[\s\-–—―－‐・]*(?:p\.?|page)?\s*(?:\d{1,4}|[ivxlcdm]{1,7})(?:\s*[/／]\s*(?:[4-9]|\d{2,4}))?"
    r"\s*(?:ページ|頁)?[\s\-–—―－‐・]*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d[万億兆千百]*(?:円|%|割)")
_LATIN_EDGE = re.compile(r"[A-Za-z0-9,.;:)]$")
_LATIN_START = re.compile(r"^[A-Za-z0-9(]")


def furniture_lines(pages: Sequence[Sequence[str]]) -> set[str]:
    """Return the lines (folded, digits masked) that stand at the edge of many pages."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_masked(line) for line in (*lines[:_EDGE], *lines[-_EDGE:])})
    least = max(3, round(0.4 * sum(bool(lines) for lines in pages)))
    return {line for line, count in seen.items() if count >= least}


def margin_lines(
    pages: Sequence[Sequence[tuple[str, Box]]], sizes: Sequence[tuple[float, float]]
) -> list[set[int]]:
    """Return for each page the indices of the lines in its margins that belong to none.

    These are page numbers, and what stands in the margins of three pages next to one another or
    to those overleaf: running heads, tabs at the side.
    """
    found: list[list[tuple[int, str]]] = []
    for lines, size in zip(pages, sizes, strict=True):
        placed = [(i, text) for i, (text, box) in enumerate(lines) if _is_in_margin(box, size)]
        found.append(placed)
    where: dict[str, list[int]] = {}
    for page, placed in enumerate(found):
        for key in {_masked(text) for _, text in placed}:
            where.setdefault(key, []).append(page)
    repeated = {key for key, numbers in where.items() if _is_chain(numbers)}
    return [
        {index for index, text in placed if _masked(text) in repeated or _PAGE_NUMBER.match(text)}
        for placed in found
    ]


def _is_in_margin(box: Box, size: tuple[float, float]) -> bool:
    wide, high = size
    left, bottom, right, top = box
    aside = right < _MARGIN * wide or left > (1 - _MARGIN) * wide
    return aside or top < _MARGIN * high or bottom > (1 - _MARGIN) * high


def _is_chain(numbers: Sequence[int]) -> bool:
    """Tell whether three pages follow one another, each the next or the next but one."""
    return any(
        second - first <= 2 and third - second <= 2
        for first, second, third in zip(numbers, numbers[1:], numbers[2:], strict=False)
    )


def without_furniture(lines: Sequence[str], furniture: set[str]) -> list[tuple[str, int]]:
    """Return the page's own lines, each with its index among all lines of the page."""
    last = len(lines) - _EDGE
    return [
        (line, index)
        for index, line in enumerate(lines)
        if not (
            (index < _EDGE or index >= last)
            and (_masked(line) in furniture or _PAGE_NUMBER.match(line))
        )
    ]


def joined_lines(lines: Sequence[str]) -> str:
    """Join wrapped lines: without a space in Japanese, with one between Latin words."""
    text = ""
    for line in lines:
        gap = " " if _LATIN_EDGE.search(text) and _LATIN_START.match(line) else ""
        text += gap + line
    return text


def _masked(line: str) -> str:
    """Return a line without its figures, except amounts, which every page has of its own."""
    plain = folded(line)
    return plain if _AMOUNT.search(plain) else re.sub(r"\d+", "#", plain)
