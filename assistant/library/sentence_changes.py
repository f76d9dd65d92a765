"""What differs between two readings of a section, sentence by sentence and word by word."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.japanese.likeness import letter_pairs, likenesses
from assistant.japanese.normalize import folded

_LEAST_LIKENESS: Final = 0.5
_MOST_SENTENCES = 1000  # paired at once
# Figures and words of one kind of letter; kanji one by one, for 契約担当者 and 契約担当課長.
_WORD: Final = re.compile(
    r"[0-9０-９][0-9０-９,，.．]*|[A-Za-zＡ-Ｚａ-ｚ]+|[ァ-ヺーｦ-ﾟ]+|[ぁ-ゖ]+|\s+|.", re.DOTALL
)
_CLOSE = 2  # letters that two changed words have between them by chance


@dataclass(frozen=True)
class Mark:
    """Words that differ inside a changed pair: before[start:end] became after[start:end].

    Either range may be empty.
    """

    before_start: int
    before_end: int
    after_start: int
    after_end: int


@dataclass(frozen=True)
class Piece:
    """A sentence or table row of either version, or of both; the text that is not there is ""."""

    kind: Literal["same", "added", "removed", "changed"]
    before: str
    after: str
    marks: tuple[Mark, ...] = ()


def sentence_changes(before: Sequence[str], after: Sequence[str]) -> tuple[Piece, ...]:
    """Return the pieces of two versions of a section, in order.

    White space and width differences alone are none. A sentence that gave way to a similar one
    is a changed pair; a removed one stands before what was added in its place.
    """
    if list(before) == list(after):
        return tuple(Piece("same", text, text) for text in after)
    old, new = [folded(text) for text in before], [folded(text) for text in after]
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            both = zip(before[i:i_end], after[j:j_end], strict=True)
            pieces += [Piece("same", one, other) for one, other in both]
        else:
            pieces += _replaced(before[i:i_end], after[j:j_end])
    return tuple(pieces)


def word_marks(before: str, after: str) -> tuple[Mark, ...]:
    """Return the words that differ between two sentences; those close together are one mark."""
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(
        None, [word for word, _, _ in old], [word for word, _, _ in new], autojunk=False
    )
    marks: list[Mark] = []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        mark = Mark(*_range(old, i, i_end), *_range(new, j, j_end))
        if marks and mark.before_start - marks[-1].before_end <= _CLOSE:
            last = marks.pop()
            mark = Mark(last.before_start, mark.before_end, last.after_start, mark.after_end)
        marks.append(mark)
    return tuple(marks)


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    """Give the sentences of a part that changed, the like ones of both versions in pairs."""
    i = j = 0
    for row, column in [*_pairs(before, after), (len(before), len(after))]:
        yield from (Piece("removed", text, "") for text in before[i:row])
        yield from (Piece("added", "", text) for text in after[j:column])
        if row < len(before):
            one, other = before[row], after[column]
            yield Piece("changed", one, other, word_marks(one, other))
        i, j = row + 1, column + 1


def _pairs(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of like sentences that cross no other pair, and are most alike in sum."""
    if not before or not after:
        return []
    parts = math.ceil(max(len(before), len(after)) / _MOST_SENTENCES)
    found: list[tuple[int, int]] = []
    for part in range(parts):
        i, i_end = (len(before) * edge // parts for edge in (part, part + 1))
        j, j_end = (len(after) * edge // parts for edge in (part, part + 1))
        worth = likenesses(
            [letter_pairs(text) for text in before[i:i_end]],
            [letter_pairs(text) for text in after[j:j_end]],
        )
        worth[worth < _LEAST_LIKENESS] = 0
        found += [(i + row, j + column) for row, column in _best_pairs(worth)]
    return found


def _best_pairs(worth: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the uncrossed pairs with the greatest sum; a worth of 0 is no pair."""
    rows, columns = worth.shape
    best = np.zeros((rows + 1, columns + 1), np.float32)
    for row in range(rows):
        paired = np.maximum(best[row, 1:], best[row, :-1] + worth[row])
        best[row + 1, 1:] = np.maximum.accumulate(paired)
    pairs: list[tuple[int, int]] = []
    row, column = rows, columns
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append((row, column))
    return pairs[::-1]


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text in one form, with their places in it; no white space."""
    found = ((folded(m[0]), m.start(), m.end()) for m in _WORD.finditer(text))
    return [word for word in found if word[0]]


def _range(words: Sequence[tuple[str, int, int]], first: int, end: int) -> tuple[int, int]:
    """Return where words[first:end] stand in their text; an empty range after the word before."""
    if first < end:
        return words[first][1], words[end - 1][2]
    place = words[first - 1][2] if first else 0
    return place, place
