"""Turns the picture of a scanned page into lines and tables: straighten, find rules, read."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from assistant.japanese.normalize import readable
from ingest.readers.optical import RESOLUTION, RecognisedLine, lines_of, text_of, turn_of
from ingest.readers.page_text import PageText
from ingest.readers.pdf_tables import Box, RuledTable, ruled_tables

_DARK = 190  # grey below this is ink, on paper made white: hair lines are rarely darker
_FAINT = 210  # the same for rules, which are thin and grey
_LEAST_INK = 0.0004  # share of ink below which a page is blank
_LONGEST_SKEW = 5.0  # degrees
_PIECE = RESOLUTION // 5  # pixels of a piece of a rule, longer than any stroke of a letter (5 mm)
_RULE = RESOLUTION // 3  # pixels that a rule must run in all (8 mm)
_GAP = RESOLUTION // 4  # pixels that may be missing between two pieces
_STEP = 4  # pixels that one piece may lie higher than the next
_THICK = 9  # pixels a rule may be thick after straightening
_POINT = 72 / RESOLUTION
_MARGIN = 3  # pixels of a cell next to its rules that are not read
_BORDER = 20  # pixels of white round a cell
_ENLARGED = 1.5  # cells are set in small letters: read larger, fewer are missed
_UNSURE_PAGE = 0.85  # rubbish read off a page on its side was sure to .76

Ink = NDArray[np.bool_]


@dataclass(frozen=True)
class _Run:
    """A piece of a rule in pixels: from start to end along it, from low to high across it."""

    start: int
    end: int
    low: int
    high: int

    @staticmethod
    def of(place: tuple[slice, slice], *, flat: bool) -> _Run:
        """Return the run that a labelled region is."""
        rows, columns = place
        along, across = (columns, rows) if flat else (rows, columns)
        return _Run(along.start, along.stop, across.start, across.stop)

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
        start, end, middle = (edge * _POINT for edge in (self.start, self.end, self.middle))
        if flat:
            return start, height * _POINT - middle, end, height * _POINT - middle
        return middle, height * _POINT - end, middle, height * _POINT - start

    def pixels(self, *, flat: bool) -> tuple[slice, slice]:
        """Return rows and columns that the run covers."""
        along, across = slice(self.start, self.end), slice(self.low, self.high)
        return (across, along) if flat else (along, across)


@dataclass(frozen=True)
class _Rules:
    """The ruled lines of a page: boxes in points (y upwards) and the pixels they cover."""

    boxes: list[Box]
    ink: Ink


def read_scanned_page(picture: Image.Image) -> PageText | None:
    """Read the grey picture of a page at RESOLUTION; None when the page is blank."""
    grey = whitened(picture.convert("L"))
    if _ink(grey).mean() < _LEAST_INK:
        return None
    page = _read_straight(straightened(grey))
    if page.confidence is not None and page.confidence >= _UNSURE_PAGE:
        return page
    turn = turn_of(grey)
    if not turn:
        return page
    turned = _read_straight(straightened(grey.rotate(turn, expand=True, fillcolor=255)))
    return max(page, turned, key=lambda read: read.confidence or 0.0)


def whitened(grey: Image.Image) -> Image.Image:
    """Make the paper white: grey paper, shadows, tinted heads of tables, the noise of a scanner.

    The paper's brightness is the brightest around it (a closing over 60 pixels, smoothed); a pixel
    brighter than four fifths of it becomes white.
    """
    small = grey.resize((max(1, grey.width // 4), max(1, grey.height // 4)), Image.Resampling.BOX)
    bright = ndimage.grey_closing(np.asarray(small), size=(15, 15))
    paper = Image.fromarray(ndimage.uniform_filter(bright, 9)).resize(grey.size)
    share = np.asarray(grey, np.float32) / np.maximum(np.asarray(paper, np.float32), 1)
    return Image.fromarray((np.clip(share / 0.8, 0, 1) * 255).astype(np.uint8))


def straightened(grey: Image.Image) -> Image.Image:
    """Turn a page back by its skew, up to 5 degrees either way.

    The skew is the angle at which the rows of ink are told apart best: the variance of the ink
    by row, over a picture of a quarter of the size (Baird's projection profile).
    """
    small = grey.resize((max(1, grey.width // 4), max(1, grey.height // 4)))
    small = Image.fromarray((np.asarray(small) < 180).astype(np.uint8) * 255)

    def sharpness(angle: float) -> float:
        rows = np.asarray(small.rotate(angle, fillcolor=0)).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-_LONGEST_SKEW, _LONGEST_SKEW + 0.1, 0.5), key=sharpness)
    fine = max(np.arange(coarse - 0.4, coarse + 0.45, 0.1), key=sharpness)
    if abs(fine) < 0.05:
        return grey
    return grey.rotate(float(fine), fillcolor=255, resample=Image.Resampling.BICUBIC)


def _read_straight(grey: Image.Image) -> PageText:
    rules = _rules(grey)
    clean = Image.fromarray(np.where(rules.ink, np.uint8(255), np.asarray(grey)))
    height = grey.height

    cells: list[Image.Image] = []

    def cell_number(box: Box) -> str:
        left, bottom, right, top = (edge / _POINT for edge in box)
        cell = clean.crop(
            (
                round(left + _MARGIN),
                round(height - top + _MARGIN),
                round(right - _MARGIN),
                round(height - bottom - _MARGIN),
            )
        )
        if min(cell.size) < 8 or not _ink(cell).any():
            return ""
        cells.append(cell)
        return str(len(cells) - 1)

    drafts = ruled_tables(rules.boxes, cell_number)
    texts = _texts_of(cells)
    tables = [
        RuledTable(t.box, tuple(tuple(c and texts[int(c)] for c in row) for row in t.rows))
        for t in drafts
    ]
    outside = clean.copy()
    for table in tables:
        left, bottom, right, top = (edge / _POINT for edge in table.box)
        outside.paste(255, (round(left), round(height - top), round(right), round(height - bottom)))
    lines = [line for line in lines_of(outside) if readable(line.text).strip()]
    return _composed(lines, tables, height)


def _texts_of(cells: list[Image.Image]) -> list[str]:
    """Read cells as one column: Tesseract errs more on a single word than on many lines."""
    if not cells:
        return []
    width = max(cell.width for cell in cells) + 2 * _BORDER
    tops = list(accumulate((cell.height + _BORDER for cell in cells), initial=_BORDER))
    column = Image.new("L", (width, tops[-1]), 255)
    for cell, top in zip(cells, tops, strict=False):
        column.paste(cell, (_BORDER, top))
    found = [""] * len(cells)
    larger = column.resize((round(column.width * _ENLARGED), round(column.height * _ENLARGED)))
    for line in lines_of(larger, one_column=True):
        middle = (line.top + line.bottom) / 2 / _ENLARGED
        found[bisect_right(tops, middle) - 1] += line.text
    for index, cell in enumerate(cells):
        if not found[index]:
            framed = Image.new("L", (cell.width + 2 * _BORDER, cell.height + 2 * _BORDER), 255)
            framed.paste(cell, (_BORDER, _BORDER))
            found[index] = text_of(framed)
    return [readable(text).strip() for text in found]


def _composed(lines: list[RecognisedLine], tables: list[RuledTable], height: int) -> PageText:
    placed: list[tuple[int, RuledTable]] = []
    for table in tables:
        top = height - table.box[3] / _POINT
        before = [i for i, line in enumerate(lines) if line.bottom <= top + _THICK]
        placed.append((before[-1] + 1 if before else 0, table))
    placed.sort(key=lambda item: item[0])
    texts = [readable(line.text).strip() for line in lines]
    whole: list[str] = []
    for index in range(len(texts) + 1):
        whole += ["　".join(row) for at, table in placed if at == index for row in table.rows]
        whole += texts[index : index + 1]
    weight = sum(len(line.text) for line in lines)
    sure = sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0
    return PageText("\n".join(whole), texts, placed, "ocr", confidence=sure)


def _ink(grey: Image.Image) -> Ink:
    return np.asarray(grey) < _DARK


def _rules(grey: Image.Image) -> _Rules:
    faint = np.asarray(grey) < _FAINT
    boxes: list[Box] = []
    covered = np.zeros_like(faint)
    for flat in (True, False):
        # A rule that is a little askew steps from one row of pixels to the next.
        across, along = ((3, 1), (1, _PIECE)) if flat else ((1, 3), (_PIECE, 1))
        thick = ndimage.binary_dilation(faint, np.ones(across))
        labels, _ = ndimage.label(ndimage.binary_opening(thick, np.ones(along)), np.ones((3, 3)))
        found = [_Run.of(place, flat=flat) for place in ndimage.find_objects(labels)]
        for run in _mended([run for run in found if run.thickness <= _THICK]):
            if run.end - run.start >= _RULE:
                boxes.append(run.box(grey.height, flat=flat))
                covered[run.pixels(flat=flat)] = True
    return _Rules(boxes, covered)


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
