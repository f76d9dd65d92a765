"""Finds ruled tables on a PDF page and reads their cells, merged ones filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]  # left, bottom, right, top in page space (points)
_THIN = 2.5
_TOUCH = 3.0
_LEAST_CELL = 6.0


@dataclass(frozen=True)
class RuledTable:
    """A table: its bounding box and its rows of cell texts, top to bottom, left to right."""

    box: Box
    rows: tuple[tuple[str, ...], ...]


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
        rows = _cells(xs, ys, across, down, text_in)
        kept = tuple(row for row in rows if any(row))
        if len(kept) >= 2 and sum(bool(cell) for row in kept for cell in row) >= 3:
            tables.append(RuledTable((xs[0], ys[-1], xs[-1], ys[0]), kept))
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
) -> list[tuple[str, ...]]:
    """Read each cell; where no ruling parts two cells they are one, its text in both."""
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
    extent: dict[tuple[int, int], Box] = {}
    for (r, c), first in owner.items():
        left, bottom, right, top = extent.get(first, (xs[c], ys[r + 1], xs[c + 1], ys[r]))
        extent[first] = (
            min(left, xs[c]),
            min(bottom, ys[r + 1]),
            max(right, xs[c + 1]),
            max(top, ys[r]),
        )
    texts = {first: text_in(box) for first, box in extent.items()}
    return [tuple(texts[owner[r, c]] for c in range(columns)) for r in range(rows)]


def _ruled(lines: Sequence[_Line], at: float, along: float) -> bool:
    return any(
        abs(line.at - at) <= _TOUCH and line.start - _TOUCH <= along <= line.end + _TOUCH
        for line in lines
    )
