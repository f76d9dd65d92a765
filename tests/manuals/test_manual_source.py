from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from build_manuals import SOURCES
from manual_blocks import (
    Cell,
    Heading,
    Item,
    Merge,
    Note,
    SourceError,
    Table,
    divide_rows,
    is_form_row,
    merges,
)
from manual_source import FORMATS, read_manual_source

TABLE = "表: 表1　額\n幅: 30 40 30\n"
HEAD = TABLE + "| 区分 | 内容 | 備考 |\n"
BODY_LINE = 9  # the first line of the body of a source that conftest writes
Write = Callable[..., Path]


def read(folder: Path) -> tuple[object, ...]:
    return read_manual_source(folder / "原稿.txt").blocks


def rows(*lines: str) -> tuple[tuple[Cell, ...], ...]:
    """Make rows of cells from words; ^ and < join."""
    return tuple(
        tuple(Cell("", joined=c) if c in "^<" else Cell(c) for c in line.split()) for line in lines
    )


def test_every_block_of_a_source_is_read(write: Write) -> None:
    body = "# 第1章　支払\n- （1）　請求書を受ける。\n> 【注意】押印は要らない。\n"
    assert read(write("pdf", body)) == (
        Heading(1, "第1章　支払"),
        Item("（1）", "請求書を受ける。"),
        Note("【注意】押印は要らない。"),
    )


def test_two_head_rows_and_joined_cells_are_read(write: Write) -> None:
    body = TABLE + "| 区分 | 5日払 | < |\n|| ^ | 締切 | 支払日 |\n| 4月 | 1日 | 5日 |\n"
    [table] = read(write("pdf", body))
    assert isinstance(table, Table)
    assert merges(table.head) == [Merge(0, 0, 2, 1), Merge(0, 1, 1, 2)]
    assert [[cell.text for cell in row] for row in table.rows] == [["4月", "1日", "5日"]]


def test_a_comment_at_the_end_of_a_cell_is_read(write: Write) -> None:
    _, table = read(write("excel", HEAD + "| 宿直【メモ: 2人で交代する。】 | 1回 | 6,200 |\n"))
    assert isinstance(table, Table)
    assert table.rows[0][0] == Cell("宿直", memo="2人で交代する。")


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_source_of_the_library_is_read_and_leaves_the_mark_to_the_writers(path: Path) -> None:
    source = read_manual_source(path)
    assert source.front_matter["形式"] in FORMATS
    assert not [number for number, line in enumerate(source.lines, 1) if "見本" in line]


@pytest.mark.parametrize(
    ("body", "line", "complaint"),
    [
        pytest.param(HEAD + "| 1 | 2 |\n", 3, "セルが2個あります", id="too few cells"),
        pytest.param(HEAD + "| 1 | 2 | 3\n", 3, "「|」で終わっていません", id="open row"),
        pytest.param(HEAD + "| ^ | 2 | 3 |\n", 3, "つながる上の行がありません", id="^ under head"),
        pytest.param(TABLE + "| ^ | 2 | 3 |\n", 2, "つながる上の行がありません", id="^ in head"),
        pytest.param(TABLE + "| < | 2 | 3 |\n", 2, "左のセルがありません", id="< first"),
        pytest.param(HEAD + "| 1 | 2 | 3 |\n|| 4 | 5 | 6 |\n", 4, "「||」の行", id="late head"),
        pytest.param(
            HEAD + "| 1 | < | 3 |\n| ^ | 5 | 6 |\n", 0, "四角になりません", id="no rectangle"
        ),
        pytest.param(TABLE, 0, "行がありません", id="no row"),
        pytest.param("表: 額\n| 1 | 2 |\n", 1, "「幅: 30 40 30」がありません", id="no widths"),
        pytest.param("表: 額\n幅: 広い\n", 1, "数で書いてください", id="widths in words"),
        pytest.param("表:\n幅: 1\n| 1 |\n", 0, "表の題がありません", id="no caption"),
        pytest.param("| 1 | 2 |\n", 0, "「表: 題」と「幅: 」のない表", id="row alone"),
        pytest.param("- 請求書を受ける。\n", 0, "「- 記号　文」", id="no label"),
        pytest.param("##### 5　深い\n", 0, "見出しは", id="too deep"),
        pytest.param("#支払\n", 0, "見出しは", id="no space"),
        pytest.param("ノート: 話すこと\n", 0, "「ノート」は使えません", id="note in a PDF"),
        pytest.param("締切［脚注: 閉庁日を除く\n", 0, "脚注は「［脚注: 文］」", id="open footnote"),
        pytest.param("# 締切［脚注: 注］\n", 0, "見出しと表の題に脚注", id="footnote on heading"),
        pytest.param(
            HEAD + "| 1【メモ: 注】 | 2 | 3 |\n", 0, "【メモ: 】は、形式「excel」だけ", id="comment"
        ),
    ],
)
def test_a_malformed_source_is_refused_with_its_line(
    write: Write, body: str, line: int, complaint: str
) -> None:
    with pytest.raises(SourceError) as refusal:
        read(write("pdf", body))
    assert complaint in str(refusal.value)
    assert str(refusal.value).startswith(f"原稿.txt {BODY_LINE + line}行目: ")


