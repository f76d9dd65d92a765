"""What a reader of pages makes of one page before its furniture is taken off."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Literal

from assistant.domain import PageMethod
from assistant.japanese.normalize import readable
from ingest.readers.pdf.page_layout import PrintedLine
from ingest.readers.pdf.pdf_tables import RuledTable

Obstacle = Literal["vertical", "no recogniser"]
"""Why a scan cannot be read here: vertical writing without its data, no Tesseract at all."""


@dataclass(frozen=True)
class PageText:
    """One page as read: its whole text, the lines outside tables, the tables, and by what means.

    Each table stands before the line whose index is given with it. `confidence` is the mean of
    the recognised words (0..1) where the page was read by OCR, else None. `printed` are the lines
    with their places, empty where these are not known, on a page of `size` (points).
    `obstacle` tells why a scan has no text; `is_vertical` that a scan is written from the top down.
    """

    text: str
    lines: list[str]
    tables: list[tuple[int, RuledTable]]
    method: PageMethod
    confidence: float | None = None
    printed: tuple[PrintedLine, ...] = ()
    size: tuple[float, float] = (0.0, 0.0)
    obstacle: Obstacle | None = None
    is_vertical: bool = False


def plain_page(raw_text: str, method: PageMethod) -> PageText:
    """Return a page of which only the text is known: its lines have no places."""
    text = readable(raw_text)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return PageText(text, lines, [], method)


def without_lines(page: PageText, gone: Set[int]) -> PageText:
    """Return a page without the lines of these indices."""
    if not gone:
        return page
    kept = [index for index in range(len(page.lines)) if index not in gone]
    return replace(
        page,
        lines=[page.lines[index] for index in kept],
        tables=[(bisect_left(kept, line), table) for line, table in page.tables],
        printed=tuple(page.printed[index] for index in kept if page.printed),
    )
