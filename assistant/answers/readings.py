"""What two versions of a passage say: the sentences to be put beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from assistant.domain import Chunk
from assistant.japanese.normalize import folded
from assistant.library.sentence_changes import sentence_changes

Range = tuple[int, int]
"""The positions of the first and of the last of some sentences of a chunk."""


@dataclass(frozen=True)
class _Step:
    """A sentence of one or of both chunks by its position."""

    kind: Literal["same", "added", "removed", "changed"]
    own: int | None
    other: int | None


def readings(
    chunk: Chunk,
    quotes: Sequence[str],
    around: Sequence[str],
    other: Chunk,
    *,
    own_section: Sequence[Chunk],
    other_section: Sequence[Chunk],
) -> tuple[Range, Range] | None:
    """Return the sentences that were quoted and what differs about them, in both chunks.

    What stands `around` a quotation counts as well, as its ただし書 does; of a table the row alone.
    A sentence that stands in another chunk of the other's section has only moved. None: nothing
    differs.
    """
    mine, theirs = _sentences(chunk), _sentences(other)
    quoted = _positions(chunk, quotes)
    near = quoted if chunk.kind == "table" else quoted | _among(mine, around)
    steps = _steps(mine, theirs, _said(own_section), _said(other_section))
    own, changed = set(quoted), False
    others: set[int] = {s.other for s in steps if s.own in quoted and s.other is not None}
    for is_same, run in groupby(enumerate(steps), key=lambda pair: pair[1].kind == "same"):
        group = list(run)
        if is_same or not _touches(steps, group[0][0], group[-1][0], near, chunk.kind == "table"):
            continue
        changed = True
        run_steps = [step for _, step in group]
        if chunk.kind == "table":
            run_steps = _of_rows(run_steps, quoted)
        own |= {step.own for step in run_steps if step.own is not None}
        others |= {step.other for step in run_steps if step.other is not None}
    if not changed:
        return None
    own_range = (min(own, default=0), max(own, default=max(len(mine) - 1, 0)))
    other_range = (min(others, default=0), max(others, default=max(len(theirs) - 1, 0)))
    return own_range, other_range


def _of_rows(run: Sequence[_Step], quoted: set[int]) -> list[_Step]:
    """Return what became of quoted rows; of one that is gone, what was put where it stood."""
    own = [step for step in run if step.own in quoted]
    if all(step.kind == "removed" for step in own):
        own += [step for step in run if step.kind == "added"]
    return own


def _touches(steps: Sequence[_Step], first: int, last: int, near: set[int], is_table: bool) -> bool:
    """Tell whether a run of changes is of the sentences near a quotation, or stands beside them."""
    if any(step.own in near for step in steps[first : last + 1] if step.own is not None):
        return True
    if is_table:
        return False
    beside = [steps[place].own for place in (first - 1, last + 1) if 0 <= place < len(steps)]
    return any(own in near for own in beside if own is not None)


def _steps(
    mine: Sequence[str], theirs: Sequence[str], said_here: set[str], said_there: set[str]
) -> list[_Step]:
    """Return the sentences of both chunks in order; what has only moved counts as the same."""
    steps: list[_Step] = []
    own = other = 0
    for piece in sentence_changes(mine, theirs):
        kind = piece.kind
        if kind == "removed":
            same = folded(piece.before) in said_there
            steps.append(_Step("same" if same else kind, own, None))
        elif kind == "added":
            same = folded(piece.after) in said_here
            steps.append(_Step("same" if same else kind, None, other))
        else:
            steps.append(_Step(kind, own, other))
        own += kind != "added"
        other += kind != "removed"
    return steps


def _sentences(chunk: Chunk) -> tuple[str, ...]:
    return chunk.sentences() or (chunk.text,)


def _said(chunks: Iterable[Chunk]) -> set[str]:
    return {folded(sentence) for chunk in chunks for sentence in _sentences(chunk)}


def _positions(chunk: Chunk, quotes: Iterable[str]) -> set[int]:
    """Return the positions of the sentences that quotations of a chunk hold."""
    found: set[int] = set()
    for quote in quotes:
        start = chunk.text.find(quote)
        end = start + len(quote)
        found |= {n for n, span in enumerate(chunk.spans) if span.start < end and start < span.end}
    return found or {0}


def _among(sentences: Sequence[str], some: Sequence[str]) -> set[int]:
    wanted = set(some)
    return {position for position, sentence in enumerate(sentences) if sentence in wanted}
