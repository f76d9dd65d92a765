from __future__ import annotations

import pytest

from ingest.document import Block
from ingest.table_rows import TableRow, continues, labelled_rows, readable_rows

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


def test_equal_cells_side_by_side_are_said_once_under_all_their_heads() -> None:
    rows = readable_rows(_table(HEADS, ("工事", "200", "200")), caption="単位　万円")
    assert rows == ["契約の種類：工事 ｜ 課長・部長（万円）：200"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        pytest.param(
            "4月6日", "5日払/締切・支払日：4月6日 ｜ 15日払/締切：4月6日", id="short ones, apart"
        ),
        pytest.param(
            "申出による。期限を問わない。",
            "5日払/締切・支払日・15日払/締切：申出による。期限を問わない。",
            id="long ones, once",
        ),
    ],
)
def test_what_heads_of_two_levels_share_is_said_once(cell: str, said: str) -> None:
    heads = ("月", "5日払/締切", "5日払/支払日", "15日払/締切")
    assert readable_rows(_table(heads, ("4月", cell, cell, cell))) == [f"月：4月 ｜ {said}"]


def test_a_second_band_of_heads_heads_the_rows_below_it() -> None:
    bands = _table(
        ("採用の月", "1月", "2月"), ("日数", "20日", "18日"),
        ("採用の月", "7月", "8月"), ("日数", "10日", "8日"),
    )  # fmt: skip
    assert readable_rows(bands) == [
        "採用の月：日数 ｜ 1月：20日 ｜ 2月：18日",
        "採用の月：日数 ｜ 7月：10日 ｜ 8月：8日",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("区分", "乙"), ("区分", "丙"), ("額", "丁")], id="a merged first column"),
        pytest.param([("額", "乙"), ("区分", "丙")], id="nothing below it"),
        pytest.param([("額", "乙"), ("区分", "300"), ("額", "丁")], id="figures"),
        pytest.param([("額", "乙"), ("区分", "別に定める。"), ("額", "丁")], id="a sentence"),
    ],
)
def test_a_row_of_data_is_no_head_though_it_begins_like_one(rows: list[tuple[str, str]]) -> None:
    said = "".join(readable_rows(_table(("区分", "甲"), *rows)))
    assert all(cell in said for _, cell in rows)


def test_a_row_that_one_cell_fills_names_the_rows_below_it() -> None:
    names, note = ("その1　工事",) * 3, ("この表は令和8年4月1日から用います。",) * 3
    table = _table(HEADS, names, ("新設", "100", "500"), note)
    assert [(row.text, row.names_rows) for row in labelled_rows(table)] == [
        ("その1 工事", True),
        ("契約の種類：新設 ｜ 課長：100 ｜ 部長：500", False),
        ("この表は令和8年4月1日から用います。", False),
    ]


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


def test_a_table_on_the_next_page_with_the_same_heads_continues() -> None:
    first = _table(HEADS, ("工事", "300", "1000"), page=8)
    assert continues(_table(HEADS, ("委託", "100", "500"), page=9), first)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_table(HEADS, ("委託", "100", "500"), page=10), id="a page between"),
        pytest.param(_table(HEADS[:2], ("委託", "100"), page=9), id="another number of columns"),
        pytest.param(_table(HEADS, ("委託", "100", "500")), id="no pages"),
    ],
)
def test_another_table_does_not_continue(other: Block) -> None:
    assert not continues(other, _table(HEADS, page=8))


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
    assert labelled_rows(table) == [
        TableRow("a：一 ｜ b：二", "表 2行目"),
        TableRow("a：三 ｜ b：四", "表 4行目"),
    ]


def test_a_table_without_heads_says_its_cells() -> None:
    table = _table(("", ""), ("担当", "総務課"))
    assert readable_rows(table) == ["担当 ｜ 総務課"]
