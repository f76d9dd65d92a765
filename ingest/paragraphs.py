"""Lines of a page joined into paragraphs whose sentences know their pages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from assistant.domain import Span
from assistant.japanese.sentences import sentence_spans, starts_item
from ingest.document import Block

_ENDS = re.compile(r"[。！？!?:：]$")
_CLOSED = re.compile(r"[」』]$")
_OPENED = re.compile(r"[（(「『][^（）()「」『』。]{0,60}$")
_LATIN_END = re.compile(r"[A-Za-z0-9,.;)]$")
_LATIN_START = re.compile(r"^[A-Za-z0-9(]")
_CLOSES = re.compile(r"[^（）()「」『』。]{0,30}[）)」』]")
_FULL = 0.75  # a line shorter than this share of the longest ends its paragraph
_LEAST = 24  # halves of a Japanese letter
_FULLER = 0.9  # where it ends in 」, as captions and titles do


@dataclass(frozen=True)
class Paragraph:
    """Joined text; `starts` holds (offset, page) where each page's share begins.

    `label` names the place in a file whose pages have no numbers.
    """

    text: str
    starts: tuple[tuple[int, int | None], ...]
    label: str | None = None

    def page_at(self, offset: int) -> int | None:
        """Return the page on which the character at `offset` stands."""
        return self.starts[max(0, bisect_right([o for o, _ in self.starts], offset) - 1)][1]

    def sentences(self) -> list[Span]:
        """Return the paragraph's sentences, each on the page where it begins."""
        spans = sentence_spans(self.text)
        return [Span(a, b, self.page_at(a), self.label) for a, b in spans]


def paragraph_of(text: str, page: int | None, label: str | None = None) -> Paragraph:
    """Return a paragraph that stands on one page."""
    return Paragraph(text, ((0, page),), label)


def paragraphs(blocks: Sequence[Block]) -> list[Paragraph]:
    """Join wrapped lines; formats without printed lines keep their own paragraphs."""
    if all(block.page is None or block.whole for block in blocks):
        return [paragraph_of(block.text, block.page, block.label) for block in blocks]
    longest = max((_width(block.text) for block in blocks if not block.whole), default=0)
    joined: list[Paragraph] = []
    previous = Block("")
    for block in blocks:
        continues = joined and not previous.whole and _goes_on(previous, block, longest)
        joined = (
            [*joined[:-1], _extended(joined[-1], block)]
            if continues
            else [
                *joined,
                paragraph_of(block.text, block.page),
            ]
        )
        previous = block
    return joined


def _goes_on(block: Block, following: Block, longest: int) -> bool:
    """Tell whether a printed line goes on in the next: it is full, and no item begins there.

    A line with an open bracket goes on also where the next looks like an item: （第165条の / 7）。
    """
    line = block.text
    width = _width(line)
    opened = _OPENED.search(line)
    if block.wrapped is not None and not following.whole:
        ended = not block.wrapped or _ENDS.search(line)
        return not ended and (opened is not None or not starts_item(following.text))
    if opened and _CLOSES.match(following.text) and width >= max(_LEAST, longest / 2):
        return not following.whole
    share = _FULLER if _CLOSED.search(line) else _FULL
    if following.whole or width < max(_LEAST, share * longest) or _ENDS.search(line):
        return False
    return opened is not None or not starts_item(following.text)


def _width(text: str) -> int:
    """Return how wide a line is printed, in halves of a Japanese letter."""
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)


def _extended(paragraph: Paragraph, block: Block) -> Paragraph:
    gap = " " if _LATIN_END.search(paragraph.text) and _LATIN_START.match(block.text) else ""
    offset = len(paragraph.text) + len(gap)
    starts = paragraph.starts
    if starts[-1][1] != block.page:
        starts = (*starts, (offset, block.page))
    return Paragraph(paragraph.text + gap + block.text, starts)
