from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from assistant.errors import UnreadableManual
from ingest.document import Block, ReadDocument
from ingest.readers import read_document
from ingest.readers.sheets.sheet_cells import MOST_ROWS

HEADS = ("区分", "日当", "宿泊料")
_THIN = Side(style="thin")
RULED = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def _saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet(title: str = "旅費額表") -> Any:
    sheet = openpyxl.Workbook().active
    sheet.title = title
    return sheet


def _read(sheet: Any) -> ReadDocument:
    return read_document(_saved(sheet.parent), "旅費.xlsx")


def _with_rows(rows: Sequence[Sequence[object]], *, top: int = 1, left: int = 1) -> Any:
    sheet = _sheet()
    _put(sheet, rows, top=top, left=left)
    return sheet


def _put(sheet: Any, rows: Sequence[Sequence[object]], *, top: int = 1, left: int = 1) -> None:
    for row, values in enumerate(rows, top):
        for column, value in enumerate(values, left):
            sheet.cell(row, column).value = value


def _tables(document: ReadDocument) -> list[Block]:
    return [block for block in document.blocks if block.is_table]


def _texts(document: ReadDocument) -> list[str]:
    return [block.text for block in document.blocks if not block.is_table and not block.level]


def _changed(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return the file with the text of one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry, change(data.decode()).encode() if entry.filename == name else data)
    return buffer.getvalue()


def test_a_sheet_is_a_page_under_its_name_and_rows_know_their_numbers() -> None:
    sheet = _with_rows([HEADS, ("課長", 1100, 10900), ("係員", 900, 9800)], top=3)
    document = _read(sheet)
    [page] = document.pages
    assert (page.number, page.label, page.method) == (None, "旅費額表", "sheet")
    assert page.text.startswith("# 旅費額表\n区分 | 日当 | 宿泊料\n課長 | 1100")
    heading, table = document.blocks
    assert (heading.text, heading.level) == ("旅費額表", 1)
    assert table.rows == (HEADS, ("課長", "1100", "10900"), ("係員", "900", "9800"))
    assert table.labels == ("旅費額表 3行目", "旅費額表 4行目", "旅費額表 5行目")


def test_every_sheet_has_its_own_page_and_heading() -> None:
    book = openpyxl.Workbook()
    book.active.title = "国内"
    book.create_sheet("海外")["A1"] = "海外旅費は別に定めます。"
    book["国内"]["A1"] = "国内旅費はこの表によります。"
    document = read_document(_saved(book), "旅費.xlsx")
    assert [page.label for page in document.pages] == ["国内", "海外"]
    assert [block.text for block in document.blocks if block.level == 1] == ["国内", "海外"]


def test_a_name_that_nobody_gave_heads_nothing() -> None:
    sheet = _sheet("Sheet1")
    sheet["A1"] = "契約書は2通作ります。"
    [block] = _read(sheet).blocks
    assert (block.level, block.label) == (None, "Sheet1 1行目")


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        pytest.param(1234567, "#,##0", "1,234,567", id="thousands"),
        pytest.param(0.155, "0.0%", "15.5%", id="percent"),
        pytest.param(50, '0"万円"', "50万円", id="unit"),
        pytest.param(date(2026, 4, 1), 'yyyy"年"m"月"d"日"', "2026年4月1日", id="date"),
        pytest.param(date(2026, 4, 1), "mm-dd-yy", "2026/4/1", id="short date of Japan"),
        pytest.param(date(2026, 4, 1), '[$-411]ggge"年"m"月"d"日"', "令和8年4月1日", id="era"),
        pytest.param(time(8, 30), "h:mm", "8:30", id="time"),
        pytest.param(True, "General", "TRUE", id="truth"),
        pytest.param("契約_x000D_書", "General", "契約\n書", id="escaped line end"),
    ],
)
def test_cells_are_read_as_they_are_displayed(
    value: object, number_format: str, shown: str
) -> None:
    sheet = _with_rows([("区分", "値"), ("甲", value), ("乙", "なし")])
    sheet["B2"].number_format = number_format
    [table] = _tables(_read(sheet))
    assert table.rows[1] == ("甲", shown)


