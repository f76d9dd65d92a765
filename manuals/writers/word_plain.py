"""Lay out a manual as a Word file without styles: headings are only bold, larger text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from manual_blocks import Block, Heading, Item, ManualSource, NewPage, Note, Paragraph, Table
from office_file import fix_times, set_properties
from sample_mark import MARK
from word_footnotes import Footnotes
from word_parts import set_font, set_language, set_page, write_note, write_table

FONT = "游ゴシック"
BODY_SIZE = 10.5
HEADING_SIZES = {1: 14.0, 2: 12.0, 3: 11.0, 4: 10.5}
TITLE_SIZE = 18.0


def write_plain_docx(source: ManualSource, target: Path) -> None:
    """Write the manual to target; the same source gives the same bytes."""
    document = Document()
    set_properties(document.core_properties, source)
    set_page(document, source.front_matter["題名"])
    set_language(document)
    set_font(document.styles["Normal"], FONT, BODY_SIZE)
    document.styles["Normal"].paragraph_format.space_after = Pt(2)
    footnotes = Footnotes(document)
    _write_title(document, source)
    write_note(document, MARK, footnotes)
    for block in source.blocks:
        _write_block(document, block, footnotes)
    footnotes.save()
    document.save(str(target))
    fix_times(target)


def _write_title(document: Any, source: ManualSource) -> None:
    """Write title, edition and where to ask, centred."""
    front_matter = source.front_matter
    _write_bold(document, front_matter["題名"], TITLE_SIZE, centred=True)
    about = (front_matter.get("副題"), source.edition_line, front_matter.get("連絡先"))
    for text in filter(None, about):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _write_block(document: Any, block: Block, footnotes: Footnotes) -> None:
    """Write one block of the source in the one style there is."""
    match block:
        case Heading(level=level, text=text):
            _write_bold(document, text, HEADING_SIZES[level])
        case Paragraph(text=text):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(BODY_SIZE)
            footnotes.add_text(paragraph, text)
        case Item(label=label, text=text):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent = Pt(3 * BODY_SIZE)
            paragraph.paragraph_format.first_line_indent = Pt(-2 * BODY_SIZE)
            footnotes.add_text(paragraph, f"{label}　{text}")
        case Note(text=text):
            write_note(document, text, footnotes)
        case Table():
            _write_bold(document, block.caption, BODY_SIZE)
            write_table(document, block, footnotes)
        case NewPage():
            document.add_page_break()


def _write_bold(document: Any, text: str, size: float, *, centred: bool = False) -> None:
    """Write a bold line that stays with what follows it."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = True
    run.font.size = Pt(size)
    paragraph.paragraph_format.space_before = Pt(size / 2)
    paragraph.paragraph_format.keep_with_next = True
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
