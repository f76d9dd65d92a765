"""Reads Word files (.docx): headings by style, paragraphs, lists and tables in order."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from lxml.etree import XMLSyntaxError

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument

_HEADING_STYLE = re.compile(r"^(?:heading|見出し)\s*(\d)$", re.IGNORECASE)
_DAMAGED = (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, XMLSyntaxError)
_LARGEST = 512 * 1024 * 1024  # decompressed: a manual of 1,000 pages with pictures is below


def read_word(content: bytes) -> ReadDocument:
    """Read the body of a Word file; raises UnreadableManual for damaged or oversized ones."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise UnreadableManual(
                    "展開すると大きすぎる Word ファイルです。画像を減らして保存し直してください。"
                )
        document = docx.Document(io.BytesIO(content))
    except (
        zipfile.BadZipFile,
        PackageNotFoundError,
        KeyError,
        ValueError,
        XMLSyntaxError,
    ) as error:
        raise UnreadableManual(
            "Word ファイルとして読めません（壊れているか、保護されています）。"
            "Word で開けるか確かめ、.docx で保存し直してください。"
        ) from error
    blocks = [block for item in document.iter_inner_content() for block in _blocks_of(item)]
    if not blocks:
        raise UnreadableManual(
            "本文の文字がない Word ファイルです。画像だけなら文字を入れて保存し直してください。"
        )
    text = "\n".join(_as_lines(block) for block in blocks)
    title = readable(document.core_properties.title or "").strip()
    return ReadDocument([Page(None, None, text, "document")], blocks, title=title)


def _blocks_of(item: Any) -> list[Block]:
    if isinstance(item, Table):
        rows = tuple(tuple(_words(cell.text) for cell in row.cells) for row in item.rows)
        rows = tuple(row for row in rows if any(row))
        return [Block("", rows=rows)] if rows else []
    text = _words(item.text)
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


def _as_lines(block: Block) -> str:
    if block.is_table:
        return "\n".join(" | ".join(cell.replace("\n", " ") for cell in r) for r in block.rows)
    return ("#" * block.level + " " if block.level else "") + block.text