@pytest.mark.parametrize(
    ("number", "shown"), [(31, "2026年4月1日"), (58, "令和8年4月1日"), (55, "2026年4月")]
)
def test_date_formats_that_only_japanese_programs_know_by_number(number: int, shown: str) -> None:
    sheet = _with_rows([("区分", "施行日"), ("甲", 46113), ("乙", "なし")])
    sheet["B2"].number_format = "0.00"
    content = _changed(
        _saved(sheet.parent),
        "xl/styles.xml",
        lambda text: text.replace('numFmtId="2"', f'numFmtId="{number}"'),
    )
    [table] = _tables(read_document(content, "旅費.xlsx"))
    assert table.rows[1] == ("甲", shown)


def test_formulas_give_the_values_that_the_file_keeps() -> None:
    content = _saved(_with_rows([("区分", "額"), ("合計", "=SUM(B3:B4)"), ("甲", 1)]).parent)
    kept = _changed(
        content,
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace("<v></v>", "<v>300</v>").replace("<v />", "<v>300</v>"),
    )
    [table] = _tables(read_document(kept, "旅費.xlsx"))
    assert table.rows[1] == ("合計", "300")


def test_a_formula_without_a_kept_value_is_never_computed_and_said() -> None:
    document = _read(_with_rows([("区分", "額"), ("合計", "=1+2"), ("甲", 1)]))
    [table] = _tables(document)
    assert table.rows[1] == ("合計", "")
    assert document.problems == [
        "シート「旅費額表」に計算結果のない数式が 1 か所あります。"
        "Excel で開いて保存し直すと、値も取り込めます。"
    ]


def test_merged_cells_are_said_in_every_row_and_heads_of_two_levels_are_joined() -> None:
    sheet = _with_rows(
        [
            ("区分", "日当", None, "宿泊料"),
            (None, "県内", "県外", None),
            ("本庁", 1000, 2200, 10900),
            (None, 800, 1800, 9800),
        ]
    )
    for merged in ("A1:A2", "B1:C1", "D1:D2", "A3:A4"):
        sheet.merge_cells(merged)
    [table] = _tables(_read(sheet))
    assert table.rows == (
        ("区分", "日当/県内", "日当/県外", "宿泊料"),
        ("本庁", "1000", "2200", "10900"),
        ("本庁", "800", "1800", "9800"),
    )
    assert table.labels[1:] == ("旅費額表 3行目", "旅費額表 4行目")


def test_joint_heads_that_are_centred_but_not_merged_are_joined_too() -> None:
    rows = [("区分", "日当", None), (None, "県内", "県外"), ("課長", 1000, 2200)]
    [table] = _tables(_read(_with_rows(rows)))
    assert table.rows == (("区分", "日当/県内", "日当/県外"), ("課長", "1000", "2200"))


def test_columns_merged_for_their_width_are_one_column() -> None:
    sheet = _with_rows([("区分", None, "額"), ("工事", None, 200), ("委託", None, 100)])
    for row in (1, 2, 3):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
    [table] = _tables(_read(sheet))
    assert table.rows == (("区分", "額"), ("工事", "200"), ("委託", "100"))


def test_a_row_merged_over_the_table_names_what_follows() -> None:
    sheet = _with_rows(
        [HEADS, ("国内", None, None), ("課長", 1, 2), ("国外", None, None), ("課長", 3, 4)]
    )
    sheet.merge_cells("A2:C2")
    sheet.merge_cells("A4:C4")
    document = _read(sheet)
    assert _texts(document) == ["国内", "国外"]
    assert [table.rows for table in _tables(document)] == [
        (HEADS, ("課長", "1", "2")),
        (HEADS, ("課長", "3", "4")),
    ]


def test_empty_rows_and_columns_part_tables() -> None:
    sheet = _sheet()
    _put(sheet, [("区分", "額"), ("工事", 200), ("委託", 100)])
    _put(sheet, [("階級", "日数"), ("課長", 20), ("係員", 15)], left=4)
    _put(sheet, [("様式", "期限"), ("第1号", "5日前"), ("第2号", "当日")], top=6)
    assert [table.rows[0] for table in _tables(_read(sheet))] == [
        ("区分", "額"),
        ("階級", "日数"),
        ("様式", "期限"),
    ]


