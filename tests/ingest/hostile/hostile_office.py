"""Word, Excel and PowerPoint files that no program writes."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pptx
from bombs import rezipped

SENTENCE = "契約書は2通作ります。"
BODY = {
    "手引き.docx": "word/document.xml",
    "手引き.xlsx": "xl/worksheets/sheet1.xml",
    "手引き.pptx": "ppt/slides/slide1.xml",
}
"""The part that holds the text of each of the files of `sound_office`."""
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def sound_office(name: str) -> bytes:
    """Return a file of one sentence in the format of the name."""
    buffer = io.BytesIO()
    if name.endswith(".docx"):
        document = docx.Document()
        document.add_paragraph(SENTENCE)
        document.save(buffer)
    elif name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        book.active["A1"] = SENTENCE
        book.save(buffer)
    else:
        deck = pptx.Presentation()
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = SENTENCE
        deck.save(buffer)
    return buffer.getvalue()


def body_of(content: bytes, name: str) -> str:
    """Return the part that holds a file's text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(BODY[name]).decode()


def with_document_type(name: str, declaration: str, *, encoding: str = "utf-8") -> bytes:
    """Return a file whose text part declares entities and says one in its sentence."""
    content = sound_office(name)
    text = body_of(content, name)
    text = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
    if name.endswith(".xlsx"):
        cell = '<c r="A1" t="inlineStr"><is><t>&x;</t></is></c>'
        text = text[: text.index("<c ")] + cell + text[text.index("</c>") + 4 :]
    text = text.replace(SENTENCE, SENTENCE + "&x;")
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return rezipped(content, {BODY[name]: head.encode() + (declaration + text).encode(encoding)})


def with_part_of_another_name(declaration: str) -> bytes:
    """Return a Word file whose text stands in a part that is not named .xml."""
    content = with_document_type("手引き.docx", declaration)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            if name in ("[Content_Types].xml", "_rels/.rels"):
                data = data.replace(b"word/document.xml", b"word/document.dat")
            name = name.replace("word/_rels/document.xml", "word/_rels/document.dat")
            archive.writestr(name.replace("word/document.xml", "word/document.dat"), data)
    return buffer.getvalue()


def nested_tables(depth: int = 500) -> bytes:
    """Return a Word file with a table in a cell of a table, and so on."""
    name = "手引き.docx"
    content = sound_office(name)
    open_table, close_table = "<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"
    tables = open_table * depth + f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"
    body = body_of(content, name)
    at = body.index("<w:sectPr")
    return rezipped(
        content, {BODY[name]: (body[:at] + tables + close_table * depth + body[at:]).encode()}
    )


def huge_sheet(merges: int = 1) -> bytes:
    """Return a workbook that says it has every row and column, all merged into one cell."""
    merged = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, merges + 1))
    sheet = (
        f'<worksheet xmlns="{_SHEET}"><dimension ref="A1:XFD1048576"/><sheetData>'
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>{SENTENCE}</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>端</t></is></c></row>'
        f'</sheetData><mergeCells count="{merges}">{merged}</mergeCells></worksheet>'
    )
    return rezipped(sound_office("手引き.xlsx"), {BODY["手引き.xlsx"]: sheet.encode()})


def with_outside_references() -> bytes:
    """Return a Word file whose picture, template and included text are elsewhere."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rows = "".join(
        f'<Relationship Id="x{n}" Type="{kind}/{what}" Target="{target}" TargetMode="External"/>'
        for n, (what, target) in enumerate(
            [
                ("image", "file:///etc/passwd"),
                ("attachedTemplate", "http://192.0.2.1/template.dotm"),
                ("subDocument", "file:///etc/passwd"),
                ("footnotes", "file:///etc/passwd"),
            ]
        )
    )
    content = sound_office("手引き.docx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
    relations = relations.replace("</Relationships>", rows + "</Relationships>")
    return rezipped(content, {"word/_rels/document.xml.rels": relations.encode()})


def with_names_that_climb() -> bytes:
    """Return a Word file with parts whose names lead out of any folder."""
    names = ("../../../tmp/climbed.txt", "/tmp/climbed.txt", "..\\..\\climbed.txt", "a\x00b.xml")
    return rezipped(sound_office("手引き.docx"), added={n: b"climbed" for n in names})
