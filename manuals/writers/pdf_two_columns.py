"""Lay out a manual as an A4 PDF of two columns under a title block over the full width."""

from __future__ import annotations

from pathlib import Path

from manual_blocks import ManualSource
from pdf_document import BOTTOM, TEXT_HEIGHT, PaperDocument, column, title_block
from pdf_typesetter import Typesetter, register_font
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Frame, FrameBreak, NextPageTemplate, PageTemplate

SIDE_MARGIN = 18 * mm
GUTTER = 8 * mm
FULL_WIDTH = A4[0] - 2 * SIDE_MARGIN
COLUMN_WIDTH = (FULL_WIDTH - GUTTER) / 2
SCALE = 0.9


class TwoColumnDocument(PaperDocument):
    """A document of two columns whose first page begins with a title block."""

    def __init__(self, target: Path, source: ManualSource, *, title_height: float) -> None:
        """Prepare the first page, with title_height points for its title, and the later ones."""
        super().__init__(target, source, side_margin=SIDE_MARGIN)
        top = BOTTOM + TEXT_HEIGHT
        title = column(SIDE_MARGIN, top - title_height, FULL_WIDTH, title_height)
        first = [title, *_columns(TEXT_HEIGHT - title_height)]
        self.addPageTemplates(
            [
                PageTemplate("first", frames=first, onPage=self.draw_plain_page),
                PageTemplate("later", frames=_columns(TEXT_HEIGHT), onPage=self.draw_plain_page),
            ]
        )


def write_pdf_two_columns(source: ManualSource, target: Path, font: Path) -> None:
    """Write the manual to target with the TrueType font at font embedded as a subset."""
    register_font(font, source)
    title = title_block(source, FULL_WIDTH)
    story: list[Flowable] = [*title, NextPageTemplate("later"), FrameBreak()]
    story += Typesetter(COLUMN_WIDTH, scale=SCALE).lay_out(source.blocks)
    TwoColumnDocument(target, source, title_height=_height(title)).build(story)


def _columns(height: float) -> list[Frame]:
    """Return the left and the right column of a page, height points high."""
    return [
        column(x, BOTTOM, COLUMN_WIDTH, height, scale=SCALE)
        for x in (SIDE_MARGIN, SIDE_MARGIN + COLUMN_WIDTH + GUTTER)
    ]


def _height(flowables: list[Flowable]) -> float:
    """Return the points that flowables need over the full width."""
    height = 0.0
    for flowable in flowables:
        height += flowable.wrap(FULL_WIDTH, TEXT_HEIGHT)[1]
        height += flowable.getSpaceBefore() + flowable.getSpaceAfter()
    return height
