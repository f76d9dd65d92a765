"""Turns the picture of a scanned page into lines and tables: straighten, find rules, read."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate

import numpy as np
from PIL import Image

from assistant.japanese.normalize import readable
from ingest.readers.pdf.page_paths import Box
from ingest.readers.pdf.page_text import Obstacle, PageText
from ingest.readers.pdf.pdf_tables import RuledTable, ruled_tables
from ingest.readers.scans.optical import (
    RecognisedLine,
    is_available,
    lines_of,
    text_of,
    turn_of,
    vertical_folder,
)
from ingest.readers.scans.scan_cleaning import ink_of, is_blank, straightened, whitened
from ingest.readers.scans.scan_columns import Region, regions_of
from ingest.readers.scans.scan_rules import POINT, THICKEST, rules_of
from ingest.readers.scans.vertical_page import vertical_page_lines
from ingest.readers.scans.writing_direction import is_vertical

_MARGIN = 3  # pixels of a cell next to its rules that are not read
_BORDER = 20  # pixels of white round a cell
_ENLARGED = 1.5  # cells are set in small letters: read larger, fewer are missed
_UNSURE_PAGE = 0.85  # rubbish read off a page on its side was sure to .76


def read_scanned_page(picture: Image.Image) -> PageText | None:
    """Read the grey picture of a page at RESOLUTION; None when the page is blank.

    A page that this machine cannot read has no text, but says why in `obstacle`.
    """
    grey = whitened(picture.convert("L"))
    if is_blank(grey):
        return None
    if not is_available():
        return _unread("no recogniser")
    page = _read_straight(straightened(grey))
    if _is_sure(page):
        return page
    turn = turn_of(grey)
    if not turn:
        if page.obstacle:
            return page
        level = _read_straight(straightened(grey), level=True)
        return max(page, level, key=lambda read: read.confidence or 0.0)
    turned = _read_straight(straightened(grey.rotate(turn, expand=True, fillcolor=255)))
    if not _is_sure(turned) and (page.obstacle or turned.obstacle):
        return _unread("vertical")
    return max(page, turned, key=lambda read: read.confidence or 0.0)


def _is_sure(page: PageText) -> bool:
    return page.confidence is not None and page.confidence >= _UNSURE_PAGE


def _unread(obstacle: Obstacle) -> PageText:
    return PageText("", [], [], "ocr", obstacle=obstacle)


def _read_straight(grey: Image.Image, *, level: bool = False) -> PageText:
    rules = rules_of(grey)
    clean = Image.fromarray(np.where(rules.ink, np.uint8(255), np.asarray(grey)))
    if is_vertical(clean):
        if vertical_folder() is None:
            return _unread("vertical")
        return replace(_composed(vertical_page_lines(clean), [], grey.height), is_vertical=True)
    tables = _tables(rules.boxes, clean)
    outside, filled = clean.copy(), clean.copy()
    for table in tables:
        left, top, right, bottom = map(round, _edges(table.box, grey.height))
        outside.paste(255, (left, top, right, bottom))
        filled.paste(0, (left, top, right, bottom))
    lines = [
        line for region in regions_of(filled) for line in _lines_in(outside, region, level=level)
    ]
    return _composed(lines, tables, grey.height)


def _lines_in(page: Image.Image, region: Region, *, level: bool) -> list[RecognisedLine]:
    """Read a part of a page, with white round it."""
    left, top, right, bottom = region
    if (left, top) == (0, 0) and (right, bottom) == page.size:
        return lines_of(page, level=level)
    framed = Image.new("L", (right - left + 2 * _BORDER, bottom - top + 2 * _BORDER), 255)
    framed.paste(page.crop(region), (_BORDER, _BORDER))
    across, down = left - _BORDER, top - _BORDER
    return [
        replace(
            line,
            left=line.left + across,
            right=line.right + across,
            top=line.top + down,
            bottom=line.bottom + down,
        )
        for line in lines_of(framed, level=level)
    ]


def _tables(boxes: list[Box], clean: Image.Image) -> list[RuledTable]:
    """Read the ruled tables of a page; their cells are all read in one go."""
    cells: list[Image.Image] = []

    def cell_number(box: Box) -> str:
        left, top, right, bottom = _edges(box, clean.height)
        cell = clean.crop(
            (
                round(left + _MARGIN),
                round(top + _MARGIN),
                round(right - _MARGIN),
                round(bottom - _MARGIN),
            )
        )
        if min(cell.size) < 8 or not ink_of(cell).any():
            return ""
        cells.append(cell)
        return str(len(cells) - 1)

    drafts = ruled_tables(boxes, cell_number)
    texts = _texts_of(cells)

    def text(number: str) -> str:
        return number and texts[int(number)]

    return [
        replace(
            draft,
            rows=tuple(tuple(map(text, row)) for row in draft.rows),
            cells=tuple(replace(cell, text=text(cell.text)) for cell in draft.cells),
        )
        for draft in drafts
    ]


def _edges(box: Box, height: int) -> Box:
    """Return left, top, right and bottom of a box in pixels from the upper left corner."""
    left, bottom, right, top = (edge / POINT for edge in box)
    return left, height - top, right, height - bottom


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


def _place_of(table: RuledTable, lines: list[RecognisedLine], height: int) -> int:
    """Return before which line a table stands: behind the last one over it, in its own column."""
    left, top, right, _ = _edges(table.box, height)
    above = [line.bottom <= top + THICKEST for line in lines]
    beside = [min(line.right, right) > max(line.left, left) for line in lines]
    over = [
        i
        for i, (is_above, is_beside) in enumerate(zip(above, beside, strict=True))
        if is_above and is_beside
    ]
    if over:
        return over[-1] + 1
    return next((i for i, is_above in enumerate(above) if beside[i] and not is_above), len(lines))


def _composed(found: list[RecognisedLine], tables: list[RuledTable], height: int) -> PageText:
    lines = [line for line in found if readable(line.text).strip()]
    placed = [(_place_of(table, lines, height), table) for table in tables]
    placed.sort(key=lambda item: item[0])
    texts = [readable(line.text).strip() for line in lines]
    whole: list[str] = []
    for index in range(len(texts) + 1):
        whole += ["　".join(row) for at, table in placed if at == index for row in table.rows]
        whole += texts[index : index + 1]
    weight = sum(len(line.text) for line in lines)
    sure = sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0
    return PageText("\n".join(whole), texts, placed, "ocr", confidence=sure)
