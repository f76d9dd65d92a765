"""Reads Excel files (.xlsx, .xlsm, .xls): each visible worksheet as people see it."""

from __future__ import annotations

import re

from assistant.domain import Page
from assistant.errors import UnreadableManual
from ingest.document import Block, ReadDocument, page_text
from ingest.readers.office_archive import OLE2, is_encrypted
from ingest.readers.sheets.sheet_cells import FileSheet, displayed_sheet, hidden_problems
from ingest.readers.sheets.sheet_layout import sheet_blocks
from ingest.readers.sheets.xls_sheets import xls_sheets
from ingest.readers.sheets.xlsx_sheets import xlsx_sheets
from ingest.readers.spanned_table import text_lines

_OLDEST = (b"\x09\x00", b"\x09\x02", b"\x09\x04")  # Excel 2.0 to 4.0: no container around it
_UNNAMED = re.compile(r"^(?:Sheet|シート)\s*\d+$", re.IGNORECASE)


def read_excel(content: bytes) -> ReadDocument:
    """Read a workbook by its first bytes; raises UnreadableManual with the next step.

    Hidden sheets, rows and columns are left out and named in `problems`.
    """
    if content.startswith(_OLDEST):
        raise UnreadableManual(
            "古すぎる Excel ファイル（Excel 4.0 以前）です。"
            "Excel で .xlsx に保存し直してから登録してください。"
        )
    if content.startswith(OLE2) and not is_encrypted(content):
        sheets, hidden, title = xls_sheets(content)
    else:
        sheets, hidden, title = xlsx_sheets(content)
    problems = [f"非表示のシートは取り込みませんでした: {'、'.join(hidden)}"] if hidden else []
    pages: list[Page] = []
    blocks: list[Block] = []
    read = [(sheet, _blocks(sheet)) for sheet in sheets]
    problems += [p for sheet, _ in read for p in (*sheet.problems, *hidden_problems(sheet))]
    said = [(sheet, found) for sheet, found in read if found]
    for sheet, found in said:
        heading = Block(sheet.name, level=1)
        pages.append(Page(None, sheet.name, page_text([heading, *found]), "sheet"))
        # A name that nobody gave says nothing: the text then stands under the manual's title.
        blocks += found if len(said) == 1 and _UNNAMED.match(sheet.name) else [heading, *found]
    if not blocks:
        raise UnreadableManual(
            "表示されているシートに文字がない Excel ファイルです。"
            "非表示のシートがあれば表示し、保存し直してください。"
        )
    return ReadDocument(pages, blocks, title=title, problems=problems)


def _blocks(sheet: FileSheet) -> list[Block]:
    blocks = sheet_blocks(displayed_sheet(sheet))
    for row, text in sheet.shapes:
        if row not in sheet.hidden_rows:
            label = f"{sheet.name} {row}行目"
            blocks += text_lines(f"（図形）{text}", label=label)
    return blocks
