from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest

from assistant.errors import UnreadableManual
from ingest.document import Block
from ingest.readers import read_document


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _blocks(document: Any) -> list[Block]:
    return read_document(_saved(document), "手引き.docx").blocks


def test_styles_make_headings_items_and_text() -> None:
    document = docx.Document()
    document.add_heading("庶務事務の手引き", level=0)
    document.add_heading("第2章　休暇", level=1)
    document.add_heading("1　年次有給休暇", level=2)
    document.add_paragraph("1年につき20日です。")
    document.add_paragraph("申請する", style="List Bullet")
    assert [(b.text, b.level) for b in _blocks(document)] == [
        ("庶務事務の手引き", 1),
        ("第2章　休暇", 2),
        ("1　年次有給休暇", 3),
        ("1年につき20日です。", None),
        ("・申請する", None),
    ]


def test_tables_stand_in_their_place_and_merged_cells_are_repeated() -> None:
    document = docx.Document()
    document.add_paragraph("表1　忌引の日数")
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(
        table.rows, (("亡くなった方", "日数"), ("父母", "7日"), ("子", "")), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    document.add_paragraph("備考")
    before, rows, after = _blocks(document)
    assert (before.text, after.text) == ("表1　忌引の日数", "備考")
    assert rows.rows == (("亡くなった方", "日数"), ("父母", "7日"), ("子", "7日"))


def test_a_line_break_ends_a_line() -> None:
    document = docx.Document()
    document.add_paragraph("一行目\n二行目")
    assert [block.text for block in _blocks(document)] == ["一行目", "二行目"]


def test_text_that_somebody_inserted_with_tracked_changes_is_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("限度額は")
    inserted = docx.oxml.parse_xml(
        '<w:ins xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:id="1"'
        ' w:author="a"><w:r><w:t>120万円</w:t></w:r></w:ins>'
    )
    paragraph._p.append(inserted)
    paragraph.add_run("です。")
    assert [block.text for block in _blocks(document)] == ["限度額は120万円です。"]


def test_kanji_with_their_reading_above_are_read_without_it() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("次は")
    ruby = docx.oxml.parse_xml(
        '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:ruby>'
        "<w:rt><w:r><w:t>きびき</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>忌引</w:t></w:r>"
        "</w:rubyBase></w:ruby></w:r>"
    )
    paragraph._p.append(ruby)
    paragraph.add_run("です。")
    assert [block.text for block in _blocks(document)] == ["次は忌引です。"]


def test_a_table_inside_a_cell_is_read() -> None:
    document = docx.Document()
    outer = document.add_table(rows=2, cols=2)
    for cell, text in zip(outer._cells, ("区分", "額", "工事", ""), strict=True):
        cell.text = text
    inner = outer.cell(1, 1).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "200万円"
    [table] = _blocks(document)
    assert table.rows == (("区分", "額"), ("工事", "200万円"))


def test_text_inside_a_content_control_is_read() -> None:
    document = docx.Document()
    document.add_paragraph("前の段落です。")
    control = docx.oxml.parse_xml(
        '<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:sdtContent><w:p><w:r><w:t>入力欄の中の文です。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document.element.body.insert(1, control)
    texts = [block.text for block in _blocks(document)]
    assert texts == ["前の段落です。", "入力欄の中の文です。"]


def test_the_title_of_the_properties_is_the_title() -> None:
    document = docx.Document()
    document.core_properties.title = "庶務事務の手引き"
    document.add_paragraph("本文です。")
    assert read_document(_saved(document), "a.docx").title == "庶務事務の手引き"


def test_a_file_without_text_says_what_to_do() -> None:
    with pytest.raises(UnreadableManual, match=r"本文の文字がない.*ください"):
        read_document(_saved(docx.Document()), "空.docx")


def _without(content: bytes, name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
    return buffer.getvalue()


def _document() -> bytes:
    document = docx.Document()
    document.add_paragraph("本文です。")
    return _saved(document)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_document()[:2000], id="cut off"),
        pytest.param(_without(_document(), "word/document.xml"), id="no document inside"),
        pytest.param(_without(_document(), "[Content_Types].xml"), id="no list of parts"),
        pytest.param(b"PK\x03\x04" + b"\0" * 200, id="rubbish behind PK"),
    ],
)
def test_a_damaged_file_is_refused_with_the_next_step(content: bytes) -> None:
    with pytest.raises(UnreadableManual, match="Word"):
        read_document(content, "手引き.docx")