@pytest.mark.parametrize(
    ("layout", "body", "complaint"),
    [
        pytest.param("text", HEAD + "| 1 | 2 | 3 |\n", "「表」は使えません", id="table as text"),
        pytest.param("pdf縦書き", "語［脚注: 注］\n", "脚注は使えません", id="footnote vertical"),
        pytest.param("excel", "シート: 一覧\n", "二つあります", id="same sheet"),
        pytest.param("excel", "シート: 4/1\n", "31文字まで", id="sheet name"),
    ],
)
def test_what_a_format_cannot_show_is_refused(
    write: Write, layout: str, body: str, complaint: str
) -> None:
    with pytest.raises(SourceError, match=complaint):
        read(write(layout, body))


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        pytest.param("形式: pdf\n", "形式: pdg\n", "形式「pdg」はありません", id="unknown format"),
        pytest.param("形式: pdf\n", "", "「形式」がありません", id="missing key"),
        pytest.param("発行: ", "発行所: ", "「発行所」という名前はありません", id="unknown key"),
        pytest.param("原稿.pdf", "原稿.docx", "「.pdf」で終わる名前", id="other ending"),
        pytest.param("原稿.pdf", "../原稿.pdf", "外を指しています", id="outside"),
        pytest.param("---\n", "", "「---」がありません", id="no fence"),
    ],
)
def test_malformed_front_matter_is_refused(
    write: Write, before: str, after: str, complaint: str
) -> None:
    path = write("pdf", "本文。\n") / "原稿.txt"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(SourceError, match=complaint):
        read_manual_source(path)


def test_cells_joined_up_and_left_are_one_block() -> None:
    assert merges(rows("ア < イ", "^ ^ ウ", "エ オ カ")) == [Merge(0, 0, 2, 2)]


def test_a_merged_cell_that_is_cut_shows_its_text_on_both_sides() -> None:
    upper, lower = divide_rows(rows("ア < 1", "^ ^ 2", "^ ^ 3", "イ ウ 4"), 2)
    assert upper == rows("ア < 1", "^ ^ 2")
    assert lower == rows("ア < 3", "イ ウ 4")


@pytest.mark.parametrize(
    ("row", "is_form"),
    [
        (("提出日", "", "所属", ""), True),
        (("用務の内容", ""), True),
        (("第7号", "利用申請書", "", ""), False),
        (("請求額", "円"), False),
        (("", ""), False),
    ],
)
def test_a_row_in_which_a_blank_follows_each_label_is_a_form(
    row: tuple[str, ...], is_form: bool
) -> None:
    assert is_form_row(tuple(Cell(text) for text in row)) is is_form
