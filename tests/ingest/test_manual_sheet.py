from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from assistant.errors import AssistantError, UnreadableManual, UnusableList, UsageError
from ingest.manual_sheet import COLUMNS, SHEET_NAMES, SheetRow, read_sheet, sheet_in
from ingest.manual_sheet_template import write_sheet_template

MANUALS = Path(__file__).parents[2] / "manuals"
HEAD = "file,title,category,owner_section,extension,audience,effective_from"
JAPANESE = (
    "ファイル名", "表題", "区分", "所管課", "内線", "閲覧範囲", "施行日", "廃止日", "元のファイル",
    "次回見直し日", "経過措置", "経過措置の基準", "改訂の内容",
)  # fmt: skip
FULL = (
    "契約.pdf", "契約事務の手引き", "契約", "契約検査課", "0315", "課:契約検査課", "令和8年4月1日",
    "2030/4/1", "契約（旧）.pdf", "R9.2.1", "公告日が前のものは前の版による。", "公告日", "額を改めた",
)  # fmt: skip
ROW = SheetRow(
    title="契約事務の手引き",
    category="契約",
    owner_section="契約検査課",
    owner_extension="0315",
    audience="section:契約検査課",
    effective_from=date(2026, 4, 1),
    edition_of="契約（旧）.pdf",
    effective_to=date(2030, 4, 1),
    review_on=date(2027, 2, 1),
    counted_by="announcement",
    transition_note="公告日が前のものは前の版による。",
    change_note="額を改めた",
)


def _sheet(folder: Path, *lines: str, encoding: str = "utf-8", head: str = HEAD) -> Path:
    path = folder / "manuals.csv"
    path.write_bytes("\r\n".join([head, *lines, ""]).encode(encoding))
    return path


def _xlsx(folder: Path, *lines: Sequence[Any], name: str = "マニュアル一覧.xlsx") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(list(line))
    book.save(folder / name)
    return folder / name


def _problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(UnusableList) as caught:
        read_sheet(path)
    return caught.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_row_names_a_manual_in_the_encodings_of_excel(tmp_path: Path, encoding: str) -> None:
    path = _sheet(
        tmp_path,
        "契約.pdf,契約事務の手引き,契約,契約検査課,2315,section:契約検査課,2025-07-01",
        encoding=encoding,
    )
    assert read_sheet(path) == {
        "契約.pdf": SheetRow(
            "契約事務の手引き", "契約", "契約検査課", "2315", "section:契約検査課", date(2025, 7, 1)
        )
    }


def test_the_sheet_of_the_sample_manuals_says_what_its_cells_say() -> None:
    text = (MANUALS / "manuals.csv").read_text("utf-8")
    told = {
        line["file"]: SheetRow(
            line["title"],
            line["category"],
            line["owner_section"],
            line["extension"],
            line["audience"],
            date.fromisoformat(line["effective_from"]),
            line["edition_of"],
        )
        for line in csv.DictReader(io.StringIO(text))
    }
    assert list(read_sheet(MANUALS / "manuals.csv").items()) == list(told.items())


