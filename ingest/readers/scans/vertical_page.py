"""Reads a page in vertical writing: tiers from the top, in each the lines from right to left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.readers.scans.optical import RecognisedLine, lines_of, vertical_lines_of
from ingest.readers.scans.scan_cleaning import ink_of

_TIERS = 2.2  # letters of white between two tiers; a line that is indented leaves less
_HEAD = 0.8  # letters of white between the text and a running head or page number
_THIN = 2.5  # letters: a band that is not higher is horizontal, as running heads are
_LEAST_INK = 3  # pixels of ink in a row or column that is not white but for specks
_BORDER = 20  # pixels of white round what is read

_Band = tuple[int, int]  # rows of pixels, from and to


def vertical_page_lines(grey: Image.Image) -> list[RecognisedLine]:
    """Return the lines of a straight vertical page without rules, its running heads among them."""
    ink = ink_of(grey)
    letter = _letter(ink)
    found: list[RecognisedLine] = []
    for top, bottom in _bands(ink, letter):
        picture = Image.new("L", (grey.width, bottom - top + 2 * _BORDER), 255)
        picture.paste(grey.crop((0, top, grey.width, bottom)), (0, _BORDER))
        thin = bottom - top <= _THIN * letter
        lines = lines_of(picture) if thin else vertical_lines_of(picture)
        shift = top - _BORDER
        found += [replace(x, top=x.top + shift, bottom=x.bottom + shift) for x in lines]
    return found


def _letter(ink: NDArray[np.bool_]) -> float:
    """Return the width of a letter: that of most lines, seen as strips of ink."""
    strips = _stretches(ink.sum(axis=0) >= _LEAST_INK, gap=0)
    return float(np.median([end - start for start, end in strips])) if strips else 1.0


def _bands(ink: NDArray[np.bool_], letter: float) -> list[_Band]:
    """Cut a page between its tiers and off its running heads."""
    bands = _stretches(ink.sum(axis=1) >= _LEAST_INK, gap=_HEAD * letter)
    merged = bands[:1]
    for top, bottom in bands[1:]:
        last = merged[-1]
        edge = min(last[1] - last[0], bottom - top) <= _THIN * letter and (
            last is bands[0] or bottom == bands[-1][1]
        )
        if edge or top - last[1] >= _TIERS * letter:
            merged.append((top, bottom))
        else:
            merged[-1] = (last[0], bottom)
    return merged


def _stretches(filled: NDArray[np.bool_], *, gap: float) -> list[_Band]:
    """Return where `filled` holds, from and to, stretches parted by no more than `gap` joined."""
    steps = np.diff(np.concatenate(([0], filled.astype(np.int8), [0])))
    found: list[_Band] = []
    for start, end in zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], int(end))
        else:
            found.append((int(start), int(end)))
    return found
