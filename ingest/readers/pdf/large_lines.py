"""Headings of a document without an outline: short lines in letters larger than its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.readers.pdf.page_layout import PrintedLine
from ingest.readers.pdf.page_text import PageText

_LARGER = 1.2  # times the size of the text
_LEAST_PAGES = 3  # on which letters of a size stand, else they are one page's decoration
_MOST_OF_PAGE = 5  # large lines: more make a poster
_MOST_OF_TEXT = 0.1  # of a document's letters
_DEEPEST = 3
_LONGEST = 40
_ENDS_SENTENCE = ("。", "、", "，", ",", "！", "!", "？", "?", "：", ":")
_WORDS = re.compile(r"[ぁ-ヿ㐀-鿿]")
_FIGURES = re.compile(r"[0-9０-９.．,，%％円人件年月日～〜~\-－\s]+$")


def large_headings(pages: Sequence[PageText | None]) -> dict[int, list[tuple[str, int]]]:
    """Return by page number (line, depth from 1), the largest letters outermost."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page.printed if page else ():
            weights[_size(line)] += len(line.text)
    total = sum(weights.values())
    if not total:
        return {}
    body = _median(weights)
    found: dict[int, list[PrintedLine]] = {}
    for number, page in enumerate(pages, 1):
        large = [line for line in page.printed if line.size >= _LARGER * body] if page else []
        if 0 < len(large) <= _MOST_OF_PAGE:
            found[number] = [line for line in large if _names(line)]
    standing = Counter(size for lines in found.values() for size in {_size(line) for line in lines})
    kept = [
        size
        for size in sorted(standing, reverse=True)
        if standing[size] >= _LEAST_PAGES and weights[size] <= _MOST_OF_TEXT * total
    ]
    depth = {size: min(rank, _DEEPEST) for rank, size in enumerate(kept, 1)}
    return {
        number: [(line.text, depth[_size(line)]) for line in lines if _size(line) in depth]
        for number, lines in found.items()
    }


def _size(line: PrintedLine) -> float:
    """Return the size in half points: letters of one style differ by less."""
    return round(line.size * 2) / 2


def _median(weights: Counter[float]) -> float:
    half = sum(weights.values()) / 2
    for size in sorted(weights):
        half -= weights[size]
        if half <= 0:
            break
    return size


def _names(line: PrintedLine) -> bool:
    text = line.text.strip()
    return (
        len(_WORDS.findall(text)) >= 3
        and len(text) <= _LONGEST
        and not text.endswith(_ENDS_SENTENCE)
        and not _FIGURES.match(text)
    )
