"""The lines of a printed page in reading order: columns, side notes and tables in their place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.japanese.sentences import starts_item
from ingest.readers.pdf.page_letters import Run, row_text, rows_of
from ingest.readers.pdf.page_paths import Box

_LEAST_GUTTER = 5.0  # points between two columns
_LEAST_ROWS = 3  # of prose on both sides of a gutter
_PROSE_LETTERS = 8
_LEAST_FULL = 12  # letters of a line that goes on in the next
_LONG = 15  # letters of a line that may be full
_LEAST_ALIGNED = 2  # runs that begin where a column does
_PROSE_FILL = 0.65  # of the column's width, in a line of prose
_DEEPEST = 6
_SHORT = 2.1  # letters missing at the end of a line that ends its paragraph
_INDENT = 0.7  # letters by which the first line of a paragraph begins farther in
# What moves to the next line because its second letter may not begin one.
_MOVED = re.compile(r".?[。、，．）」』】〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ]+")
_WORD = re.compile(r"[（(「][^（）()「」]{1,6}[）)」]+|[A-Za-z0-9.,/:_-]{1,24}")
_LINE_HEIGHT = 14.0  # points of a line of a table, about
_UNFINISHED = ("、", "を", "に", "が", "は", "へ", "も", "（", "(", "「")


@dataclass(frozen=True)
class Column:
    """Where the lines around a line begin and end, and how far one is above the next."""

    left: float
    right: float
    pitch: float


@dataclass(frozen=True)
class PrintedLine:
    """A line of a page: its text, its place, the size of its letters, and its column."""

    text: str
    box: Box
    size: float
    column: Column


def in_reading_order(
    runs: Sequence[Run], tables: Sequence[Box]
) -> tuple[list[PrintedLine], list[tuple[int, int]]]:
    """Return the lines, and for each table (line before which it stands, its number)."""
    # A table is a run without text; its number stands in the size.
    items = [*runs, *(Run("", *box, float(number)) for number, box in enumerate(tables))]
    lines: list[PrintedLine] = []
    placed: list[tuple[int, int]] = []
    for region in _regions(items, 0):
        rows = rows_of([item for item in region if item.text])
        column = _column(rows)
        waiting = sorted((item for item in region if not item.text), key=lambda item: -item.top)
        for row in rows:
            while waiting and waiting[0].middle > row[0].middle:
                placed.append((len(lines), int(waiting.pop(0).size)))
            lines.append(_line(row, column))
        placed += [(len(lines), int(item.size)) for item in waiting]
    return lines, placed


def column_of(boxes: Sequence[Box]) -> Column:
    """Return the column that lines fill: its right edge is where most of them end."""
    if not boxes:
        return Column(0, 0, 0)
    rights = sorted(box[2] for box in boxes)
    near = Counter(round(right / 4) for right in rights)
    edge, count = max(near.items(), key=lambda item: (item[1], item[0]))
    at = [right for right in rights if abs(right / 4 - edge) <= 1]
    full = count >= _LEAST_ROWS and edge * 4 > rights[len(rights) // 2]
    pitches = [above[3] - below[3] for above, below in pairwise(boxes)]
    falling = [pitch for pitch in pitches if pitch > 0]
    return Column(
        min(box[0] for box in boxes),
        max(at) if full else rights[len(rights) * 9 // 10],
        median(falling) if falling else 0.0,
    )


def goes_on(
    line: PrintedLine, following: PrintedLine | None, before: PrintedLine | None = None
) -> bool | None:
    """Tell whether the print shows that a line's paragraph goes on in the next.

    None where nothing follows a full line on the page. Long lines one below another that end at
    the same place are full, as beside a picture.
    """
    size = line.size
    missing = line.column.right - line.box[2]
    if len(line.text) >= _LONG and any(
        other is not None
        and len(other.text) >= _LONG
        and not starts_item(other.text)
        and other.box[0] > line.box[0] - (0.2 if starts_item(line.text) else 1.3) * size
        and abs(other.box[2] - line.box[2]) <= 0.8 * size
        and abs(other.box[3] - line.box[3]) <= 2.5 * size
        for other in (before, following)
    ):
        missing = 0.0
    if following is None:
        return False if missing > _SHORT * size else None
    # Letters of another font may be as much higher in their boxes though of the same size.
    if len(line.text) < _LEAST_FULL or not 0.69 <= following.size / size <= 1.45:
        return False
    short = missing > (_SHORT + unbroken(following.text)) * size
    if following.column != line.column:
        return not short and following.box[3] > line.box[3]
    if line.box[3] - following.box[3] > max(1.3 * line.column.pitch, 2.05 * size):
        return False
    indented = following.box[0] - line.box[0] > _INDENT * size and not starts_item(line.text)
    if indented or following.box[0] - line.column.left > 0.4 * (
        line.column.right - line.column.left
    ):
        return False
    return not short or (len(line.text) >= 12 and line.text.endswith(_UNFINISHED))


def unbroken(text: str) -> float:
    """Return how many letters wide the beginning of a line is that must stand on one line."""
    moved = _MOVED.match(text)
    if moved:
        return len(moved[0]) - 1.0
    word = _WORD.match(text)
    return sum(0.55 if letter.isascii() else 1.0 for letter in word[0]) if word else 0.0


def _line(row: Sequence[Run], column: Column) -> PrintedLine:
    return PrintedLine(
        row_text(row),
        (
            min(run.left for run in row),
            min(run.bottom for run in row),
            max(run.right for run in row),
            max(run.top for run in row),
        ),
        median(run.size for run in row),
        column,
    )


def _column(rows: Sequence[Sequence[Run]]) -> Column:
    level = [row for row in rows if not row[0].upright]
    return column_of([_line(row, Column(0, 0, 0)).box for row in level])


def _regions(items: Sequence[Run], depth: int) -> list[list[Run]]:
    """Return groups of items that are read one after the other, each from the top."""
    gutter = _gutter(items) if depth < _DEEPEST else None
    if gutter is None:
        return [list(items)] if items else []
    found: list[list[Run]] = []
    for across, left, right in _bands(items, gutter):
        if across:
            found += _regions(across, depth + 1)
        elif left and right:
            found += [*_regions(left, depth + 1), *_regions(right, depth + 1)]
        else:
            found.append([*left, *right])
    return found


def _bands(items: Sequence[Run], gutter: float) -> list[tuple[list[Run], list[Run], list[Run]]]:
    """Return (across, left, right) from the top: what crosses the gutter parts what does not."""
    bands: list[tuple[list[Run], list[Run], list[Run]]] = []
    crossing = sorted((i for i in items if _crosses(i, gutter)), key=lambda item: -item.middle)
    heights = [-item.middle for item in crossing]
    parts: dict[int, tuple[list[Run], list[Run]]] = {}
    beside: dict[int, list[Run]] = {}
    for item in items:
        if _crosses(item, gutter):
            continue
        place = bisect_right(heights, -item.middle)
        near = next(
            (
                index
                for index in (place - 1, place)
                if 0 <= index < len(crossing) and _shares_row(crossing[index], item)
            ),
            None,
        )
        if near is not None:
            beside.setdefault(near, []).append(item)
        else:
            parts.setdefault(place, ([], []))[item.left >= gutter].append(item)
    for place in range(len(crossing) + 1):
        if place:
            row = [crossing[place - 1], *beside.get(place - 1, [])]
            if bands and bands[-1][0]:
                bands[-1][0].extend(row)
            else:
                bands.append((row, [], []))
        if place in parts:
            bands.append(([], *parts[place]))
    return bands


def _gutter(items: Sequence[Run]) -> float | None:
    """Return where two columns of prose are parted, None where there is one column."""
    lefts: dict[int, list[float]] = {}
    for item in items:
        lefts.setdefault(round(item.left / 3), []).append(item.left)
    best, most = None, _LEAST_ROWS - 1
    start = min((item.left for item in items), default=0.0)
    weights = [(item.left, item.right, _weight(item)) for item in items if _weight(item)]
    for near, edges in lefts.items():
        if len(edges) + len(lefts.get(near + 1, ())) < _LEAST_ALIGNED:
            continue
        gutter = min(edges) - 0.5
        if gutter - start < 60:
            continue
        before = sum(weight for _, right, weight in weights if right <= gutter)
        behind = sum(weight for left, _, weight in weights if left >= gutter)
        if min(before, behind) <= most:  # more lines of prose than that no side can have
            continue
        rows = _prose_rows(items, gutter)
        if rows > most:
            best, most = gutter, rows
    return best


def _prose_rows(items: Sequence[Run], gutter: float) -> int:
    """Count the lines of prose on the side that has fewer, where both stand side by side."""
    best = 0
    for across, left, right in _bands(items, gutter):
        if across or len(left) < _LEAST_ROWS or len(right) < _LEAST_ROWS:
            continue
        top = min(max(i.top for i in left), max(i.top for i in right))
        bottom = max(min(i.bottom for i in left), min(i.bottom for i in right))
        if top - bottom > 0:
            best += min(_prose(left), _prose(right))
    return best


def _prose(items: Sequence[Run]) -> int:
    start, end = min(item.left for item in items), max(item.right for item in items)
    wide = [item for item in items if item.right - item.left >= _PROSE_FILL * (end - start)]
    return sum(map(_weight, wide))


def _weight(item: Run) -> int:
    """Count the lines of prose that an item is: a table as many as have room in it."""
    if not item.text:
        return int((item.top - item.bottom) / _LINE_HEIGHT)
    return int(len(item.text) >= _PROSE_LETTERS)


def _crosses(item: Run, gutter: float) -> bool:
    return item.left < gutter < item.right + _LEAST_GUTTER


def _shares_row(one: Run, two: Run) -> bool:
    shared = min(one.top, two.top) - max(one.bottom, two.bottom)
    return shared > 0.5 * min(one.top - one.bottom, two.top - two.bottom)
