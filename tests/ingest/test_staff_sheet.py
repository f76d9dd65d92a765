from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import numbers

from assistant.errors import UnreadableManual, UnusableList
from assistant.people.staff.staff_list import NO_END, StaffRow
from ingest import section_sheet
from ingest.list_file import MOST_LINES
from ingest.staff_sheet import COLUMNS, read_staff_sheet

HEADS = ("職員番号", "氏名", "所属課", "任用形態", "有効開始日", "有効終了日")
LINE = ("00123", "山田 花子", "総務課", "正規職員", "2026-04-01", "")
ROW = StaffRow(2, "00123", "山田 花子", "総務課", "正規職員", date(2026, 4, 1), None)


def _csv(*lines: Sequence[str], encoding: str = "utf-8", mark: str = ",") -> bytes:
    return "\r\n".join([*(mark.join(line) for line in lines), ""]).encode(encoding)


def _xlsx(*lines: Sequence[Any], title: str = "名簿") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for line in lines:
        sheet.append(list(line))
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _problems(content: bytes) -> tuple[str, ...]:
    with pytest.raises(UnusableList) as caught:
        read_staff_sheet(content)
    return caught.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "euc_jp"])
def test_a_csv_is_read_in_the_encodings_of_offices(encoding: str) -> None:
    sheet = read_staff_sheet(_csv(HEADS, LINE, encoding=encoding))
    assert sheet.rows == (ROW,)
    assert len(sheet.sha256) == 64


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_other_separators_are_seen(mark: str) -> None:
    assert read_staff_sheet(_csv(HEADS, LINE, mark=mark)).rows == (ROW,)


@pytest.mark.parametrize(
    "heads",
    [
        ("番号", "名前", "所属", "職種", "開始日", "終了日"),
        ("職員番号（必須）", "氏　名", "課 名", "雇用形態", "任用開始日", "任用終了日"),
        ("Number", "NAME", "section", "employment", "valid_from", "valid_to"),
        ("職員Ｎｏ．", "職員氏名", "課", "任用区分", "有効開始日※", "有効終了日※"),
    ],
)
def test_heads_have_variants(heads: tuple[str, ...]) -> None:
    assert read_staff_sheet(_csv(heads, LINE)).rows == (ROW,)


def test_columns_stand_in_any_order_among_others_and_three_are_enough() -> None:
    content = _csv(
        ("氏名カナ", "課", "番号", "備考", "氏名"), ("ヤマダ", "総務課", "1", "x", "山田")
    )
    assert read_staff_sheet(content).rows == (StaffRow(2, "1", "山田", "総務課"),)


def test_titles_stand_above_and_empty_lines_between() -> None:
    content = _csv(("令和8年度 職員名簿",), ("",), HEADS, LINE, ("", ""), ("00124", *LINE[1:]))
    assert [row.line for row in read_staff_sheet(content).rows] == [4, 6]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026/4/1", date(2026, 4, 1)),
        ("令和8年4月1日", date(2026, 4, 1)),
        ("R8.4.1", date(2026, 4, 1)),
        ("20260401", date(2026, 4, 1)),
        ("9999/12/31", NO_END),
        ("無期限", NO_END),
        ("", None),
    ],
)
def test_the_last_day_is_read_as_offices_write_it(text: str, day: date | None) -> None:
    assert read_staff_sheet(_csv(HEADS, (*LINE[:4], "", text))).rows[0].last_day == day


def test_days_of_excel_are_days_whatever_their_format() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADS))
    sheet.append([*LINE[:4], date(2026, 4, 1), datetime(2027, 3, 31)])
    sheet["E2"].number_format = '[$-ja-JP]ggge"年"m"月"d"日"'
    row = read_staff_sheet(_saved(book)).rows[0]
    assert (row.valid_from, row.last_day) == (date(2026, 4, 1), date(2027, 3, 31))


def test_a_number_of_excel_is_its_digits_and_a_text_stays_as_it_is() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADS[:3]))
    for number in ("00123", 123, 124.0, 125, 123456789012):
        sheet.append([number, "山田", "総務課"])
    sheet["A5"].number_format = "00000"
    sheet["A6"].number_format = numbers.FORMAT_NUMBER_COMMA_SEPARATED1
    rows = read_staff_sheet(_saved(book)).rows
    assert [row.number for row in rows] == ["00123", "123", "124", "00125", "123456789012"]


def test_spellings_of_numbers_names_and_sections_become_one() -> None:
    content = _csv(HEADS[:3], (" Ａ００１ ", "山田　 花子", "総務課　企画係"))
    assert read_staff_sheet(content).rows == (StaffRow(2, "a001", "山田 花子", "総務課 企画係"),)


def test_a_hidden_sheet_and_one_without_heads_are_passed_over() -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.append(["職員名簿について"])
    listed = book.create_sheet("名簿")
    listed.append(list(HEADS))
    listed.append(list(LINE))
    old = book.create_sheet("昨年度")
    old.append(list(HEADS))
    old.append(["00009", *LINE[1:]])
    old.sheet_state = "hidden"
    assert read_staff_sheet(_saved(book)).rows == (ROW,)


