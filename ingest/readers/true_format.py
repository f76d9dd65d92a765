"""Tells what a file is by its first bytes where its extension says something else."""

from __future__ import annotations

import io
import zipfile

from assistant.errors import UnreadableManual
from ingest.readers.office_archive import OFFICE, OfficeFormat

_HEAD = 1024
_BOM = b"\xef\xbb\xbf"
_PICTURE = (
    "画像のファイルです。文字を読み取れるように、PDF に変換してから登録してください"
    "（画像を開き、印刷から PDF に保存します）。"
)
_PROGRAM = (
    "プログラムのファイルです。マニュアルではないため登録できません。出所を確かめてください。"
)
_PACKED = "圧縮されたファイルです。展開して、中のファイルを登録してください。"
_WEB_PAGE = (
    "HTML（ウェブページ）です。ダウンロードに失敗したエラー画面かもしれません。"
    "元のページから取り直すか、表計算ソフトなどで開けるならその形式で保存し直してください。"
)
_STARTS = (
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM"), _PICTURE),
    ((b"MZ", b"\x7fELF", b"#!/"), _PROGRAM),
    ((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ"), _PACKED),
)
_TEXT = (".csv", ".tsv", ".txt", ".md", ".markdown", ".html", ".htm")
_WEB = (".html", ".htm")


def require_true_format(content: bytes, suffix: str) -> None:
    """Raise UnreadableManual where the first bytes are those of another format.

    What fits no format that is known here passes: the reader judges it.
    """
    start = content[:_HEAD].removeprefix(_BOM).lstrip()
    what = next((words for marks, words in _STARTS if start.startswith(marks)), None)
    # A text may begin with BM or MZ, never with a NUL behind it.
    if what and (suffix not in _TEXT or b"\x00" in start):
        raise _refusal(what)
    if suffix not in _WEB and start.lower().startswith((b"<!doctype html", b"<html")):
        raise _refusal(_WEB_PAGE)
    if suffix != ".pdf" and start.startswith(b"%PDF-"):
        raise _refusal("PDF です。拡張子を .pdf に直して、もう一度登録してください。")
    office = _office_of(content) if start.startswith(b"PK") else None
    if office and suffix not in office.suffixes:
        raise _refusal(
            f"{office.program} のファイルです。"
            f"拡張子を {office.extension} に直して、もう一度登録してください。"
        )


def _refusal(what: str) -> UnreadableManual:
    return UnreadableManual(f"拡張子と中身が合いません。中身は{what}")


def _office_of(content: bytes) -> OfficeFormat | None:
    """Return the format of an Office file, None for another or broken zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    found = [office for office in OFFICE if any(n.startswith(office.folder) for n in names)]
    return found[0] if "[Content_Types].xml" in names and len(found) == 1 else None