@pytest.mark.parametrize(
    "heads",
    [
        pytest.param(JAPANESE, id="Japanese"),
        pytest.param(tuple(column.name for column in COLUMNS), id="English"),
        pytest.param(
            ("ファイル", "マニュアル名", "分類", "担当課", "内線番号", "読める人", "施行日",
             "廃止日", "前の版のファイル", "見直し日", "経過措置", "基準となる日", "改訂の内容"),
            id="other words",
        ),
        pytest.param(
            ("ファイル名（必須）", "名 称", "区分※", "所管課（課名）", "内線", "公開範囲",
             "施行日（西暦）", "廃止日", "元のファイル", "次回 見直し日", "経過措置",
             "経過措置の基準", "改訂の内容"),
            id="adorned",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_column_is_read_under_each_of_its_names(
    tmp_path: Path, heads: tuple[str, ...], kind: str
) -> None:
    if kind == "csv":
        path = _sheet(tmp_path, ",".join(FULL), head=",".join(heads), encoding="cp932")
    else:
        path = _xlsx(tmp_path, heads, FULL)
    assert read_sheet(path) == {"契約.pdf": ROW}


def test_columns_may_stand_in_any_order_and_the_file_is_enough(tmp_path: Path) -> None:
    path = _xlsx(
        tmp_path,
        ["令和8年度 マニュアル一覧"],
        [],
        ["備考", "施行日", "ファイル名"],
        ["済", date(2026, 4, 1), "a.pdf"],
        ["", None, "b.pdf"],
    )
    assert read_sheet(path) == {
        "a.pdf": SheetRow(effective_from=date(2026, 4, 1)),
        "b.pdf": SheetRow(),
    }


def test_cells_of_excel_are_read_as_they_are_shown(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ファイル名", "内線", "施行日", "廃止日", "表題"])
    sheet.append(["a.pdf", 315, datetime(2026, 4, 1), date(2027, 4, 1), "手引き\n（上）"])
    sheet["B2"].number_format = "0000"
    sheet["C2"].number_format = '[$-ja-JP]ggge"年"m"月"d"日"'
    book.save(tmp_path / "manuals.xlsx")
    assert read_sheet(tmp_path / "manuals.xlsx")["a.pdf"] == SheetRow(
        title="手引き\n（上）",
        owner_extension="0315",
        effective_from=date(2026, 4, 1),
        effective_to=date(2027, 4, 1),
    )


@pytest.mark.parametrize(
    ("line", "row"),
    [
        pytest.param("a.txt,,,,,,", SheetRow(), id="empty cells"),
        pytest.param("a.txt", SheetRow(), id="a short row"),
        pytest.param(" a.txt , 題 ,,,, ,", SheetRow("題"), id="spaces"),
        pytest.param(
            'a.txt,"題, 副題",,,,"section:A,section:B",',
            SheetRow("題, 副題", audience="section:A,section:B"),
            id="quoted commas",
        ),
    ],
)
def test_cells_may_be_missing(tmp_path: Path, line: str, row: SheetRow) -> None:
    assert read_sheet(_sheet(tmp_path, line)) == {"a.txt": row}


@pytest.mark.parametrize(
    "text",
    ["2026-04-01", "2026/04/01", "2026/4/1", "2026-4-1", "２０２６年４月１日", "20260401",
     "令和8年4月1日", "R8.4.1", "2026/4/1 0:00"],
)  # fmt: skip
def test_dates_are_read_as_offices_and_excel_write_them(tmp_path: Path, text: str) -> None:
    rows = read_sheet(_sheet(tmp_path, f"a.txt,,,,,,{text}"))
    assert rows["a.txt"].effective_from == date(2026, 4, 1)


def test_lines_without_a_file_are_passed_over(tmp_path: Path) -> None:
    assert list(read_sheet(_sheet(tmp_path, ",題,,,,,", "", "b.txt,,,,,,"))) == ["b.txt"]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("契約/手引き.pdf", "契約/手引き.pdf"),
        ("契約\\手引き.pdf", "契約/手引き.pdf"),
        (".\\手引き.pdf", "手引き.pdf"),
        ("..手引き.pdf", "..手引き.pdf"),
    ],
)
def test_files_in_folders_are_named_with_either_slash(
    tmp_path: Path, written: str, path: str
) -> None:
    assert list(read_sheet(_sheet(tmp_path, f"{written},,,,,,"))) == [path]


@pytest.mark.parametrize(
    ("words", "audience"),
    [
        ("", ""),
        ("everyone", "everyone"),
        ("全員", "everyone"),
        ("全職員", "everyone"),
        ("section:総務課", "section:総務課"),
        ("課:総務課", "section:総務課"),
        ("課：総務課、課：財政課", "section:総務課,section:財政課"),
        ("グループ:文書担当", "group:文書担当"),
        ("役割:管理者", "role:administrator"),
        ("役割：ＤＸ推進リーダー", "role:leader"),
        ("role:editor", "role:editor"),
        ("Section: 総務課 ， group:文書担当", "section:総務課,group:文書担当"),
        ("課:総務課\n課:財政課", "section:総務課,section:財政課"),
        ("課:総務課、section:総務課", "section:総務課"),
        ("課:総務課　企画係", "section:総務課 企画係"),
    ],
)
def test_an_audience_is_written_as_staff_say_it(tmp_path: Path, words: str, audience: str) -> None:
    path = _xlsx(tmp_path, ["ファイル名", "閲覧範囲"], ["a.pdf", words])
    assert read_sheet(path)["a.pdf"].audience == audience


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("総務課", "課:総務課"),
        ("課:総務課、財政課", "課:財政課"),
        ("全員、課:総務課", "どちらか"),
        ("、", "全員 と書きます"),
        ("課:", "空です"),
        ("部:総務部", "「部:総務部」を読めません"),
        ("課:総務課:文書係", "読めません"),
        ("役割:市長", "管理者"),
        ("課:" + "長" * 101, "100文字"),
    ],
)
def test_an_audience_that_cannot_be_meant_says_what_to_write(
    tmp_path: Path, words: str, told: str
) -> None:
    [problem] = _problems(_xlsx(tmp_path, ["ファイル名", "閲覧範囲"], ["a.pdf", words]))
    assert problem.startswith("2 行目: 閲覧範囲")
    assert told in problem


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("公告日", "announcement"), ("公告", "announcement"), ("announcement", "announcement"),
        ("契約締結日", "contract"), ("契約", "contract"), ("Contract", "contract"),
        ("決裁日", "decision"), ("決 裁", "decision"), ("decision", "decision"), ("", ""),
    ],
)  # fmt: skip
def test_the_day_that_counts_is_said_in_words(tmp_path: Path, words: str, day: str) -> None:
    path = _xlsx(tmp_path, ["ファイル名", "経過措置の基準"], ["a.pdf", words])
    assert read_sheet(path)["a.pdf"].counted_by == day