def test_two_lists_in_one_file_are_refused() -> None:
    book = Workbook()
    for title in ("正規", "会計年度"):
        sheet = book.create_sheet(title)
        sheet.append(list(HEADS))
        sheet.append(list(LINE))
    [problem] = _problems(_saved(book))
    assert "「正規」、「会計年度」" in problem


def test_hidden_lines_are_no_lines_that_leave() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEADS, LINE, ("00124", *LINE[1:]), ("00125", *LINE[1:])):
        sheet.append(list(line))
    sheet.row_dimensions[3].hidden = True
    [problem] = _problems(_saved(book))
    assert "非表示の行が 1 行" in problem
    assert "3行目" in problem


def test_a_hidden_column_that_is_read_is_refused() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["メモ", *HEADS])
    sheet.append(["x", *LINE])
    sheet.column_dimensions["A"].hidden = True
    assert read_staff_sheet(_saved(book)).rows == (ROW,)
    sheet.column_dimensions["G"].hidden = True
    assert "非表示の列" in _problems(_saved(book))[0]


def test_every_problem_is_named_with_its_line() -> None:
    content = _csv(
        HEADS,
        LINE,
        ("", "名無し", "総務課", "", "", ""),
        ("番 号", "山田", "総務課", "", "", ""),
        ("3", "", "", "", "", ""),
        ("4", "あ" * 101, "総務課、税務課", "", "2026-02-30", "来年"),
        ("5", "鈴木", "総務課", "", "2026-04-02", "2026-04-01"),
        ("００１２３", "別人", "税務課", "", "", ""),
    )
    problems = _problems(content)
    assert [problem.partition(":")[0] for problem in problems] == [
        "3行目", "4行目", "5行目", "5行目", "6行目", "6行目", "6行目", "6行目", "7行目", "8行目",
    ]  # fmt: skip
    words = ("職員番号が空", "読めません", "氏名が空", "課名が空", "2026-02-30", "来年",
             "氏名が100文字", "区切り", "より前", "2行目にもあります")  # fmt: skip
    assert all(word in problem for word, problem in zip(words, problems, strict=True))
    assert all("ください" in problem for problem in problems)


def test_the_message_shows_the_first_fifty_problems_and_counts_the_others() -> None:
    content = _csv(HEADS[:3], *((str(n), "", "総務課") for n in range(60)))
    with pytest.raises(UnusableList) as caught:
        read_staff_sheet(content)
    lines = str(caught.value).split("\n")
    assert len(caught.value.problems) == 60
    assert (lines[1][:4], lines[50][:5], lines[51]) == ("2行目:", "51行目:", "ほかに 10 件")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "何も書かれていません", id="empty"),
        pytest.param(b" \r\n,,\r\n", "何も書かれていません", id="blank"),
        pytest.param(_csv(HEADS), "見出しの下に行がありません", id="heads only"),
        pytest.param(
            _csv(("氏名", "所属"), ("山田", "総務課")), "足りません（職員番号）", id="no head"
        ),
        pytest.param(_csv(LINE), "足りません（職員番号、氏名、所属）", id="no heads"),
        pytest.param(_csv((*HEADS, "所属"), (*LINE, "x")), "どちらも所属の列", id="two columns"),
        pytest.param(_csv(HEADS, ("a" * 200_000,)), "乱れています", id="endless cell"),
        pytest.param(_xlsx(HEADS), "見出しの下に行がありません", id="xlsx heads only"),
    ],
)
def test_a_file_that_is_no_list_says_what_is_missing(content: bytes, words: str) -> None:
    assert any(words in problem for problem in _problems(content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x89PNG\r\n\x00\x1a\xff", id="picture"),
        pytest.param(b"\xd0\xcf\x11\xe0" + bytes(600), id="old or protected Excel"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="broken zip"),
        pytest.param(_xlsx(HEADS, LINE)[:-200], id="half a workbook"),
    ],
)
def test_an_unreadable_file_says_what_to_do(content: bytes) -> None:
    with pytest.raises(UnreadableManual, match=r"ください"):
        read_staff_sheet(content)


def test_more_lines_than_any_city_has_are_refused() -> None:
    lines = ((str(n), "山田", "総務課") for n in range(MOST_LINES + 1))
    assert "を超えています" in _problems(_csv(HEADS[:3], *lines))[0]


@pytest.mark.parametrize("make", [_csv, _xlsx])
def test_ten_thousand_lines_are_all_read(make: Any) -> None:
    lines = [(f"{n:05d}", "山田", "総務課") for n in range(10_000)]
    rows = read_staff_sheet(make(HEADS[:3], *lines)).rows
    assert [row.number for row in rows] == [line[0] for line in lines]


def test_the_guide_names_every_head_that_is_understood() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "staff-lists.md").read_text("utf-8")
    rows = [f"| {'、'.join(column.heads)} |" for column in (*COLUMNS, *section_sheet.COLUMNS)]
    assert [row for row in rows if row not in guide] == []
