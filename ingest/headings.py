"""Which lines of a document are headings, and how deep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from math import inf

from ingest.document import Block
from ingest.numbering import (
    ANSWER,
    ARTICLE,
    LONGEST_HEADING,
    MARK,
    NUMBERING,
    QUESTION,
    SPECIAL,
    is_close_article,
    is_numbered,
    is_table_caption,
    one_width,
)

_LONGEST_QUESTION = 100
_FULL_LINE = 0.85  # of a page's line width: a numbered line as long as that goes on below
_WORD = re.compile(r"[ぁ-ゖァ-ヺ一-鿿]|[A-Za-z]{2}")  # what every heading holds
_ENDS_PARAGRAPH = ("。", "）", ")", "】")
Rank = tuple[int, ...]
"""How deep a heading is: smaller is outer."""


def line_widths(blocks: Sequence[Block]) -> dict[int | None, float]:
    """Return how many characters a full line has on each page: nine tenths of lines are shorter."""
    lengths: dict[int | None, list[int]] = {}
    for block in blocks:
        if not block.is_table and not block.whole and block.page is not None:
            lengths.setdefault(block.page, []).append(len(one_width(block.text)))
    return {page: sorted(found)[len(found) * 9 // 10] for page, found in lengths.items()}


def heading_marks(blocks: Sequence[Block]) -> set[int]:
    """Return the indices of lines with ■ or ◆ that are headings, not items of a list.

    Three in a row are a list; two are one unless the document uses the mark for headings.
    """
    runs: list[tuple[str, list[int]]] = []
    named = [
        (block.text.lstrip()[:1] if not block.is_table and MARK.match(block.text.strip()) else "")
        for block in blocks
    ]
    for mark, group in groupby(range(len(blocks)), key=named.__getitem__):
        if mark:
            runs.append((mark, list(group)))
    single = Counter(mark for mark, lines in runs if len(lines) == 1)
    return {
        index
        for mark, lines in runs
        if len(lines) == 1 or (len(lines) == 2 and single[mark] >= 3)
        for index in lines
    }


def rank_of(
    block: Block, blocks: Sequence[Block], index: int, widths: Mapping[int | None, float]
) -> Rank | None:
    """Return a heading's rank, None for text.

    Headings that the format names are outside all that numbering suggests; 別表, 様式 and 附則
    stand at the top.
    """
    if block.level is not None:
        return (0, block.level)
    line = one_width(block.text)
    if SPECIAL.match(line) and len(line) <= LONGEST_HEADING and not line.endswith("。"):
        return (0, 1)
    if is_close_article(line) and _starts_paragraph(blocks, index):
        return (1, ARTICLE)
    for depth, pattern in NUMBERING:
        if pattern.match(line) and (depth <= ARTICLE or _WORD.search(line)):
            if depth == ARTICLE:
                return (1, ARTICLE)
            wrapped = depth > 3 and _is_full(line, block, widths)
            alone = not wrapped and _stands_alone(line, depth, pattern, blocks, index)
            return (1, depth) if alone else None
    return None


def loose_kind(
    block: Block,
    blocks: Sequence[Block],
    index: int,
    widths: Mapping[int | None, float],
    marks: set[int],
) -> str | None:
    """Return "■" or "問" for a heading whose depth its number does not tell, None for others."""
    if block.level is not None:
        return None
    line = one_width(block.text)
    if index in marks and _is_short(line) and not _is_full(line, block, widths):
        return line[0]
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    is_question = QUESTION.match(line) and len(line) <= _LONGEST_QUESTION
    if is_question and following is not None and ANSWER.match(one_width(following.text)):
        return "問"
    return None


def _starts_paragraph(blocks: Sequence[Block], index: int) -> bool:
    before = blocks[index - 1] if index else None
    return (
        before is None
        or before.is_table
        or before.level is not None
        or (before.text.rstrip().endswith(_ENDS_PARAGRAPH))
    )


def _is_full(line: str, block: Block, widths: Mapping[int | None, float]) -> bool:
    if block.wrapped is not None:
        return block.wrapped
    return len(line) >= _FULL_LINE * widths.get(block.page, inf)


def _is_short(line: str) -> bool:
    """Tell whether a line is short and no sentence."""
    return len(line) <= LONGEST_HEADING and not line.endswith(("。", "、", "，", ",", ":", "："))


def _stands_alone(
    line: str, depth: int, pattern: re.Pattern[str], blocks: Sequence[Block], index: int
) -> bool:
    """Tell whether a numbered line is a heading: short, no sentence, not one item of a list."""
    if not _is_short(line):
        return False
    if depth <= 3:
        return True
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if following is None:
        return False
    if following.is_table:
        return True
    after = one_width(following.text)
    if pattern.match(after) or following.level is not None:
        return False
    if index and pattern.match(one_width(blocks[index - 1].text)):
        return False  # the last item of a list
    names_table = is_table_caption(after) and any(b.is_table for b in blocks[index + 2 : index + 4])
    return (
        len(after) >= 15 or names_table or is_numbered(after) or QUESTION.match(after) is not None
    )
