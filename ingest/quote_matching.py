"""Where a quotation stands in a text that writes it with other spaces, digits or line ends."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from assistant.japanese.normalize import folded
from ingest.table_rows import SEPARATOR

_SAME_MARKS = str.maketrans(
    {
        **dict.fromkeys("ー─━ｰ", "-"),
        **dict.fromkeys("･·•‧∙", "・"),
        **dict.fromkeys("“”„〝〟″", '"'),
        **dict.fromkeys("‘’′`", "'"),
        "，": "、",
        ",": "、",
        "．": ".",
    }
)
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
_SEED = 6  # a common run shorter than this says nothing about where a quotation stands
_HALF = 12  # the least part of a quotation that may stand on one side of a page break
_MARGIN = 80  # header, footer and page number between the text and the page break


def printed_words(quote: str) -> list[str]:
    """Return the words of a quotation as the page prints them, one entry a run of text.

    A table row is quoted with its heads (「区分：委託 ｜ 限度額：50万円」); on the page the heads
    stand elsewhere, and the cells follow each other.
    """
    if SEPARATOR.strip() not in quote:
        return [quote]
    rows = (line.split(SEPARATOR) for line in quote.split("\n"))
    return ["".join(cell.split("：", 1)[-1] for cell in row) for row in rows]


def folded_with_index(characters: Sequence[str]) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, its index in `characters`."""
    out: list[str] = []
    index: list[int] = []
    start = 0
    while start < len(characters):
        end = start + 1
        while end < len(characters) and _belongs_to_the_one_before(characters[end]):
            end += 1
        for character in _folded_cluster("".join(characters[start:end])):
            out.append(character)
            index.append(start)
        start = end
    return "".join(out), index


def _belongs_to_the_one_before(character: str) -> bool:
    return bool(character) and (bool(unicodedata.combining(character[0])) or character in "ﾞﾟ")


@lru_cache(maxsize=16384)
def _folded_cluster(cluster: str) -> str:
    text = folded(cluster).translate(_SAME_MARKS)
    return "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)


def find_spans(text: str, quote: str, least: float = 0.75) -> list[tuple[int, int]]:
    """Find the folded quotation in a folded text as (start, end) pairs, end exclusive.

    Exactly; else in pieces near its longest common run (ruby, a footnote, a column between) when
    they make up `least` of it; else the part of it that stands next to a page break.
    """
    if not quote:
        return []
    exact = text.find(quote)
    if exact >= 0:
        return [(exact, exact + len(quote))]
    return _in_pieces(text, quote, least) or _across_a_page_break(text, quote)


def _in_pieces(text: str, quote: str, least: float) -> list[tuple[int, int]]:
    seed = difflib.SequenceMatcher(None, text, quote, autojunk=False).find_longest_match()
    if seed.size < min(_SEED, len(quote)):
        return []
    # Only near where it must stand, so that no stray words elsewhere are marked.
    low = max(0, seed.a - seed.b - 40)
    near = text[low : seed.a - seed.b + len(quote) + 80]
    matcher = difflib.SequenceMatcher(None, near, quote, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= 3]
    if sum(block.size for block in blocks) < least * len(quote):
        return []
    return [(low + block.a, low + block.a + block.size) for block in blocks]


def _across_a_page_break(text: str, quote: str) -> list[tuple[int, int]]:
    """Find the head of the quotation at the end of the text, or its tail at the beginning."""
    for size in range(len(quote) - 1, _HALF - 1, -1):
        at = text.rfind(quote[:size])
        if at >= 0 and len(text) - at - size <= _MARGIN:
            return [(at, at + size)]
        at = text.find(quote[-size:])
        if 0 <= at <= _MARGIN:
            return [(at, at + size)]
    return []
