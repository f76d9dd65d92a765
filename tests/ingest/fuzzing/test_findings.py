"""What the fuzzer found, each as the smallest file that shows it."""

from __future__ import annotations

import io
import resource
import struct
import zipfile
from pathlib import Path

import docx
import openpyxl
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


def test_a_directory_of_an_old_file_that_holds_itself_is_walked_once() -> None:
    content = bytearray(_old_excel())
    root = content.index("Root Entry".encode("utf-16-le"))
    entry = content.index("Workbook".encode("utf-16-le"), root)
    struct.pack_into("<i", content, entry + 68, (entry - root) // 128)  # its left neighbour
    document = read_document(bytes(content), "旅費.xls")
    assert "日当" in document.pages[0].text


def test_an_old_file_whose_sectors_lead_back_to_themselves_does_not_fill_the_memory() -> None:
    content = bytearray(_old_excel())
    root = content.index("Root Entry".encode("utf-16-le"))
    entry = content.index("Workbook".encode("utf-16-le"), root)
    start, size = struct.unpack_from("<ii", content, entry + 116)
    table = 512 + 512 * struct.unpack_from("<i", content, 76)[0]
    assert size >= 4096  # in sectors of its own
    struct.pack_into("<i", content, table + 4 * (start + 1), start)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + 300_000_000, hard))
    try:
        with pytest.raises(UnreadableManual, match=r"Excel ファイルとして読めません.*ください"):
            read_document(bytes(content), "旅費.xls")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_a_sheet_in_an_encoding_that_nobody_knows_is_refused() -> None:
    book, changed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = b'<?xml version="1.0" encoding="UTF-nan"?>' + part
            target.writestr(name, part)
    with pytest.raises(UnreadableManual, match=r"Excel ファイルとして読めません.*ください"):
        read_document(changed.getvalue(), "旅費.xlsx")


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