def test_a_line_above_a_table_is_its_caption_and_a_note_below_is_text() -> None:
    rows = [("表1　旅費の額（単位：円）",), HEADS, ("課長", 1, 2), ("係員", 3, 4), ("※ 税込み",)]
    document = _read(_with_rows(rows))
    assert [(b.text, b.is_table) for b in document.blocks[1:]] == [
        ("表1　旅費の額（単位：円）", False),
        ("", True),
        ("※ 税込み", False),
    ]


def test_what_stands_outside_the_rulings_is_no_row() -> None:
    sheet = _with_rows([("旅費の額", "令和8年度"), HEADS, ("課長", 1, 2), ("税を含みます",)])
    for row in sheet["A2:C3"]:
        for cell in row:
            cell.border = RULED
    document = _read(sheet)
    assert _texts(document) == ["旅費の額　令和8年度", "税を含みます"]
    assert [table.rows for table in _tables(document)] == [(HEADS, ("課長", "1", "2"))]


def test_a_table_goes_on_behind_an_empty_row() -> None:
    rows: list[tuple[object, ...]] = [HEADS, ("課長", 1, 2), (), ("係員", 3, 4), ("嘱託", 5, 6)]
    sheet = _with_rows(rows)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    first, second = _tables(_read(sheet))
    assert first.rows[0] == second.rows[0] == HEADS
    assert second.rows[1:] == (("係員", "3", "4"), ("嘱託", "5", "6"))
    assert second.labels[1:] == ("旅費額表 4行目", "旅費額表 5行目")


def test_a_table_whose_first_column_names_the_rows_has_no_heads() -> None:
    sheet = _with_rows([("担当課", "総務課"), ("内線", "2121"), ("受付", "8時30分から")])
    for row in range(1, 4):
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFDDEBF7")
    [table] = _tables(_read(sheet))
    assert table.rows == (
        ("", ""),
        ("担当課", "総務課"),
        ("内線", "2121"),
        ("受付", "8時30分から"),
    )


def test_numbers_in_a_column_of_their_own_make_a_list() -> None:
    rows = [("１", "申請書を出します。"), ("２", "承認を受けます。"), ("３", "出張します。")]
    assert _texts(_read(_with_rows(rows))) == [
        "１　申請書を出します。",
        "２　承認を受けます。",
        "３　出張します。",
    ]


def test_numbers_beside_an_empty_column_stay_with_their_text() -> None:
    rows = [("(1)", None, "申請書を出します。"), ("(2)", None, "承認を受けます。")]
    assert _texts(_read(_with_rows(rows))) == ["(1)　申請書を出します。", "(2)　承認を受けます。"]


def test_a_unit_on_a_line_of_its_own_belongs_to_the_caption() -> None:
    rows = [("表1　旅費の額",), (None, None, "（単位：円）"), HEADS, ("課長", 1, 2), ("係員", 3, 4)]
    document = _read(_with_rows(rows))
    assert _texts(document) == ["表1　旅費の額　（単位：円）"]
    assert _tables(document)[0].rows[0] == HEADS


def test_a_title_merged_over_a_ruled_table_is_its_caption() -> None:
    sheet = _with_rows([("旅費の額", None, None), HEADS, ("課長", 1, 2), ("係員", 3, 4)])
    sheet.merge_cells("A1:C1")
    for row in sheet["A1:C4"]:
        for cell in row:
            cell.border = RULED
    document = _read(sheet)
    assert _texts(document) == ["旅費の額"]
    assert _tables(document)[0].rows == (HEADS, ("課長", "1", "2"), ("係員", "3", "4"))


def test_a_single_row_behind_an_empty_one_keeps_the_heads() -> None:
    rows: list[tuple[object, ...]] = [
        HEADS,
        ("課長", 1, 2),
        ("係員", 3, 4),
        (),
        ("嘱託", 5, "実費"),
    ]
    assert [table.rows for table in _tables(_read(_with_rows(rows)))] == [
        (HEADS, ("課長", "1", "2"), ("係員", "3", "4")),
        (HEADS, ("嘱託", "5", "実費")),
    ]


def test_years_are_heads_though_they_are_figures() -> None:
    rows = [("年度", 2024, 2025), ("件数", 10, 20), ("金額", 30, 40)]
    [table] = _tables(_read(_with_rows(rows)))
    assert table.rows[0] == ("年度", "2024", "2025")


