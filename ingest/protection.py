"""Opens files that a password protects, in memory, before their format's reader sees them."""

from __future__ import annotations

import io
import logging
import struct
import unicodedata
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any
from xml.parsers.expat import ExpatError  # nosec B407 - the name of an error, no parser

import msoffcrypto
import pypdfium2
import pypdfium2.raw as raw
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format import doc97, ppt97, xls97

from assistant.errors import PasswordRequired, UnreadableManual
from ingest.pdf_pictures import PDFIUM
from ingest.readers.office_archive import EXCEL, OFFICE, OLE2

logger = logging.getLogger(__name__)
# Excel opens these without asking: it uses this password for 「ブックの保護」 and the like.
_EXCEL_OWN = "VelvetSweatshop"
_BROKEN = (
    DecryptionError, FileFormatError, ParseError, struct.error, OSError, EOFError, ValueError,
    TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, NotImplementedError,
    SyntaxError, ExpatError,
)  # fmt: skip
# The library writes old formats through a temporary file. The process that reads may write none,
# and what was protected has no business on the disk on its way.
for _old_format in (doc97, ppt97, xls97):
    _old_format.tempfile = SimpleNamespace(TemporaryFile=io.BytesIO)


def without_password(content: bytes, file_name: str, password: str | None) -> bytes:
    """Return a file's bytes without the password that protects them; the same bytes without one.

    Raises PasswordRequired without the right password, and UnreadableManual where the kind of
    protection is unknown. No message and no log line names the password.
    """
    suffix = PurePath(file_name).suffix.lower()
    if suffix == ".pdf" and b"/Encrypt" in content:
        return _open_pdf(content, password)
    if any(suffix in office.suffixes for office in OFFICE) and content.startswith(OLE2):
        return _open_office(content, password, is_excel=suffix in EXCEL.suffixes)
    return content  # of other formats none is read whatever its password


def _open_pdf(content: bytes, password: str | None) -> bytes:
    """Return a PDF as pdfium saves it without protection; one that opens for all stays as it is."""
    with PDFIUM:
        if not _asks_password(content, None):
            return content
        if not password:
            raise _missing()
        # AES-256 takes the password after SASLprep (１ as 1, ｶ as カ), which pdfium leaves to us.
        forms = dict.fromkeys((password, unicodedata.normalize("NFKC", password)))
        right = next((form for form in forms if not _asks_password(content, form)), None)
        if right is None:
            raise _wrong()
        opened = io.BytesIO()
        try:
            document = pypdfium2.PdfDocument(content, password=right)
            document.save(opened, flags=raw.FPDF_REMOVE_SECURITY)
            document.close()
        except pypdfium2.PdfiumError as error:
            raise _unknown(error, "PDF") from None
    return opened.getvalue()


def _asks_password(content: bytes, password: str | None) -> bool:
    """Tell whether a PDF stays closed for want of the right password, not for another reason."""
    try:
        pypdfium2.PdfDocument(content, password=password).close()
    except pypdfium2.PdfiumError as error:
        return bool(error.err_code == raw.FPDF_ERR_PASSWORD)
    return False


def _open_office(content: bytes, password: str | None, *, is_excel: bool) -> bytes:
    try:
        file: Any = msoffcrypto.OfficeFile(io.BytesIO(content))
        protected = file.is_encrypted()
    except _BROKEN as error:
        logger.info("no Office file: %s", type(error).__name__)
        return content  # its reader says what is wrong
    if not protected:
        return content
    for tried in [_EXCEL_OWN, password] if is_excel else [password]:
        opened = _decrypted(file, tried) if tried else None
        if opened is not None:
            return opened
    raise _wrong() if password else _missing()


def _decrypted(file: Any, password: str) -> bytes | None:
    """Return the file opened with a password, None where it is another password."""
    opened = io.BytesIO()
    try:
        if file.format == "ooxml":
            file.load_key(password=password, verify_password=True)
        else:  # verified always
            file.load_key(password=password)
        file.decrypt(opened)
    except InvalidKeyError:
        return None
    except _BROKEN as error:
        # Without its cause: an error of these libraries may quote what it was given.
        raise _unknown(error, "Office") from None
    return opened.getvalue()


def _missing() -> PasswordRequired:
    return PasswordRequired(
        "パスワードで保護されています。パスワードを入力して、もう一度登録してください"
        "（コマンドでは --password を付けます）。"
    )


def _wrong() -> PasswordRequired:
    return PasswordRequired(
        "パスワードが違います。大文字と小文字、全角と半角を確かめて、もう一度登録してください。"
    )


def _unknown(error: Exception, program: str) -> UnreadableManual:
    logger.warning("protection cannot be taken off: %s", type(error).__name__)
    return UnreadableManual(
        f"この保護のしかたには対応していないか、壊れたファイルです。{program} のソフトで"
        "開いて保護を外し、保存し直してから登録してください。"
    )
