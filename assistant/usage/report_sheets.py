"""Writes a report for Excel, with raw counts and formulas that work, and for a BI tool as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final

from assistant.spreadsheet_cells import TYPED, as_text, csv_writer, workbook
from assistant.usage.definition import DEFINITION
from assistant.usage.effects import METHOD
from assistant.usage.official import FINAL_TARGET
from assistant.usage.remarks import PARTS
from assistant.usage.report import Report
from assistant.usage.suppression import HIDDEN_WORDS

WEEK_COLUMNS: Final = (
    "週", "月曜日", "年度", "利用した人", "直近4週すべて", "4週のうち3週以上", "公式の読み方",
    "確定した人数（全利用元）", "調整後の人数（全利用元）", "除外", "引用だけ", "未解決の番号",
    "在籍", "利用率", "印", "公式の値に使う", "この期間",
    "除外（公式の利用元）",
)  # fmt: skip
SECTION_COLUMNS: Final = ("課", "利用した人", "在籍", "利用率")
_WEEK_UNITS: Final = {"公式の値に使う": "", "この期間": "", "未解決の番号": "件"}
_EXPLANATION_HEIGHT: Final = 90  # points: six lines across the columns
_CSV_COLUMNS: Final = ("期間", "指標", "項目", "値", "単位")


def write_workbook(report: Report, file: BinaryIO) -> None:
    """Write the report as a workbook to an open file."""
    with workbook(file) as book:
        _Sheets(book, report).write()


class _Sheets:
    """The sheets of one workbook; every one carries the head of the ledger in its footer."""

    def __init__(self, book: Any, report: Report):
        self._book, self._report = book, report
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._text = book.add_format(TYPED)
        self._top = book.add_format({"valign": "top"})
        self._wrap = book.add_format({**TYPED, "text_wrap": True, "valign": "top"})
        self._large = book.add_format({"bold": True, "font_size": 20})
        self._share = book.add_format({"num_format": "0.0%"})
        self._one = book.add_format({"num_format": "#,##0.0"})

    def write(self) -> None:
        """Write all of them, what leads first."""
        report = self._report
        summary = self._sheet("概要")
        self._write_weeks()
        self._write_summary(summary)
        self._write_table("課別", SECTION_COLUMNS, section_rows(report))
        self._write_dicts("調整", report.adjustments, "確定の後の調整はありません。")
        shown = [{k: v for k, v in e.items() if k != "職員番号"} for e in report.exclusions]
        self._write_dicts("除外", shown, "除外の登録はありません。")
        owners = [
            {"担当課": name, "問合せが減ったと見られる質問": number}
            for name, number in report.effects.avoided.most_common()
        ]
        self._write_dicts("効果", owners, "解決したと判定した質問はありません。", first=(METHOD,))
        pdca = [{"区分": PARTS[part], "内容": text} for part, text in report.remarks.items()]
        self._write_dicts("PDCA", pdca, "")
        about = [{"項目": name, "内容": words} for name, words in (*report.about, *DEFINITION)]
        self._write_dicts("定義と確認", about, "")

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        head = self._report.head
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L台帳の末尾 {head.id}: {head.hash}&R&P / &N")
        if self._report.warning:
            sheet.set_header(f"&C{self._report.warning}")
        return sheet

    def _write_weeks(self) -> None:
        sheet = self._sheet("週")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, WEEK_COLUMNS, self._bold)
        sheet.set_column(0, len(WEEK_COLUMNS) - 1, 12)
        for row, cells in enumerate(week_cells(self._report), 1):
            sheet.write_row(row, 0, cells)
            active, staff = cells[3], cells[12]
            sheet.write_formula(
                row, 13, f'=IF(M{row + 1}>0,D{row + 1}/M{row + 1},"")', self._share,
                active / staff if staff else "",
            )  # fmt: skip

    def _write_summary(self, sheet: Any) -> None:
        report = self._report
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 20)
        sheet.set_column(2, 2, 16)
        sheet.write_string(0, 0, report.title, self._large)
        if report.warning:
            sheet.write_string(1, 0, report.warning, self._bold)
        sheet.write_row(2, 0, ("指標", "項目", "値", "単位"), self._bold)
        for row, (name, item, value, unit) in enumerate(report.lines, 3):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, item)
            sheet.write_string(row, 3, unit)
            if row == 3 and value is not None:
                formula = "=AVERAGEIFS(週!G:G,週!P:P,1)"
                sheet.write_formula(row, 2, formula, self._one, value)
            elif row == 5 and value is not None:
                formula = f"=MAX(ROUNDUP({FINAL_TARGET}-C4-0.000000001,0),0)"
                sheet.write_formula(row, 2, formula, None, value)
            elif value is None:
                sheet.write_string(row, 2, "－")
            else:
                tenths = unit == "時間" or isinstance(value, float)
                sheet.write_number(row, 2, value, self._one if tenths else None)

    def _write_table(
        self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        sheet = self._sheet(name)
        sheet.set_column(0, len(columns) - 1, 18)
        sheet.write_row(0, 0, columns, self._bold)
        for number, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                words = self._text if isinstance(cell, str) else None
                sheet.write(number, column, cell, self._share if isinstance(cell, float) else words)

    def _write_dicts(
        self, name: str, rows: Sequence[Any], empty: str, *, first: Sequence[str] = ()
    ) -> None:
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 8, 40 if name in ("PDCA", "定義と確認") else 18)
        place = 0
        for words in first:
            sheet.merge_range(place, 0, place, 6, words, self._wrap)
            sheet.set_row(place, _EXPLANATION_HEIGHT)
            place += 1
        if not rows:
            sheet.write_string(place, 0, empty)
        if not rows:
            return
        sheet.write_row(place, 0, list(rows[0]), self._bold)
        for number, row in enumerate(rows, place + 1):
            for column, cell in enumerate(row.values()):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell, self._wrap)
                else:
                    sheet.write(number, column, cell, self._top)


def week_cells(report: Report) -> list[list[Any]]:
    """Return the closed weeks of the fiscal year up to the period's end; the rate comes apart."""
    inside = {week.key for week in report.weeks}
    return [
        [
            week.key, week.start.isoformat(), week.fiscal_year, week.active,
            _or_nothing(week.sustained), _or_nothing(week.three_of_four), _or_nothing(week.value),
            week.week.frozen["active"], week.week.now["active"], week.week.now["excluded"],
            week.week.now["quotations_only"], week.week.now["unresolved"], week.staff, "",
            week.special, int(week.key in report.year.weeks), int(week.key in inside),
            week.excluded,
        ]
        for week in report.figures.closed
        if week.fiscal_year == report.period.fiscal_year
    ]  # fmt: skip


