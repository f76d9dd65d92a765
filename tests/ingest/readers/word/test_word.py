from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part

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


def _table(rows: Sequence[Sequence[str]], *merged: tuple[tuple[int, int], tuple[int, int]]) -> Any:
    """Return a document with a table; each pair of places is merged into one cell."""
    document = docx.Document()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for line, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, cells, strict=True):
            cell.text = text
    for first, last in merged:
        table.cell(*first).merge(table.cell(*last)).text = rows[first[0]][first[1]]
    return document


def test_heads_of_two_levels_are_joined() -> None:
    rows = (("月", "5日払", ""), ("", "締切", "支払日"), ("4月", "3月26日", "4月6日"))
    [table] = _blocks(_table(rows, ((0, 0), (1, 0)), ((0, 1), (0, 2))))
    assert table.rows == (("月", "5日払/締切", "5日払/支払日"), ("4月", "3月26日", "4月6日"))


def test_a_joint_head_that_the_data_share_has_one_level() -> None:
    rows = (("節", "", "説明"), ("報酬", "", "委員"), ("旅費", "甲地", "出張"))
    [table] = _blocks(_table(rows, ((0, 0), (0, 1)), ((1, 0), (1, 1))))
    assert table.rows[:2] == (("節", "節", "説明"), ("報酬", "報酬", "委員"))


def test_a_form_has_no_heads_and_its_title_is_its_caption() -> None:
    rows = (
        ("精算書", "", "", ""), ("提出日", "令和　年　月　日", "所属", ""),
        ("受けた額", "円", "区分", "□常時　□随時"), ("備考", "", "", ""),
    )  # fmt: skip
    title, form = _blocks(_table(rows, ((0, 0), (0, 3)), ((3, 1), (3, 3))))
    assert title.text == "精算書"
    assert form.rows[:2] == (("",) * 4, ("提出日", "令和　年　月　日", "所属", ""))


def test_a_row_that_one_cell_fills_stays_in_its_table() -> None:
    rows = (("節", "時期"), ("その1", ""), ("報酬", "支出決定のとき"))
    [table] = _blocks(_table(rows, ((1, 0), (1, 1))))
    assert table.rows[1:] == (("その1", "その1"), ("報酬", "支出決定のとき"))


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


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def _with_notes(document: Any, kind: str, *texts: str) -> None:
    notes = "".join(
        f'<w:{kind} w:id="{number}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}>'
        for number, text in enumerate(texts, 1)
    )
    part = Part(
        PackURI(f"/word/{kind}s.xml"),
        f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml",
        f"<w:{kind}s {_W}>{notes}</w:{kind}s>".encode(),
        document.part.package,
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    document.part.relate_to(part, f"{relation}/{kind}s")


def _refer(paragraph: Any, kind: str, number: int) -> None:
    mark = f'<w:r {_W}><w:{kind}Reference w:id="{number}"/></w:r>'
    paragraph._p.append(docx.oxml.parse_xml(mark))


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_note_stands_below_the_paragraph_or_table_that_refers_to_it(kind: str) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("完結")
    _refer(paragraph, kind, 1)
    paragraph.add_run("した日の属する年度です。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("区分", "額", "甲地", "12,400"), strict=True):
        cell.text = text
    _refer(table.cell(1, 0).paragraphs[0], kind, 2)
    document.add_paragraph("次の段落です。")
    _with_notes(document, kind, "処理がなくなること。", "指定都市をいう。")
    assert [block.text for block in _blocks(document)] == [
        "完結した日の属する年度です。",
        "（注：処理がなくなること。）",
        "",
        "（注：指定都市をいう。）",
        "次の段落です。",
    ]


def test_a_text_box_is_read_once_below_its_paragraph() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("本文の段落です。")
    content = "<w:txbxContent><w:p><w:r><w:t>期限は5月31日です。</w:t></w:r></w:p></w:txbxContent>"
    both = (
        f"<w:r {_W} {_MC}><mc:AlternateContent><mc:Choice><w:drawing>{content}</w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict>{content}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    paragraph._p.append(docx.oxml.parse_xml(both))
    assert [block.text for block in _blocks(document)] == [
        "本文の段落です。",
        "期限は5月31日です。",
    ]


def _bold(document: Any, text: str) -> None:
    document.add_paragraph().add_run(text).bold = True


def test_bold_lines_are_headings_where_nothing_else_tells_headings() -> None:
    document = docx.Document()
    for heading in ("休暇の申請", "届出の期限"):
        _bold(document, heading)
        document.add_paragraph("前日の正午までに申請します。")
    assert [block.level for block in _blocks(document)] == [2, None, 2, None]


@pytest.mark.parametrize("styled", [True, False], ids=["a style", "a number"])
def test_bold_lines_are_text_where_the_file_tells_its_headings(styled: bool) -> None:
    document = docx.Document()
    if styled:
        document.add_heading("第1章　休暇", level=1)
    else:
        _bold(document, "第1章　休暇")
    _bold(document, "重要なこと")
    document.add_paragraph("前日の正午までに申請します。")
    assert [block.level for block in _blocks(document)][1:] == [None, None]


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
