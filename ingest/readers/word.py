"""Reads Word files (.docx): headings by style, paragraphs, lists and tables in order."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument, page_text
from ingest.readers.office_archive import WORD, damaged, require_sound_archive
from ingest.readers.spanned_table import Cell, head_levels, table_blocks
from ingest.readers.word_extras import (
    is_bold,
    notes_below,
    notes_of,
    text_boxes,
    with_bold_headings,
)

_HEADING_STYLE = re.compile(r"^(?:heading|見出し)\s*(\d)$", re.IGNORECASE)
_DAMAGED = (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, XMLSyntaxError)
_PARAGRAPH, _TABLE, _TEXT = qn("w:p"), qn("w:tbl"), qn("w:t")
_MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# Not part of the line: what was deleted or moved away, readings above kanji, settings, pictures.
_NOT_SAID = frozenset(
    qn(name)
    for name in (
        "w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "w:sdtPr", "w:drawing", "w:pict",
        "w:object",
    )
)  # fmt: skip
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


def read_word(content: bytes) -> ReadDocument:
    """Read the body of a Word file; raises UnreadableManual for damaged or oversized ones."""
    require_sound_archive(content, WORD)
    try:
        document = docx.Document(io.BytesIO(content))
    except _DAMAGED as error:
        raise damaged(WORD) from error
    notes = notes_of(document, _said)
    blocks: list[Block] = []
    bold: set[int] = set()
    for item in _items(document.element.body, document._body):
        if isinstance(item, Paragraph) and is_bold(item):
            bold.add(len(blocks))
        blocks += _blocks_of(item) + notes_below(item._element, notes)
    blocks = with_bold_headings(blocks, bold)
    if not blocks:
        raise UnreadableManual(
            "本文の文字がない Word ファイルです。画像だけなら文字を入れて保存し直してください。"
        )
    title = readable(document.core_properties.title or "").strip()
    return ReadDocument([Page(None, None, page_text(blocks), "document")], blocks, title=title)


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


def _said(element: Any) -> str:
    """Return the words of a paragraph, also of tracked insertions and content controls."""
    if element.tag == _TEXT:
        return element.text or ""
    if element.tag in _MARKS:
        return _MARKS[element.tag]
    if element.tag in _NOT_SAID or element.tag == _ALTERNATIVE:
        return ""
    return "".join(_said(child) for child in element)


def _cell_text(cell: Any) -> str:
    return "\n".join(_said(paragraph) for paragraph in _outermost(cell, (_PARAGRAPH,)))


def _table_cells(table: Table) -> list[Cell]:
    """Return each cell once with the rows and columns that it fills."""
    extent: dict[Any, tuple[int, int, int, int]] = {}
    for row, line in enumerate(table.rows):
        for column, cell in enumerate(line.cells, line.grid_cols_before):
            top, left, bottom, right = extent.get(cell._tc, (row, column, row, column))
            extent[cell._tc] = (top, min(left, column), max(bottom, row), max(right, column))
    return [Cell(*place, _words(_cell_text(cell))) for cell, place in extent.items()]


def _blocks_of(item: Any) -> list[Block]:
    if isinstance(item, Table):
        return table_blocks(_table_cells(item), count_heads=head_levels, whole=True)
    text = _words(_said(item._p))
    if not text:
        return []
    style = item.style.name if item.style is not None else ""
    if (style or "").lower() in ("title", "表題"):
        return [Block(text, level=1)] if len(text) <= 60 else [Block(text)]
    if (style or "").lower().startswith(("toc", "目次")):
        return []
    match = _HEADING_STYLE.match(style or "")
    if match:
        return [Block(text.replace("\n", " "), level=int(match[1]) + 1)]
    bullet = "・" if "list" in (style or "").lower() or "箇条書き" in (style or "") else ""
    return [Block(bullet + line.strip()) for line in text.split("\n") if line.strip()]


def _words(text: str) -> str:
    return "\n".join(line.strip() for line in readable(text).split("\n")).strip()
