"""Checks an Office file (OOXML, a zip of XML parts) before any library opens it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from assistant.errors import UnreadableManual

OLE2 = b"\xd0\xcf\x11\xe0"
# Decompressed. A manual of 1,000 pages with pictures is below 512 MB, its text below 40 MB; the
# libraries need about ten times the XML in memory.
LARGEST = 512 * 1024 * 1024
LARGEST_XML = 192 * 1024 * 1024
_MOST_PARTS = 20_000
_PIECE = 1024 * 1024
_XML = (".xml", ".rels", ".vml")
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LONGEST_MARK = 16
_HEAD = 256
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError,
    ValueError,  # a place before the file's beginning
)  # fmt: skip


@dataclass(frozen=True)
class OfficeFormat:
    """What the messages call a format: its program, the extension to save as, the old one.

    `suffixes` are all names under which its files are read, `folder` where an archive keeps them.
    """

    program: str
    extension: str
    old: str
    folder: str
    suffixes: tuple[str, ...]


WORD = OfficeFormat(
    "Word", ".docx", ".doc", "word/", (".docx", ".docm", ".dotx", ".dotm", ".doc", ".dot", ".rtf")
)
EXCEL = OfficeFormat("Excel", ".xlsx", ".xls", "xl/", (".xlsx", ".xlsm", ".xls"))
POWERPOINT = OfficeFormat(
    "PowerPoint", ".pptx", ".ppt", "ppt/",
    (".pptx", ".pptm", ".ppsx", ".potx", ".ppt", ".pps", ".pot"),
)  # fmt: skip
OFFICE = (WORD, EXCEL, POWERPOINT)


def require_sound_archive(
    content: bytes,
    office: OfficeFormat,
    *,
    largest: int = LARGEST,
    largest_xml: int = LARGEST_XML,
) -> None:
    """Raise UnreadableManual unless the bytes are an OOXML file that is safe to open.

    Refused are protected files, other zips, what unpacks to more bytes than `largest`, or than
    `largest_xml` in its XML, and XML with a document type or entities, which Office never writes.
    """
    if content.startswith(OLE2):
        raise UnreadableManual(_why_old(content, office))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive, office, largest, largest_xml)
    except _BROKEN as error:
        raise damaged(office) from error


def damaged(office: OfficeFormat) -> UnreadableManual:
    """Return the refusal of a file that its program's library cannot open."""
    return UnreadableManual(
        f"{office.program} ファイルとして読めません（壊れているか、保護されています）。"
        f"{office.program} で開けるか確かめ、{office.extension} で保存し直してください。"
    )


def is_encrypted(content: bytes) -> bool:
    """Tell whether an OLE2 file wraps an OOXML file that a password protects."""
    return content.startswith(OLE2) and "EncryptedPackage".encode("utf-16-le") in content


def _why_old(content: bytes, office: OfficeFormat) -> str:
    what = "ファイルです" if is_encrypted(content) else f"ファイルか、古い形式（{office.old}）です"
    return (
        f"パスワードで保護された {office.program} {what}。"
        f"保護を外すか {office.extension} で保存し直してから登録してください。"
    )


def _check(archive: zipfile.ZipFile, office: OfficeFormat, largest: int, largest_xml: int) -> None:
    entries = archive.infolist()
    if "[Content_Types].xml" not in archive.namelist():
        raise UnreadableManual(
            f"中身が {office.program} ではない zip ファイルです。"
            f"{office.program} で作ったファイルか確かめ、"
            f"{office.extension} で保存し直してください。"
        )
    declared = sum(entry.file_size for entry in entries)
    declared_xml = sum(e.file_size for e in entries if e.filename.lower().endswith(_XML))
    if len(entries) > _MOST_PARTS or declared > largest or declared_xml > largest_xml:
        raise _too_large(office)
    if any(_has_entities(archive, e) for e in entries if _is_xml(archive, e)):
        raise UnreadableManual(
            f"{office.program} が書かない宣言（DTD）を含むため、安全のため読みません。"
            f"{office.program} で開き、{office.extension} で保存し直してください。"
        )


def _is_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Tell whether a part is XML by its name or its first letter: the file names what is what."""
    if entry.filename.lower().endswith(_XML):
        return True
    with archive.open(entry) as part:
        return part.read(_HEAD).lstrip(_BEFORE_XML).startswith(b"<")


def _has_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Tell whether a part declares a document type; reads it whole, a piece at a time.

    A part that unpacks to more than it declares ends here too: zipfile stops at the declared size
    and finds a wrong checksum.
    """
    tail = b""
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            seen = tail + piece
            # The second form finds the mark in UTF-16.
            if _ENTITIES.search(seen) or _ENTITIES.search(seen.replace(b"\x00", b"")):
                return True
            tail = seen[-2 * _LONGEST_MARK :]
    return False


def _too_large(office: OfficeFormat) -> UnreadableManual:
    return UnreadableManual(
        f"展開すると大きすぎる {office.program} ファイルです。"
        "画像や使わない範囲を減らすか、分けて保存し直してください。"
    )
