"""Reports read back from every format say the same, and what the ledger says."""

from __future__ import annotations

import csv
import errno
import gc
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from full_disk import FullDisk

from assistant import calendar
from assistant.errors import ModelFilesUnavailable, UsageError
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.report_font import report_font
from assistant.usage.decisions import exclude, latest_number
from assistant.usage.definition import DEFINITION
from assistant.usage.freezing import adjust
from assistant.usage.ledger import SOURCE
from assistant.usage.remarks import keep_remarks
from assistant.usage.report import Period, Report, make_report, read_period
from assistant.usage.report_pdf import write_pdf
from assistant.usage.report_sheets import WEEK_COLUMNS, write_csv, write_workbook
from assistant.usage.sentences import value_words
from assistant.usage.simulation import simulate
from assistant.usage.summaries import read_people
from assistant.usage.verification import verify
from ui.commands.dispatch import run_command

NOW = datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO)
PERIODS = pytest.mark.parametrize(
    "period", [Period("2026"), Period("2026-10")], ids=["year", "month"]
)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: NOW)


@pytest.fixture
def used(quick_assistant: Assistant) -> Assistant:
    simulate(quick_assistant.database, weeks=40, staff=200, seed=2, progress=lambda _: None)
    return quick_assistant


@pytest.fixture
def font(models_folder: Path) -> Path:
    try:
        return report_font(models_folder)
    except ModelFilesUnavailable as error:
        pytest.skip(str(error))


def _report(assistant: Assistant, period: Period) -> Report:
    return make_report(assistant.database, period, now=NOW, by=OPERATOR_ACTOR)


def _workbook(report: Report) -> Any:
    with io.BytesIO() as file:
        write_workbook(report, file)
        return openpyxl.load_workbook(io.BytesIO(file.getvalue()), data_only=True)


def _csv(report: Report) -> dict[tuple[str, str], str]:
    with io.BytesIO() as file:
        write_csv(report, file)
        rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    return {(row["指標"], row["項目"]): row["値"] for row in rows}


def _pdf(report: Report, font: Path) -> pypdf.PdfReader:
    file = io.BytesIO()
    write_pdf(report, file, font=font)
    return pypdf.PdfReader(io.BytesIO(file.getvalue()))


def _plain(reader: pypdf.PdfReader) -> str:
    return "".join("".join(page.extract_text() for page in reader.pages).split())


@PERIODS
def test_every_format_says_the_same(used: Assistant, font: Path, period: Period) -> None:
    report = _report(used, period)
    assert report.year.value is not None
    book, lines, pdf = _workbook(report), _csv(report), _plain(_pdf(report, font))
    told = {(row[0], row[1] or ""): row[2] for row in book["概要"].iter_rows(4, values_only=True)}
    for name, item, value, _ in report.lines:
        if value is None:
            assert told[name, item] == "－"
            assert lines[name, item] == ""
        else:
            assert told[name, item] == pytest.approx(value)
            assert float(lines[name, item]) == pytest.approx(value)
    assert f"公式の値（2026年度）{value_words(report.year.value)}" in pdf
    assert f"あと{report.year.missing}人" in pdf
    for words in (
        report.head.hash,
        "模擬データです",
        f"直近4週のすべてで利用した人は{report.weeks[-1].sustained}人",
    ):
        assert words in pdf
    assert lines["台帳の末尾のハッシュ値", ""] == report.head.hash
    assert verify(used.database, head=report.head.hash).right


@PERIODS
def test_a_spreadsheet_works_the_official_value_out_from_the_raw_weeks(
    used: Assistant, period: Period
) -> None:
    report = _report(used, period)
    heads, *rows = _workbook(report)["週"].iter_rows(values_only=True)
    assert heads == WEEK_COLUMNS
    weeks = [dict(zip(heads, row, strict=True)) for row in rows]
    counted = [week["公式の読み方"] for week in weeks if week["公式の値に使う"]]
    assert sum(counted) / len(counted) == pytest.approx(report.year.value)
    for week in weeks:
        assert week["利用率"] == pytest.approx(week["利用した人"] / week["在籍"])
    assert sum(week["この期間"] for week in weeks) == len(report.weeks)


