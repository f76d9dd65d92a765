"""Running heads, feet and page numbers: what stands on every page and belongs to none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.japanese.normalize import folded

_EDGE = 3
_PAGE_NUMBER = re.compile(
    r"^[\s\-–—―－‐・]*(?:p\.?|page)?\s*(?:\d{1,4}|[ivxlcdm]{1,7})(?:\s*[/／]\s*\d{1,4})?"
    r"\s*(?:ページ|頁)?[\s\-–—―－‐・]*$",
    re.IGNORECASE,
)
_LATIN_EDGE = re.compile(r"[A-Za-z0-9,.;:)]$")
_LATIN_START = re.compile(r"^[A-Za-z0-9(]")


def furniture_lines(pages: Sequence[Sequence[str]]) -> set[str]:
    """Return the lines (folded, digits masked) that stand at the edge of many pages."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_masked(line) for line in (*lines[:_EDGE], *lines[-_EDGE:])})
    least = max(3, round(0.4 * sum(bool(lines) for lines in pages)))
    return {line for line, count in seen.items() if count >= least}


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
    return re.sub(r"\d+", "#", folded(line))
