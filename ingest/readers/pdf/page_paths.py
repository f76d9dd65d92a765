"""The straight lines and rectangles drawn on a PDF page, in the page's own coordinates."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as raw

Box = tuple[float, float, float, float]  # left, bottom, right, top in page space (points)
Matrix = tuple[float, float, float, float, float, float]
_UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)
_MOST_PATHS = 6000  # a page with more path objects is a drawing, not a table
_MOST_SEGMENTS = 400  # the same of one path
_DEEPEST = 4  # forms within forms
_THIN = 2.5
_STRAIGHT = 0.5
_LEAST_SIDE = 6.0


@dataclass
class PagePaths:
    """What is drawn: `lines` are thin boxes, `tiles` rectangles filled without an outline."""

    lines: list[Box] = field(default_factory=list)
    tiles: list[Box] = field(default_factory=list)


def page_paths(page: Any) -> PagePaths:
    """Return the rulings and the shaded rectangles of a page; of a drawing, nothing.

    Tables pasted from other programs stand in forms, whose objects have coordinates of their own.
    """
    found = PagePaths()
    for count, (path, matrix) in enumerate(_paths(page)):
        if count >= _MOST_PATHS:
            return PagePaths()
        _add(path, matrix, found)
    return found


def _paths(page: Any) -> Iterator[tuple[Any, Matrix]]:
    count = raw.FPDFPage_CountObjects(page)
    for index in range(count):
        yield from _within(raw.FPDFPage_GetObject(page, index), _UNMOVED, 1)


def _within(item: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    kind = raw.FPDFPageObj_GetType(item)
    if kind == raw.FPDF_PAGEOBJ_PATH:
        yield item, matrix
    elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
        inner = _joined(_matrix_of(item), matrix)
        for index in range(raw.FPDFFormObj_CountObjects(item)):
            yield from _within(raw.FPDFFormObj_GetObject(item, index), inner, depth + 1)


def _add(path: Any, matrix: Matrix, found: PagePaths) -> None:
    left, bottom, right, top = _bounds(path, matrix)
    wide, high = right - left, top - bottom
    if (high <= _THIN < wide) or (wide <= _THIN < high):
        found.lines.append((left, bottom, right, top))
        return
    if wide <= _LEAST_SIDE and high <= _LEAST_SIDE:
        return
    count = raw.FPDFPath_CountSegments(path)
    if not 2 <= count <= _MOST_SEGMENTS:
        return
    points = list(_points(path, count, _joined(_matrix_of(path), matrix)))
    if len(points) < count:
        return  # curved: a frame with round corners, a letter, a picture
    if _is_outlined(path):
        found.lines += _straight(points)
    elif count <= 5 and wide > _LEAST_SIDE and high > _LEAST_SIDE and len(_straight(points)) >= 3:
        found.tiles.append((left, bottom, right, top))


def _points(path: Any, count: int, matrix: Matrix) -> Iterator[tuple[float, float, bool, bool]]:
    """Return (x, y, begins, closes) of each segment, fewer than `count` where one is curved."""
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_BEZIERTO:
            return
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        across, up = _moved(x.value, y.value, matrix)
        closes = bool(raw.FPDFPathSegment_GetClose(segment))
        yield across, up, kind == raw.FPDF_SEGMENT_MOVETO, closes


def _straight(points: list[tuple[float, float, bool, bool]]) -> list[Box]:
    """Return the level and upright sides of a path as boxes without thickness."""
    sides: list[tuple[float, float, float, float]] = []
    start = before = points[0]
    for point in points:
        if point[2]:
            start = point
        else:
            sides.append((*before[:2], *point[:2]))
            if point[3]:
                sides.append((*point[:2], *start[:2]))
        before = point
    return [
        (min(x, u), min(y, v), max(x, u), max(y, v))
        for x, y, u, v in sides
        if (abs(x - u) <= _STRAIGHT) != (abs(y - v) <= _STRAIGHT)
    ]


def _is_outlined(path: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    return bool(stroke.value)


def _bounds(item: Any, matrix: Matrix) -> Box:
    edges = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(item, *edges):
        return 0.0, 0.0, 0.0, 0.0
    left, bottom, right, top = (edge.value for edge in edges)
    if matrix is _UNMOVED:
        return left, bottom, right, top
    corners = [_moved(x, y, matrix) for x in (left, right) for y in (bottom, top)]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _matrix_of(item: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return _UNMOVED
    return found.a, found.b, found.c, found.d, found.e, found.f


def _joined(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def _moved(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
