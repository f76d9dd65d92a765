"""Writes a report as a PDF of two pages in Japanese, with its font embedded."""

from __future__ import annotations

from datetime import date
from html import escape
from pathlib import Path
from typing import Any, BinaryIO, Final

from reportlab.graphics.shapes import Drawing, Line, PolyLine, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    KeepInFrame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from assistant.usage.definition import DEFINITION
from assistant.usage.effects import METHOD
from assistant.usage.official import FINAL_TARGET, FINAL_YEAR
from assistant.usage.remarks import PARTS
from assistant.usage.report import Report
from assistant.usage.report_sheets import section_rows
from assistant.usage.sentences import (
    effect_words,
    movement_sentence,
    official_sentence,
    readings_sentence,
    value_words,
    way_sentence,
)

_FONT: Final = "report"
_MARGIN: Final = 15 * mm
_FOOT: Final = 10 * mm
_BLUE: Final = colors.HexColor("#0b5394")
_PALE: Final = colors.HexColor("#c5ccd3")
_GREY: Final = colors.HexColor("#47505a")
_MOST_WEEKS: Final = 13  # in the table; the chart has them all
_COLUMNS: Final = 3  # sections beside one another


def write_pdf(report: Report, file: BinaryIO, *, font: Path) -> None:
    """Write the report to an open file; what is much is made smaller, so that it stays two pages.

    `font` is a TrueType font with Japanese letters; those that are used are embedded.
    """
    pdfmetrics.registerFont(TTFont(_FONT, str(font)))
    width, height = A4[0] - 2 * _MARGIN, A4[1] - 2 * _MARGIN - _FOOT
    frame = Frame(_MARGIN, _MARGIN + _FOOT, width, height, 0, 0, 0, 0)
    document = BaseDocTemplate(
        file, pagesize=A4, title=report.title, author="庁内アシスタント", lang="ja"
    )
    document.addPageTemplates(
        PageTemplate(frames=[frame], onPage=lambda canvas, _: _draw_foot(canvas, report))
    )
    document.build(
        [
            KeepInFrame(width, height, _first_page(report, width), mode="shrink"),
            PageBreak(),
            KeepInFrame(width, height, _second_page(report, width), mode="shrink"),
        ]
    )


def _first_page(report: Report, width: float) -> list[Any]:
    figures, year = report.figures, report.year
    parts: list[Any] = [_text(report.title, 16)]
    if report.warning:
        parts.append(_text(report.warning, 12, colour=colors.HexColor("#8f1d1d")))
    short = "－" if year.missing is None else f"あと {year.missing}人"
    parts += [
        Spacer(1, 3 * mm),
        _text(f"公式の値（{year.fiscal_year}年度）　{value_words(year.value)}", 20, colour=_BLUE),
        _text(f"{FINAL_YEAR}年度の目標 {FINAL_TARGET}人まで　{short}", 13),
        _text(official_sentence(figures, year.fiscal_year)),
        *(_text(f"{name}：{words}", 8) for name, words in report.about if name.endswith("作り方")),
        _heading("200人への道のり"),
        _chart(report, width),
        _text(way_sentence(figures)),
        _heading("二つの読み方と利用者の動き"),
        _text(readings_sentence(figures)),
        _text(movement_sentence(figures)),
        _heading(_weeks_heading(report)),
        _weeks(report, width),
    ]
    return parts


def _second_page(report: Report, width: float) -> list[Any]:
    hidden = (
        "5人未満の欄と、差し引きで分かってしまう欄は非表示。利用元をすべて合わせた数で、除外した"
        "アカウントは含まない。"
    )
    parts: list[Any] = [
        _heading(f"課ごとの利用（{report.period.title}）"),
        _sections(report, width),
        _text(hidden, 7),
        _heading("効果"),
        *(_text(words) for words in effect_words(report.effects)),
        _text(METHOD, 7),
        _heading("調整と除外"),
        *(_text(words, 8) for words in _changes(report)),
        _heading("PDCA（担当課記入）"),
        _grid(
            [[PARTS[part], text or "　"] for part, text in report.remarks.items()],
            [width * 0.2, width * 0.8], 8,
        ),
        _heading("定義"),
        *(_text(f"{name}：{words}", 7) for name, words in DEFINITION),
        *(_text(f"{name}：{words}", 7) for name, words in report.about),
    ]  # fmt: skip
    return parts


def _changes(report: Report) -> list[str]:
    words = [
        f"{change['週']}：{change['人数']:+d}人（登録 {change['登録']}、遅れて届いた質問 "
        f"{change['遅れて届いた質問']}件{'、決定 ' + change['決定'] if change['決定'] else ''}）"
        for change in report.adjustments
    ] or ["確定した後の調整はありません。"]
    kinds = [
        f"{one['種類']}（{one['開始']}〜{one['終了']}、{one['理由']}）" for one in report.exclusions
    ]
    return [*words, f"除外の登録 {len(kinds)} 件：{'、'.join(kinds) or 'なし'}"]


def _weeks_heading(report: Report) -> str:
    words = f"{report.period.title}の確定した週"
    count = len(report.weeks)
    if count <= _MOST_WEEKS:
        return words
    return f"{words}（{count}週のうち最後の{_MOST_WEEKS}週。すべての週は Excel の報告に）"


