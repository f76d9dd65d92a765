"""Makes the picture of a scanned page fit to be read: white paper, straight lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

_DARK = 190  # grey below this is ink, on paper made white: hair lines are rarely darker
_LEAST_INK = 0.0004  # share of ink below which a page is blank
_SHRUNK = 4  # times: a letter is then about seven pixels
_SHADE = 225  # grey below this is ink in a shrunken picture, in which hair strokes fade
_LONGEST_SKEW = 5.0  # degrees
_ANGLE = 0.1  # degrees between two angles that are tried last

Ink = NDArray[np.bool_]


def ink_of(grey: Image.Image) -> Ink:
    """Return where a picture on white paper is dark, rows by columns."""
    return np.asarray(grey) < _DARK


def shrunken_ink(grey: Image.Image) -> Ink:
    """Return the ink of a picture on white paper at a quarter of its size."""
    size = (max(1, grey.width // _SHRUNK), max(1, grey.height // _SHRUNK))
    return np.asarray(grey.resize(size, Image.Resampling.BOX)) < _SHADE


def is_blank(grey: Image.Image) -> bool:
    """Tell whether a page on white paper holds nothing to be read."""
    return bool(ink_of(grey).mean() < _LEAST_INK)


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

    The skew is the angle at which the lines of ink are told apart best: the variance of the ink
    by row, or by column for vertical writing, over a picture of a quarter of the size (Baird's
    projection profile).
    """
    small = Image.fromarray(shrunken_ink(grey).astype(np.uint8) * 255)

    def sharpness(angle: float) -> float:
        turned = np.asarray(small.rotate(angle, fillcolor=0))
        return max(
            float(np.square(np.diff(turned.sum(axis=axis, dtype=np.float64))).sum())
            for axis in (0, 1)
        )

    coarse = max(np.arange(-_LONGEST_SKEW, _LONGEST_SKEW + 0.1, 0.5), key=sharpness)
    fine = max(np.arange(coarse - 0.4, coarse + 0.45, _ANGLE), key=sharpness)
    if abs(fine) < _ANGLE / 2:
        return grey
    return grey.rotate(float(fine), fillcolor=255, resample=Image.Resampling.BICUBIC)
