from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwt

from assistant.errors import UnreadableManual
from ingest.document import ReadDocument
from ingest.readers import read_document

HEADS = ("区分", "日当", "宿泊料")


def _book(*rows: tuple[object, ...]) -> tuple[Any, Any]:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("旅費額表")
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    return book, sheet


def _read(book: Any) -> ReadDocument:
    buffer = io.BytesIO()
    book.save(buffer)
    return read_document(buffer.getvalue(), "旅費.xls")


def test_a_table_of_an_old_workbook_is_read_with_its_rows() -> None:
    book, _ = _book(HEADS, ("課長", 1100, 10900), ("係員", 900, 9800))
    document = _read(book)
    heading, table = document.blocks
    assert (heading.text, heading.level) == ("旅費額表", 1)
    assert table.rows == (HEADS, ("課長", "1100", "10900"), ("係員", "900", "9800"))
    assert table.labels[1] == "旅費額表 2行目"
    assert document.pages[0].method == "sheet"


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        pytest.param(1234567, "#,##0", "1,234,567", id="thousands"),
        pytest.param(0.155, "0.0%", "15.5%", id="percent"),
        pytest.param(date(2026, 4, 1), 'yyyy"年"m"月"d"日"', "2026年4月1日", id="date"),
        pytest.param(date(2026, 4, 1), 'ggge"年"m"月"d"日"', "令和8年4月1日", id="era"),
        pytest.param(True, "General", "TRUE", id="truth"),
    ],
)
def test_cells_of_an_old_workbook_are_read_as_displayed(
    value: object, number_format: str, shown: str
) -> None:
    book, sheet = _book(("区分", "値"), ("甲", ""), ("乙", "なし"))
    style = xlwt.XFStyle()
    style.num_format_str = number_format
    sheet.write(3, 0, "丙")
    sheet.write(3, 1, value, style)
    [table] = [block for block in _read(book).blocks if block.is_table]
    assert table.rows[-1] == ("丙", shown)


def test_merged_cells_of_an_old_workbook_are_said_in_every_row() -> None:
    book, sheet = _book(("区分", "日当", "宿泊料"))
    sheet.write_merge(1, 2, 0, 0, "本庁")
    for row, (daily, night) in enumerate(((1000, 10900), (800, 9800)), 1):
        sheet.write(row, 1, daily)
        sheet.write(row, 2, night)
    [table] = [block for block in _read(book).blocks if block.is_table]
    assert table.rows[1:] == (("本庁", "1000", "10900"), ("本庁", "800", "9800"))


def test_what_is_hidden_in_an_old_workbook_is_left_out_and_said() -> None:
    book, sheet = _book(HEADS, ("課長", 1, 2), ("係員", 3, 4), ("嘱託", 5, 6))
    sheet.row(2).hidden = True
    book.add_sheet("集計用").write(0, 0, "隠れた値")
    book.get_sheet(1).visibility = 1
    document = _read(book)
    [table] = [block for block in document.blocks if block.is_table]
    assert table.rows == (HEADS, ("課長", "1", "2"), ("嘱託", "5", "6"))
    assert document.problems == [
        "非表示のシートは取り込みませんでした: 集計用",
        "シート「旅費額表」の非表示の3行目は取り込みませんでした。",
    ]


@pytest.mark.shared
def test_a_workbook_of_another_program_is_read_without_running_its_macro(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (shared_data / "badfiles" / "poi_SimpleMacro.xls").read_bytes()
    document = read_document(content, "poi_SimpleMacro.xls")
    assert [block.text for block in document.blocks] == ["This is a macro workbook"]
    assert capsys.readouterr().out == ""


@pytest.mark.shared
def test_a_workbook_behind_a_password_is_refused_as_protected(shared_data: Path) -> None:
    content = (shared_data / "badfiles" / "poi_protected_sha512.xlsx").read_bytes()
    for name in ("保護.xlsx", "保護.xls"):
        with pytest.raises(UnreadableManual, match=r"パスワード.*Excel.*保護を外"):
            read_document(content, name)
