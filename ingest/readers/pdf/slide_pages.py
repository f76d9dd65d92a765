"""Slides that were saved as PDF: the title at the top of each is the heading of its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.japanese.normalize import folded
from ingest.readers.pdf.page_layout import PrintedLine
from ingest.readers.pdf.page_text import PageText

_LEAST_SLIDES = 3
_TOP = 0.2  # of a slide's height, where its title stands
_LONGEST_TITLE = 60
_LEAST_TITLE = 4
_BESIDE_TITLE = re.compile(r"(?:令和|平成|【|[①-⑳(（]|.{0,30}(?:省|庁|府|課|係)$)")


def slide_titles(pages: Sequence[PageText | None]) -> dict[int, list[tuple[str, int]]]:
    """Return by page number (title, depth 1) of each slide; nothing for other documents.

    A file is one of slides where nearly all of its pages are wider than high.
    """
    read = [page for page in pages if page is not None and page.printed]
    wide = sum(page.size[0] > page.size[1] for page in read)
    if wide < _LEAST_SLIDES or wide < 0.9 * len(read):
        return {}
    titles = {number: _title(page) for number, page in enumerate(pages, 1) if page is not None}
    return {number: [(title, 1)] for number, title in titles.items() if title}


def names_lines(
    outline: Mapping[int, Sequence[tuple[str, int]]], pages: Sequence[PageText | None]
) -> bool:
    """Tell whether an outline names lines of the pages; that of slides may only count them."""
    return any(
        folded(title) in {folded(line) for line in page.lines}
        for number, page in enumerate(pages, 1)
        if page is not None and number in outline
        for title, _ in outline[number]
    )


def _title(page: PageText) -> str:
    """Return the line in the largest letters at the top of a slide."""
    edge = (1 - _TOP) * page.size[1]
    top = [line for line in page.printed if line.box[1] > edge and _may_be_title(line)]
    best = max(
        top,
        key=lambda line: (round(line.size / 2), -round(line.box[0] / 20), line.box[3]),
        default=None,
    )
    return best.text if best else ""


def _may_be_title(line: PrintedLine) -> bool:
    fits = _LEAST_TITLE <= len(line.text) <= _LONGEST_TITLE and not line.text.endswith("。")
    return fits and _BESIDE_TITLE.match(line.text) is None
