"""The letters of a PDF page with their places, and the runs of letters that stand together."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import sub
from typing import Any, Literal, NamedTuple

import pypdfium2.raw as raw

from assistant.japanese.normalize import readable
from ingest.readers.pdf.page_paths import Box

_APART = 1.2  # in letter heights: a wider gap parts two runs
_BESIDE = 0.6  # a letter farther above or below is on another line
_SAME_PLACE = 3.0  # points between a text and its shadow
_LEAST_STEPS = 20  # from letter to letter that tell how a page is written
_LEAST_STACK = 3  # letters one below another that are vertical writing
_SPACED = re.compile(r"[぀-ヿ㐀-鿿](?:[ 　]+[぀-ヿ㐀-鿿ー])+")
_DATE_FIELD = re.compile(r"[年月日時分 　]+")  # to be filled in
_WORDS = re.compile(r"[぀-ヿ㐀-鿿]")


Direction = Literal["across", "up", "down"]


class Letter(NamedTuple):
    """A letter in its em box (page space, points); a line break or blank has no place."""

    text: str
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0


class Run(NamedTuple):
    """Letters that stand together: a line, or part of one; `upright` tells vertical writing."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    upright: bool = False

    @property
    def middle(self) -> float:
        """Return how high the run stands."""
        return (self.bottom + self.top) / 2


def page_letters(text_page: Any) -> list[Letter]:
    """Return the letters of a page in the order of the file."""
    letters: list[Letter] = []
    page, box = text_page.raw, raw.FS_RECTF()
    # Two calls a letter are most of the time of a page: nothing else is looked up in this loop.
    code_of, place_of, place, add = (
        raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox, ctypes.byref(box), letters.append
    )  # fmt: skip
    for index in range(text_page.count_chars()):
        code = code_of(page, index)
        if not 0 < code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            continue
        text = chr(code)
        if text.isspace():
            if text != "\r":
                add(Letter(text if text in "\n　" else " "))
        elif place_of(page, index, place):
            add(Letter(text, box.left, box.bottom, box.right, box.top))
    return letters


def runs_of(letters: Iterable[Letter]) -> list[Run]:
    """Return the runs in the order of the file, each text that is drawn twice only once."""
    runs: list[Run] = []
    current: list[Letter] = []
    blank = ""

    def close() -> None:
        nonlocal blank
        if current:
            runs.append(_run(current))
            current.clear()
        blank = ""

    last = None
    for letter in letters:
        if letter.text == "\n":
            close()
        elif letter.text in " 　":
            blank = letter.text if current else ""
        else:
            if current and last is not None and not _stand_together(last, letter):
                close()
            if blank:
                current.append(Letter(blank))
                blank = ""
            current.append(letter)
            last = letter
    close()
    return _once(_stacked(runs))


def row_text(runs: Sequence[Run]) -> str:
    """Join runs of one line from left to right, with a blank where there is a gap."""
    text = ""
    before = None
    for run in sorted(runs, key=lambda run: run.left):
        if before is not None and run.left - before.right > 0.3 * min(run.size, before.size):
            text += " "
        text += run.text
        before = run
    return without_spacing(text)