def test_the_formulas_of_a_workbook_are_live(used: Assistant) -> None:
    with io.BytesIO() as file:
        write_workbook(_report(used, Period("2026")), file)
        book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    assert book["概要"]["C4"].value == "=AVERAGEIFS(週!G:G,週!P:P,1)"
    assert book["概要"]["C6"].value.startswith("=MAX(ROUNDUP(200-C4")
    assert book["週"]["N2"].value == '=IF(M2>0,D2/M2,"")'


@PERIODS
def test_the_pdf_has_two_pages_and_its_font_in_it(
    used: Assistant, font: Path, period: Period
) -> None:
    reader = _pdf(_report(used, period), font)
    assert len(reader.pages) == 2
    fonts = [
        font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()
    ]
    used_fonts = [f for f in fonts if "IPA" in str(f["/BaseFont"])]
    assert used_fonts
    for one in used_fonts:
        descriptor = one.get("/FontDescriptor") or one["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in descriptor.get_object()


def test_a_month_has_the_weeks_of_its_thursdays(used: Assistant) -> None:
    weeks = [week.key for week in _report(used, Period("2026-10")).weeks]
    assert weeks == ["2026-W40", "2026-W41", "2026-W42", "2026-W43", "2026-W44"]


def test_months_make_up_the_fiscal_year(used: Assistant) -> None:
    months = [f"2026-{month:02d}" for month in range(4, 12)]
    together = [w.key for month in months for w in _report(used, Period(month)).weeks]
    assert together == [week.key for week in _report(used, Period("2026")).weeks]


def test_adjustments_stand_in_every_format(used: Assistant, font: Path) -> None:
    report = _report(used, Period("2026"))
    assert report.adjustments
    sheet = _workbook(report)["調整"]
    assert [row[0] for row in sheet.iter_rows(2, values_only=True)] == [
        change["週"] for change in report.adjustments
    ]
    pdf, lines = _plain(_pdf(report, font)), _csv(report)
    for change in report.adjustments:
        assert f"{change['週']}：{change['人数']:+d}人" in pdf
        assert lines["調整", f"{change['週']} 登録{change['登録']}"] == str(change["人数"])


def test_no_small_section_stands_in_a_report(used: Assistant) -> None:
    rows = _workbook(_report(used, Period("2026-10")))["課別"].iter_rows(2, values_only=True)
    *sections, excluded = rows
    assert all(row[1] == "非表示" or row[1] >= 5 for row in sections)
    assert excluded[0] == "除外（市全体）"


def test_whoever_is_left_out_stands_beside_every_total(used: Assistant, font: Path) -> None:
    number = _somebody_active(used)
    exclude(
        used.database, number, kind="test", first=date(2026, 4, 1), last=None, reason="試験用",
        by=OPERATOR_ACTOR,
    )  # fmt: skip
    adjust(used.database)
    report = _report(used, Period("2026"))
    assert report.sections.excluded == 1
    assert report.weeks[-1].excluded == report.weeks[-1].week.now["excluded"] == 1
    book, lines, pdf = _workbook(report), _csv(report), _plain(_pdf(report, font))
    assert [*book["課別"].iter_rows(values_only=True)][-1][:2] == ("除外（市全体）", 1)
    assert lines["課別 利用した人", "除外（市全体）"] == "1"
    assert float(lines["公式の値の週の除外", "延べ"]) == report.year.excluded
    assert f"これらの週の除外は延べ{report.year.excluded}人" in pdf
    assert "除外（市全体）1人" in pdf
    heads, *rows = book["週"].iter_rows(values_only=True)
    assert rows[-1][heads.index("除外（公式の利用元）")] == 1


def _somebody_active(assistant: Assistant) -> str:
    """Return the number of somebody who used this system in the last closed week."""
    with assistant.database.read() as connection:
        people = read_people(connection)
        last = people[max(people)]
        return latest_number(
            connection, next(p.person_id for p in last if p.source == SOURCE and not p.excluded)
        )


@PERIODS
def test_every_file_says_how_it_was_counted_and_since_when(
    used: Assistant, font: Path, period: Period
) -> None:
    report = _report(used, period)
    lines, pdf = _csv(report), _plain(_pdf(report, font))
    for name, words in DEFINITION:
        assert lines["定義", name] == words
        assert "".join(words.split()) in pdf
    assert f"（{report.figures.setting.since}から）" in lines["公式の値の作り方", ""]


def test_what_the_section_wrote_is_kept_and_printed(used: Assistant, font: Path) -> None:
    texts = {"plan": "全課に案内する。", "act": "使い方の会を開く。\n4月に行う。"}
    keep_remarks(used.database, "2026", texts, by=OPERATOR_ACTOR)
    report = _report(used, Period("2026"))
    assert report.remarks == {"plan": texts["plan"], "do": "", "check": "", "act": texts["act"]}
    cells = [row[1] for row in _workbook(report)["PDCA"].iter_rows(2, values_only=True)]
    assert cells[0] == texts["plan"]
    assert "全課に案内する。" in _plain(_pdf(report, font))
    assert _report(used, Period("2026-10")).remarks["plan"] == ""


def test_remarks_that_are_too_long_change_nothing(used: Assistant) -> None:
    with pytest.raises(UsageError, match="文字まで"):
        keep_remarks(used.database, "2026", {"plan": "あ" * 2001}, by=OPERATOR_ACTOR)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "昨年", "26", "2026/11"])
