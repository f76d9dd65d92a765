"""Small real files of each format for the fuzzer to change."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pptx
import pypdf
import xlwt
from pypdf.generic import StreamObject
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

MANUALS = Path(__file__).parents[3] / "manuals"
SHARED = Path(__file__).parents[4] / "shared" / "data"
FORMATS = ("pdf", "docx", "xlsx", "xls", "pptx", "html", "csv", "md", "txt")
_LARGEST = 120_000  # bytes
_PAGES = 3  # of each long PDF
_SENTENCES = ("第1条　契約書は2通作ります。", "令和8年4月1日", "1,100円", "課長の決裁")


def originals(suffix: str) -> list[bytes]:
    """Return the files of a format, the smallest first, made ones among them."""
    found = [_made(suffix)] if suffix in ("docx", "xlsx", "xls", "pptx") else []
    found += [_made_pdf()] * 20 if suffix == "pdf" else []  # many of the small ones have no text
    folders = [MANUALS, SHARED / "badfiles", SHARED / "documents"]
    for folder in folders:
        for path in sorted(folder.rglob(f"*.{suffix}")) if folder.is_dir() else ():
            content = path.read_bytes()
            if len(content) <= _LARGEST:
                found.append(content)
            elif suffix == "pdf":
                found += _single_pages(content)
    if suffix == "pdf":
        found += [plain for content in found if (plain := _unpacked(content))]
    if suffix in ("html", "csv", "md", "txt"):
        found += [content[: len(content) // 4] for content in found]
    return sorted(found, key=len)


def _single_pages(content: bytes) -> Iterator[bytes]:
    """Yield a few pages of a long PDF, each as a file, where they are small."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    for number in range(0, len(reader.pages), max(1, len(reader.pages) // _PAGES)):
        writer = pypdf.PdfWriter()
        writer.add_page(reader.pages[number])
        buffer = io.BytesIO()
        writer.write(buffer)
        if len(buffer.getvalue()) <= _LARGEST:
            yield buffer.getvalue()


def _unpacked(content: bytes) -> bytes | None:
    """Return a PDF whose streams are not compressed, so that changes fall into what they say."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
        for item in writer._objects:
            if isinstance(item, StreamObject) and item.get("/Filter") == "/FlateDecode":
                data = item.get_data()
                item.pop("/Filter")
                item.pop("/DecodeParms", None)
                item._data = data
        buffer = io.BytesIO()
        writer.write(buffer)
    except Exception:  # one of the damaged files: it stays as it is
        return None
    return buffer.getvalue() if len(buffer.getvalue()) <= 3 * _LARGEST else None


def _made_pdf() -> bytes:
    """Return a page with text, a ruled table, an outline and metadata, nothing compressed."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    page = Canvas(buffer, pageCompression=0, invariant=True)
    page.setTitle(_SENTENCES[0])
    page.bookmarkPage("a")
    page.addOutlineEntry(_SENTENCES[0], "a", 0)
    page.setFont("HeiseiMin-W3", 12)
    for row, sentence in enumerate(_SENTENCES):
        page.drawString(72, 760 - 20 * row, sentence)
        page.drawString(80, 605 - 20 * row, sentence)
        page.drawString(205, 605 - 20 * row, f"{row}円")
    page.grid([72, 200, 300], [540, 560, 580, 600, 620])
    page.save()
    return buffer.getvalue()


def _made(suffix: str) -> bytes:
    """Return a file that has a little of everything that its format's reader looks at."""
    buffer = io.BytesIO()
    if suffix == "docx":
        document = docx.Document()
        document.add_heading(_SENTENCES[0], 1)
        document.add_paragraph(_SENTENCES[1], style="List Bullet")
        table = document.add_table(2, 2)
        table.cell(0, 0).merge(table.cell(0, 1)).text = _SENTENCES[2]
        document.save(buffer)
    elif suffix == "xlsx":
        book = openpyxl.Workbook()
        for row in range(4):
            book.active.append([_SENTENCES[row], row * 1000.5, 46113 + row])
            book.active.cell(row + 1, 3).number_format = '[$-411]ggge"年"m"月"d"日"'
        book.active.merge_cells("A1:B1")
        book.create_sheet("隠し").sheet_state = "hidden"
        book.save(buffer)
    elif suffix == "xls":
        old = xlwt.Workbook()
        sheet = old.add_sheet("旅費")
        for row, sentence in enumerate(_SENTENCES):
            sheet.write(row, 0, sentence)
            sheet.write(row, 1, row * 1000.5, xlwt.easyxf(num_format_str="#,##0円"))
        sheet.write_merge(5, 6, 0, 1, _SENTENCES[3])
        old.save(buffer)
    else:
        deck = pptx.Presentation()
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = _SENTENCES[:2]
        slide.shapes.add_table(2, 2, 0, 0, 999, 999).table.cell(0, 0).text = _SENTENCES[2]
        slide.notes_slide.notes_text_frame.text = _SENTENCES[3]
        deck.save(buffer)
    return buffer.getvalue()