def test_text_indented_by_columns_is_text() -> None:
    rows = [("第1章　総則",), (None, "この手引きは旅費を定めます。"), (None, "対象は職員です。")]
    assert _texts(_read(_with_rows(rows))) == [
        "第1章　総則",
        "この手引きは旅費を定めます。",
        "対象は職員です。",
    ]


def test_notes_are_kept_beside_their_cells() -> None:
    sheet = _with_rows([HEADS, ("課長", 1, 2), ("係員", 3, 4)])
    sheet["B3"].comment = Comment("総務課:\n離島は別に定める", "総務課")
    [table] = _tables(_read(sheet))
    assert table.rows[2] == ("係員", "3（メモ: 離島は別に定める）", "4")


def test_what_is_hidden_is_left_out_and_said() -> None:
    sheet = _with_rows([(*HEADS, "内部"), ("課長", 1, 2, "x"), ("係員", 3, 4, "y"), ("嘱託", 5, 6)])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.parent.create_sheet("集計用")["A1"] = "隠れた値"
    sheet.parent["集計用"].sheet_state = "hidden"
    document = _read(sheet)
    [table] = _tables(document)
    assert table.rows == (HEADS, ("課長", "1", "2"), ("嘱託", "5", "6"))
    assert table.labels[-1] == "旅費額表 4行目"
    assert document.problems == [
        "非表示のシートは取り込みませんでした: 集計用",
        "シート「旅費額表」の非表示の3行目、D列は取り込みませんでした。",
    ]


def _graph_paper(rows: Sequence[tuple[int, Sequence[tuple[int, int, str]]]]) -> Any:
    """Return a sheet of 40 narrow columns with merged texts: (row, [(left, right, text), …])."""
    sheet = _sheet("様式の書き方")
    for column in range(1, 41):
        sheet.column_dimensions[get_column_letter(column)].width = 2.6
    for row, cells in rows:
        for left, right, text in cells:
            sheet.cell(row, left).value = text
            sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=right)
    return sheet


def test_graph_paper_becomes_lines_in_reading_order() -> None:
    sheet = _graph_paper(
        [
            (1, [(10, 30, "旅行命令簿の書き方")]),
            (
                3,
                [
                    (1, 2, "１"),
                    (3, 40, "用務は、会議名と場所がわかるように具体的に書き、不明なときは"),
                ],
            ),
            (4, [(3, 40, "総務課（内線2121）に確かめます。")]),
            (6, [(1, 2, "２"), (3, 12, "出発日"), (14, 24, "到着日"), (30, 40, "日数")]),
        ]
    )
    document = _read(sheet)
    assert _tables(document) == []
    assert _texts(document) == [
        "旅行命令簿の書き方",
        "１　用務は、会議名と場所がわかるように具体的に書き、不明なときは"
        "総務課（内線2121）に確かめます。",
        "２　出発日　到着日　日数",
    ]
    assert [block.label for block in document.blocks[1:]] == [
        f"様式の書き方 {row}行目" for row in (1, 3, 6)
    ]


def test_a_sentence_broken_over_rows_is_joined() -> None:
    first = "旅費は、最も経済的な通常の経路及び方法により旅行した場合の"
    sheet = _graph_paper(
        [
            (1, [(1, 40, first)]),
            (2, [(1, 40, "額により計算します。")]),
            (3, [(1, 40, "以上です。")]),
        ]
    )
    assert _texts(_read(sheet)) == [f"{first}額により計算します。", "以上です。"]


def test_rows_ruled_alike_on_graph_paper_stay_a_table() -> None:
    columns = ((1, 10), (11, 20), (21, 40))
    values = (HEADS, ("課長", "1,000円", "10,900円"), ("係員", "800円", "9,800円"))
    sheet = _graph_paper(
        [(1, [(1, 40, "旅費の額は次の表のとおりです。")])]
        + [
            (row, [(*columns[i], cells[i]) for i in range(3)])
            for row, cells in enumerate(values, 3)
        ]
    )
    for row in sheet["A3:AN5"]:
        for cell in row:
            cell.border = RULED
    document = _read(sheet)
    assert _texts(document) == ["旅費の額は次の表のとおりです。"]
    assert [table.rows for table in _tables(document)] == [values]