def _weeks(report: Report, width: float) -> Table:
    rows = [
        [
            "週",
            "月曜日",
            "人数",
            "4週すべて",
            "確定／調整後（全利用元）",
            "除外",
            "引用だけ",
            "在籍",
            "印",
        ]
    ]
    for week in report.weeks[-_MOST_WEEKS:]:
        frozen, now = week.week.frozen, week.week.now
        rows.append(
            [
                week.key, week.start.isoformat(), f"{week.active}人",
                "－" if week.sustained is None else f"{week.sustained}人",
                f"{frozen['active']}人／{now['active']}人", f"{now['excluded']}人",
                f"{now['quotations_only']}人", f"{week.staff}人", week.special,
            ]
        )  # fmt: skip
    shares = (0.11, 0.13, 0.09, 0.11, 0.2, 0.08, 0.1, 0.08, 0.1)
    return _grid(rows, [width * share for share in shares], 8, head=True)


def _sections(report: Report, width: float) -> Table:
    cells = [
        [name, _number(active), _number(staff), rate if isinstance(rate, str) else f"{rate:.0%}"]
        for name, active, staff, rate in section_rows(report)
    ]
    height = -(-len(cells) // _COLUMNS)
    rows = [["課", "利用", "在籍", "率"] * _COLUMNS]
    for place in range(height):
        row: list[str] = []
        for column in range(_COLUMNS):
            at = column * height + place
            row += cells[at] if at < len(cells) else [""] * 4
        rows.append(row)
    shares = (0.12, 0.07, 0.07, 0.07333)
    return _grid(rows, [width * share for share in shares * _COLUMNS], 7, head=True)


def _number(cell: Any) -> str:
    return cell if isinstance(cell, str) else f"{cell}人"


def _chart(report: Report, width: float) -> Drawing:
    """Draw the closed weeks, the target line and the final target."""
    figures, height = report.figures, 62 * mm
    weeks = [(w.start.toordinal(), w.value) for w in figures.closed if w.value is not None]
    ends = {year: date(year + 1, 3, 31).toordinal() for year in figures.target.people}
    goals = [(ends[year], number) for year, number in figures.target.people.items()]
    drawing = Drawing(width, height)
    left, low = 12 * mm, 8 * mm
    first = min(day for day, _ in [*weeks, *goals])
    last = max(day for day, _ in [*weeks, *goals])
    most = max([FINAL_TARGET, *(n for _, n in weeks), *(n for _, n in goals)]) * 1.08

    def place(day: int, number: float) -> tuple[float, float]:
        across = left + (day - first) / max(last - first, 1) * (width - left - 4 * mm)
        return across, low + number / most * (height - low - 4 * mm)

    for number in range(0, int(most) + 1, 50):
        _, y = place(first, number)
        drawing.add(Line(left, y, width - 4 * mm, y, strokeColor=_PALE, strokeWidth=0.4))
        drawing.add(_small(left - 2 * mm, y - 2, str(number), anchor="end"))
    for points, colour, dash in ((goals, colors.black, [3, 2]), (weeks, _BLUE, None)):
        flat = [value for day, number in points for value in place(day, number)]
        if len(points) > 1:
            drawing.add(PolyLine(flat, strokeColor=colour, strokeWidth=1.2, strokeDashArray=dash))
    for year, day in ends.items():
        x, _ = place(day, 0)
        drawing.add(_small(x, 1 * mm, f"{year}年度末", anchor="end"))
    words = "青：確定した週（公式の読み方）　黒の破線：年度末の目安"
    drawing.add(_small(left, height - 3 * mm, words))
    return drawing


def _small(x: float, y: float, words: str, *, anchor: str = "start") -> String:
    return String(x, y, words, fontName=_FONT, fontSize=7, fillColor=_GREY, textAnchor=anchor)


def _draw_foot(canvas: Any, report: Report) -> None:
    canvas.saveState()
    canvas.setFont(_FONT, 6.5)
    canvas.setFillColor(_GREY)
    words = f"台帳の末尾 {report.head.id}: {report.head.hash}"
    canvas.drawString(_MARGIN, _MARGIN, words)
    page = f"{report.warning}　{canvas.getPageNumber()} / 2"
    canvas.drawRightString(A4[0] - _MARGIN, _MARGIN, page)
    canvas.restoreState()


def _text(words: str, size: float = 9, *, colour: Any = colors.black) -> Paragraph:
    style = ParagraphStyle(
        "text", fontName=_FONT, fontSize=size, leading=size * 1.5, textColor=colour, wordWrap="CJK"
    )
    return Paragraph(escape(words, quote=False).replace("\n", "<br/>"), style)


def _heading(words: str) -> Paragraph:
    style = ParagraphStyle(
        "heading", fontName=_FONT, fontSize=11, leading=16, textColor=_BLUE, spaceBefore=6
    )
    return Paragraph(escape(words, quote=False), style)


def _grid(rows: list[list[str]], widths: list[float], size: float, *, head: bool = False) -> Table:
    cells = [[_text(str(cell), size) for cell in row] for row in rows]
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.4, _PALE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f3f7fb")))
    return Table(cells, colWidths=widths, style=style)
