"""The parts of a PowerPoint slide: paragraphs in a box, and tables with merged cells."""

from __future__ import annotations

from typing import Any

from manual_blocks import Table, merges
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt
from slides_layout import (
    BODY_WIDTH,
    CELL_MARGIN,
    LEADING,
    SIDE_MARGIN,
    SPACE_AFTER,
    Line,
    row_heights,
)

FONT = "游ゴシック"
INK = RGBColor(0x1F, 0x29, 0x33)
HEAD_FILL = RGBColor(0xE3, 0xEC, 0xF5)
LEFT = (960 - BODY_WIDTH) / 2  # points, on a slide 960 points wide
PLAIN_GRID = "{5940675A-B579-460E-94D1-54222C63F5DA}"  # PowerPoint's table style of plain rules


def place(shape: Any, top: float, height: float) -> None:
    """Put a shape over the width of the text, top and height in points."""
    shape.left, shape.top = Pt(LEFT), Pt(top)
    shape.width, shape.height = Pt(BODY_WIDTH), Pt(height)


def write_lines(frame: Any, lines: list[Line], size: float, *, centred: bool = False) -> None:
    """Write lines without bullets of the template's own."""
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.line_spacing = Pt(size * LEADING)
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(size * SPACE_AFTER)
        paragraph.alignment = PP_ALIGN.CENTER if centred else PP_ALIGN.LEFT
        properties = paragraph._p.get_or_add_pPr()
        indent = Pt(line.indent * size)
        properties.set("marL", str(indent))
        properties.set("indent", str(-indent))
        properties.insert_element_before(
            properties.makeelement(qn("a:buNone"), {}), "a:tabLst", "a:defRPr", "a:extLst"
        )
        text = f"{line.label}　{line.text}" if line.label else line.text
        _write_run(paragraph, text, size, is_bold=line.is_bold)


def _write_run(paragraph: Any, text: str, size: float, *, is_bold: bool = False) -> None:
    """Write text in the one font, which also its Japanese characters name."""
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(size), is_bold, FONT
    run.font.color.rgb = INK
    properties = run._r.get_or_add_rPr()
    properties.set("lang", "ja-JP")
    east_asian = properties.makeelement(qn("a:ea"), {"typeface": FONT})
    properties.find(qn("a:latin")).addnext(east_asian)


def write_table(slide: Any, table: Table, size: float, top: float) -> None:
    """Write a real table with merged cells; top and size are in points."""
    rows = (*table.head, *table.rows)
    heights = row_heights(table, size)
    frame = slide.shapes.add_table(
        len(rows), len(table.widths), Pt(LEFT), Pt(top), Pt(BODY_WIDTH), Pt(sum(heights))
    )
    frame.name = table.caption
    grid = frame.table
    grid.horz_banding = False
    frame._element.find(f".//{qn('a:tableStyleId')}").text = PLAIN_GRID
    for column, width in zip(grid.columns, table.widths, strict=True):
        column.width = Pt(BODY_WIDTH * width / sum(table.widths))
    for row, height in zip(grid.rows, heights, strict=True):
        row.height = Pt(height)
    for first_row, part in ((0, table.head), (len(table.head), table.rows)):
        for merge in merges(part):
            first = grid.cell(first_row + merge.row, merge.column)
            last_row = first_row + merge.row + merge.height - 1
            first.merge(grid.cell(last_row, merge.column + merge.width - 1))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            is_head = number < len(table.head)
            written = grid.cell(number, column)
            if is_head:
                written.fill.solid()
                written.fill.fore_color.rgb = HEAD_FILL
            if not cell.joined:
                _write_cell(written, cell.text, size, is_head=is_head)


def _write_cell(cell: Any, text: str, size: float, *, is_head: bool) -> None:
    """Write the text of one cell."""
    cell.margin_left = cell.margin_right = Pt(SIDE_MARGIN)
    cell.margin_top = cell.margin_bottom = Pt(CELL_MARGIN)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.line_spacing = Pt(size * LEADING)
    paragraph.alignment = PP_ALIGN.CENTER if is_head else PP_ALIGN.LEFT
    _write_run(paragraph, text, size, is_bold=is_head)
