"""Words of a manual's text in <mark>: a quotation, or the words that somebody looks for."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from ingest.quote_matching import find_spans, folded_with_index

Range = tuple[int, int]


def quote_ranges(text: str, quote: str) -> list[Range]:
    """Return where a quotation stands in a text as (start, end); empty if it is not found."""
    folded, origin = folded_with_index(list(text))
    spans = find_spans(folded, folded_with_index(list(quote))[0])
    return [(origin[start], origin[end - 1] + 1) for start, end in spans]


def word_ranges(text: str, words: Iterable[str]) -> list[Range]:
    """Return every place of some words in a text, however they are written, in order, joined."""
    folded, origin = folded_with_index(list(text))
    found: list[Range] = []
    for word in words:
        looked_for = folded_with_index(list(word))[0]
        at = folded.find(looked_for) if looked_for else -1
        while at >= 0:
            end = at + len(looked_for)
            found.append((origin[at], origin[end - 1] + 1))
            at = folded.find(looked_for, end)
    return joined(found)


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Return ranges in order; those that overlap or touch become one."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def with_marks(text: str, ranges: Sequence[Range], *, start: int = 0) -> str:
    """Return a text as HTML; it begins at `start` of the text to which the ranges belong."""
    parts: list[str] = []
    done = 0
    for first, last in ranges:
        begin, end = max(first - start, done), min(last - start, len(text))
        if begin >= end:
            continue
        parts.append(html.escape(text[done:begin]))
        parts.append(f"<mark>{html.escape(text[begin:end])}</mark>")
        done = end
    parts.append(html.escape(text[done:]))
    return "".join(parts)


def marked_html(text: str, quote: str) -> tuple[str, bool]:
    """Return the text as HTML with the quotation in <mark>, and whether it was found."""
    ranges = quote_ranges(text, quote)
    return f'<div class="chonai-text">{with_marks(text, ranges)}</div>', bool(ranges)
