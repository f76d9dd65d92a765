from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import AssistantError, UsageError
from ingest.manual_sheet import SheetRow, read_sheet

HEAD = "file,title,category,owner_section,extension,audience,effective_from"


def _sheet(folder: Path, *lines: str, encoding: str = "utf-8", head: str = HEAD) -> Path:
    path = folder / "manuals.csv"
    path.write_bytes("\r\n".join([head, *lines, ""]).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
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


@pytest.mark.parametrize("text", ["2026-04-01", "2026/04/01", "2026/4/1", "2026-4-1"])
def test_dates_are_read_as_excel_writes_them(tmp_path: Path, text: str) -> None:
    rows = read_sheet(_sheet(tmp_path, f"a.txt,,,,,,{text}"))
    assert rows["a.txt"].effective_from == date(2026, 4, 1)


def test_lines_without_a_file_are_passed_over(tmp_path: Path) -> None:
    assert list(read_sheet(_sheet(tmp_path, ",題,,,,,", "", "b.txt,,,,,,"))) == ["b.txt"]


@pytest.mark.parametrize("text", ["令和8年4月1日", "2026-13-01", "来月", "20260"])
def test_a_date_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=f"3 行目: 施行日「{text}」"):
        read_sheet(_sheet(tmp_path, "a.txt,,,,,,", f"b.txt,,,,,,{text}"))


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="owner_section、extension"):
        read_sheet(_sheet(tmp_path, head="file,title,category,audience,effective_from"))


@pytest.mark.parametrize(
    "content",
    [pytest.param(b"", id="empty"), pytest.param(b"\x89PNG\r\n\x00\x1a\xff", id="binary")],
)
def test_a_file_that_is_no_sheet_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "manuals.csv"
    path.write_bytes(content)
    with pytest.raises(AssistantError):
        read_sheet(path)
