"""Lay out a manual as a Word file with real heading styles, tables and a contents field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor
from manual_blocks import Block, Heading, Item, ManualSource, NewPage, Note, Paragraph, Table
from office_file import fix_times, set_properties
from sample_mark import MARK
from word_footnotes import Footnotes
from word_parts import (
    mark_field,
    set_font,
    set_language,
    set_page,
    start_field,
    write_note,
    write_table,
)

BODY_FONT = "ＭＳ 明朝"
HEADING_FONT = "ＭＳ ゴシック"
HEADING_SIZES = {1: 15, 2: 12.5, 3: 11, 4: 10.5}


def write_docx(source: ManualSource, target: Path) -> None:
    """Write the manual to target; the same source gives the same bytes."""
    document = Document()
    set_properties(document.core_properties, source)
    set_page(document, source.front_matter["題名"])
    _set_styles(document)
    footnotes = Footnotes(document)
    _write_cover(document, source.front_matter, footnotes)
    _write_contents(document, source.blocks)
    for block in source.blocks:
        _write_block(document, block, footnotes)
    footnotes.save()
    document.save(str(target))
    fix_times(target)


def _set_styles(document: Any) -> None:
    """Give the styles Japanese fonts, and add the two contents styles Word expects."""
    set_language(document)
    set_font(document.styles["Normal"], BODY_FONT, 10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(2)
    document.styles["Normal"].paragraph_format.line_spacing = 1.05
    for level, size in HEADING_SIZES.items():
        style = document.styles[f"Heading {level}"]
        set_font(style, HEADING_FONT, size)
        style.font.italic = False
        style.font.color.rgb = RGBColor(0x1F, 0x29, 0x33)
    set_font(document.styles["Title"], HEADING_FONT, 26)
    set_font(document.styles["Caption"], HEADING_FONT, 9.5)
    document.styles["Caption"].paragraph_format.keep_with_next = True
    for level in (1, 2):
        style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.left_indent = Mm(5 * (level - 1))
        style.paragraph_format.space_after = Pt(1)


def _write_cover(document: Any, front_matter: dict[str, str], footnotes: Footnotes) -> None:
    """Write the cover, which says that the city is fictitious."""
    lines = [
        (front_matter["題名"], "Title", 150),
        (front_matter.get("副題", ""), "Normal", 10),
        (front_matter["版"], "Normal", 90),
        (f"{front_matter['施行']}　施行", "Normal", 4),
        (front_matter["発行"], "Normal", 90),
        (front_matter.get("連絡先", ""), "Normal", 4),
    ]
    for text, style, space_before in lines:
        paragraph = document.add_paragraph(text, style=style)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(space_before)
    document.add_paragraph().paragraph_format.space_before = Pt(60)
    write_note(document, MARK, footnotes)
    document.add_page_break()


def _write_contents(document: Any, blocks: tuple[Block, ...]) -> None:
    """Write a contents field that Word can update, filled with the chapters and sections."""
    title = document.add_paragraph("目　次")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    headings = [block for block in blocks if isinstance(block, Heading) and block.level <= 2]
    for position, heading in enumerate(headings):
        paragraph = document.add_paragraph(style=f"toc {heading.level}")
        if position == 0:
            start_field(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
        paragraph.add_run(heading.text)
        if position == len(headings) - 1:
            mark_field(paragraph, "end")
    document.add_page_break()


def _write_block(document: Any, block: Block, footnotes: Footnotes) -> None:
    """Write one block of the source."""
    match block:
        case Heading(level=level, text=text):
            document.add_heading(text, level=level)
        case Paragraph(text=text):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(10.5)
            footnotes.add_text(paragraph, text)
        case Item(label=label, text=text):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent = Pt(31.5)
            paragraph.paragraph_format.first_line_indent = Pt(-21)
            footnotes.add_text(paragraph, f"{label}　{text}")
        case Note(text=text):
            write_note(document, text, footnotes)
        case Table():
            document.add_paragraph(block.caption, style="Caption")
            write_table(document, block, footnotes)
        case NewPage():
            document.add_page_break()
