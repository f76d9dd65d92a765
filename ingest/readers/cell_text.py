"""The text of table cells: the letters inside, lines that were broken only for room joined."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from assistant.japanese.sentences import starts_item
from ingest.readers.pdf.page_furniture import joined_lines
from ingest.readers.pdf.page_layout import unbroken
from ingest.readers.pdf.page_letters import Letter, Run, row_text, rows_of, runs_of
from ingest.readers.pdf.page_paths import Box

_ROOM = 2.6  # letters: a line that leaves more room in its cell was ended on purpose
_KATAKANA_END, _KATAKANA_START = re.compile("[ァ-ヶー]$"), re.compile("[ァ-ヶー]")
_PADDING = 12.0  # points of a cell that hold no letters


class PlacedLetters:
    """The letters of a page, found by where they stand."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self._letters = letters
        places = [
            ((letter.bottom + letter.top) / 2, index)
            for index, letter in enumerate(letters)
            if letter.right != 0.0
        ]
        self._places = sorted(places)
        self._heights = [height for height, _ in self._places]

    def inside(self, box: Box) -> list[Letter]:
        """Return the letters whose middle is in a box, with the blanks and breaks between."""
        left, bottom, right, top = box
        first, last = bisect_left(self._heights, bottom), bisect_right(self._heights, top)
        found = sorted(
            index
            for _, index in self._places[first:last]
            if left <= (self._letters[index].left + self._letters[index].right) / 2 <= right
        )
        return list(self._with_breaks(found))

    def outside(self, boxes: Sequence[Box]) -> list[Letter]:
        """Return the letters in none of the boxes."""
        if not boxes:
            return list(self._letters)
        kept = [
            index
            for index, letter in enumerate(self._letters)
            if letter.right != 0.0 and not any(_holds(box, letter) for box in boxes)
        ]
        return list(self._with_breaks(kept))

    def cell_text(self, box: Box) -> str:
        """Return the text of a cell."""
        left, bottom, right, top = box
        runs = runs_of(self.inside((left + 0.5, bottom + 0.5, right - 0.5, top - 0.5)))
        return text_of_runs(runs, right - left)

    def cut(self, down: Iterable[Box], across: Iterable[Box]) -> int:
        """Count the places where a ruling goes through a word or a letter, as in charts."""
        count = 0
        for x, bottom, _, top in down:
            inside = self.inside((x - 20, bottom, x + 20, top))
            count += sum(_goes_between(one, two, x) for one, two in pairwise(inside))
        for left, y, right, _ in across:
            count += sum(
                letter.bottom + 0.3 * (letter.top - letter.bottom)
                < y
                < letter.top - 0.3 * (letter.top - letter.bottom)
                for letter in self.inside((left, y - 20, right, y + 20))
                if letter.right
            )
        return count

    def _with_breaks(self, indices: Sequence[int]) -> Iterable[Letter]:
        before = -1
        for index in indices:
            if before >= 0 and index - before > 1:
                between = self._letters[before + 1 : index]
                broken = len(between) > 3 or any(letter.text == "\n" for letter in between)
                yield Letter("\n" if broken or between[0].right else " ")
            yield self._letters[index]
            before = index


def text_of_runs(runs: Sequence[Run], width: float) -> str:
    """Return the lines of a cell so wide; those that were ended on purpose stay apart."""
    lines = [(row_text(row), row) for row in rows_of(runs)]
    parts: list[list[str]] = []
    for position, (text, _) in enumerate(lines):
        if position and not _was_ended(lines[position - 1], text, width):
            parts[-1].append(text)
        else:
            parts.append([text])
    return "\n".join(joined_lines(part) for part in parts)


def _was_ended(line: tuple[str, Sequence[Run]], following: str, width: float) -> bool:
    text, row = line
    if (
        starts_item(following)
        and not _parts_word(text, following)
        and not text.endswith(("、", "の", "は", "を", "に"))
    ):
        return True
    size = max(run.size for run in row)
    if len(text) == 1 and len(following) == 1:
        return False  # two letters one below the other: a word
    room = width - _PADDING - (max(run.right for run in row) - min(run.left for run in row))
    return room > (_ROOM + unbroken(following)) * size


def _parts_word(text: str, following: str) -> bool:
    """Tell whether a line ends inside a word in katakana: its rest is no label of an item."""
    return bool(_KATAKANA_END.search(text) and _KATAKANA_START.match(following))


def _goes_between(one: Letter, two: Letter, x: float) -> bool:
    """Tell whether an upright line stands between two letters that touch."""
    if not (one.right and two.right):
        return False
    size = min(one.top - one.bottom, two.top - two.bottom)
    touching = abs(two.left - one.right) < 0.2 * size and abs(two.bottom - one.bottom) < 0.5 * size
    return touching and (one.left + one.right) / 2 < x < (two.left + two.right) / 2


def _holds(box: Box, letter: Letter) -> bool:
    x, y = (letter.left + letter.right) / 2, (letter.bottom + letter.top) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1