@pytest.mark.parametrize("text", ["令和8年4月31日", "2026-13-01", "来月", "20260", "8-4-1"])
def test_a_date_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=f"3 行目: 施行日「{text}」"):
        read_sheet(_sheet(tmp_path, "a.txt,,,,,,", f"b.txt,,,,,,{text}"))


@pytest.mark.parametrize("end", ["2026-04-01", "2026-03-31"])
def test_a_version_ends_after_it_began(tmp_path: Path, end: str) -> None:
    path = _sheet(tmp_path, f"a.txt,2026-04-01,{end}", head="file,施行日,廃止日")
    [problem] = _problems(path)
    assert f"廃止日 {end} が施行日 2026-04-01 より後では" in problem


@pytest.mark.parametrize(
    "name",
    ["../a.pdf", "契約/../../a.pdf", "契約\\..\\..\\a.pdf", "/etc/a.pdf", "C:\\a.pdf", "c:a.pdf",
     "\\\\server\\share\\a.pdf", "//server/share/a.pdf", "\\a.pdf", ".", ".."],
)  # fmt: skip
@pytest.mark.parametrize("column", ["ファイル名", "元のファイル"])
def test_no_column_names_a_file_outside_the_folder(tmp_path: Path, name: str, column: str) -> None:
    line = [name, ""] if column == "ファイル名" else ["a.pdf", name]
    [problem] = _problems(_xlsx(tmp_path, ["ファイル名", "元のファイル"], line))
    assert problem.startswith(f"2 行目: {column}「{name}」がこのフォルダの外")


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("契約/a.pdf", "2 行目にもあります"),
        ("契約\\a.pdf", "2 行目にもあります"),
        ("./契約/a.pdf", "2 行目にもあります"),
        ("会計/a.pdf", "同じ名前のファイル"),
    ],
)
def test_two_lines_for_files_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, second: str, told: str
) -> None:
    [problem] = _problems(_sheet(tmp_path, "契約/a.pdf,,,,,,", f"{second},,,,,,2026-04-01"))
    assert problem.startswith("3 行目:")
    assert told in problem


