"""What an Office file really is by its bytes: names lie, and old formats need a converter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.errors import UnreadableManual
from ingest.readers.office_archive import OLE2, is_encrypted

_RICH_TEXT = b"{\\rtf"
# Names of streams in the directory of an OLE2 file; those of Ichitaro 8 and later.
_WORD, _POWERPOINT = "WordDocument", "PowerPoint Document"
_ICHITARO = ("DocumentViewStyles", "DocumentTextPositionTables", "JSRV_SegmentInformation",
             "JSCompDocument")  # fmt: skip
# Word opens web pages that a program saved under .doc for it; they say so.
_WEB_PAGE_FOR_WORD = (b"urn:schemas-microsoft-com:office", b"content=word.document",
                      b'content="word.document', b"content=\"microsoft word")  # fmt: skip
_HEAD = 8192
_NO_CONVERTER = "このサーバーには変換する LibreOffice がないため、"
ICHITARO = (
    "一太郎のファイルです。一太郎で「PDFとして保存」または Word 形式で保存してから"
    "登録してください。"
)


class NeedsConversion(UnreadableManual):
    """A file that is read after its conversion to `target` (.docx, .pptx).

    The message is for places without a converter. `opened` are the bytes without the password that
    protected them, None where none did.
    """

    def __init__(self, message: str, target: str, opened: bytes | None = None) -> None:
        super().__init__(message)
        self.target = target
        self.opened = opened


def require_new_word(content: bytes) -> None:
    """Raise NeedsConversion for what Word opens but its reader here does not."""
    _refuse_ichitaro(content)
    if _has_stream(content, _WORD):
        raise NeedsConversion(
            f"古い Word 形式（.doc）です。{_NO_CONVERTER}"
            "Word で .docx または PDF に保存し直してください。",
            ".docx",
        )
    if content.startswith(_RICH_TEXT):
        raise NeedsConversion(
            f"リッチテキスト形式（RTF）です。{_NO_CONVERTER}"
            "Word で .docx または PDF に保存し直してください。",
            ".docx",
        )


def require_new_powerpoint(content: bytes) -> None:
    """Raise NeedsConversion for what PowerPoint opens but its reader here does not."""
    _refuse_ichitaro(content)
    if _has_stream(content, _POWERPOINT):
        raise NeedsConversion(
            f"古い PowerPoint 形式（.ppt）です。{_NO_CONVERTER}"
            "PowerPoint で .pptx または PDF に保存し直してください。",
            ".pptx",
        )


def is_web_page_for_word(content: bytes) -> bool:
    """Tell whether a file under a name of Word is a web page that was saved for Word."""
    head = content[:_HEAD].replace(b"\x00", b"").lower()
    return b"<html" in head and any(mark in head for mark in _WEB_PAGE_FOR_WORD)


def is_from_libreoffice(relations: Mapping[str, Any]) -> bool:
    """Tell by the relations of an Office file's package whether LibreOffice wrote it."""
    return any(
        b"<Application>LibreOffice" in relation.target_part.blob
        for relation in relations.values()
        if relation.reltype.endswith("/extended-properties") and not relation.is_external
    )


def _refuse_ichitaro(content: bytes) -> None:
    if any(_has_stream(content, name) for name in _ICHITARO):
        raise UnreadableManual(ICHITARO)


def _has_stream(content: bytes, name: str) -> bool:
    """Tell whether an OLE2 file of an old program names a stream; zeros end a name."""
    is_old = content.startswith(OLE2) and not is_encrypted(content)
    return is_old and name.encode("utf-16-le") + b"\x00\x00" in content
