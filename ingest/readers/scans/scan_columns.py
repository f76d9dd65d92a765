"""Finds the columns of prose on a scanned page: Tesseract joins headings across the gap."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ingest.readers.scans.scan_cleaning import Ink, shrunken_ink

_HALF_GAP = 3  # shrunken pixels of white to each side of the middle of a gap (3.5 mm in all)
_MIDDLE = (0.4, 0.6)  # of the text's width, where a gap may be
_LEAST_HEIGHT = 0.2  # of the page's height
_LINE = 12  # rows that a line takes
_FULL = 0.88  # of a column's width, which a full line reaches
_LEAST_FULL = 0.4  # of the rows of ink, in prose
_LEAST_ROWS = 0.3  # of the rows, that hold ink in a column

Region = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def regions_of(filled: Image.Image) -> list[Region]:
    """Return the parts of a straight horizontal page in reading order, one where it is not parted.

    The tables of the page are dark in `filled`. Only prose is parted, whose lines fill two columns:
    labels with their values beside them stay together.
    """
    ink = shrunken_ink(filled)
    if not ink.any():
        return [(0, 0, filled.width, filled.height)]
    scale = filled.height / ink.shape[0]
    return [
        (
            round(left * scale),
            round(top * scale),
            min(filled.width, round(right * scale)),
            min(filled.height, round(bottom * scale)),
        )
        for left, top, right, bottom in _parted(ink, 0, ink.shape[0])
    ]


def _parted(ink: Ink, top: int, bottom: int) -> list[Region]:
    """Return the regions of some rows of the page."""
    whole = (0, top, ink.shape[1], bottom)
    gap = _gap(ink, top, bottom)
    if gap is None:
        return [whole]
    middle, start, end = gap
    columns = [(0, start, middle, end), (middle, start, ink.shape[1], end)]
    above = _parted(ink, top, start) if ink[top:start].any() else []
    below = _parted(ink, end, bottom) if ink[end:bottom].any() else []
    return [*above, *columns, *below]


def _gap(ink: Ink, top: int, bottom: int) -> tuple[int, int, int] | None:
    """Return the gap between two columns of prose: its middle, from which row to which."""
    inside = np.flatnonzero(ink.any(axis=0))
    left, right = int(inside[0]), int(inside[-1]) + 1
    best: tuple[int, int, int] | None = None
    for middle in range(*(int(left + share * (right - left)) for share in _MIDDLE)):
        white = ~ink[top:bottom, middle - _HALF_GAP : middle + _HALF_GAP + 1].any(axis=1)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], white.astype(np.int8), [0]))))
        for start, end in edges.reshape(-1, 2):
            if best is None or end - start > best[2] - best[1]:
                best = (middle, int(start) + top, int(end) + top)
    if best is None or best[2] - best[1] < _LEAST_HEIGHT * ink.shape[0]:
        return None
    middle, start, end = best
    start, end = _between_lines(np.any(ink[top:bottom], axis=1), start - top, end - top)
    start, end = start + top, end + top
    is_parted = _is_prose(ink[start:end, left:middle]) and _is_prose(ink[start:end, middle:right])
    return (middle, start, end) if is_parted else None


def _between_lines(filled: Ink, start: int, end: int) -> tuple[int, int]:
    """Return where the columns begin and end without cutting the lines above and below them.

    A line across both columns may have a blank just over the gap.
    """
    white = np.flatnonzero(~filled[start : start + _LINE])
    begin = start + int(white[0]) if len(white) else start
    white = np.flatnonzero(~filled[max(begin, end - _LINE) : end])
    return begin, max(begin, end - _LINE) + int(white[-1]) + 1 if len(white) else end


def _is_prose(column: Ink) -> bool:
    """Tell whether many lines of a column reach its right edge, as those of labels do not."""
    rows = np.flatnonzero(column.any(axis=1))
    if len(rows) < _LEAST_ROWS * column.shape[0]:
        return False
    filled = np.flatnonzero(column.any(axis=0))
    first, last = filled[0], filled[-1]
    ends = column.shape[1] - 1 - np.argmax(column[rows, ::-1], axis=1)
    return bool((ends - first >= _FULL * (last - first)).mean() >= _LEAST_FULL)