def rows_of(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the runs by lines, from the top; a note in smaller letters is a line of its own."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.middle):
        if rows and not run.upright and not rows[-1][0].upright and _is_beside(rows[-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [part for row in rows for part in _by_size(row)]


def _by_size(row: Sequence[Run]) -> list[list[Run]]:
    parts: list[list[Run]] = []
    for run in sorted(row, key=lambda run: run.left):
        last = parts[-1][-1] if parts else None
        apart = last is not None and run.left - last.right > max(run.size, last.size)
        if last is None or (apart and not 0.84 < run.size / last.size < 1.19):
            parts.append([])
        parts[-1].append(run)
    return parts


def without_spacing(text: str) -> str:
    """Return a word whose letters are spread over a line without the blanks between them."""
    spread = _SPACED.fullmatch(text) and not _DATE_FIELD.fullmatch(text)
    return re.sub(r"[ 　]+", "", text) if spread else text


def turned(letters: Sequence[Letter], boxes: Sequence[Box]) -> tuple[list[Letter], list[Box]]:
    """Return a page whose lines run upwards as if it were turned right."""
    moved = [
        Letter(letter.text, letter.bottom, -letter.right, letter.top, -letter.left)
        if letter.right
        else letter
        for letter in letters
    ]
    return moved, [(bottom, -right, top, -left) for left, bottom, right, top in boxes]


def direction_of(letters: Sequence[Letter]) -> Direction:
    """Tell where most letters stand from the one before.

    "up" as on a page turned left, "down" as in vertical writing.
    """
    up = down = across = 0
    before_left = before_bottom = None
    for _, left, bottom, right, top in letters:
        if right == 0.0:
            continue
        if before_left is not None and before_bottom is not None:
            size = top - bottom
            step, aside = bottom - before_bottom, left - before_left
            if -0.2 * size < aside < 0.2 * size:
                up += 0 < step < 2 * size
                down += 0 < -step < 2 * size
            else:
                across += 0 < aside < 2 * size and -size < step < size
        before_left, before_bottom = left, bottom
    if up > 1.5 * across and up > _LEAST_STEPS:
        return "up"
    return "down" if down > across and down > _LEAST_STEPS else "across"


def _run(letters: Sequence[Letter]) -> Run:
    texts, lefts, bottoms, rights, tops = zip(*letters, strict=True)
    placed = [right != 0.0 for right in rights]
    if not all(placed):
        lefts, bottoms, rights, tops = (
            tuple(compress(edges, placed)) for edges in (lefts, bottoms, rights, tops)
        )
    heights = sorted(map(sub, tops, bottoms))
    return Run(
        readable("".join(texts)).strip(),
        min(lefts),
        min(bottoms),
        max(rights),
        max(tops),
        max(1.0, heights[len(heights) // 2]),
    )


def _stand_together(one: Letter, two: Letter) -> bool:
    _, _, bottom, right, top = one
    _, left, lower, _, upper = two
    size = max(top - bottom, upper - lower)
    gap = left - right
    offset = abs(bottom + top - lower - upper) / 2
    beside = _BESIDE if gap > -0.3 * size else _BESIDE / 2  # else it may be vertical writing
    return -1.5 * size <= gap <= _APART * size and offset <= beside * size


def _is_beside(row: Sequence[Run], run: Run) -> bool:
    first = row[0]
    shared = min(first.top, run.top) - max(first.bottom, run.bottom)
    return shared > 0.5 * min(first.top - first.bottom, run.top - run.bottom)


def _stacked(runs: Sequence[Run]) -> list[Run]:
    """Join letters that stand one below another."""
    joined: list[Run] = []
    stack: list[Run] = []

    def close() -> None:
        text = "".join(run.text for run in stack)
        if len(stack) >= _LEAST_STACK and len(_WORDS.findall(text)) * 2 > len(text):
            lefts, rights = [run.left for run in stack], [run.right for run in stack]
            joined.append(
                Run(
                    text, min(lefts), stack[-1].bottom, max(rights), stack[0].top,
                    stack[0].size, upright=True,
                )
            )  # fmt: skip
        else:
            joined.extend(stack)
        stack.clear()

    for run in runs:
        if len(run.text) > 1:
            close()
            joined.append(run)
            continue
        if stack and not _is_below(stack[-1], run):
            close()
        stack.append(run)
    close()
    return joined


def _is_below(one: Run, two: Run) -> bool:
    size = max(one.size, two.size)
    aside = abs(one.left + one.right - two.left - two.right) / 2
    return aside < 0.4 * size and -0.65 * size < one.bottom - two.top < 1.6 * size


def _once(runs: Sequence[Run]) -> list[Run]:
    """Drop texts drawn again in the same place, as shadows and bold letters are."""
    kept: list[Run] = []
    places: dict[str, list[Run]] = {}
    for run in runs:
        same = places.setdefault(run.text, [])
        if not run.text or any(
            abs(run.left - other.left) <= _SAME_PLACE
            and abs(run.bottom - other.bottom) <= _SAME_PLACE
            for other in same
        ):
            continue
        same.append(run)
        kept.append(run)
    return kept
