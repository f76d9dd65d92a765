"""Reads PowerPoint files (.pptx, .pptm): each slide is a page with its title, text and notes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.etree import XMLSyntaxError
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.oxml.ns import qn
from pptx.package import Package

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument, page_text
from ingest.readers.office_archive import POWERPOINT, damaged, require_sound_archive
from ingest.readers.old_office import is_from_libreoffice
from ingest.readers.reading_order import separated
from ingest.readers.slides.slide_graphics import chart_blocks, description, diagram_lines
from ingest.readers.slides.slide_text import paragraph_text, shape_lines
from ingest.readers.spanned_table import Cell, Grid, head_levels, table_blocks, text_lines

NOTES = "（発表者ノート）"
_BROKEN = (
    zipfile.BadZipFile, XMLSyntaxError, PythonPptxError, KeyError, ValueError, AttributeError,
    TypeError, IndexError, OverflowError, OSError, RecursionError,
)  # fmt: skip
_FURNITURE = (
    PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE,
)  # fmt: skip
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_NOT = ("0", "false")
_OVERLAP = -45_720  # EMU: boxes that overlap by less than 1.3 mm stand beside each other
_UNNAMED = ("powerpoint", "プレゼンテーション", "スライド")
_LONGEST_TITLE = 40
_TITLE_BAND = 0.2  # of a slide's height, from its top


@dataclass(frozen=True)
class _Placed:
    """A shape and its edges in EMU, in its slide or its group."""

    shape: Any
    top: int
    left: int
    bottom: int
    right: int


def read_slides(content: bytes) -> ReadDocument:
    """Read a presentation; raises UnreadableManual for protected, damaged or empty ones.

    Slides keep the numbers that PowerPoint shows; hidden ones are named in `problems`.
    """
    require_sound_archive(content, POWERPOINT)
    try:
        deck = Package.open(io.BytesIO(content)).main_document_part.presentation
        slides = list(enumerate(deck.slides, 1))
        shown = [(n, slide) for n, slide in slides if slide._element.get("show") not in _NOT]
        read = [(n, *_read_slide(slide, n, deck.slide_height)) for n, slide in shown]
        title = readable(deck.core_properties.title or "").strip()
    except _BROKEN as error:
        raise damaged(POWERPOINT) from error
    said = [(n, name, found) for n, name, found in read if name or found]
    if not said:
        raise UnreadableManual(
            "表示されるスライドに文字がない PowerPoint ファイルです。"
            "画像だけなら文字を入れ、非表示のスライドがあれば表示して、保存し直してください。"
        )
    pages: list[Page] = []
    blocks: list[Block] = []
    for n, name, found in read:
        shown_name = f"スライド{n}　{name}".strip()
        text = page_text([Block(shown_name, level=1), *found])
        pages.append(Page(n, None, text, "slide"))
        if name or found:
            # Without a heading of its own the text would stand under the slide before.
            blocks += [Block(name or f"スライド{n}", n, level=1), *found]
    if not title or title.lower().startswith(_UNNAMED):
        title = said[0][1]
    return ReadDocument(pages, blocks, title=title, problems=_problems(slides, read))


def _problems(
    slides: Sequence[tuple[int, Any]], read: Sequence[tuple[int, str, list[Block]]]
) -> list[str]:
    hidden = [str(n) for n, _ in slides if n not in {number for number, _, _ in read}]
    empty = [str(n) for n, name, found in read if not name and not found]
    problems = [f"非表示のスライドは取り込みませんでした: {'、'.join(hidden)}"] if hidden else []
    if empty:
        problems.append(f"文字のないスライド（画像だけか白紙）: {'、'.join(empty)}")
    return problems


def _read_slide(slide: Any, number: int, height: int) -> tuple[str, list[Block]]:
    """Return the title of a slide and its blocks in reading order, notes last."""
    shapes = _ordered(slide.shapes)
    title = _title_shape(slide, shapes, height)
    name = " ".join(_text(title).split()) if title is not None else ""
    own = title._element if title is not None else None
    blocks = [
        block
        for shape in shapes
        if shape._element is not own
        for block in _shape_blocks(shape, slide, number)
    ]
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        paragraphs = slide.notes_slide.notes_text_frame.paragraphs
        text = "\n".join(paragraph_text(paragraph) for paragraph in paragraphs)
        notes = text_lines(text, page=number)
        blocks += [Block(NOTES, number, whole=True), *notes] if notes else []
    return name, blocks


def _title_shape(slide: Any, shapes: Sequence[Any], height: int) -> Any:
    """Return the title, or the short line at the top that serves as one, or None."""
    title = slide.shapes.title
    if title is not None and title.has_text_frame and _text(title).strip():
        return title
    first = next((s for s in shapes if s.has_text_frame and _text(s).strip()), None)
    if first is None or (first.top or 0) > height * _TITLE_BAND:
        return None
    text = _text(first).strip()
    is_line = "\n" not in text and len(text) <= _LONGEST_TITLE and not text.endswith("。")
    return first if is_line else None


def _text(shape: Any) -> str:
    return "\n".join(paragraph_text(paragraph) for paragraph in shape.text_frame.paragraphs)


def _ordered(shapes: Iterable[Any]) -> list[Any]:
    """Return the shapes that are shown, from top to bottom and from left to right."""
    placed = [
        _Placed(
            s,
            s.top or 0,
            s.left or 0,
            (s.top or 0) + (s.height or 0),
            (s.left or 0) + (s.width or 0),
        )
        for s in shapes
        if not _is_left_out(s)
    ]
    return [box.shape for group in separated(placed, gap=_OVERLAP) for box in group]


def _is_left_out(shape: Any) -> bool:
    """Tell whether a shape is hidden, or repeats the date, footer or number of every slide."""
    properties = shape._element.find(".//{*}cNvPr")
    if properties is not None and properties.get("hidden") in ("1", "true"):
        return True
    return bool(shape.is_placeholder and shape.placeholder_format.type in _FURNITURE)


def _shape_blocks(shape: Any, slide: Any, number: int) -> Iterator[Block]:
    if hasattr(shape, "shapes"):  # a group
        for child in _ordered(shape.shapes):
            yield from _shape_blocks(child, slide, number)
    elif getattr(shape, "has_table", False):
        yield from _table(shape.table, number)
    elif getattr(shape, "has_chart", False):
        yield from chart_blocks(shape.chart._chartSpace, number)
    elif shape.has_text_frame:
        for line in shape_lines(shape, slide):
            yield Block(line, number, whole=True)
    elif (diagram := shape._element.find(f".//{_DIAGRAM}")) is not None:
        data = slide.part.related_part(diagram.get(qn("r:dm"))).blob
        for line in diagram_lines(data):
            yield Block(line, number, whole=True)
    elif text := description(shape):
        yield Block(f"（図: {text}）", number, whole=True)


def _table(table: Any, number: int) -> list[Block]:
    cells = [
        Cell(
            top,
            left,
            top + cell.span_height - 1,
            left + cell.span_width - 1,
            "\n".join(paragraph_text(p).strip() for p in cell.text_frame.paragraphs).strip(),
        )
        for top, row in enumerate(table.rows)
        for left, cell in enumerate(row.cells)
        if not cell.is_spanned
    ]
    # LibreOffice, which converts old decks, never says that the first row holds the heads.
    unsaid = is_from_libreoffice(table.part.package._rels)
    heads = head_levels if table.first_row or unsaid else _no_heads
    return table_blocks(cells, count_heads=heads, page=number)


def _no_heads(grid: Grid) -> int:
    del grid
    return 0
