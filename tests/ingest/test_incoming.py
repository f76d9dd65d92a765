from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from assistant.errors import UnusableList, UsageError
from ingest.incoming import files_in, unlisted_files
from ingest.manual_sheet import SheetRow, read_sheet

Write = Callable[..., Path]
HEAD = "ファイル名,表題,元のファイル,施行日\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a small file below the folder of manuals, with its folders."""

    def write(name: str, text: str = "契約書は2通作ります。") -> Path:
        path = tmp_path / "手引き" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


def _workbook(path: Path, *lines: list[str]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [["ファイル名", "表題"], *lines]:
        sheet.append(line)
    book.save(path)
    return path


def test_a_folder_without_a_sheet_gives_all_its_files_undescribed(write: Write) -> None:
    folder = write("b.txt").parent
    paths = [write("契約/a.txt"), write("不明.xyz")]
    write("~$a.docx")
    write(".控え/a.txt")
    assert files_in([folder]) == [(path, SheetRow()) for path in sorted([folder / "b.txt", *paths])]


@pytest.mark.parametrize("name", ["manuals.xlsx", "マニュアル一覧.xlsx"])
def test_a_workbook_names_the_files_of_its_folder(write: Write, name: str) -> None:
    folder = write("契約/a.txt").parents[1]
    write("b.txt")
    _workbook(folder / name, ["契約\\a.txt", "契約の手引き"])
    assert files_in([folder]) == [(folder / "契約" / "a.txt", SheetRow("契約の手引き"))]


def test_a_sheet_may_name_a_file_that_is_not_there(write: Write) -> None:
    sheet = write("manuals.csv", HEAD + "無い.txt,題,,\n")
    assert files_in([sheet.parent]) == [(sheet.parent / "無い.txt", SheetRow("題"))]


def test_a_file_given_by_itself_has_the_row_of_the_sheet_beside_it(write: Write) -> None:
    listed, other = write("a.txt"), write("b.txt")
    sheet = write("マニュアル一覧.csv", HEAD + "a.txt,契約の手引き,,\n")
    rows = {path: row.title for path, row in files_in([listed, other, sheet.parent])}
    assert rows == {listed: "契約の手引き", other: ""}
    assert [path for path, _ in files_in([listed, sheet.parent])] == [listed, listed]


def test_a_wrong_line_keeps_the_whole_folder_out(write: Write) -> None:
    path = write("a.txt")
    write("manuals.csv", HEAD + "a.txt,題,,\nb.txt,題,,来月\n")
    for given in (path, path.parent):
        with pytest.raises(UnusableList, match="3 行目: 施行日「来月」"):
            files_in([given])


def test_two_sheets_in_a_folder_are_refused_unless_one_is_given(write: Write) -> None:
    path = write("a.txt")
    first = write("manuals.csv", HEAD + "a.txt,一,,\n")
    write("マニュアル一覧.csv", HEAD + "a.txt,二,,\n")
    for given in (path, path.parent):
        with pytest.raises(UsageError, match=r"manuals\.csv、マニュアル一覧\.csv"):
            files_in([given])
    assert files_in([path.parent], first) == [(path, SheetRow("一"))]


def test_a_sheet_that_is_given_counts_instead_of_the_folders_own(
    write: Write, tmp_path: Path
) -> None:
    path = write("a.txt")
    write("manuals.csv", HEAD + "a.txt,古い題,,\n")
    given = _workbook(tmp_path / "令和8年度の一覧.xlsx", ["a.txt", "新しい題"])
    assert files_in([path.parent], given) == [(path, SheetRow("新しい題"))]


def test_a_sheet_that_is_given_is_for_one_folder(write: Write) -> None:
    path = write("a.txt")
    sheet = write("manuals.csv", HEAD + "a.txt,題,,\n")
    for paths in ([], [path], [path.parent, path.parent]):
        with pytest.raises(UsageError, match="フォルダを1つだけ"):
            files_in(paths, sheet)


@pytest.mark.parametrize("name", ["無い.xlsx", "契約", "長" * 300])
def test_a_sheet_that_is_given_must_be_a_file(write: Write, name: str) -> None:
    folder = write("契約/a.txt").parents[1]
    with pytest.raises(UsageError, match=r"一覧のファイル .* が見つかりません"):
        files_in([folder], folder / name)


def test_names_that_macos_takes_apart_are_found_and_keep_their_spelling(write: Write) -> None:
    apart = unicodedata.normalize("NFD", "給与（がいど）.txt")
    old, new = write(f"人事/{apart}"), write("給与2.txt")
    sheet = write(
        "manuals.csv",
        HEAD
        + "人事/給与（がいど）.txt,題,,2025-04-01\n給与2.txt,題,給与（がいど）.txt,2026-04-01\n",
    )
    assert files_in([sheet.parent]) == [
        (old, SheetRow("題", effective_from=date(2025, 4, 1))),
        (new, SheetRow("題", effective_from=date(2026, 4, 1), edition_of=apart)),
    ]
    assert files_in([old.parent, new])[1][1].title == "題"


def test_files_that_the_sheet_leaves_out_are_listed(write: Write) -> None:
    folder = write("a.txt").parent
    apart = unicodedata.normalize("NFD", "がいど.pdf")
    for name in ("契約/b.docx", "契約/c.pdf", apart, "忘れた.PDF", "会計/忘れた.xlsx", "古.doc",
                 ".隠し.txt", ".控え/a.txt", "~$a.docx", "Thumbs.db", "契約.jtd", "絵.png"):  # fmt: skip
        write(name)
    sheet = write(
        "manuals.csv",
        HEAD + "a.txt,,,\n契約\\b.docx,,,\n契約/c.pdf,,,\nがいど.pdf,,,\n無い.pdf,,,\n",
    )
    left_out = sorted([folder / "会計" / "忘れた.xlsx", folder / "古.doc", folder / "忘れた.PDF"])
    assert unlisted_files(folder, read_sheet(sheet)) == left_out
    assert unlisted_files(folder, ["a.txt", "契約\\b.docx", "契約/c.pdf", "がいど.pdf"]) == left_out


def test_a_sheet_with_a_name_of_its_own_is_not_among_the_files_left_out(
    write: Write, tmp_path: Path
) -> None:
    folder = write("a.txt").parent
    given = _workbook(folder / "令和8年度.xlsx", ["a.txt", "題"])
    assert unlisted_files(folder, read_sheet(given)) == [given]
    assert unlisted_files(folder, read_sheet(given), sheet=given) == []
    outside = _workbook(tmp_path / "外.xlsx", ["a.txt", "題"])
    assert unlisted_files(folder, read_sheet(outside), sheet=outside) == [given]
