"""Reads Word files (.docx, .docm): headings by style, paragraphs, lists and tables in order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.opc.part import PartFactory
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument, page_text
from ingest.readers.office_archive import WORD, damaged, require_sound_archive
from ingest.readers.spanned_table import Cell, head_levels, table_blocks
from ingest.readers.word.extras import (
    is_bold,
    notes_below,
    notes_of,
    text_boxes,
    with_bold_headings,
)
from ingest.readers.word.numbering import numbered_line, numbers_of
from ingest.readers.word.styles import Styles
from ingest.readers.word.text import said
from ingest.readers.word.unseen import take_out_unseen

_DAMAGED = (
    zipfile.BadZipFile, PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, AttributeError,
    TypeError, IndexError, RecursionError,
)  # fmt: skip
# Templates and files with macros are built as documents are; the library knows only the latter.
for _main_part in (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
):
    PartFactory.part_type_for[_main_part] = DocumentPart
_PARAGRAPH, _TABLE = qn("w:p"), qn("w:tbl")


def read_word(content: bytes) -> ReadDocument:
    """Read the body of a Word file; raises UnreadableManual for damaged or oversized ones."""
    require_sound_archive(content, WORD)
    try:
        document = Package.open(io.BytesIO(content)).main_document_part.document
        blocks = _blocks(document)
        title = readable(document.core_properties.title or "").strip()
    except _DAMAGED as error:
        raise damaged(WORD) from error
    if not blocks:
        raise UnreadableManual(
            "本文の文字がない Word ファイルです。画像だけなら文字を入れて保存し直してください。"
        )
    return ReadDocument([Page(None, None, page_text(blocks), "document")], blocks, title=title)


def _blocks(document: Any) -> list[Block]:
    styles = Styles(document.styles.element)
    take_out_unseen(document.element.body, styles)
    lines = _Lines(styles, numbers_of(document, styles))
    notes = notes_of(document, said)
    blocks: list[Block] = []
    bold: set[int] = set()
    for item in _items(document.element.body, document._body):
        if isinstance(item, Paragraph) and is_bold(item):
            bold.add(len(blocks))
        blocks += lines.blocks(item) + notes_below(item._element, notes)
    return with_bold_headings(blocks, bold)


def _items(element: Any, parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables in order, also those inside content controls and text boxes.

    What stands in a text box follows the paragraph that it is anchored to.
    """
    for child in _outermost(element, (_PARAGRAPH, _TABLE)):
        yield Paragraph(child, parent) if child.tag == _PARAGRAPH else Table(child, parent)
        for box in text_boxes(child):
            yield from _items(box, parent)


def _outermost(element: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    for child in element:
        if child.tag in tags:
            yield child
        else:
            yield from _outermost(child, tags)


class _Lines:
    """The lines of a document with the numbers that Word puts before them."""

    def __init__(self, styles: Styles, numbers: dict[Any, str]) -> None:
        self._styles = styles
        self._numbers = numbers

    def blocks(self, item: Any) -> list[Block]:
        """Return a paragraph or table as blocks."""
        if isinstance(item, Table):
            return table_blocks(self._cells(item), count_heads=head_levels, whole=True)
        text = _words(said(item._p))
        line = numbered_line(self._numbers.get(item._p, ""), text)
        style = self._styles.name(self._styles.of(item._p))
        if not line or style.startswith(("toc", "目次")):
            return []
        if style in ("title", "表題"):
            return [Block(line, level=1)] if len(line) <= 60 else [Block(line)]
        depth = self._styles.heading_depth(item._p, text) if text else None
        if depth is not None:
            return [Block(line.replace("\n", " "), level=depth + 1)]
        return [Block(part.strip()) for part in line.split("\n") if part.strip()]

    def _cells(self, table: Table) -> list[Cell]:
        """Return each cell once with the rows and columns that it fills."""
        extent: dict[Any, tuple[int, int, int, int]] = {}
        for row, line in enumerate(table.rows):
            for column, cell in enumerate(line.cells, line.grid_cols_before):
                top, left, bottom, right = extent.get(cell._tc, (row, column, row, column))
                extent[cell._tc] = (top, min(left, column), max(bottom, row), max(right, column))
        return [Cell(*place, self._cell_text(cell)) for cell, place in extent.items()]

    def _cell_text(self, cell: Any) -> str:
        return "\n".join(
            numbered_line(self._numbers.get(paragraph, ""), _words(said(paragraph)))
            for paragraph in _outermost(cell, (_PARAGRAPH,))
        ).strip()


def _words(text: str) -> str:
    return "\n".join(line.strip() for line in readable(text).split("\n")).strip()
