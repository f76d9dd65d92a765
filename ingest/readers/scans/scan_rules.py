"""Finds the ruled lines in the picture of a straight page, gaps and steps of a scanner included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from ingest.readers.pdf.page_paths import Box
from ingest.readers.scans.optical import RESOLUTION
from ingest.readers.scans.scan_cleaning import Ink

POINT = 72 / RESOLUTION
"""Points of a pixel."""
THICKEST = 9
"""Pixels a rule may be thick after straightening."""
_FAINT = 210  # grey below this may be a rule: they are thin and grey
_PIECE = RESOLUTION // 5  # pixels of a piece of a rule, longer than any stroke of a letter (5 mm)
_RULE = RESOLUTION // 3  # pixels that a rule must run in all (8 mm)
_GAP = RESOLUTION // 4  # pixels that may be missing between two pieces
_STEP = 4  # pixels that one piece may lie higher than the next


@dataclass(frozen=True)
class _Run:
    """A piece of a rule in pixels: from start to end along it, from low to high across it."""

    start: int
    end: int
    low: int
    high: int

    @property
    def thickness(self) -> int:
        """Pixels across."""
        return self.high - self.low

    @property
    def middle(self) -> float:
        """Where the run lies across its direction."""
        return (self.low + self.high) / 2

    def box(self, height: int, *, flat: bool) -> Box:
        """Return a line without thickness, in points from the lower left corner."""
        start, end, middle = (edge * POINT for edge in (self.start, self.end, self.middle))
        if flat:
            return start, height * POINT - middle, end, height * POINT - middle
        return middle, height * POINT - end, middle, height * POINT - start


@dataclass(frozen=True)
class Rules:
    """The ruled lines of a page: boxes in points (y upwards) and the pixels they cover."""

    boxes: list[Box]
    ink: Ink


def rules_of(grey: Image.Image) -> Rules:
    """Return the rules of a page on white paper."""
    faint = np.asarray(grey) < _FAINT
    boxes: list[Box] = []
    covered = np.zeros_like(faint)
    for flat in (True, False):
        # Seen along its rows, so that upright rules are flat ones of the page turned over.
        seen, hidden = (faint, covered) if flat else (faint.T, covered.T)
        for run in _mended([run for run in _runs(seen) if run.thickness <= THICKEST]):
            if run.end - run.start >= _RULE:
                boxes.append(run.box(grey.height, flat=flat))
                hidden[run.low : run.high, run.start : run.end] = True
    return Rules(boxes, covered)


def _runs(ink: Ink) -> list[_Run]:
    """Return the pieces of flat rules; one a little askew steps from row to row of pixels."""
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    labels, _ = ndimage.label(_long_runs(np.ascontiguousarray(thick)), np.ones((3, 3)))
    return [
        _Run(columns.start, columns.stop, rows.start, rows.stop)
        for rows, columns in ndimage.find_objects(labels)
    ]


def _long_runs(ink: Ink) -> Ink:
    """Keep the runs of ink along the rows that are as long as a piece: an opening, but quick."""
    edges = np.zeros((ink.shape[0], ink.shape[1] + 2), np.int8)
    edges[:, 1:-1] = ink
    steps = np.diff(edges, axis=1)  # 1 where a run begins, -1 behind its end
    rows, starts = np.nonzero(steps == 1)
    _, ends = np.nonzero(steps == -1)
    short = ends - starts < _PIECE
    steps[rows[short], starts[short]] = 0
    steps[rows[short], ends[short]] = 0
    return np.asarray(np.cumsum(steps[:, :-1], axis=1, dtype=np.int8), dtype=np.bool_)


def _mended(runs: list[_Run]) -> list[_Run]:
    """Join the pieces of one rule: a scanner leaves gaps in hair lines."""
    joined: list[_Run] = []
    for run in sorted(runs, key=lambda r: r.start):
        for index, last in enumerate(joined):
            near = abs(last.middle - run.middle) <= _STEP and run.start - last.end <= _GAP
            if near and run.end > last.end:
                low, high = min(last.low, run.low), max(last.high, run.high)
                joined[index] = _Run(last.start, run.end, low, high)
                break
        else:
            joined.append(run)
    return joined