def test_titles_repeated_in_print_are_read_once() -> None:
    sheet = _with_rows([HEADS, ("課長", 1, 2), ("係員", 3, 4)])
    sheet.print_title_rows = "1:1"
    sheet.print_area = "A1:C2"
    [table] = _tables(_read(sheet))
    assert table.rows == (HEADS, ("課長", "1", "2"), ("係員", "3", "4"))


def test_text_in_shapes_is_read_with_its_row() -> None:
    content = _saved(_with_rows([HEADS, ("課長", 1, 2), ("係員", 3, 4)]).parent)
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>'
        "<xdr:from><xdr:col>1</xdr:col><xdr:row>6</xdr:row></xdr:from><xdr:sp><xdr:txBody>"
        "<a:p><a:r><a:t>離島への出張は</a:t></a:r><a:r><a:t>別に定めます。</a:t></a:r></a:p>"
        "</xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="../drawings/drawing1.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/drawing"/></Relationships>'
    )
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/drawings/drawing1.xml", drawing)
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", relations)
    last = read_document(buffer.getvalue(), "旅費.xlsx").blocks[-1]
    assert (last.text, last.label) == ("（図形）離島への出張は別に定めます。", "旅費額表 7行目")


def test_a_huge_sheet_is_read_to_a_limit_and_said() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("物品")
    for number in range(MOST_ROWS + 5):
        sheet.append(("番号", "品名") if number == 0 else (number, f"品{number}"))
    document = read_document(_saved(book), "物品.xlsx")
    [table] = _tables(document)
    assert len(table.rows) == MOST_ROWS
    assert "10,000行・300列までを取り込みました" in document.problems[0]


@pytest.mark.parametrize(
    "reference",
    [pytest.param("A1:XFD1048576", id="whole sheet"), pytest.param("A1:XFD1", id="whole row")],
)
def test_a_range_merged_without_end_does_no_harm(reference: str) -> None:
    sheet = _with_rows([("旅費の額は次のとおりです。",)])
    content = _changed(
        _saved(sheet.parent),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace(
            "</sheetData>",
            f'</sheetData><mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>',
        ),
    )
    assert _texts(read_document(content, "旅費.xlsx")) == ["旅費の額は次のとおりです。"]


def test_a_workbook_with_macros_is_read_and_its_macros_are_not_run() -> None:
    content = _saved(_with_rows([("契約書は2通作ります。",)]).parent)
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Sub Auto_Open")
    assert _texts(read_document(buffer.getvalue(), "手引き.xlsm")) == ["契約書は2通作ります。"]


def test_a_renamed_file_is_read_by_what_it_is() -> None:
    content = _saved(_with_rows([("契約書は2通作ります。",)]).parent)
    assert _texts(read_document(content, "手引き.xls")) == ["契約書は2通作ります。"]


def test_the_title_of_the_properties_is_the_title() -> None:
    sheet = _with_rows([("契約書は2通作ります。",)])
    sheet.parent.properties.title = "旅費の手引き"
    assert _read(sheet).title == "旅費の手引き"


def test_a_workbook_without_text_says_what_to_do() -> None:
    sheet = _sheet()
    sheet.parent.create_sheet("裏")["A1"] = "隠れた値"
    sheet.parent["裏"].sheet_state = "veryHidden"
    with pytest.raises(UnreadableManual, match=r"文字がない Excel.*ください"):
        _read(sheet)


def test_a_strict_workbook_is_refused_with_the_next_step() -> None:
    content = _changed(
        _saved(_with_rows([("契約",)]).parent),
        "xl/workbook.xml",
        lambda text: text.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
    )
    with pytest.raises(UnreadableManual, match=r"Strict.*保存し直してください"):
        read_document(content, "手引き.xlsx")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("手引き.xlsx", _saved(_with_rows([("契約",)]).parent)[:1500], id="cut off"),
        pytest.param("手引き.xlsm", b"PK\x03\x04" + b"\0" * 200, id="rubbish behind PK"),
        pytest.param("手引き.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 2000, id="rubbish behind OLE2"),
        pytest.param("手引き.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00", id="Excel 4.0"),
    ],
)
def test_a_damaged_or_ancient_workbook_is_refused_with_the_next_step(
    name: str, content: bytes
) -> None:
    with pytest.raises(UnreadableManual, match=r"Excel.*ください"):
        read_document(content, name)
