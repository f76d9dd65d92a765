"""Lay out a manual as a Word file with real heading styles, tables and a contents field."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from manual_source import Block, Heading, Item, ManualSource, NewPage, Note, Paragraph, Table

FIXED_TIME = datetime(2026, 4, 1, tzinfo=UTC)
FIXED_ZIP_TIME = (2026, 4, 1, 0, 0, 0)
BODY_FONT = "ＭＳ 明朝"
HEADING_FONT = "ＭＳ ゴシック"
TEXT_WIDTH = Mm(162)
HEADING_SIZES = {1: 15, 2: 12.5, 3: 11}
HEAD_FILL = "E3ECF5"
NOTE_FILL = "FFF6DD"


def write_docx(source: ManualSource, target: Path) -> None:
    """Write the manual to target; the same source gives the same bytes."""
    document = Document()
    _set_properties(document, source.front_matter)
    _set_page(document, source.front_matter)
    _set_styles(document)
    _write_cover(document, source.front_matter)
    _write_contents(document, source.blocks)
    for block in source.blocks:
        _write_block(document, block)
    document.save(str(target))
    _fix_zip_times(target)


def _set_properties(document: Any, front_matter: dict[str, str]) -> None:
    """Set title, author and fixed dates in the file's properties."""
    properties = document.core_properties
    properties.title = front_matter["題名"]
    properties.subject = "架空のモデル市「青葉野市」の見本"
    properties.author = properties.last_modified_by = front_matter["発行"]
    properties.comments = ""
    properties.language = "ja-JP"
    properties.created = properties.modified = FIXED_TIME


def _set_page(document: Any, front_matter: dict[str, str]) -> None:
    """Set A4, the running head and the page number in the foot."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(24)
    section.top_margin = section.bottom_margin = Mm(24)
    head = section.header.paragraphs[0]
    head.text = f"{front_matter['題名']}　見本（架空のモデル市「青葉野市」）"
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(foot, "PAGE", "1")


def _set_styles(document: Any) -> None:
    """Give the styles Japanese fonts, and add the two contents styles Word expects."""
    _set_font(document.styles["Normal"], BODY_FONT, 10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(2)
    document.styles["Normal"].paragraph_format.line_spacing = 1.05
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "ja-JP")
    for level, size in HEADING_SIZES.items():
        style = document.styles[f"Heading {level}"]
        _set_font(style, HEADING_FONT, size)
        style.font.color.rgb = RGBColor(0x1F, 0x29, 0x33)
    _set_font(document.styles["Title"], HEADING_FONT, 26)
    _set_font(document.styles["Caption"], HEADING_FONT, 9.5)
    document.styles["Caption"].paragraph_format.keep_with_next = True
    for level in (1, 2):
        style = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.paragraph_format.left_indent = Mm(5 * (level - 1))
        style.paragraph_format.space_after = Pt(1)


def _set_font(style: Any, name: str, size: float) -> None:
    """Set one font for Latin and East Asian text in a style, dropping theme fonts."""
    style.font.name = name
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    fonts.set(qn("w:eastAsia"), name)


def _write_cover(document: Any, front_matter: dict[str, str]) -> None:
    """Write the cover, which says that the city is fictitious."""
    lines = [
        ("【見本】架空のモデル市「青葉野市」", "Normal", 90),
        (front_matter["題名"], "Title", 40),
        (front_matter["副題"], "Normal", 10),
        (front_matter["版"], "Normal", 90),
        (f"{front_matter['施行']}　施行", "Normal", 4),
        (front_matter["発行"], "Normal", 90),
        (front_matter["連絡先"], "Normal", 4),
    ]
    for text, style, space_before in lines:
        paragraph = document.add_paragraph(text, style=style)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(space_before)
    document.add_paragraph().paragraph_format.space_before = Pt(60)
    _write_note(document, front_matter["見本"])
    document.add_page_break()


def _write_contents(document: Any, blocks: tuple[Block, ...]) -> None:
    """Write a contents field that Word can update, filled with the chapters and sections."""
    title = document.add_paragraph("目　次")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    headings = [block for block in blocks if isinstance(block, Heading) and block.level <= 2]
    for position, heading in enumerate(headings):
        paragraph = document.add_paragraph(style=f"toc {heading.level}")
        if position == 0:
            _add_field_start(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
        paragraph.add_run(heading.text)
        if position == len(headings) - 1:
            _add_field_mark(paragraph, "end")
    document.add_page_break()


def _write_block(document: Any, block: Block) -> None:
    """Write one block of the source."""
    match block:
        case Heading(level=level, text=text):
            document.add_heading(text, level=level)
        case Paragraph(text=text):
            document.add_paragraph(text).paragraph_format.first_line_indent = Pt(10.5)
        case Item(label=label, text=text):
            paragraph = document.add_paragraph(f"{label}　{text}")
            paragraph.paragraph_format.left_indent = Pt(31.5)
            paragraph.paragraph_format.first_line_indent = Pt(-21)
        case Note(text=text):
            _write_note(document, text)
        case Table():
            _write_table(document, block)
        case NewPage():
            document.add_page_break()


def _write_note(document: Any, text: str) -> None:
    """Write a boxed note as a shaded paragraph with a border."""
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "6"), ("space", "4"), ("color", "1F2933")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    # The schema wants pBdr and shd before spacing, indent and alignment.
    properties.insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc")
    properties.insert_element_before(_shading(NOTE_FILL), "w:spacing", "w:ind", "w:jc")


def _write_table(document: Any, table: Table) -> None:
    """Write a ruled table whose head row repeats on every page."""
    document.add_paragraph(table.caption, style="Caption")
    grid = document.add_table(rows=0, cols=len(table.widths), style="Table Grid")
    grid.autofit = False
    total = sum(table.widths)
    for position, row in enumerate((table.header, *table.rows)):
        cells = grid.add_row().cells
        for cell, text, width in zip(cells, row, table.widths, strict=True):
            cell.width = int(TEXT_WIDTH * width / total)
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.paragraphs[0].add_run(text).font.size = Pt(9)
            if position == 0:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
                cell._tc.get_or_add_tcPr().append(_shading(HEAD_FILL))
    _set_row_flags(grid)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _set_row_flags(grid: Any) -> None:
    """Keep rows whole, and mark the first one as the repeated head."""
    for position, row in enumerate(grid.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if position == 0:
            properties.append(OxmlElement("w:tblHeader"))


def _shading(fill: str) -> Any:
    """Return a shading element of the given colour."""
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shading.set(qn(f"w:{key}"), value)
    return shading


def _add_field(paragraph: Any, instruction: str, result: str) -> None:
    """Add a whole field, with the result shown until Word updates it."""
    _add_field_start(paragraph, instruction)
    paragraph.add_run(result)
    _add_field_mark(paragraph, "end")


def _add_field_start(paragraph: Any, instruction: str) -> None:
    """Open a field: its instruction, then the place where the result begins."""
    _add_field_mark(paragraph, "begin")
    text = OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    paragraph.add_run()._r.append(text)
    _add_field_mark(paragraph, "separate")


def _add_field_mark(paragraph: Any, kind: str) -> None:
    """Add one of the marks (begin, separate, end) that bound a field."""
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _fix_zip_times(path: Path) -> None:
    """Rewrite the file's zip container with one fixed time for every part."""
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo(name, date_time=FIXED_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