def section_rows(report: Report) -> list[list[Any]]:
    """Return the sections as they may be shown, then the city, and beside it who was left out."""
    table = report.sections
    rows: list[list[Any]] = [
        [row.section, _or_hidden(row.active), _or_hidden(row.staff), _or_hidden(row.rate)]
        for row in table.rows
    ]
    rate = table.active / table.staff if table.staff else HIDDEN_WORDS
    return [
        *rows,
        ["市全体", table.active, table.staff, rate],
        ["除外（市全体）", table.excluded, "", ""],
    ]


def write_csv(report: Report, file: BinaryIO) -> None:
    """Write every figure as one line (period, figure, item, value, unit), for a BI tool."""
    with csv_writer(file) as writer:
        writer.writerow(_CSV_COLUMNS)
        writer.writerows(_csv_lines(report))


def _csv_lines(report: Report) -> Iterator[tuple[Any, ...]]:
    key = report.period.key
    for name, item, value, unit in report.lines:
        yield (key, name, as_text(item), "" if value is None else value, unit)
    for cells in week_cells(report):
        for name, cell in list(zip(WEEK_COLUMNS, cells, strict=True))[3:]:
            if name not in ("利用率", "印"):
                unit = _WEEK_UNITS.get(name, "人")
                yield (key, name, cells[0], cell, unit)
    for section, active, staff, rate in section_rows(report):
        for name, cell in zip(SECTION_COLUMNS[1:], (active, staff, rate), strict=True):
            if cell != "":
                yield (key, f"課別 {name}", as_text(section), cell, "")
    for change in report.adjustments:
        yield (key, "調整", f"{change['週']} 登録{change['登録']}", change["人数"], "人")
    for owner, number in report.effects.avoided.most_common():
        yield (key, "問合せが減ったと見られる質問", as_text(owner), number, "件")
    for name, words in report.about:
        yield (key, name, "", as_text(words), "")
    for name, words in DEFINITION:
        yield (key, "定義", name, words, "")


def _or_nothing(number: int | None) -> int | str:
    return "" if number is None else number


def _or_hidden(number: float | int | None) -> float | int | str:
    return HIDDEN_WORDS if number is None else number
