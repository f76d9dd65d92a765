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
    blocks = [block for item in _items(document) for block in _blocks_of(item)]
    if not blocks:
        raise UnreadableManual(
            "本文の文字がない Word ファイルです。画像だけなら文字を入れて保存し直してください。"
        )
    title = readable(document.core_properties.title or "").strip()
    return ReadDocument([Page(None, None, page_text(blocks), "document")], blocks, title=title)


def _items(document: Any) -> Iterator[Any]:
    """Yield paragraphs and tables in order, also those inside content controls."""
    body = document.element.body
    for element in _outermost(body, (_PARAGRAPH, _TABLE)):
        parent = document._body
        yield Paragraph(element, parent) if element.tag == _PARAGRAPH else Table(element, parent)


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
    return "\n".join(_said(paragraph) for paragraph in _outermost(cell._tc, (_PARAGRAPH,)))


def _blocks_of(item: Any) -> list[Block]:
    if isinstance(item, Table):
        rows = tuple(tuple(_words(_cell_text(cell)) for cell in row.cells) for row in item.rows)
        rows = tuple(row for row in rows if any(row))
        return [Block("", rows=rows)] if rows else []
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
