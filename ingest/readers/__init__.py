"""Readers by format: each turns the bytes of a file into a ReadDocument or says why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from assistant.errors import UnreadableManual
from ingest.document import ReadDocument
from ingest.readers.handing_over import handed_over, plain_line, require_bounded_text
from ingest.readers.office_archive import EXCEL, OLE2, POWERPOINT, WORD
from ingest.readers.old_office import (
    ICHITARO,
    is_web_page_for_word,
    require_new_powerpoint,
    require_new_word,
)
from ingest.readers.pdf.document import read_pdf
from ingest.readers.sheets.excel import read_excel
from ingest.readers.slides.deck import read_slides
from ingest.readers.text.delimited import read_delimited
from ingest.readers.text.markdown import read_markdown
from ingest.readers.text.plain_text import read_plain_text
from ingest.readers.true_format import require_true_format
from ingest.readers.web.web_page import read_web_page
from ingest.readers.word.document import read_word

_WEB_ARCHIVE = (
    "ウェブページを一つにまとめた形式です。ブラウザーの印刷から PDF に保存して登録してください。"
)
_CONVERT = {
    (".jtd", ".jtt", ".jtdc", ".jttc"): ICHITARO,
    (".ppsm", ".potm"): (
        "PowerPoint のスライドショーかひな形です。PowerPoint で .pptx に保存し直してください。"
    ),
    (".xlsb", ".xltx", ".xltm", ".xlt"): (
        "Excel のバイナリ形式かひな形です。Excel で .xlsx に保存し直してください。"
    ),
    (".mht", ".mhtml"): _WEB_ARCHIVE,
}
_READERS: dict[tuple[str, ...], Callable[[bytes], ReadDocument]] = {
    (".pdf",): read_pdf,
    WORD.suffixes: read_word,
    EXCEL.suffixes: read_excel,
    POWERPOINT.suffixes: read_slides,
    (".html", ".htm"): read_web_page,
    (".csv", ".tsv"): read_delimited,
    (".md", ".markdown"): read_markdown,
    (".txt",): read_plain_text,
}
_BY_SUFFIX = {suffix: reader for suffixes, reader in _READERS.items() for suffix in suffixes}
SUPPORTED = tuple(_BY_SUFFIX)
_HEAD = 512
_OLDEST_EXCEL = b"\x09"  # before Excel 5.0: its reader says so


def read_document(content: bytes, file_name: str) -> ReadDocument:
    """Read a file by its name and its first bytes; raises UnreadableManual with the next step.

    Old Word and PowerPoint files, whatever their name, raise NeedsConversion.
    """
    suffix = PurePath(file_name).suffix.lower()
    for suffixes, message in _CONVERT.items():
        if suffix in suffixes:
            raise UnreadableManual(message)
    if suffix not in _BY_SUFFIX:
        raise UnreadableManual(
            f"読めない形式です（{plain_line(suffix)[:20] or '拡張子なし'}）。PDF・Word・Excel・"
            "PowerPoint・HTML・CSV・Markdown・テキストのいずれかで登録してください。"
        )
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableManual("中身が空のファイルです。元のファイルを確かめてください。")
    require_bounded_text(content, suffix)
    if not (suffix in WORD.suffixes and is_web_page_for_word(content)):
        require_true_format(content, suffix)
    if suffix == ".pdf":
        _require(content[:1024].lstrip().startswith(b"%PDF") or b"%PDF-" in content[:1024], content)
    elif suffix in WORD.suffixes:
        if is_web_page_for_word(content):
            return handed_over(read_web_page(content))
        require_new_word(content)
        _require(content.startswith((b"PK", OLE2)), content)
    elif suffix in POWERPOINT.suffixes:
        require_new_powerpoint(content)
        _require(content.startswith((b"PK", OLE2)), content)
    elif suffix == EXCEL.old:
        _require(content.startswith((b"PK", OLE2, _OLDEST_EXCEL)), content)
    elif suffix in EXCEL.suffixes:
        _require(content.startswith((b"PK", OLE2)), content)
    return handed_over(_BY_SUFFIX[suffix](content))


def _require(holds: bool, content: bytes) -> None:
    """Refuse a file whose first bytes are not those of its extension."""
    if holds:
        return
    start = content[:_HEAD].lstrip().lower()
    if start.startswith(b"mime-version:"):
        raise UnreadableManual(_WEB_ARCHIVE)
    raise UnreadableManual(
        "拡張子と中身が合わない、または壊れたファイルです。"
        "元のソフトで開けるか確かめ、保存し直してください。"
    )