def test_a_name_in_the_letters_of_macos_is_the_same_file(tmp_path: Path) -> None:
    [problem] = _problems(
        _sheet(tmp_path, "手引き（が）.pdf,,,,,,", "手引き（か\u3099）.pdf,,,,,,")
    )
    assert "2 行目にもあります" in problem


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["新.pdf,2026-04-01,", "旧.pdf,令和8年4月1日,新.pdf"], id="by the other file"),
        pytest.param(["a.pdf,2026-04-01,古.pdf", "b.pdf,2026/4/1,古.pdf"], id="by a third file"),
        pytest.param(["a.pdf,,古.pdf", "b.pdf,,古.pdf"], id="both without a day"),
        pytest.param(["a.pdf,2026-04-01,b.pdf", "b.pdf,,c.pdf", "c.pdf,2026-04-01,"], id="chain"),
    ],
)
def test_two_lines_for_one_edition_are_refused(tmp_path: Path, lines: list[str]) -> None:
    path = _sheet(tmp_path, *lines, head="file,施行日,元のファイル")
    [problem] = _problems(path)
    assert problem.startswith(f"{len(lines) + 1} 行目: 2 行目と同じマニュアルの版")


def test_a_chain_of_versions_is_one_manual_known_by_its_first_file(tmp_path: Path) -> None:
    path = _sheet(
        tmp_path,
        "令和8年/旅費8.pdf,2026-04-01,令和7年\\旅費7.pdf",
        "令和7年/旅費7.pdf,2025-04-01,旅費6.pdf",
        "旅費6.pdf,2024-04-01,旅費6.pdf",
        "契約8.pdf,2026-04-01,以前に登録した契約.pdf",
        head="ファイル名,施行日,前の版のファイル",
    )
    assert [row.edition_of for row in read_sheet(path).values()] == [
        "旅費6.pdf", "旅費6.pdf", "", "以前に登録した契約.pdf",
    ]  # fmt: skip


def test_versions_that_name_each_other_are_refused(tmp_path: Path) -> None:
    path = _sheet(tmp_path, "a.pdf,b.pdf", "b.pdf,a.pdf", head="ファイル名,元のファイル")
    problems = _problems(path)
    assert [problem.split(":")[0] for problem in problems] == ["2 行目", "3 行目"]
    assert all("たどると元に戻ります" in problem for problem in problems)


def test_all_wrong_lines_are_told_at_once_by_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    path = _xlsx(
        tmp_path,
        ["マニュアルの一覧"],
        JAPANESE,
        FULL,
        ["/a.pdf", "", "", "", "", "総務課", "来月", "未定", "../b.pdf", "いつか", "", "発注日"],
        [],
        ["c.pdf", "", "", "", "", "", "2026-04-01", "2026-04-01"],
        ["契約.pdf"],
    )
    problems = _problems(path)
    assert [problem.split(":")[0] for problem in problems] == ["4 行目"] * 7 + ["6 行目", "7 行目"]
    words = (
        "/a.pdf",
        "来月",
        "未定",
        "総務課",
        "../b.pdf",
        "いつか",
        "発注日",
        "より後",
        "3 行目に",
    )
    assert all(word in problem for word, problem in zip(words, problems, strict=True))
    assert all("ください" in problem for problem in problems)


def test_the_message_names_the_sheet(tmp_path: Path) -> None:
    path = _sheet(tmp_path, "a.pdf,,,,,,来月")
    with pytest.raises(UnusableList, match=r"manuals\.csv: .*何も取り込んでいません"):
        read_sheet(path)


