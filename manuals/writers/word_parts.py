"""The parts that both Word layouts are made of: page, fonts, fields, boxed notes, tables."""

from __future__ import annotations

from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from manual_blocks import Table, is_form_row, merges
from sample_mark import RUNNING_HEAD
from word_footnotes import Footnotes

TEXT_WIDTH = Mm(162)
CELL_SIZE = 9.0
FORM_ROW_HEIGHT = Mm(9)
HEAD_FILL = "E3ECF5"
NOTE_FILL = "FFF6DD"


def set_page(document: Any, title: str) -> None:
    """Set A4, the running head and the page number in the foot."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(24)
    section.top_margin = section.bottom_margin = Mm(24)
    section.header.paragraphs[0].text = f"{RUNNING_HEAD}　{title}"
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    start_field(foot, "PAGE")
    foot.add_run("1")
    mark_field(foot, "end")


def set_font(style: Any, name: str, size: float) -> None:
    """Set one font for Latin and East Asian text in a style, dropping theme fonts."""
    style.font.name = name
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    fonts.set(qn("w:eastAsia"), name)


def set_language(document: Any) -> None:
    """Say that the text is Japanese."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "ja-JP")


def write_note(document: Any, text: str, footnotes: Footnotes) -> None:
    """Write a boxed note as a shaded paragraph with a border."""
    paragraph = document.add_paragraph()
    footnotes.add_text(paragraph, text)
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


def write_table(document: Any, table: Table, footnotes: Footnotes) -> None:
    """Write a ruled table with merged cells whose head rows repeat on every page."""
    rows = (*table.head, *table.rows)
    columns = len(table.widths)
    grid = document.add_table(rows=len(rows), cols=columns, style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    cells = list(grid._cells)
    total = sum(table.widths)
    widths = [int(TEXT_WIDTH * width / total) for width in table.widths]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for position, cell in enumerate(cells):
        cell.width = widths[position % columns]
    for first_row, part in ((0, table.head), (len(table.head), table.rows)):
        for merge in merges(part):
            top = (first_row + merge.row) * columns + merge.column
            bottom = top + (merge.height - 1) * columns + merge.width - 1
            cells[top].merge(cells[bottom])
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not cell.joined:
                is_head = number < len(table.head)
                _write_cell(cells[number * columns + column], cell.text, footnotes, is_head)
    _set_rows(grid, table)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _write_cell(cell: Any, text: str, footnotes: Footnotes, is_head: bool) -> None:
    """Write the text of one cell."""
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    footnotes.add_text(paragraph, text, CELL_SIZE)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if is_head:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        # The schema wants the shading before the vertical alignment.
        cell._tc.tcPr.insert_element_before(_shading(HEAD_FILL), "w:vAlign")


def _set_rows(grid: Any, table: Table) -> None:
    """Keep rows whole, repeat the heads, and leave room in a form's rows."""
    for position, row in enumerate(grid.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if position < len(table.head):
            properties.append(OxmlElement("w:tblHeader"))
        elif is_form_row(table.rows[position - len(table.head)]):
            row.height = FORM_ROW_HEIGHT


def _shading(fill: str) -> Any:
    """Return a shading element of the given colour."""
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shading.set(qn(f"w:{key}"), value)
    return shading


def start_field(paragraph: Any, instruction: str) -> None:
    """Open a field: its instruction, then the place where the result begins."""
    mark_field(paragraph, "begin")
    text = OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    paragraph.add_run()._r.append(text)
    mark_field(paragraph, "separate")


def mark_field(paragraph: Any, kind: str) -> None:
    """Add one of the marks (begin, separate, end) that bound a field."""
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)
