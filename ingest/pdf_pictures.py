"""A PDF page as a picture on which the quoted words are marked as with a marker pen."""

from __future__ import annotations

import ctypes
import difflib
import io
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageDraw

from assistant.errors import UnreadableManual
from assistant.japanese.normalize import folded

# pdfium is not thread-safe: without one lock for the whole process, twelve threads gave 687
# errors in 720 operations, or a crash. Every use of pypdfium2 anywhere holds this lock.
PDFIUM = threading.Lock()

_SAME_MARKS = str.maketrans(
    {
        **dict.fromkeys("ー─━ｰ", "-"),
        **dict.fromkeys("･·•‧∙", "・"),
        **dict.fromkeys("“”„〝〟″", '"'),
        **dict.fromkeys("‘’′`", "'"),
        "，": "、",
        ",": "、",
        "．": ".",
    }
)
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
_MARKER_YELLOW = (255, 235, 59)
_LARGEST_SCALE = 4.0
_SEED = 6  # a common run shorter than this says nothing about where a quotation stands
_HALF = 12  # the least part of a quotation that may stand on one side of a page break
_MARGIN = 80  # header, footer and page number between the text and the page break


class PageNumberError(LookupError):
    """The document has no page of this number."""


@dataclass(frozen=True)
class PagePicture:
    """A page as PNG; `marked` counts the rectangles drawn (0: no quotation was found on it).

    `first_mark` is the upper edge of the topmost one as a share (0..1) of the page's height.
    """

    png: bytes
    marked: int
    first_mark: float | None = None


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
    first = min((top for _, top, _, _ in boxes), default=None)
    return PagePicture(out.getvalue(), len(boxes), None if first is None else first / image.height)


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
        for quote in quotes:
            for start, end in find_spans(text, folded_with_index(list(quote))[0]):
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


def folded_with_index(characters: Sequence[str]) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, its index in `characters`."""
    out: list[str] = []
    index: list[int] = []
    start = 0
    while start < len(characters):
        end = start + 1
        while end < len(characters) and _belongs_to_the_one_before(characters[end]):
            end += 1
        for character in _folded_cluster("".join(characters[start:end])):
            out.append(character)
            index.append(start)
        start = end
    return "".join(out), index


def _belongs_to_the_one_before(character: str) -> bool:
    return bool(character) and (bool(unicodedata.combining(character[0])) or character in "ﾞﾟ")


@lru_cache(maxsize=16384)
def _folded_cluster(cluster: str) -> str:
    text = folded(cluster).translate(_SAME_MARKS)
    return "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)


def find_spans(text: str, quote: str, least: float = 0.75) -> list[tuple[int, int]]:
    """Find the folded quotation in a folded text as (start, end) pairs, end exclusive.

    Exactly; else in pieces near its longest common run (ruby, a footnote, a column between) when
    they make up `least` of it; else the part of it that stands next to a page break.
    """
    if not quote:
        return []
    exact = text.find(quote)
    if exact >= 0:
        return [(exact, exact + len(quote))]
    return _in_pieces(text, quote, least) or _across_a_page_break(text, quote)


def _in_pieces(text: str, quote: str, least: float) -> list[tuple[int, int]]:
    seed = difflib.SequenceMatcher(None, text, quote, autojunk=False).find_longest_match()
    if seed.size < min(_SEED, len(quote)):
        return []
    # Only near where it must stand, so that no stray words elsewhere are marked.
    low = max(0, seed.a - seed.b - 40)
    near = text[low : seed.a - seed.b + len(quote) + 80]
    matcher = difflib.SequenceMatcher(None, near, quote, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= 3]
    if sum(block.size for block in blocks) < least * len(quote):
        return []
    return [(low + block.a, low + block.a + block.size) for block in blocks]


def _across_a_page_break(text: str, quote: str) -> list[tuple[int, int]]:
    """Find the head of the quotation at the end of the text, or its tail at the beginning."""
    for size in range(len(quote) - 1, _HALF - 1, -1):
        at = text.rfind(quote[:size])
        if at >= 0 and len(text) - at - size <= _MARGIN:
            return [(at, at + size)]
        at = text.find(quote[-size:])
        if 0 <= at <= _MARGIN:
            return [(at, at + size)]
    return []
