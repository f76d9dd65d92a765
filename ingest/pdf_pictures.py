"""A PDF page as a picture on which the quoted words are marked as with a marker pen."""

from __future__ import annotations

import ctypes
import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageDraw

from assistant.errors import UnreadableManual
from ingest.quote_matching import find_spans, folded_with_index, printed_words

# pdfium is not thread-safe: without one lock for the whole process, twelve threads gave 687
# errors in 720 operations, or a crash. Every use of pypdfium2 anywhere holds this lock.
PDFIUM = threading.Lock()

_MARKER_YELLOW = (255, 235, 59)
_LARGEST_SCALE = 4.0


class PageNumberError(LookupError):
    """The document has no page of this number."""


@dataclass(frozen=True)
class PagePicture:
    """A page as PNG; `marked` counts the rectangles drawn (0: no quotation was found on it).

    `first_mark` is the upper edge of the topmost one as a share (0..1) of the page's height,
    `first_left` where its line begins as a share of the width.
    """

    png: bytes
    marked: int
    first_mark: float | None = None
    first_left: float | None = None


def marked_page_png(
    path: Path, number: int, quotes: Sequence[str], width: int = 1000
) -> PagePicture:
    """Draw page `number` (from 1), `width` pixels wide, with the quotations marked.

    A quotation that is not found leaves the page unmarked: never a guess. Raises PageNumberError
    and UnreadableManual.
    """
    with PDFIUM, _opened(path) as document:
        if not 1 <= number <= len(document):
            raise PageNumberError(f"{path.name}: page {number} of {len(document)}")
        page = document[number - 1]
        scale = min(width / page.get_width(), _LARGEST_SCALE)
        image = page.render(scale=scale).to_pil().convert("RGB")
        boxes = [_in_pixels(page, rectangle, image.size) for rectangle in _rectangles(page, quotes)]
    if boxes:
        veil = Image.new("RGB", image.size, "white")
        pen = ImageDraw.Draw(veil)
        for left, top, right, bottom in boxes:
            pen.rectangle((left - 2, top - 2, right + 2, bottom + 2), fill=_MARKER_YELLOW)
        image = ImageChops.multiply(image, veil)  # the text under the marker stays black
    out = io.BytesIO()
    image.quantize(64, method=Image.Quantize.FASTOCTREE).save(out, "png")
    if not boxes:
        return PagePicture(out.getvalue(), 0)
    _, top, _, bottom = min(boxes, key=lambda box: box[1])
    left = min(box[0] for box in boxes if box[1] < bottom)  # a line may be several rectangles
    return PagePicture(out.getvalue(), len(boxes), top / image.height, left / image.width)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise UnreadableManual(
            f"{path.name} をPDFとして開けません。原本を確かめ、取り込み直してください。"
        ) from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise UnreadableManual(
            f"{path.name} のページを画像にできません。原本を確かめ、取り込み直してください。"
        ) from error
    finally:
        document.close()


def _rectangles(page: Any, quotes: Sequence[str]) -> list[tuple[float, float, float, float]]:
    """Return (left, bottom, right, top) in points, one for each line or run of each quotation."""
    text_page = page.get_textpage()
    try:
        text, origin = folded_with_index(_characters(text_page))
        found = []
        for words in (words for quote in quotes for words in printed_words(quote)):
            for start, end in find_spans(text, folded_with_index(list(words))[0]):
                first, last = origin[start], origin[end - 1]
                count = text_page.count_rects(first, last - first + 1)
                found += [text_page.get_rect(i) for i in range(count)]
    finally:
        text_page.close()
    return [r for r in found if r[2] - r[0] > 0.5 and r[3] - r[1] > 0.5]


def _characters(text_page: Any) -> list[str]:
    """Return one entry per pdfium character index: `get_text_range` skips some and drifts."""
    codes = (raw.FPDFText_GetUnicode(text_page, i) for i in range(text_page.count_chars()))
    return [
        chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "" for code in codes
    ]


def _in_pixels(
    page: Any, rectangle: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Convert points to (left, top, right, bottom) pixels; pdfium knows rotation and crop box."""
    corners = []
    for x, y in ((rectangle[0], rectangle[1]), (rectangle[2], rectangle[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, size[0], size[1], 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
