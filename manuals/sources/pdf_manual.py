"""Lay out a manual as an A4 PDF with a cover, contents, bookmarks and printed page labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from japanese_text import japanese_text
from manual_source import Block, Heading, Item, ManualSource, NewPage, Note, Paragraph, Table
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as RuledTable
from reportlab.platypus.tableofcontents import TableOfContents

FONT_NAME = "ManualGothic"
SIDE_MARGIN = 24 * mm
TEXT_WIDTH = A4[0] - 2 * SIDE_MARGIN
INK = colors.HexColor("#1f2933")
HEAD_FILL = colors.HexColor("#e3ecf5")
NOTE_FILL = colors.HexColor("#fff6dd")
# Without this a table selects Helvetica, which is then listed without being embedded.
TABLE_FONT = ("FONTNAME", (0, 0), (-1, -1), FONT_NAME)
CONTENTS_LEVELS = 2
# Millimetres that must remain under a heading of each level, so that it never stands alone.
ROOM_BELOW = {1: 62, 2: 44, 3: 30, 4: 20}
ROMAN = ("", "i", "ii", "iii", "iv")


def _style(name: str, size: float, **options: Any) -> ParagraphStyle:
    """Return a paragraph style that breaks lines by Japanese rules."""
    defaults = {"leading": size * 1.5, "wordWrap": "CJK", "textColor": INK}
    return ParagraphStyle(name, fontName=FONT_NAME, fontSize=size, **(defaults | options))


BODY = _style("body", 10, firstLineIndent=10, spaceAfter=3)
ITEM = _style("item", 10, spaceAfter=2)
CELL = _style("cell", 8.8, leading=12.2)
HEAD_CELL = _style("head-cell", 8.8, leading=12.2, alignment=TA_CENTER)
CAPTION = _style("caption", 9.5, spaceBefore=5, spaceAfter=3)
NOTE = _style("note", 9.5, leading=15)
CENTRED = {"alignment": TA_CENTER}
HEADINGS = {
    1: _style("chapter", 16, spaceBefore=14, spaceAfter=8),
    2: _style("section", 13, spaceBefore=10, spaceAfter=5),
    3: _style("item-heading", 11.5, spaceBefore=7, spaceAfter=3),
    4: _style("sub-heading", 10.5, spaceBefore=5, spaceAfter=2),
}


class ManualDocument(BaseDocTemplate):  # type: ignore[misc]
    """A document that bookmarks its headings and numbers its body pages from 1."""

    def __init__(self, target: Path, source: ManualSource) -> None:
        """Prepare the three page layouts of the manual described by source."""
        self.front_matter = source.front_matter
        self.front_pages = 0
        super().__init__(
            str(target),
            pagesize=A4,
            title=source.front_matter["題名"],
            author=source.front_matter["発行"],
            subject="架空のモデル市「青葉野市」の見本",
            lang="ja-JP",
            initialFontName=FONT_NAME,
            invariant=1,
        )
        frame = Frame(
            SIDE_MARGIN, 24 * mm, TEXT_WIDTH, A4[1] - 50 * mm,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        self.addPageTemplates(
            [
                PageTemplate("cover", frames=[frame], onPage=self._draw_roman_foot),
                PageTemplate("contents", frames=[frame], onPage=self._draw_contents_page),
                PageTemplate("body", frames=[frame], onPage=self._draw_body_page),
            ]
        )

    def beforeDocument(self) -> None:  # noqa: N802 - reportlab names this hook
        """Forget the number of front pages before each pass over the story."""
        self.front_pages = 0

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab names this hook
        """Bookmark a heading and hand chapters and sections to the contents."""
        level = getattr(flowable, "heading_level", None)
        if level is None:
            return
        text = flowable.heading_text
        key = f"heading-{self.page}-{self.canv._bookmark_count}"
        self.canv._bookmark_count += 1
        self.canv.bookmarkHorizontal(key, 0, self.frame._y + flowable.height)
        self.canv.addOutlineEntry(text, key, level=level - 1, closed=level > 1)
        if level <= CONTENTS_LEVELS:
            self.notify("TOCEntry", (level - 1, text, self.page - self.front_pages, key))

    def _draw_roman_foot(self, canvas: Any, _document: Any) -> None:
        """Label the cover and start the roman page labels."""
        canvas._bookmark_count = 0
        canvas.showOutline()
        canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)

    def _draw_contents_page(self, canvas: Any, _document: Any) -> None:
        """Print the head and the roman number of a contents page."""
        self._draw_head_and_foot(canvas, ROMAN[canvas.getPageNumber()])

    def _draw_body_page(self, canvas: Any, _document: Any) -> None:
        """Print the head and the arabic number of a body page, the first of which is 1."""
        page = canvas.getPageNumber()
        if not self.front_pages:
            self.front_pages = page - 1
            canvas.addPageLabel(page - 1, style="ARABIC", start=1)
        self._draw_head_and_foot(canvas, str(page - self.front_pages))

    def _draw_head_and_foot(self, canvas: Any, number: str) -> None:
        """Draw the running head with a rule, and the printed page number."""
        canvas.saveState()
        canvas.setFont(FONT_NAME, 8.5)
        canvas.setFillColor(INK)
        head = A4[1] - 17 * mm
        canvas.drawString(SIDE_MARGIN, head, f"{self.front_matter['題名']}　見本")
        canvas.drawRightString(A4[0] - SIDE_MARGIN, head, "青葉野市（架空のモデル市）")
        canvas.setLineWidth(0.4)
        canvas.line(SIDE_MARGIN, head - 2 * mm, A4[0] - SIDE_MARGIN, head - 2 * mm)
        canvas.drawCentredString(A4[0] / 2, 13 * mm, f"- {number} -")
        canvas.restoreState()


def write_pdf(source: ManualSource, target: Path, font: Path) -> None:
    """Write the manual to target with the TrueType font at font embedded as a subset."""
    pdfmetrics.registerFont(TTFont(FONT_NAME, str(font)))
    story = [*_cover(source.front_matter), *_contents()]
    story += [NextPageTemplate("body"), PageBreak()]
    for block in source.blocks:
        story += _lay_out(block)
    ManualDocument(target, source).multiBuild(story)


def _cover(front_matter: dict[str, str]) -> list[Flowable]:
    """Lay out the cover page."""
    notice = _boxed(japanese_text(front_matter["見本"], NOTE))
    return [
        Spacer(1, 20 * mm),
        japanese_text("【見本】架空のモデル市「青葉野市」", _style("mark", 13, **CENTRED)),
        Spacer(1, 28 * mm),
        japanese_text(front_matter["題名"], _style("title", 30, **CENTRED)),
        Spacer(1, 5 * mm),
        japanese_text(front_matter["副題"], _style("subtitle", 13, **CENTRED)),
        Spacer(1, 30 * mm),
        japanese_text(front_matter["版"], _style("edition", 13, **CENTRED)),
        japanese_text(f"{front_matter['施行']}　施行", _style("date", 12, **CENTRED)),
        Spacer(1, 24 * mm),
        japanese_text(front_matter["発行"], _style("issuer", 14, **CENTRED)),
        japanese_text(front_matter["連絡先"], _style("contact", 10.5, **CENTRED)),
        Spacer(1, 14 * mm),
        notice,
    ]


def _contents() -> list[Flowable]:
    """Lay out the contents, whose numbers are the printed ones."""
    contents = TableOfContents(dotsMinLevel=0)
    contents.tableStyle = TableStyle([TABLE_FONT, *contents.tableStyle.getCommands()])
    contents.levelStyles = [
        _style("contents-1", 11, spaceBefore=6),
        _style("contents-2", 10, leftIndent=14),
    ]
    title = japanese_text("目　次", _style("contents-title", 16, spaceAfter=8, **CENTRED))
    return [NextPageTemplate("contents"), PageBreak(), title, contents]


def _lay_out(block: Block) -> list[Flowable]:
    """Turn one block of the source into what reportlab flows over the pages."""
    match block:
        case Heading():
            return _lay_out_heading(block)
        case Paragraph(text=text):
            return [japanese_text(text, BODY)]
        case Item():
            return [_lay_out_item(block)]
        case Note(text=text):
            return [_boxed(japanese_text(text, NOTE)), Spacer(1, 3 * mm)]
        case Table():
            return _lay_out_table(block)
        case NewPage():
            return [PageBreak()]


def _lay_out_heading(heading: Heading) -> list[Flowable]:
    """Lay out a heading that never stands alone at the foot of a page."""
    paragraph = japanese_text(heading.text, HEADINGS[heading.level])
    paragraph.heading_level = heading.level
    paragraph.heading_text = heading.text
    return [CondPageBreak(ROOM_BELOW[heading.level] * mm), paragraph]


def _lay_out_item(item: Item) -> Flowable:
    """Lay out a list item with a hanging indent as wide as its label."""
    indent = pdfmetrics.stringWidth(item.label, FONT_NAME, ITEM.fontSize) + 8
    style = ParagraphStyle(
        f"item-{indent:.0f}",
        parent=ITEM,
        leftIndent=BODY.firstLineIndent + indent,
        firstLineIndent=-indent,
    )
    return japanese_text(f"{item.label}　{item.text}", style)


def _boxed(content: Flowable) -> Flowable:
    """Put a note into a tinted box."""
    box = RuledTable([[content]], colWidths=[TEXT_WIDTH], spaceBefore=3)
    box.setStyle(
        [
            TABLE_FONT,
            ("BOX", (0, 0), (-1, -1), 0.6, INK),
            ("BACKGROUND", (0, 0), (-1, -1), NOTE_FILL),
        ]
    )
    return box


def _lay_out_table(table: Table) -> list[Flowable]:
    """Lay out a ruled table that repeats its heads where it continues on a new page."""
    total = sum(table.widths)
    ruled = RuledTable(
        [_cells(table.header, HEAD_CELL), *(_cells(row, CELL) for row in table.rows)],
        colWidths=[TEXT_WIDTH * width / total for width in table.widths],
        repeatRows=1,
    )
    ruled.setStyle(
        [
            TABLE_FONT,
            ("GRID", (0, 0), (-1, -1), 0.5, INK),
            ("BACKGROUND", (0, 0), (-1, 0), HEAD_FILL),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    caption = japanese_text(table.caption, CAPTION)
    return [CondPageBreak(42 * mm), caption, ruled, Spacer(1, 3 * mm)]


def _cells(row: tuple[str, ...], style: ParagraphStyle) -> list[Flowable]:
    """Lay out the cells of one table row."""
    return [japanese_text(cell, style) for cell in row]
