"""Readers by format: each turns the bytes of a file into a ReadDocument or says why not."""

from __future__ import annotations

from pathlib import PurePath

from assistant.errors import UnreadableManual
from ingest.document import ReadDocument
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plain_text import read_plain_text
from ingest.readers.word import read_word

_CONVERT = {
    (".jtd", ".jtt", ".jtdc", ".jttc"): (
        "一太郎のファイルです。一太郎で「PDFとして保存」または Word 形式で保存してから"
        "登録してください。"
    ),
    (".doc",): "古い Word 形式（.doc）です。Word で .docx または PDF に保存し直してください。",
    (".ppt", ".pptx"): "PowerPoint はまだ読めません。PDF に保存し直してください。",
    (".xls", ".xlsx", ".xlsm"): "Excel はまだ読めません。PDF に保存し直してください。",
    (".htm", ".html"): "HTML はまだ読めません。ブラウザーの印刷から PDF に保存してください。",
}
SUPPORTED = (".pdf", ".docx", ".md", ".markdown", ".txt")


def read_document(content: bytes, file_name: str) -> ReadDocument:
    """Read a file by its name and its first bytes; raises UnreadableManual with the next step."""
    suffix = PurePath(file_name).suffix.lower()
    for suffixes, message in _CONVERT.items():
        if suffix in suffixes:
            raise UnreadableManual(message)
    if suffix not in SUPPORTED:
        raise UnreadableManual(
            f"読めない形式です（{suffix or '拡張子なし'}）。PDF・Word（.docx）・Markdown・"
            "テキストのいずれかで登録してください。"
        )
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableManual("中身が空のファイルです。元のファイルを確かめてください。")
    if suffix == ".pdf":
        _require(content[:1024].lstrip().startswith(b"%PDF") or b"%PDF-" in content[:1024], content)
        return read_pdf(content)
    if suffix == ".docx":
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnreadableManual(
                "パスワードで保護された Word ファイルか、古い形式（.doc）です。"
                "保護を外すか .docx で保存し直してから登録してください。"
            )
        _require(content.startswith(b"PK"), content)
        return read_word(content)
    if suffix in (".md", ".markdown"):
        return read_markdown(content)
    return read_plain_text(content)


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
