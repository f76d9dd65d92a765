"""Lay out a regulation as a PDF in vertical writing: columns from the right, on A4 landscape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from manual_blocks import Heading, Item, ManualSource, NewPage, Note, Paragraph
from pdf_table import INK
from pdf_typesetter import FONT_NAME, register_font
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from sample_mark import MARK, RUNNING_HEAD, SUBJECT
from vertical_text import Piece, Turn, columns

WIDTH, HEIGHT = landscape(A4)
SIDE_MARGIN = 20 * mm
TOP, BOTTOM = HEIGHT - 26 * mm, 22 * mm
PITCH = 18.6  # points from one column to the next
BODY_SIZE, TITLE_SIZE, SMALL_SIZE = 10.5, 16.0, 9.0
HEADING_SIZES = {1: 12.5, 2: 10.5, 3: 10.5, 4: 10.5}
HEADING_INDENTS = {1: 3, 2: 1, 3: 1, 4: 1}  # em, as all indents
COLUMNS_AFTER_HEADING = 2
BASELINE = 0.88  # em from the top of a character's square to the baseline
MIDDLE = 0.38  # em from the baseline to the middle of the square
SMALL_KANA_SHIFT = 0.11  # em to the right and up


class VerticalPaper:
    """Pages that fill with columns from right to left."""

    def __init__(self, target: Path, front_matter: dict[str, str]) -> None:
        """Open the file and the first page."""
        self.canvas = Canvas(
            str(target), pagesize=(WIDTH, HEIGHT), invariant=1, lang="ja-JP",
            initialFontName=FONT_NAME,
        )  # fmt: skip
        self.title = front_matter["題名"]
        self.canvas.setTitle(self.title)
        self.canvas.setAuthor(front_matter["発行"])
        self.canvas.setSubject(SUBJECT)
        self.canvas.showOutline()
        self.page = 0
        self.outline_level = -1
        self._open_page()

    def write(
        self, text: str, size: float, *, first_indent: float = 0, later_indent: float = 0
    ) -> None:
        """Write text in as many columns as it needs; indents are in em from the top."""
        room = (TOP - BOTTOM) / size
        broken = columns(text, FONT_NAME, first=room - first_indent, later=room - later_indent)
        for number, column in enumerate(broken):
            self._room_for(1)
            top = TOP - (later_indent if number else first_indent) * size
            self._draw_column(column, size, top)
            self.x -= PITCH

    def write_heading(self, heading: Heading) -> None:
        """Write a heading with a bookmark, never as the last columns of a page."""
        self._room_for(1 + COLUMNS_AFTER_HEADING)
        key = f"heading-{self.page}-{self.x:.1f}"
        self.canvas.bookmarkPage(key)
        # A regulation may begin with 条; reportlab wants an outline that deepens by single steps.
        self.outline_level = min(heading.level - 1, self.outline_level + 1)
        self.canvas.addOutlineEntry(heading.text, key, level=self.outline_level)
        indent = HEADING_INDENTS[heading.level]
        size = HEADING_SIZES[heading.level]
        self.write(heading.text, size, first_indent=indent, later_indent=indent)

    def write_framed(self, text: str, size: float) -> None:
        """Write text in a frame of its own."""
        right = self.x + PITCH / 2
        self.write(text, size, first_indent=0.6, later_indent=0.6)
        left = self.x + PITCH / 2
        self.canvas.rect(left, BOTTOM - 4, right - left, TOP - BOTTOM + 4)
        self.x -= PITCH / 2

    def skip(self, number: float) -> None:
        """Leave number columns empty."""
        self.x -= number * PITCH

    def new_page(self) -> None:
        """Begin a new page unless this one is still empty."""
        if self.x < self._first_column():
            self.canvas.showPage()
            self._open_page()

    def save(self) -> None:
        """Write the file."""
        self.canvas.showPage()
        self.canvas.save()

    def _open_page(self) -> None:
        """Draw the running head and the page number, and start at the right."""
        self.page += 1
        self.x = self._first_column()
        self.canvas.setFillColor(INK)
        self.canvas.setStrokeColor(INK)
        self.canvas.setLineWidth(0.4)
        self.canvas.setFont(FONT_NAME, 8.5)
        head = HEIGHT - 15 * mm
        self.canvas.drawString(SIDE_MARGIN, head, f"{RUNNING_HEAD}　{self.title}")
        self.canvas.line(SIDE_MARGIN, head - 2 * mm, WIDTH - SIDE_MARGIN, head - 2 * mm)
        self.canvas.drawCentredString(WIDTH / 2, 11 * mm, f"- {self.page} -")

    def _first_column(self) -> float:
        """Return the middle of a page's first column."""
        right: float = WIDTH - SIDE_MARGIN - PITCH / 2
        return right

    def _room_for(self, number: int) -> None:
        """Begin a new page if fewer than number columns are left."""
        if self.x - (number - 1) * PITCH < SIDE_MARGIN + PITCH / 2:
            self.new_page()

    def _draw_column(self, column: list[Piece], size: float, top: float) -> None:
        """Draw pieces downwards from top, in the middle of the column."""
        text = self.canvas.beginText()
        text.setFont(FONT_NAME, size)
        for piece in column:
            _draw_piece(text, piece, size, x=self.x, top=top)
            top -= piece.length * size
        self.canvas.drawText(text)


def write_pdf_vertical(source: ManualSource, target: Path, font: Path) -> None:
    """Write the regulation to target with the TrueType font at font embedded as a subset."""
    register_font(font, source)
    front_matter = source.front_matter
    paper = VerticalPaper(target, front_matter)
    paper.write_framed(MARK, SMALL_SIZE)
    paper.write(front_matter["題名"], TITLE_SIZE, first_indent=2, later_indent=2)
    paper.skip(0.5)
    about = [source.edition_line, front_matter.get("副題", ""), front_matter.get("連絡先", "")]
    for line in about:
        paper.write(line, SMALL_SIZE, first_indent=6, later_indent=6)
    paper.skip(0.5)
    for block in source.blocks:
        match block:
            case Heading():
                paper.write_heading(block)
            case Paragraph(text=text):
                paper.write(text, BODY_SIZE, later_indent=1)
            case Item(label=label, text=text):
                paper.write(f"{label}　{text}", BODY_SIZE, first_indent=1, later_indent=2)
            case Note(text=text):
                paper.write(text, BODY_SIZE, first_indent=2, later_indent=2)
            case NewPage():
                paper.new_page()
    paper.save()


def _draw_piece(text: Any, piece: Piece, size: float, *, x: float, top: float) -> None:
    """Draw one piece whose square begins at top, around the middle x of the column."""
    width = stringWidth(piece.text, FONT_NAME, size)
    if piece.turn is Turn.SIDEWAYS:
        middle = top - piece.length * size / 2
        text.setTextTransform(0, -1, 1, 0, x - MIDDLE * size, middle + width / 2)
        text.textOut(piece.text)
        return
    shift = SMALL_KANA_SHIFT * size if piece.turn is Turn.SMALL_KANA else 0
    squeeze = min(1.0, size / width) if width else 1.0
    left = x - width * squeeze / 2
    text.setTextTransform(squeeze, 0, 0, 1, left + shift, top - BASELINE * size + shift)
    text.textOut(piece.text)
