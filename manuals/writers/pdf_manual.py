"""Lay out a manual as an A4 PDF with a cover, contents, bookmarks and printed page labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from japanese_text import japanese_text
from manual_blocks import ManualSource
from pdf_document import BOTTOM, SIDE_MARGIN, TEXT_HEIGHT, TEXT_WIDTH, PaperDocument, column
from pdf_typesetter import FONT_NAME, Typesetter, boxed, centred, register_font, style
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents
from sample_mark import MARK

CONTENTS_LEVELS = 2
ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi")


class ManualDocument(PaperDocument):
    """A document with a cover and contents that numbers its body pages from 1."""

    def __init__(self, target: Path, source: ManualSource) -> None:
        """Prepare the three page layouts of the manual described by source."""
        self.front_pages = 0
        super().__init__(target, source)
        frame = column(SIDE_MARGIN, BOTTOM, TEXT_WIDTH, TEXT_HEIGHT)
        self.addPageTemplates(
            [
                PageTemplate("cover", frames=[frame], onPage=self._start_roman_labels),
                PageTemplate("contents", frames=[frame], onPage=self._draw_contents_page),
                PageTemplate("body", frames=[frame], onPage=self._draw_body_page),
            ]
        )

    def beforeDocument(self) -> None:  # noqa: N802 - reportlab names this hook
        """Forget the number of front pages before each pass over the story."""
        super().beforeDocument()
        self.front_pages = 0

    def after_heading(self, level: int, text: str, key: str) -> None:
        """Hand chapters and sections to the contents."""
        if level <= CONTENTS_LEVELS:
            self.notify("TOCEntry", (level - 1, text, self.page - self.front_pages, key))

    def _start_roman_labels(self, canvas: Any, _document: Any) -> None:
        """Label the cover i."""
        canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)

    def _draw_contents_page(self, canvas: Any, _document: Any) -> None:
        """Print the head and the roman number of a contents page."""
        self.draw_head_and_foot(canvas, ROMAN[canvas.getPageNumber()])

    def _draw_body_page(self, canvas: Any, _document: Any) -> None:
        """Print the head and the arabic number of a body page, the first of which is 1."""
        page = canvas.getPageNumber()
        if not self.front_pages:
            self.front_pages = page - 1
            canvas.addPageLabel(page - 1, style="ARABIC", start=1)
        self.draw_head_and_foot(canvas, str(page - self.front_pages))


def write_pdf(source: ManualSource, target: Path, font: Path) -> None:
    """Write the manual to target with the TrueType font at font embedded as a subset."""
    register_font(font, source)
    story = [*_cover(source.front_matter), *_contents()]
    story += [NextPageTemplate("body"), PageBreak()]
    story += Typesetter(TEXT_WIDTH).lay_out(source.blocks)
    ManualDocument(target, source).multiBuild(story)


def _cover(front_matter: dict[str, str]) -> list[Flowable]:
    """Lay out the cover page."""
    return [
        Spacer(1, 55 * mm),
        japanese_text(front_matter["題名"], centred("title", 30)),
        Spacer(1, 5 * mm),
        japanese_text(front_matter.get("副題", ""), centred("subtitle", 13)),
        Spacer(1, 30 * mm),
        japanese_text(front_matter["版"], centred("edition", 13)),
        japanese_text(f"{front_matter['施行']}　施行", centred("date", 12)),
        Spacer(1, 24 * mm),
        japanese_text(front_matter["発行"], centred("issuer", 14)),
        japanese_text(front_matter.get("連絡先", ""), centred("contact", 10.5)),
        Spacer(1, 14 * mm),
        boxed(MARK, TEXT_WIDTH),
    ]


def _contents() -> list[Flowable]:
    """Lay out the contents, whose numbers are the printed ones."""
    contents = TableOfContents(dotsMinLevel=0)
    font = ("FONTNAME", (0, 0), (-1, -1), FONT_NAME)
    contents.tableStyle = TableStyle([font, *contents.tableStyle.getCommands()])
    contents.levelStyles = [
        style("contents-1", 11, spaceBefore=6),
        style("contents-2", 10, leftIndent=14),
    ]
    title = japanese_text("目　次", centred("contents-title", 16, spaceAfter=8))
    return [NextPageTemplate("contents"), PageBreak(), title, contents]
