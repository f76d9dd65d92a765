"""Finds ruled tables on a PDF page and reads their cells, merged ones filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.document import Block
from ingest.readers.spanned_table import Cell, head_levels, table_blocks

Box = tuple[float, float, float, float]  # left, bottom, right, top in page space (points)
_THIN = 2.5
_TOUCH = 3.0
_LEAST_CELL = 6.0


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


def ruled_tables(boxes: Iterable[Box], text_in: Callable[[Box], str]) -> list[RuledTable]:
    """Return the tables drawn by the path objects' boxes; `text_in` reads a cell's text.

    A table needs at least two columns and two rows of ruled cells; a single frame round a
    paragraph is none.
    """
    horizontal, vertical = _rulings(boxes)
    tables = []
    for across, down in _connected(horizontal, vertical):
        xs = _distinct(line.at for line in down)
        ys = sorted(_distinct(line.at for line in across), reverse=True)
        if len(xs) < 3 or len(ys) < 3:
            continue
        cells = _cells(xs, ys, across, down, text_in)
        rows = _rows(cells)
        kept = tuple(row for row in rows if any(row))
        if len(kept) >= 2 and sum(bool(cell) for row in kept for cell in row) >= 3:
            box = (xs[0], ys[-1], xs[-1], ys[0])
            tables.append(RuledTable(box, kept, tuple(cells), tuple(xs)))
    return sorted(tables, key=lambda table: -table.box[3])


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
) -> list[Cell]:
    """Read each cell; where no ruling parts two cells they are one."""
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
    extent: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    for (r, c), first in owner.items():
        top, left, bottom, right = extent.get(first, (r, c, r, c))
        extent[first] = (min(top, r), min(left, c), max(bottom, r), max(right, c))
    return [
        Cell(top, left, bottom, right, text_in((xs[left], ys[bottom + 1], xs[right + 1], ys[top])))
        for top, left, bottom, right in extent.values()
    ]


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
