"""Tells vertical writing (縦書き) from horizontal by the white between lines of letters."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ingest.readers.scans.optical import RESOLUTION
from ingest.readers.scans.scan_cleaning import Ink, shrunken_ink

_TILE = RESOLUTION // 4  # shrunken pixels of a tile's side (25 mm), several lines in any size
_LEAST_INK = 0.03  # share of a tile below which it holds no text
_LEAST_SIDE = _TILE // 2
_LEAST_TILES = 3
_VERTICAL = -0.15


def is_vertical(grey: Image.Image) -> bool:
    """Tell whether a straight page on white paper, its rules taken out, is in vertical writing.

    In a tile of horizontal writing many rows of pixels are white and few columns, in vertical
    writing the other way round. The mean difference of the shares was -.30 or less on vertical
    pages and .15 or more on horizontal ones (decision 0008); a picture without lines is about 0.
    """
    ink = shrunken_ink(grey)
    leans = [
        lean
        for top in range(0, ink.shape[0], _TILE)
        for left in range(0, ink.shape[1], _TILE)
        if (lean := _lean(ink[top : top + _TILE, left : left + _TILE])) is not None
    ]
    return len(leans) >= _LEAST_TILES and float(np.mean(leans)) < _VERTICAL


def _lean(tile: Ink) -> float | None:
    """Return the share of white rows less that of white columns; None for a tile without text."""
    if tile.mean() < _LEAST_INK:
        return None
    rows, columns = tile.any(axis=1), tile.any(axis=0)
    height, width = (np.ptp(np.flatnonzero(side)) + 1 for side in (rows, columns))
    if min(height, width) < _LEAST_SIDE:
        return None
    return float(columns.sum() / width - rows.sum() / height)
