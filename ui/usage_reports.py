"""Makes the report of a period in any of its formats, for the shell and for the page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from assistant import calendar
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from assistant.report_font import report_font
from assistant.usage.report import Period, Report, make_report, read_period
from assistant.usage.report_pdf import write_pdf
from assistant.usage.report_sheets import write_csv, write_workbook
from ui.private_file import new_private_file

ReportFormat = Literal["xlsx", "pdf", "csv"]
MIME_TYPES: Final[dict[ReportFormat, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv",
}


def write_report(
    assistant: Assistant,
    period: Period,
    format_: ReportFormat,
    file: BinaryIO,
    *,
    now: datetime,
    by: Actor,
) -> Report:
    """Write the report of a period to an open file; raises UsageError, ModelFilesUnavailable."""
    font = report_font(assistant.settings.models_folder) if format_ == "pdf" else None
    report = make_report(assistant.database, period, now=now, by=by)
    if font is not None:
        write_pdf(report, file, font=font)
    elif format_ == "xlsx":
        write_workbook(report, file)
    else:
        write_csv(report, file)
    return report


def report_command(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Make the report of a period, as a file or as lines."""
    del progress
    now = calendar.now()
    period = read_period(arguments.get("period") or "", today=calendar.today())
    out = arguments.get("out")
    if out is None:
        report = make_report(assistant.database, period, now=now, by=OPERATOR_ACTOR)
        return CommandResult(0, report_document(report, None), tuple(_lines(report)))
    path = Path(out)
    format_ = next((known for known in MIME_TYPES if path.suffix.lower() == f".{known}"), None)
    if format_ is None:
        raise UsageError("報告のファイルの名前は .xlsx・.pdf・.csv で終わるようにしてください。")
    with new_private_file(path) as file:
        report = write_report(assistant, period, format_, file, now=now, by=OPERATOR_ACTOR)
    lines = [*_lines(report), f"{path} に書き出しました。"]
    return CommandResult(0, report_document(report, path), tuple(lines))


def report_document(report: Report, path: Path | None) -> dict[str, Any]:
    """Return the report's figures as JSON."""
    return {
        "period": report.period.key,
        "file": str(path) if path else None,
        "simulated": report.figures.simulated,
        "official": {
            "fiscal_year": report.year.fiscal_year,
            "value": report.year.value,
            "missing": report.year.missing,
            "weeks": list(report.year.weeks),
        },
        "figures": [
            {"name": name, "item": item, "value": value, "unit": unit}
            for name, item, value, unit in report.lines
        ],
        "weeks": [week.key for week in report.weeks],
        "adjustments": [dict(change) for change in report.adjustments],
        "head": report.head.hash,
    }


def _lines(report: Report) -> list[str]:
    lines = [report.title, *([report.warning] if report.warning else [])]
    for name, item, value, unit in report.lines:
        shown = "－" if value is None else f"{round(value, 1):,}{unit}"
        lines.append(f"{name}{f'（{item}）' if item else ''}: {shown}")
    return [*lines, *(f"{name}: {words}" for name, words in report.about)]
