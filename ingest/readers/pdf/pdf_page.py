"""Reads one page of a PDF: pdfium's lines where they are in order, else lines made from letters."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from assistant.japanese.normalize import readable
from ingest.readers.cell_text import PlacedLetters
from ingest.readers.pdf.page_layout import PrintedLine, column_of, in_reading_order
from ingest.readers.pdf.page_letters import (
    direction_of,
    page_letters,
    runs_of,
    turned,
    without_spacing,
)
from ingest.readers.pdf.page_paths import Box, page_paths
from ingest.readers.pdf.page_text import PageText, plain_page
from ingest.readers.pdf.pdf_tables import RuledTable, ruled_tables

logger = logging.getLogger(__name__)
_LEAST_LINES = 4  # of a table
_LONG_LINE = 8  # letters
_LONGEST_TAB = 3  # letters of a line at the side of the page that does not count
_WIDE_LINE = 20
_GAP = re.compile(r"[ぁ-ゖァ-ヺー一-鿿。、）」] +[ぁ-ゖァ-ヺ一-鿿「（]")
_EDGE = 0.1  # of a page's height, where running heads and feet stand


def read_page(document: Any, index: int) -> PageText:
    """Return what pdfium reads on a page, without any text where it cannot be loaded."""
    try:
        page = document[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        logger.warning("page %d cannot be loaded", index + 1)
        return PageText("", [], [], "text")
    try:
        return _read(page, text_page)
    finally:
        text_page.close()
        page.close()


def _read(page: Any, text_page: Any) -> PageText:
    raw_text = text_page.get_text_range()
    printed = _printed_lines(raw_text, text_page)
    paths = page_paths(page)
    maybe_tables = _may_cross(paths.lines) or len(paths.tiles) >= _LEAST_LINES
    disordered = _is_disordered(printed, page.get_height()) or _has_gaps(printed)
    if not (maybe_tables or disordered):
        return _page_text(page, raw_text, printed, [])
    letters, lines, tiles = page_letters(text_page), paths.lines, paths.tiles
    direction = direction_of(letters)
    if direction == "up":
        moved, lines = turned(letters, lines)
        letters, tiles = moved, turned([], tiles)[1]
        disordered = True
    placed = PlacedLetters(letters)
    tables = ruled_tables(lines, placed.cell_text, tiles=tiles, cut=placed.cut)
    if not tables and (not disordered or direction == "down"):
        return _page_text(page, raw_text, printed, [])
    boxes = [table.box for table in tables]
    ordered, places = in_reading_order(runs_of(placed.outside(boxes)), boxes)
    return _page_text(page, raw_text, ordered, [(line, tables[number]) for line, number in places])


def _may_cross(lines: Sequence[Box]) -> bool:
    """Tell whether there are rulings enough, at places enough, for rows and columns."""
    upright = {round(box[0] / 4) for box in lines if box[3] - box[1] > box[2] - box[0]}
    level = {round(box[1] / 4) for box in lines if box[3] - box[1] <= box[2] - box[0]}
    return len(upright) >= 3 and len(level) >= 3


def _page_text(
    page: Any, raw_text: str, printed: list[PrintedLine], tables: list[tuple[int, RuledTable]]
) -> PageText:
    if not printed and not tables:
        return plain_page(raw_text, "text")
    lines = [line.text for line in printed]
    return PageText(
        readable(raw_text), lines, tables, "text", printed=tuple(printed), size=page.get_size()
    )


def _is_vertical(lines: Sequence[tuple[str, Box]]) -> bool:
    """Tell whether most lines run from the top down: their ends stand one below the other."""
    long = [(text, box) for text, box in lines if len(text) >= _LONG_LINE]
    upright = sum(box[2] - box[0] < 2 * (box[3] - box[1]) for _, box in long)
    return upright * 2 > len(long)


def _printed_lines(raw_text: str, text_page: Any) -> list[PrintedLine]:
    """Return pdfium's lines with their places, told by their first and last letters.

    Nothing for a page of vertical writing.
    """
    found: list[tuple[str, Box]] = []
    start = 0
    for line in raw_text.split("\n"):
        text = without_spacing(readable(line).strip())
        if text:
            first = start + len(line) - len(line.lstrip())
            last = start + len(line.rstrip()) - 1
            found.append((text, _box_of(text_page, first, last)))
        start += len(line) + 1
    if _is_vertical(found):
        return []
    column = column_of([box for _, box in found])
    return [PrintedLine(text, box, max(1.0, box[3] - box[1]), column) for text, box in found]


def _box_of(text_page: Any, first: int, last: int) -> Box:
    box = raw.FS_RECTF()
    edges: list[Box] = []
    for place in (first, last):
        index = raw.FPDFText_GetCharIndexFromTextIndex(text_page.raw, place)
        if index >= 0 and raw.FPDFText_GetLooseCharBox(text_page.raw, index, box):
            edges.append((box.left, box.bottom, box.right, box.top))
    if not edges:
        return 0.0, 0.0, 0.0, 0.0
    return edges[0][0], edges[0][1], edges[-1][2], edges[0][3]


def _has_gaps(lines: Sequence[PrintedLine]) -> bool:
    """Tell whether several lines have a gap inside, as where pdfium joins those of two columns."""
    return sum(len(line.text) >= _WIDE_LINE and bool(_GAP.search(line.text)) for line in lines) >= 3


def _is_disordered(lines: Sequence[PrintedLine], height: float) -> bool:
    """Tell whether a line of the text stands above the one before, as in columns and on slides."""
    inner = [
        line
        for line in lines
        if len(line.text) > _LONGEST_TAB and _EDGE * height < line.box[1] < (1 - _EDGE) * height
    ]
    return any(
        below.box[1] > above.box[3] and below.box[3] - above.box[3] > 1.5 * below.size
        for above, below in pairwise(inner)
    )
