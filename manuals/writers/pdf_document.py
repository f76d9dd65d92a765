"""The A4 pages of the sample PDFs: head and foot, title block, columns, bookmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from japanese_text import japanese_text
from manual_blocks import ManualSource
from pdf_footnotes import FootnoteFrame
from pdf_table import INK
from pdf_typesetter import FONT_NAME, boxed, centred, style
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Spacer
from sample_mark import MARK, RUNNING_HEAD, SUBJECT

SIDE_MARGIN = 24 * mm
BOTTOM = 24 * mm
TEXT_WIDTH = A4[0] - 2 * SIDE_MARGIN
TEXT_HEIGHT = A4[1] - 50 * mm


class PaperDocument(BaseDocTemplate):  # type: ignore[misc]
    """A document that bookmarks its headings and sets footnotes; it has no page layouts yet."""

    def __init__(
        self, target: Path, source: ManualSource, *, side_margin: float = SIDE_MARGIN
    ) -> None:
        """Prepare a document of A4 pages with fixed dates; side_margin is in points."""
        self.front_matter = source.front_matter
        self.side_margin = side_margin
        self.bookmarks = 0
        self.outline_level = -1
        super().__init__(
            str(target),
            pagesize=A4,
            title=source.front_matter["題名"],
            author=source.front_matter["発行"],
            subject=SUBJECT,
            lang="ja-JP",
            initialFontName=FONT_NAME,
            invariant=1,
        )

    def beforeDocument(self) -> None:  # noqa: N802 - reportlab names this hook
        """Count bookmarks anew in each pass over the story, and open with them shown."""
        self.bookmarks = 0
        self.outline_level = -1
        self.canv.showOutline()

    def afterPage(self) -> None:  # noqa: N802 - reportlab names this hook
        """Draw the footnotes of the page."""
        for frame in self.pageTemplate.frames:
            if isinstance(frame, FootnoteFrame):
                frame.draw_footnotes(self.canv)

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab names this hook
        """Bookmark a heading."""
        level = getattr(flowable, "heading_level", None)
        if level is None:
            return
        key = f"heading-{self.page}-{self.bookmarks}"
        self.bookmarks += 1
        self.canv.bookmarkHorizontal(key, 0, self.frame._y + flowable.height)
        # reportlab wants an outline that deepens by single steps.
        self.outline_level = min(level - 1, self.outline_level + 1)
        self.canv.addOutlineEntry(
            flowable.heading_text, key, level=self.outline_level, closed=level > 1
        )
        self.after_heading(level, flowable.heading_text, key)

    def after_heading(self, level: int, text: str, key: str) -> None:
        """Do nothing more with a heading; a document with contents lists it."""

    def draw_head_and_foot(self, canvas: Any, number: str) -> None:
        """Draw the running head with a rule, and the printed page number."""
        canvas.saveState()
        canvas.setFont(FONT_NAME, 8.5)
        canvas.setFillColor(INK)
        head = A4[1] - 17 * mm
        left, right = self.side_margin, A4[0] - self.side_margin
        canvas.drawString(left, head, RUNNING_HEAD)
        canvas.drawRightString(right, head, self.front_matter["題名"])
        canvas.setLineWidth(0.4)
        canvas.line(left, head - 2 * mm, right, head - 2 * mm)
        canvas.drawCentredString(A4[0] / 2, 13 * mm, f"- {number} -")
        canvas.restoreState()

    def draw_plain_page(self, canvas: Any, _document: Any) -> None:
        """Draw head and foot of a page of a document without cover."""
        self.draw_head_and_foot(canvas, str(canvas.getPageNumber()))


def title_block(source: ManualSource, width: float) -> list[Flowable]:
    """Lay out title, edition and mark for the top of a document without cover."""
    front_matter = source.front_matter
    lines = [japanese_text(front_matter["題名"], centred("title", 18, spaceAfter=4))]
    if "副題" in front_matter:
        lines.append(japanese_text(front_matter["副題"], centred("subtitle", 11)))
    lines.append(japanese_text(source.edition_line, centred("edition", 9.5)))
    if "連絡先" in front_matter:
        lines.append(japanese_text(front_matter["連絡先"], centred("contact", 9.5)))
    return [*lines, Spacer(1, 2 * mm), boxed(MARK, width, scale=0.85), Spacer(1, 4 * mm)]


def column(x: float, y: float, width: float, height: float, *, scale: float = 1.0) -> FootnoteFrame:
    """Return a column without padding; its lower left corner and size are in points."""
    return FootnoteFrame(
        x,
        y,
        width,
        height,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
        footnote_style=style("footnote", 8 * scale, leading=11.5 * scale),
    )