@pytest.mark.parametrize(
    ("head", "line", "told"),
    [
        ("title,施行日", "題,2026-04-01", "足りません（ファイル名）"),
        ("file,表題,名称", "a.pdf,題,題", "「表題」と「名称」がどちらも表題の列"),
        ("file,title", ",題", "ファイル名を書いた行がありません"),
        ("file,title", "", "見出しの下に行がありません"),
    ],
)
def test_a_list_that_cannot_be_one_says_why(
    tmp_path: Path, head: str, line: str, told: str
) -> None:
    [problem] = _problems(_sheet(tmp_path, line, head=head))
    assert told in problem


def test_the_rules_of_lists_hold_for_hidden_columns_and_two_sheets(tmp_path: Path) -> None:
    book = Workbook()
    for title in ("契約", "会計"):
        sheet = book.create_sheet(title)
        sheet.append(["ファイル名", "閲覧範囲"])
        sheet.append(["a.pdf", "課:総務課"])
    book.save(tmp_path / "two.xlsx")
    assert "「契約」、「会計」" in _problems(tmp_path / "two.xlsx")[0]
    del book["会計"]
    book["契約"].column_dimensions["B"].hidden = True
    book.save(tmp_path / "hidden.xlsx")
    assert "非表示の列" in _problems(tmp_path / "hidden.xlsx")[0]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(b"", UnusableList, id="empty"),
        pytest.param(b"\x89PNG\r\n\x00\x1a\xff", UnreadableManual, id="picture"),
        pytest.param(b"PK\x03\x04" + bytes(100), UnreadableManual, id="broken workbook"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_by_its_name(
    tmp_path: Path, content: bytes, error: type[AssistantError]
) -> None:
    path = tmp_path / "manuals.csv"
    path.write_bytes(content)
    with pytest.raises(error, match=r"manuals\.csv: "):
        read_sheet(path)


@pytest.mark.parametrize("name", [*SHEET_NAMES, "Manuals.XLSX"])
def test_a_folder_has_its_sheet_under_one_of_four_names(tmp_path: Path, name: str) -> None:
    (tmp_path / f"~${name}").write_bytes(b"")
    (tmp_path / "一覧.csv").write_bytes(b"")
    assert sheet_in(tmp_path) is None
    (tmp_path / name).write_bytes(b"")
    assert sheet_in(tmp_path) == tmp_path / name


def test_two_sheets_in_one_folder_are_both_named(tmp_path: Path) -> None:
    for name in ("manuals.csv", "マニュアル一覧.xlsx"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(UsageError, match=r"manuals\.csv、マニュアル一覧\.xlsx.*1つだけ"):
        sheet_in(tmp_path)


def test_the_template_is_a_sheet_that_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "マニュアル一覧.xlsx"
    path.write_bytes(write_sheet_template())
    [(file, row)] = read_sheet(path).items()
    assert file.startswith("（例）")
    assert (row.audience, row.counted_by) == ("everyone", "decision")
    assert row.effective_from == date(2026, 4, 1)
    assert row.edition_of
    assert row.transition_note


def test_the_template_filled_in_by_a_clerk_is_read(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(write_sheet_template()))
    sheet = book["マニュアル一覧"]
    for place, cell in enumerate(FULL, 1):
        sheet.cell(2, place, cell)
    sheet.cell(3, 1, "会計.pdf")
    book.save(tmp_path / "manuals.xlsx")
    assert read_sheet(tmp_path / "manuals.xlsx") == {"契約.pdf": ROW, "会計.pdf": SheetRow()}


def test_the_template_explains_every_column_that_it_has() -> None:
    book = load_workbook(io.BytesIO(write_sheet_template()))
    heads = [cell.value for cell in book["マニュアル一覧"][1]]
    assert heads == ["ファイル名（必須）", *JAPANESE[1:]]
    explained = {row[0]: row[1:] for row in book["書き方"].iter_rows(values_only=True) if row[0]}
    for letter, head in zip("ABCDEFGHIJKLM", heads, strict=True):
        how, empty = explained[f"{letter}列 {head}"]
        assert how.endswith("。")
        assert empty
