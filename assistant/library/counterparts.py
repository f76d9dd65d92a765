"""The section or passage of another version of a manual that stands for one of this version."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest
from operator import itemgetter

from assistant.domain import Chunk
from assistant.japanese.likeness import letter_pairs, likeness
from assistant.library.section_matching import (
    LIKE_TEXT,
    SAME_PATH,
    folded_path,
    heading_name,
    heading_score,
    only_names,
)

_SAMPLES, _SAMPLE = 16, 5  # parts of a passage, of 5 letters, of which a like one has many too
_NEAR = 20


def section_at(chunks: Sequence[Chunk], heading_path: Sequence[str]) -> list[Chunk]:
    """Return the chunks under a heading; else those of the one section with its words.

    第5条（検収） is thus found as 第6条（検収）, in the same chapter if there are several. No such
    section is an empty list.
    """
    path, name = folded_path(tuple(heading_path)), heading_name(tuple(heading_path))
    exact = [chunk for chunk in chunks if folded_path(chunk.heading_path) == path]
    if exact or not name:
        return exact
    named = [chunk for chunk in chunks if heading_name(chunk.heading_path) == name]
    beside = [chunk for chunk in named if folded_path(chunk.heading_path)[:-1] == path[:-1]]
    for found in (named, beside):
        if len({folded_path(chunk.heading_path) for chunk in found}) == 1:
            return found
    return []


def counterpart(chunk: Chunk, others: Sequence[Chunk]) -> Chunk | None:
    """Return the chunk of another version that says the same or what stands in its place.

    The nearest text under the same heading, or the only one with its words; under other headings
    a text that is like it. None where the section is in one version only.
    """
    path, name = folded_path(chunk.heading_path), heading_name(chunk.heading_path)
    there = [other for other in others if folded_path(other.heading_path) == path]
    for other in there:
        if other.text == chunk.text:
            return other
    only = name in only_names(other.heading_path for other in others)
    best = _nearest(chunk, there, only=only)
    if best is None or not name or best[1] - SAME_PATH < LIKE_TEXT:
        named = [other for other in others if name and heading_name(other.heading_path) == name]
        found = [_nearest(chunk, group, only=only) for group in (named, others)]
        best = max((one for one in (best, *found) if one), key=itemgetter(1), default=None)
    return best[0] if best else None


def _nearest(chunk: Chunk, others: Sequence[Chunk], *, only: bool) -> tuple[Chunk, float] | None:
    """Return the best of those that share the most samples with a chunk, and its score."""
    step = max(1, len(chunk.text) // _SAMPLES)
    ends = range(_SAMPLE, max(_SAMPLE, len(chunk.text)) + 1, step)
    samples = [chunk.text[end - _SAMPLE : end] for end in ends]
    near = others
    if len(others) > _NEAR:
        near = nlargest(_NEAR, others, key=lambda other: sum(s in other.text for s in samples))
    scored = [
        (other, score) for other in near if (score := _score(chunk, other, only=only)) is not None
    ]
    return max(scored, key=itemgetter(1), default=None)


def _score(chunk: Chunk, other: Chunk, *, only: bool) -> float | None:
    like = likeness(letter_pairs(chunk.text), letter_pairs(other.text))
    shortest = min(len(chunk.text), len(other.text))
    return heading_score(chunk.heading_path, other.heading_path, like, shortest, only=only)
