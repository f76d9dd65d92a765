"""Turn the blocks of a manual into what reportlab flows over columns of one width."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from japanese_text import japanese_text
from manual_blocks import (
    FOOTNOTE,
    Block,
    Heading,
    Item,
    ManualSource,
    NewPage,
    Note,
    Paragraph,
    Row,
    SourceError,
    Table,
)
from pdf_table import INK, RuledRows
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer
from reportlab.platypus import Table as RuledTable

FONT_NAME = "ManualGothic"
NOTE_FILL = colors.HexColor("#fff6dd")
# Millimetres that must be left from here to the foot, so that nothing stands there alone.
ROOM_FROM_HEADING = {1: 62, 2: 44, 3: 30, 4: 20}
ROOM_FROM_CAPTION = 42
ROOM_FROM_TITLE = 16
HEADING_HEIGHT = 10  # millimetres
TITLE_OF_PARAGRAPH = re.compile(r"（[^（）]{1,20}）")
# Size, space before and space after in points.
HEADING_LOOK = {1: (16, 14, 8), 2: (13, 10, 5), 3: (11.5, 7, 3), 4: (10.5, 5, 2)}


def register_font(font: Path, source: ManualSource) -> None:
    """Make the TrueType font usable; raise SourceError for a character that it lacks."""
    loaded = TTFont(FONT_NAME, str(font))
    pdfmetrics.registerFont(loaded)
    for number, line in enumerate(source.lines, start=1):
        for character in line:
            if character >= " " and ord(character) not in loaded.face.charToGlyph:
                raise SourceError(
                    f"{source.name} {number}行目: フォントに「{character}」"
                    f"（U+{ord(character):04X}）がありません。別の文字にしてください。"
                )


def style(name: str, size: float, **options: Any) -> ParagraphStyle:
    """Return a paragraph style that breaks lines by Japanese rules."""
    defaults = {"leading": size * 1.5, "wordWrap": "CJK", "textColor": INK}
    return ParagraphStyle(name, fontName=FONT_NAME, fontSize=size, **(defaults | options))


def centred(name: str, size: float, **options: Any) -> ParagraphStyle:
    """Return a style of centred lines."""
    return style(name, size, alignment=TA_CENTER, **options)


def boxed(text: str, width: float, *, scale: float = 1.0) -> RuledTable:
    """Put a note into a tinted box of the given width in points."""
    content = japanese_text(text, style("note", 9.5 * scale, leading=15 * scale))
    box = RuledTable([[content]], colWidths=[width], spaceBefore=3)
    box.setStyle(
        [
            # Without this a table selects Helvetica, which is then listed without being embedded.
            ("FONTNAME", (0, 0), (-1, -1), FONT_NAME),
            ("BOX", (0, 0), (-1, -1), 0.6, INK),
            ("BACKGROUND", (0, 0), (-1, -1), NOTE_FILL),
        ]
    )
    return box


class Typesetter:
    """Lays out blocks in a column of width points, at scale times the usual 10 points.

    It numbers the footnotes, so one typesetter lays out one manual.
    """

    def __init__(self, width: float, *, scale: float = 1.0) -> None:
        self.width = width
        self.scale = scale
        self.footnotes = 0
        self.body = style("body", 10 * scale, firstLineIndent=10 * scale, spaceAfter=3)
        self.item = style("item", 10 * scale, spaceAfter=2)
        self.caption = style("caption", 9.5 * scale, spaceBefore=5, spaceAfter=3)
        self.cell = style("cell", 8.8 * scale, leading=12.2 * scale)
        self.head_cell = centred("head-cell", 8.8 * scale, leading=12.2 * scale)
        self.headings = {
            level: style(f"heading-{level}", size * scale, spaceBefore=before, spaceAfter=after)
            for level, (size, before, after) in HEADING_LOOK.items()
        }

    def lay_out(self, blocks: tuple[Block, ...]) -> list[Flowable]:
        """Return the flowables of all blocks."""
        story: list[Flowable] = []
        for block, following in zip_longest(blocks, blocks[1:]):
            story += self._block(block, following)
        return story

    def _block(self, block: Block, following: Block | None) -> list[Flowable]:
        """Return the flowables of one block, with room for the beginning of the following."""
        match block:
            case Heading():
                return self._heading(block, before_table=isinstance(following, Table))
            case Paragraph(text=text):
                room = [self._room(ROOM_FROM_TITLE)] if TITLE_OF_PARAGRAPH.fullmatch(text) else []
                return [*room, self._noted(text, self.body)]
            case Item():
                return [self._item(block)]
            case Note(text=text):
                shown, footnotes = self._take_footnotes(text)
                box = boxed(shown, self.width, scale=self.scale)
                box.footnotes = footnotes
                return [box, Spacer(1, 3 * mm)]
            case Table():
                return self._table(block)
            case NewPage():
                return [PageBreak()]
        raise AssertionError(f"the source reader lets no {type(block).__name__} into a PDF")

    def _room(self, millimetres: float) -> Flowable:
        """Return what begins a new column unless so much is left of this one."""
        return CondPageBreak(millimetres * mm * self.scale)

    def _heading(self, heading: Heading, *, before_table: bool) -> list[Flowable]:
        """Lay out a heading that never stands alone at the foot of a column."""
        room = ROOM_FROM_HEADING[heading.level]
        if before_table:
            room = max(room, ROOM_FROM_CAPTION + HEADING_HEIGHT)
        paragraph = japanese_text(heading.text, self.headings[heading.level])
        paragraph.heading_level = heading.level
        paragraph.heading_text = heading.text
        return [self._room(room), paragraph]

    def _item(self, item: Item) -> Flowable:
        """Lay out a list item with a hanging indent as wide as its label."""
        label_width = pdfmetrics.stringWidth(item.label, FONT_NAME, self.item.fontSize)
        indent = label_width + 8 * self.scale
        hanging = ParagraphStyle(
            f"item-{indent:.0f}",
            parent=self.item,
            leftIndent=self.body.firstLineIndent + indent,
            firstLineIndent=-indent,
        )
        return self._noted(f"{item.label}　{item.text}", hanging)

    def _table(self, table: Table) -> list[Flowable]:
        """Lay out a ruled table under its caption."""
        footnotes: dict[str, str] = {}
        table = replace(
            table,
            head=tuple(self._mark_footnotes(row, footnotes) for row in table.head),
            rows=tuple(self._mark_footnotes(row, footnotes) for row in table.rows),
        )
        ruled = RuledRows(
            table,
            table.rows,
            width=self.width,
            styles=(self.head_cell, self.cell),
            footnotes=footnotes,
        )
        caption = japanese_text(table.caption, self.caption)
        return [self._room(ROOM_FROM_CAPTION), caption, ruled, Spacer(1, 3 * mm)]

    def _mark_footnotes(self, row: Row, footnotes: dict[str, str]) -> Row:
        """Return row with marks for its footnotes, and add these to footnotes."""
        cells = []
        for cell in row:
            shown, found = self._take_footnotes(cell.text)
            footnotes |= found
            cells.append(replace(cell, text=shown))
        return tuple(cells)

    def _noted(self, text: str, paragraph_style: ParagraphStyle) -> Flowable:
        """Lay out text with a number for each footnote, and keep the footnotes with it."""
        shown, footnotes = self._take_footnotes(text)
        paragraph = japanese_text(shown, paragraph_style)
        paragraph.footnotes = footnotes
        return paragraph

    def _take_footnotes(self, text: str) -> tuple[str, dict[str, str]]:
        """Return text with a mark such as （注1） for each footnote, and the footnotes by mark."""
        footnotes: dict[str, str] = {}
        for match in FOOTNOTE.finditer(text):
            self.footnotes += 1
            mark = f"（注{self.footnotes}）"
            footnotes[mark] = match[1].strip()
            text = text.replace(match[0], mark, 1)
        return text, footnotes
