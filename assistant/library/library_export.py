"""Writes the list of the library to an Excel file: manuals, all versions, wanted manuals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO, Final

from assistant.japanese.days import day_words
from assistant.library.library_list import (
    COUNTED_BY_WORDS,
    LibraryRow,
    in_force,
    standing_words,
    version_words,
)
from assistant.library.preparedness import WANTED_WORDS, WantedStanding
from assistant.people.access import audience_words
from assistant.people.audit.records import tokyo_time
from assistant.spreadsheet_cells import TYPED, workbook

_FIRST_DAY: Final = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_LONGEST_CELL: Final = 32_767
_Columns = tuple[tuple[str, int], ...]
_MANUALS: Final[_Columns] = (
    ("マニュアル", 34), ("ファイル", 34), ("版", 16), ("施行日", 15), ("施行の末日", 15),
    ("所管課", 18), ("内線", 8), ("区分", 14), ("閲覧範囲", 24), ("次回見直し日", 15),
    ("見直し", 12), ("ページ数", 9), ("ID", 18),
)  # fmt: skip
_VERSIONS: Final[_Columns] = (
    ("マニュアル", 34), ("版", 16), ("状態", 10), ("施行日", 15), ("施行の末日", 15),
    ("廃止日", 15), ("公開予定日", 15), ("経過措置", 40), ("経過措置の基準", 14),
    ("改訂の内容", 40), ("登録日時", 20), ("登録した人", 20), ("公開日時", 20),
    ("公開した人", 20), ("取下げ日時", 20), ("取り下げた人", 20), ("取下げの理由", 30),
    ("ファイル", 34), ("ページ数", 9), ("マニュアルID", 18), ("版ID", 18),
)  # fmt: skip
_WANTED: Final[_Columns] = (
    ("マニュアル", 34), ("課", 18), ("区分", 14), ("期限", 15), ("状況", 22), ("期限超過", 10),
    ("登録されているマニュアル", 34), ("備考", 50),
)  # fmt: skip


def write_library(
    file: BinaryIO,
    rows: Sequence[LibraryRow],
    wanted: Iterable[WantedStanding],
    *,
    as_of: date,
    names: Mapping[str, str],
) -> None:
    """Write a workbook to an open file; `names` say who has a hand in versions, by person id.

    Days are days to Excel, so that they can be sorted; what begins like a formula stays text.
    """
    with workbook(file) as book:
        sheets = _Sheets(book, as_of)
        sheets.add("マニュアル一覧", _MANUALS, (_manual_cells(row) for row in in_force(rows)))
        sheets.add("すべての版", _VERSIONS, (_version_cells(row, names) for row in rows))
        sheets.add("整備したいマニュアル", _WANTED, (_wanted_cells(item) for item in wanted))


def _manual_cells(row: LibraryRow) -> tuple[Any, ...]:
    manual, version = row.manual, row.version
    return (
        manual.title, version.file_name, version_words(version), version.effective_from,
        row.last_day, manual.owner_section, manual.owner_extension, manual.category,
        audience_words(manual.audience), manual.review_on, "期限切れ" if row.overdue else "",
        row.pages, manual.id,
    )  # fmt: skip


def _version_cells(row: LibraryRow, names: Mapping[str, str]) -> tuple[Any, ...]:
    version = row.version

    def who(person_id: str) -> str:
        return names.get(person_id, person_id)

    return (
        row.manual.title, version_words(version), standing_words(row),
        version.effective_from, row.last_day, version.effective_to, version.publish_on,
        version.transition_note, COUNTED_BY_WORDS[version.counted_by], version.change_note,
        _time(version.uploaded_at), who(version.uploaded_by),
        _time(version.published_at), who(version.published_by),
        _time(version.withdrawn_at), who(version.withdrawn_by), version.withdrawn_reason,
        version.file_name, row.pages, version.manual_id, version.id,
    )  # fmt: skip


def _wanted_cells(item: WantedStanding) -> tuple[Any, ...]:
    wish = item.wanted.wish
    return (
        wish.title, wish.section, wish.category, wish.wanted_by, WANTED_WORDS[item.state],
        "超過" if item.late else "", item.manual.title if item.manual else "", wish.note,
    )  # fmt: skip


def _time(instant: str | None) -> str:
    return tokyo_time(instant) if instant else ""


class _Sheets:
    """The sheets of one workbook, all laid out in the same way."""

    def __init__(self, book: Any, as_of: date):
        self._book = book
        self._as_of = as_of
        self._text = book.add_format({**TYPED, "valign": "top", "text_wrap": True})
        self._day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"', "valign": "top"})
        self._number = book.add_format({"valign": "top"})
        self._bold = book.add_format({"bold": True, "bottom": 1})

    def add(self, name: str, columns: _Columns, lines: Iterable[Sequence[Any]]) -> None:
        """Add a sheet with a line of heads that stays in view and stands on every page."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        day = self._as_of
        sheet.set_header(f"&L{name}&R{day_words(day)}現在")
        sheet.set_footer("&R&P / &N")
        for column, (head, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, self._bold)
        last = 0
        for last, cells in enumerate(lines, 1):
            for column, cell in enumerate(cells):
                self._write(sheet, last, column, cell)
        sheet.autofilter(0, 0, last, len(columns) - 1)

    def _write(self, sheet: Any, row: int, column: int, cell: Any) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, date) and cell >= _FIRST_DAY:
            sheet.write_datetime(row, column, cell, self._day)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, self._number)
        else:
            sheet.write_string(row, column, str(cell)[:_LONGEST_CELL], self._text)
