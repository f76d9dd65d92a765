"""What the fuzzer found, each as the smallest file that shows it."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import docx
import pytest
import xlwt

from assistant.errors import UnreadableManual
from ingest.protection import without_password
from ingest.readers import read_document


def _old_excel() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("旅費").write(0, 0, "日当")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_directory_of_an_old_file_that_holds_itself_is_refused() -> None:
    content = bytearray(_old_excel())
    root = content.index("Root Entry".encode("utf-16-le"))
    entry = content.index("Workbook".encode("utf-16-le"), root)
    struct.pack_into("<i", content, entry + 68, (entry - root) // 128)  # its left neighbour
    with pytest.raises(UnreadableManual, match=r"Excel ファイルとして読めません.*ください"):
        read_document(bytes(content), "旅費.xls")


@pytest.mark.parametrize("cut", [30, 300, 3000])
def test_an_archive_without_its_beginning_is_refused(cut: int) -> None:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    with pytest.raises(UnreadableManual, match=r"Word ファイルとして読めません.*ください"):
        read_document(b"PK\x03\x04" + buffer.getvalue()[cut:], "手引き.docx")


@pytest.mark.shared
def test_a_broken_description_of_a_protection_is_refused(shared_data: Path) -> None:
    content = (shared_data / "badfiles" / "poi_protected_sha512.xlsx").read_bytes()
    assert b"<keyData" in content
    broken = content.replace(b"<keyData", b"<key&ata")
    with pytest.raises(UnreadableManual, match="ください"):
        read_document(without_password(broken, "表.xlsx", "password"), "表.xlsx")
