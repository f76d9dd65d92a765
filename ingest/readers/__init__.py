"""Readers by format: each turns the bytes of a file into a ReadDocument or says why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from assistant.errors import UnreadableManual
from ingest.document import ReadDocument
from ingest.readers.delimited import read_delimited
from ingest.readers.excel import read_excel
from ingest.readers.markdown import read_markdown
from ingest.readers.office_archive import OLE2
from ingest.readers.pdf import read_pdf
from ingest.readers.plain_text import read_plain_text
from ingest.readers.slides import read_slides
from ingest.readers.web_page import read_web_page
from ingest.readers.word import read_word

_CONVERT = {
    (".jtd", ".jtt", ".jtdc", ".jttc"): (
        "一太郎のファイルです。一太郎で「PDFとして保存」または Word 形式で保存してから"
        "登録してください。"
    ),
    (".doc",): "古い Word 形式（.doc）です。Word で .docx または PDF に保存し直してください。",
    (".ppt", ".pps"): (
        "古い PowerPoint 形式（.ppt）です。PowerPoint で .pptx または PDF に保存し直してください。"
    ),
    (".ppsx", ".ppsm", ".potx"): (
        "PowerPoint のスライドショーかひな形です。PowerPoint で .pptx に保存し直してください。"
    ),
    (".xlsb", ".xltx", ".xltm", ".xlt"): (
        "Excel のバイナリ形式かひな形です。Excel で .xlsx に保存し直してください。"
    ),
    (".docm", ".dotx", ".rtf"): "Word で .docx に保存し直してから登録してください。",
    (".mht", ".mhtml"): (
        "ウェブページを一つにまとめた形式です。"
        "ブラウザーの印刷から PDF に保存して登録してください。"
    ),
}
_READERS: dict[tuple[str, ...], Callable[[bytes], ReadDocument]] = {
    (".pdf",): read_pdf,
    (".docx",): read_word,
    (".xlsx", ".xlsm", ".xls"): read_excel,
    (".pptx", ".pptm"): read_slides,
    (".html", ".htm"): read_web_page,
    (".csv", ".tsv"): read_delimited,
    (".md", ".markdown"): read_markdown,
    (".txt",): read_plain_text,
}
_BY_SUFFIX = {suffix: reader for suffixes, reader in _READERS.items() for suffix in suffixes}
SUPPORTED = tuple(_BY_SUFFIX)
_ARCHIVES = (".docx", ".xlsx", ".xlsm", ".pptx", ".pptm")
_OLDEST_EXCEL = b"\x09"  # before Excel 5.0: its reader says so


def read_document(content: bytes, file_name: str) -> ReadDocument:
    """Read a file by its name and its first bytes; raises UnreadableManual with the next step."""
    suffix = PurePath(file_name).suffix.lower()
    for suffixes, message in _CONVERT.items():
        if suffix in suffixes:
            raise UnreadableManual(message)
    if suffix not in _BY_SUFFIX:
        raise UnreadableManual(
            f"読めない形式です（{suffix or '拡張子なし'}）。PDF・Word（.docx）・Excel・"
            "PowerPoint（.pptx）・HTML・CSV・Markdown・テキストのいずれかで登録してください。"
        )
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableManual("中身が空のファイルです。元のファイルを確かめてください。")
    if suffix == ".pdf":
        _require(content[:1024].lstrip().startswith(b"%PDF") or b"%PDF-" in content[:1024], content)
    elif suffix in _ARCHIVES:
        _require(content.startswith((b"PK", OLE2)), content)
    elif suffix == ".xls":
        _require(content.startswith((b"PK", OLE2, _OLDEST_EXCEL)), content)
    return _BY_SUFFIX[suffix](content)


def _require(holds: bool, content: bytes) -> None:
    """Refuse a file whose first bytes are not those of its extension."""
    if holds:
        return
    start = content[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableManual(
            "中身が HTML（ウェブページ）です。ダウンロードに失敗したエラー画面かもしれません。"
            "元のページからファイルを取り直してください。"
        )
    raise UnreadableManual(
        "拡張子と中身が合わない、または壊れたファイルです。"
        "元のソフトで開けるか確かめ、保存し直してください。"
    )
