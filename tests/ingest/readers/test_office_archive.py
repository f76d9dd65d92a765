from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest

from assistant.errors import UnreadableManual
from ingest.readers import read_document
from ingest.readers.office_archive import WORD, require_sound_archive

ENTITIES = '<!DOCTYPE x [<!ENTITY a "あ"><!ENTITY b "&a;&a;&a;">]>'


def _word() -> bytes:
    document = docx.Document()
    document.add_paragraph("契約書は2通作ります。")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _excel() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "契約書は2通作ります。"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _powerpoint() -> bytes:
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "契約"
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


OFFICE = [
    pytest.param("手引き.docx", "word/document.xml", _word, id="Word"),
    pytest.param("手引き.xlsx", "xl/worksheets/sheet1.xml", _excel, id="Excel"),
    pytest.param("手引き.pptx", "ppt/slides/slide1.xml", _powerpoint, id="PowerPoint"),
]
Make = Callable[[], bytes]


def _changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, change(data) if entry.filename == part else data)
    return buffer.getvalue()


def _with_entities(part: bytes) -> bytes:
    text = part.decode()
    end = text.index("?>") + 2 if text.startswith("<?xml") else 0
    return (text[:end] + ENTITIES + text[end:]).encode()


@pytest.mark.parametrize(("name", "part", "make"), OFFICE)
def test_a_sound_file_is_read(name: str, part: str, make: Make) -> None:
    assert read_document(make(), name).pages


@pytest.mark.parametrize(("name", "part", "make"), OFFICE)
def test_xml_with_entities_is_refused(name: str, part: str, make: Make) -> None:
    with pytest.raises(UnreadableManual, match=r"DTD.*保存し直してください"):
        read_document(_changed(make(), part, _with_entities), name)


@pytest.mark.parametrize(("name", "part", "make"), OFFICE)
def test_entities_in_utf_16_are_found_too(name: str, part: str, make: Make) -> None:
    def change(data: bytes) -> bytes:
        text = _with_entities(data).decode().replace("UTF-8", "UTF-16").replace("utf-8", "utf-16")
        return text.encode("utf-16")

    with pytest.raises(UnreadableManual, match="DTD"):
        read_document(_changed(make(), part, change), name)


def test_a_declaration_cut_by_the_pieces_of_reading_is_found() -> None:
    padding = b" " * (1024 * 1024 - 30)
    content = _changed(_word(), "docProps/app.xml", lambda data: padding + b"<!DOCTYPE x>" + data)
    with pytest.raises(UnreadableManual, match="DTD"):
        require_sound_archive(content, WORD)


@pytest.mark.parametrize(("name", "part", "make"), OFFICE)
def test_a_bomb_is_refused_before_it_is_opened(name: str, part: str, make: Make) -> None:
    bomb = _changed(make(), part, lambda data: data + b" " * (200 * 1024 * 1024))
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableManual, match="展開すると大きすぎる"):
        read_document(bomb, name)


def test_pictures_count_towards_the_size() -> None:
    content = _word()
    size = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
    require_sound_archive(content, WORD, largest=size)
    with pytest.raises(UnreadableManual, match="大きすぎる Word"):
        require_sound_archive(content, WORD, largest=size - 1)


def test_a_part_that_unpacks_to_more_than_it_declares_is_refused() -> None:
    content = bytearray(_changed(_word(), "docProps/app.xml", lambda data: data + b" " * 100_000))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("docProps/app.xml")
    directory = content.rindex(b"docProps/app.xml") - 46
    for place in (entry.header_offset + 22, directory + 24):
        assert struct.unpack_from("<I", content, place) == (entry.file_size,)
        struct.pack_into("<I", content, place, 1000)
    with pytest.raises(UnreadableManual, match="壊れているか"):
        require_sound_archive(bytes(content), WORD)


@pytest.mark.parametrize("name", ["手引き.docx", "手引き.xlsx", "手引き.pptx"])
def test_another_zip_is_refused_with_the_next_step(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("読んでください.txt", "中身")
    with pytest.raises(UnreadableManual, match=r"ではない zip ファイルです。.*ください"):
        read_document(buffer.getvalue(), name)