def test_a_period_that_is_none_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="期間"):
        read_period(text, today=date(2026, 11, 27))


def test_without_a_period_it_is_this_fiscal_year() -> None:
    assert read_period("", today=date(2027, 3, 28)) == Period("2026")
    assert read_period("", today=date(2027, 3, 29)) == Period("2027")  # Thursday is 1 April
    assert Period("2026-02").fiscal_year == 2025
    assert Period("2026-02").last_day == date(2026, 2, 28)


def test_a_period_without_weeks_is_told_and_leaves_no_file(used: Assistant, tmp_path: Path) -> None:
    out = tmp_path / "report.xlsx"
    arguments = {"out": str(out), "period": "2031"}
    result = run_command(used, "usage-report", arguments, lambda _: None)
    assert result.status == 2
    assert "2031年度には、確定した週がありません" in result.lines[0]
    assert not out.exists()


@pytest.mark.parametrize("write", [write_workbook, write_csv], ids=["xlsx", "csv"])
def test_a_full_disk_is_told_as_such(used: Assistant, write: Any) -> None:
    with pytest.raises(OSError, match="No space") as raised:
        write(_report(used, Period("2026-10")), FullDisk())
    assert raised.value.errno == errno.ENOSPC
    del raised
    gc.collect()  # the archive that was begun tidies up after itself here, not in another test


def test_what_somebody_typed_stays_text_in_a_workbook_once_it_is_edited(used: Assistant) -> None:
    keep_remarks(used.database, "2026", {"plan": "=1+1"}, by=OPERATOR_ACTOR)
    with io.BytesIO() as file:
        write_workbook(_report(used, Period("2026")), file)
        book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    typed = [book["PDCA"]["B2"], book["課別"]["A2"]]
    assert typed[0].value == "=1+1"
    assert [(cell.data_type, cell.quotePrefix) for cell in typed] == [("s", True)] * 2


@pytest.mark.parametrize("kind", ["xlsx", "pdf", "csv"])
def test_a_report_is_written_by_command(
    used: Assistant, tmp_path: Path, font: Path, kind: str
) -> None:
    out = tmp_path / f"report.{kind}"
    arguments = {"out": str(out), "period": "2026-10"}
    result = run_command(used, "usage-report", arguments, lambda _: None)
    assert result.status == 0, result.lines
    assert out.stat().st_size > 1000
    assert result.document["period"] == "2026-10"
    assert verify(used.database, head=result.document["head"]).right
    again = run_command(used, "usage-report", arguments, lambda _: None)
    assert again.status == 2  # what is there is not overwritten
