"""Finds ruled tables on a PDF page and reads their cells, merged ones filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.document import Block
from ingest.readers.pdf.page_paths import Box
from ingest.readers.spanned_table import Cell, head_levels, table_blocks

_THIN = 2.5
_TOUCH = 3.0
_LEAST_CELL = 6.0
_LEAST_TILES = 4
_MOST_TILES = 200  # more are a picture
_MOST_COLUMNS = 60
_NARROW = 25.0  # points between parts of one table
_LEAST_SAME_ROWS = 4
_MOST_CUT = 2  # letters that touch a ruling by accident
_CUT_SHARE = 0.02
_FRAME_TEXT = 60  # letters of a cell that may be the text of a frame
_FRAME_SHARE = 0.7
_LOOSE_SHARE = 0.1  # of the places of a grid that belong to a cell of no clear shape


@dataclass(frozen=True)
class RuledTable:
    """A table: its bounding box and its rows of cell texts, top to bottom, left to right.

    `cells` are the same with what each spans, and `columns` the places of the rulings between
    them; a table without them is read as if no cell were merged.
    """

    box: Box
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[Cell, ...] = ()
    columns: tuple[float, ...] = ()

    def blocks(self, page: int, heads: Sequence[str] | None = None) -> list[Block]:
        """Return the table with a head for each column; `heads` are those that it carries on."""
        cells = self.cells or [
            Cell(top, left, top, left, text)
            for top, row in enumerate(self.rows)
            for left, text in enumerate(row)
        ]
        return table_blocks(cells, count_heads=head_levels, heads=heads, page=page, whole=True)

    def has_columns_of(self, other: RuledTable) -> bool:
        """Tell whether another table, on the next page, is ruled like this one."""
        if not (self.columns and other.columns):
            return len(self.rows[0]) == len(other.rows[0])
        return len(self.columns) == len(other.columns) and all(
            abs(one - two) <= _TOUCH for one, two in zip(self.columns, other.columns, strict=True)
        )


@dataclass(frozen=True)
class _Line:
    """A ruling: `at` on its own axis, from `start` to `end` along the other."""

    at: float
    start: float
    end: float


def ruled_tables(
    boxes: Iterable[Box],
    text_in: Callable[[Box], str],
    *,
    tiles: Sequence[Box] = (),
    cut: Callable[[Sequence[Box], Sequence[Box]], int] | None = None,
) -> list[RuledTable]:
    """Return the tables drawn by the path objects' boxes; `text_in` reads a cell's text.

    A table needs at least two columns and two rows of ruled cells; a single frame round a
    paragraph is none, nor are frames that overlap. `tiles` are shaded rectangles: they make a table
    where they are its cells. `cut` counts the letters through which upright and level lines go, as
    those of a chart do.
    """
    lines = list(boxes)
    tables = [table for group in _groups(lines) if (table := _table(*group, text_in, cut))]
    rest = [tile for tile in tiles if not any(_lies_in(tile, table.box) for table in tables)]
    if _LEAST_TILES <= len(rest) <= _MOST_TILES:
        beside = [line for line in lines if not any(_lies_in(line, t.box) for t in tables)]
        for group in _groups([*rest, *beside]):
            table = _table(*group, text_in, cut)
            if table and _is_tiled(table, rest):
                tables.append(table)
    return sorted(tables, key=lambda table: -table.box[3])


def _groups(boxes: Iterable[Box]) -> list[tuple[list[_Line], list[_Line]]]:
    return _side_by_side(_connected(*_rulings(boxes)))


def _table(
    across: Sequence[_Line],
    down: Sequence[_Line],
    text_in: Callable[[Box], str],
    cut: Callable[[Sequence[Box], Sequence[Box]], int] | None,
) -> RuledTable | None:
    """Return the table that rulings make, None where they are frames or a chart."""
    xs = _distinct(line.at for line in down)
    ys = sorted(_distinct(line.at for line in across), reverse=True)
    if not (3 <= len(xs) <= _MOST_COLUMNS and len(ys) >= 3):
        return None
    cells, overlap = _cells(xs, ys, across, down, text_in, corners=cut is not None)
    if overlap:
        return None
    rows = _rows(cells)
    kept = tuple(row for row in rows if any(row))
    if len(kept) < 2 or sum(bool(cell.text) for cell in cells) < 3:
        return None
    if _is_frame(cells):
        return None
    if cut is not None:
        letters = sum(len(cell.text) for cell in cells)
        upright = [(line.at, line.start, line.at, line.end) for line in _merged(down)]
        level = [(line.start, line.at, line.end, line.at) for line in _merged(across)]
        if cut(upright, level) > max(_MOST_CUT, _CUT_SHARE * letters):
            return None
    return RuledTable((xs[0], ys[-1], xs[-1], ys[0]), kept, tuple(cells), tuple(xs))


def _merged(lines: Sequence[_Line]) -> list[_Line]:
    """Return rulings drawn more than once, or piece by piece, as one."""
    merged: list[_Line] = []
    for line in sorted(lines, key=lambda line: (round(line.at / _TOUCH), line.start)):
        last = merged[-1] if merged else None
        if last and abs(last.at - line.at) <= _TOUCH and line.start <= last.end + _TOUCH:
            merged[-1] = _Line(last.at, last.start, max(last.end, line.end))
        else:
            merged.append(line)
    return merged


def _is_frame(cells: Sequence[Cell]) -> bool:
    """Tell whether one cell, merged over rows and columns, holds nearly all of a long text.

    So it is where most of the height is that of cells over all columns.
    """
    longest = max(cells, key=lambda cell: len(cell.text))
    whole = sum(len(cell.text) for cell in cells)
    is_merged = longest.bottom > longest.top and longest.right > longest.left
    last = max(cell.right for cell in cells), max(cell.bottom for cell in cells)
    full = [cell for cell in cells if cell.left == 0 and cell.right == last[0]]
    tall = sum(cell.bottom - cell.top + 1 for cell in full if cell.bottom > cell.top)
    if tall * 2 > last[1] + 1:
        return True
    return is_merged and len(longest.text) > max(_FRAME_TEXT, _FRAME_SHARE * whole)


def _is_tiled(table: RuledTable, tiles: Sequence[Box]) -> bool:
    """Tell whether the cells with text are shaded one by one."""
    inside = [tile for tile in tiles if _lies_in(tile, table.box)]
    said = [cell for cell in table.cells if cell.text]
    return len(inside) >= max(_LEAST_TILES, 0.8 * len(said))


def _lies_in(box: Box, outer: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _rulings(boxes: Iterable[Box]) -> tuple[list[_Line], list[_Line]]:
    horizontal: list[_Line] = []
    vertical: list[_Line] = []
    for left, bottom, right, top in boxes:
        wide, high = right - left, top - bottom
        if high <= _THIN < wide:
            horizontal.append(_Line((top + bottom) / 2, left, right))
        elif wide <= _THIN < high:
            vertical.append(_Line((left + right) / 2, bottom, top))
        elif wide > _LEAST_CELL and high > _LEAST_CELL:
            horizontal += [_Line(bottom, left, right), _Line(top, left, right)]
            vertical += [_Line(left, bottom, top), _Line(right, bottom, top)]
    return horizontal, vertical


def _connected(
    horizontal: Sequence[_Line], vertical: Sequence[_Line]
) -> list[tuple[list[_Line], list[_Line]]]:
    """Group rulings that touch one another, crossing or end to end."""
    lines = [(line, True) for line in horizontal] + [(line, False) for line in vertical]
    parent = list(range(len(lines)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i in range(len(horizontal)):
        across = horizontal[i]
        for j, down in enumerate(vertical, len(horizontal)):
            if (
                across.start - _TOUCH <= down.at <= across.end + _TOUCH
                and down.start - _TOUCH <= across.at <= down.end + _TOUCH
            ):
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[_Line], list[_Line]]] = {}
    for i, (line, is_horizontal) in enumerate(lines):
        groups.setdefault(root(i), ([], []))[0 if is_horizontal else 1].append(line)
    return [group for group in groups.values() if group[0] and group[1]]


def _side_by_side(
    groups: list[tuple[list[_Line], list[_Line]]],
) -> list[tuple[list[_Line], list[_Line]]]:
    """Put together the parts of a table that a narrow gap parts, ruled at the same heights."""
    joined: list[tuple[list[_Line], list[_Line]]] = []
    for across, down in sorted(groups, key=lambda group: min(line.at for line in group[1])):
        heights = _distinct(line.at for line in across)
        for before_across, before_down in joined:
            gap = min(line.at for line in down) - max(line.at for line in before_down)
            others = _distinct(line.at for line in before_across)
            if (
                0 < gap <= _NARROW
                and min(len(heights), len(others)) >= _LEAST_SAME_ROWS
                and len(heights) == len(others)
                and all(abs(a - b) <= _TOUCH for a, b in zip(heights, others, strict=True))
            ):
                before_across.extend(across)
                before_down.extend(down)
                break
        else:
            joined.append((across, down))
    return joined


def _distinct(values: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _TOUCH:
            kept.append(value)
    return kept


def _cells(
    xs: Sequence[float],
    ys: Sequence[float],
    across: Sequence[_Line],
    down: Sequence[_Line],
    text_in: Callable[[Box], str],
    *,
    corners: bool,
) -> tuple[list[Cell], bool]:
    """Read each cell; where no ruling parts two cells they are one.

    The second value tells that cells overlap: frames drawn over one another, and no table. Cells
    with a `corner` cut out are read without it.
    """
    columns, rows = len(xs) - 1, len(ys) - 1
    owner = {(r, c): (r, c) for r in range(rows) for c in range(columns)}
    for r in range(rows):
        middle = (ys[r] + ys[r + 1]) / 2
        for c in range(columns):
            centre = (xs[c] + xs[c + 1]) / 2
            if c and not _ruled(down, xs[c], middle):
                owner[r, c] = owner[r, c - 1]
            elif r and not _ruled(across, ys[r], centre):
                owner[r, c] = owner[r - 1, c]
    squares: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place, first in owner.items():
        squares.setdefault(first, []).append(place)
    loose = 0
    cells: list[Cell] = []
    for places in squares.values():
        parts, missing = _rectangles(places, corners=corners)
        loose += missing if corners else 0
        texts = [
            text_in((xs[left], ys[bottom + 1], xs[right + 1], ys[top]))
            for top, left, bottom, right in parts
        ]
        text = "\n".join(text for text in texts if text)
        cells += [Cell(*part, text) for part in parts]
    return cells, loose > _LOOSE_SHARE * columns * rows


def _rectangles(
    places: Sequence[tuple[int, int]], *, corners: bool
) -> tuple[list[tuple[int, int, int, int]], int]:
    """Return the rectangles (top, left, bottom, right) of a cell, and how many places it lacks.

    A cell from whose corner another is cut lacks none: such are heads with a small head inside.
    """
    rows = sorted({row for row, _ in places})
    columns = sorted({column for _, column in places})
    spans = {row: sorted(c for r, c in places if r == row) for row in rows}
    box = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    if len(places) == box or not corners:
        return [(rows[0], columns[0], rows[-1], columns[-1])], 0
    parts: list[tuple[int, int, int, int]] = []
    for row, span in spans.items():
        if parts and parts[-1][1::2] == (span[0], span[-1]) and parts[-1][2] == row - 1:
            parts[-1] = (parts[-1][0], span[0], row, span[-1])
        else:
            parts.append((row, span[0], row, span[-1]))
    whole = all(len(span) == span[-1] - span[0] + 1 for span in spans.values())
    cut_corner = (
        whole
        and len(parts) == 2
        and any({left, right} & {columns[0], columns[-1]} for _, left, _, right in parts)
    )
    if cut_corner:
        return parts, 0
    return [(rows[0], columns[0], rows[-1], columns[-1])], box - len(places)


def _rows(cells: Sequence[Cell]) -> list[tuple[str, ...]]:
    """Return the texts by rows, that of a merged cell in all its places."""
    texts = {
        (r, c): cell.text
        for cell in cells
        for r in range(cell.top, cell.bottom + 1)
        for c in range(cell.left, cell.right + 1)
    }
    height, width = (1 + max(place) for place in zip(*texts, strict=True))
    return [tuple(texts[r, c] for c in range(width)) for r in range(height)]


def _ruled(lines: Sequence[_Line], at: float, along: float) -> bool:
    return any(
        abs(line.at - at) <= _TOUCH and line.start - _TOUCH <= along <= line.end + _TOUCH
        for line in lines
    )
