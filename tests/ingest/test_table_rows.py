from __future__ import annotations

import pytest

from ingest.document import Block
from ingest.table_rows import continues, head_of, labelled_rows, readable_rows

HEADS = ("契約の種類", "課長", "部長")


def _table(*rows: tuple[str, ...], page: int | None = None) -> Block:
    return Block("", page, rows=rows)


def test_each_cell_is_said_with_its_head() -> None:
    rows = readable_rows(_table(HEADS, ("業務委託", "100万円以下", "500万円以下")))
    assert rows == ["契約の種類：業務委託 ｜ 課長：100万円以下 ｜ 部長：500万円以下"]


def test_empty_cells_and_rows_are_left_out() -> None:
    rows = readable_rows(_table(HEADS, ("業務委託", "", "500万円以下"), ("", "", "")))
    assert rows == ["契約の種類：業務委託 ｜ 部長：500万円以下"]


def test_a_cell_merged_over_rows_is_said_in_each() -> None:
    rows = readable_rows(_table(("区分", "種類"), ("工事", "建築"), ("工事", "土木")))
    assert rows == ["区分：工事 ｜ 種類：建築", "区分：工事 ｜ 種類：土木"]


def test_a_long_cell_merged_over_columns_is_said_once() -> None:
    note = "この欄の額は青葉野市の架空の額であり税込みです"
    assert readable_rows(_table(HEADS, (note, note, note))) == [f"契約の種類：{note}"]


def test_equal_values_of_two_columns_are_both_said() -> None:
    rows = readable_rows(_table(HEADS, ("工事", "200", "200")))
    assert rows == ["契約の種類：工事 ｜ 課長：200 ｜ 部長：200"]


def test_line_breaks_inside_a_cell_become_spaces() -> None:
    assert readable_rows(_table(("a", "b"), ("一\n二", "三"))) == ["a：一 二 ｜ b：三"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param((("一",), ("二",)), ["一", "二"], id="one column"),
        pytest.param((("a", "b"),), ["a ｜ b"], id="one row"),
        pytest.param((("", "b"), ("一", "二")), ["一 ｜ b：二"], id="a column without head"),
    ],
)
def test_unusual_tables_can_be_read(rows: tuple[tuple[str, ...], ...], expected: list[str]) -> None:
    assert readable_rows(_table(*rows)) == expected


def test_a_continued_table_takes_the_heads_of_the_page_before() -> None:
    first = _table(HEADS, ("工事", "300", "1000"), page=8)
    second = _table(("委託", "100", "500"), page=9)
    assert continues(second, first, head_of(first))
    assert readable_rows(second, head_of(first)) == ["契約の種類：委託 ｜ 課長：100 ｜ 部長：500"]


def test_a_repeated_head_row_is_dropped() -> None:
    second = _table(HEADS, ("委託", "100", "500"), page=9)
    assert readable_rows(second, HEADS) == ["契約の種類：委託 ｜ 課長：100 ｜ 部長：500"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_table(("委託", "100", "500"), page=10), id="a page between"),
        pytest.param(_table(("委託", "100"), page=9), id="another number of columns"),
        pytest.param(_table(("委託", "100", "500")), id="no pages"),
    ],
)
def test_another_table_does_not_continue(other: Block) -> None:
    assert not continues(other, _table(HEADS, page=8), HEADS)


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        pytest.param("（単位　円）", "番号：1 ｜ 額（円）：5 ｜ 日当（円）：900", id="a unit"),
        pytest.param("（単位は見出しのとおり）", "番号：1 ｜ 額（円）：5 ｜ 日当：900", id="none"),
    ],
)
def test_a_unit_in_the_caption_is_said_where_it_holds(caption: str, expected: str) -> None:
    table = _table(("番号", "額（円）", "日当"), ("1", "5", "900"))
    assert readable_rows(table, caption=caption) == [expected]


def test_rows_keep_the_names_of_their_places() -> None:
    table = Block("", rows=(("a", "b"), ("一", "二"), ("", ""), ("三", "四")),
                  labels=("表 1行目", "表 2行目", "表 3行目", "表 4行目"))  # fmt: skip
    assert labelled_rows(table) == [("a：一 ｜ b：二", "表 2行目"), ("a：三 ｜ b：四", "表 4行目")]


def test_a_table_without_heads_says_its_cells() -> None:
    table = _table(("", ""), ("担当", "総務課"))
    assert readable_rows(table) == ["担当 ｜ 総務課"]
