"""What a reader of pages makes of one page before its furniture is taken off."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.domain import PageMethod
from ingest.readers.pdf_tables import RuledTable


@dataclass(frozen=True)
class PageText:
    """One page as read: its whole text, the lines outside tables, the tables, and by what means.

    Each table stands before the line whose index is given with it. `confidence` is the mean of
    the recognised words (0..1) where the page was read by OCR, else None.
    """

    text: str
    lines: list[str]
    tables: list[tuple[int, RuledTable]]
    method: PageMethod
    confidence: float | None = None
