"""Reads PDF files: text by pypdfium2, then pypdf, then OCR; outline and labels by pypdf."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2
import pypdfium2.raw as raw
from pypdf.errors import DependencyError, PyPdfError

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import folded, readable
from ingest.document import Block, ReadDocument
from ingest.page_quality import judge_page
from ingest.pdf_pictures import PDFIUM
from ingest.readers.optical import RESOLUTION
from ingest.readers.page_furniture import furniture_lines, joined_lines, without_furniture
from ingest.readers.page_text import PageText
from ingest.readers.pdf_tables import Box, RuledTable, ruled_tables
from ingest.readers.scanned_page import read_scanned_page

logger = logging.getLogger(__name__)
_MOST_PAGES = 5000
_LEAST_CONFIDENCE = 0.5  # of OCR: below it the letters are guesses
_LONGEST_SIDE = 5000  # pixels of a page drawn for OCR
_MOST_PATHS = 3000  # a page with more path objects is a drawing, not a table
_PYPDF_ERRORS = (
    PyPdfError, DependencyError, ValueError, KeyError, TypeError, IndexError, AttributeError,
    RecursionError, OSError, ArithmeticError, NotImplementedError,
)  # fmt: skip


def read_pdf(content: bytes) -> ReadDocument:
    """Read a PDF; raises UnreadableManual when it is protected, damaged or has no text at all."""
    texts = _read_texts(content)
    outline, labels, title = _structure(content, len(texts))
    problems: list[str] = []
    texts = [_second_reading(content, i, page) for i, page in enumerate(texts)]
    texts = _third_reading(content, texts)
    verdicts = [judge_page(page.text) for page in texts]
    unread = [i + 1 for i, verdict in enumerate(verdicts) if verdict == "mojibake"]
    empty = [i + 1 for i, verdict in enumerate(verdicts) if verdict == "empty"]
    if "readable" not in verdicts:
        raise UnreadableManual(
            "文字として読めるページがありません（白紙か、写真だけか、薄くて読み取れない画像です）。"
            "元のソフトから PDF を作り直すか、200 dpi 以上でスキャンし直してください。"
        )
    if unread:
        problems.append(f"文字化けのため取り込まなかったページ: {_page_list(unread)}")
    if empty:
        problems.append(f"文字のないページ（写真や図だけか、白紙）: {_page_list(empty)}")
    scanned = [i + 1 for i, page in enumerate(texts) if page.method == "ocr"]
    if scanned:
        problems.append(
            f"画像から文字を読み取ったページ（OCR）: {_page_list(scanned)}。"
            "読み誤りがあり得ます。元の文書があれば、それから作った PDF に差し替えてください。"
        )
    kept = [p if v == "readable" else None for p, v in zip(texts, verdicts, strict=True)]
    furniture = furniture_lines([page.lines if page else [] for page in kept])
    blocks: list[Block] = []
    pages: list[Page] = []
    last: RuledTable | None = None
    for index, page in enumerate(kept):
        number = index + 1
        pages.append(Page(number, labels[index], page.text if page else "", texts[index].method))
        if page:
            cut = bool(blocks) and blocks[-1].is_table and blocks[-1].page == index
            above = (last, blocks[-1].rows[0]) if last and cut else None
            blocks += _page_blocks(page, number, outline.get(number, []), furniture, above)
            last = page.tables[-1][1] if page.tables else None
    return ReadDocument(pages, blocks, title=title, problems=problems)


def _read_texts(content: bytes) -> list[PageText]:
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise _why_closed(content, error) from error
        try:
            if not 0 < len(document) <= _MOST_PAGES:
                raise UnreadableManual(
                    f"ページ数が {len(document)} で、取り込める範囲（1〜{_MOST_PAGES}）の外です。"
                    "分割して登録してください。"
                )
            return [_read_page(document, index) for index in range(len(document))]
        finally:
            document.close()


def _why_closed(content: bytes, error: Exception) -> UnreadableManual:
    if "password" in str(error).lower() or b"/Encrypt" in content:
        return UnreadableManual(
            "パスワードで保護された PDF です。保護を外した PDF を登録してください。"
        )
    return UnreadableManual(
        "PDF として開けません（壊れているか、途中で切れています）。"
        "元のソフトで開けるか確かめ、PDF を作り直してください。"
    )


def _read_page(document: Any, index: int) -> PageText:
    try:
        page = document[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        logger.warning("page %d cannot be loaded", index + 1)
        return PageText("", [], [], "text")
    try:
        text = readable(text_page.get_text_range())
        boxes = _path_boxes(page)
        tables = ruled_tables(boxes, lambda box: _cell_text(text_page, box)) if boxes else []
        if not tables:
            return PageText(text, _lines(text), [], "text")
        lines, placed = _lines_around(text_page, tables)
        return PageText(text, lines, placed, "text")
    finally:
        text_page.close()
        page.close()


def _path_boxes(page: Any) -> list[Box]:
    boxes: list[Box] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        boxes.append(item.get_bounds())
        if len(boxes) > _MOST_PATHS:
            return []
    return boxes


def _cell_text(text_page: Any, box: Box) -> str:
    left, bottom, right, top = box
    text = text_page.get_text_bounded(left + 0.5, bottom + 0.5, right - 0.5, top - 0.5)
    return joined_lines(_lines(readable(text)))


def _lines_around(
    text_page: Any, tables: list[RuledTable]
) -> tuple[list[str], list[tuple[int, RuledTable]]]:
    """Return the lines outside the tables, and before which of them each table stands."""
    lines: list[str] = []
    placed: list[tuple[int, RuledTable]] = []
    waiting = list(tables)
    current: list[str] = []

    def end_line() -> None:
        line = readable("".join(current)).strip()
        if line:
            lines.append(line)
        current.clear()

    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        character = chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""
        if character in "\r\n":
            if character == "\n":
                end_line()
            continue
        left, bottom, right, top = text_page.get_charbox(index)
        x, y = (left + right) / 2, (bottom + top) / 2
        inside = next((t for t in tables if _holds(t.box, x, y)), None)
        if inside is None:
            current.append(character)
        elif inside in waiting:
            end_line()
            waiting.remove(inside)
            placed.append((len(lines), inside))
    end_line()
    return lines, placed


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _second_reading(content: bytes, index: int, page: PageText) -> PageText:
    """Try pypdf where pdfium's text is rubbish or missing; keep it only if it reads better."""
    if judge_page(page.text) == "readable":
        return page
    try:
        text = readable(pypdf.PdfReader(io.BytesIO(content)).pages[index].extract_text())
    except _PYPDF_ERRORS as error:
        logger.info("pypdf cannot read page %d either: %s", index + 1, error)
        return page
    if judge_page(text) != "readable":
        return page
    return PageText(text, _lines(text), [], "pypdf")


def _third_reading(content: bytes, pages: list[PageText]) -> list[PageText]:
    """Read by OCR the pages whose text is still rubbish or missing, where there is ink on them."""
    waiting = [i for i, page in enumerate(pages) if judge_page(page.text) != "readable"]
    read = list(pages)
    for index in waiting:
        picture = _picture(content, index)
        scanned = read_scanned_page(picture) if picture is not None else None
        if scanned and judge_page(scanned.text) == "readable" and _is_sure(scanned):
            read[index] = scanned
    return read


def _is_sure(page: PageText) -> bool:
    return page.confidence is None or page.confidence >= _LEAST_CONFIDENCE


def _picture(content: bytes, index: int) -> Any:
    with PDFIUM:
        document = pypdfium2.PdfDocument(content)
        try:
            page = document[index]
            scale = min(RESOLUTION / 72, _LONGEST_SIDE / max(page.get_size()))
            return page.render(scale=scale, grayscale=True).to_pil()
        except pypdfium2.PdfiumError:
            logger.warning("page %d cannot be drawn", index + 1)
            return None
        finally:
            document.close()


def _structure(
    content: bytes, count: int
) -> tuple[dict[int, list[tuple[str, int]]], list[str | None], str]:
    """Return headings by page (title, depth), printed labels, and the document's title."""
    labels: list[str | None] = [None] * count
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if "/PageLabels" in reader.root_object:
            found = list(reader.page_labels)
            labels = [(found[i] or None) if i < len(found) else None for i in range(count)]
        outline: dict[int, list[tuple[str, int]]] = {}
        for title, depth, number in _outline_items(reader, reader.outline, 1):
            outline.setdefault(number, []).append((title, depth))
        title = readable(str((reader.metadata and reader.metadata.title) or "")).strip()
    except _PYPDF_ERRORS as error:
        logger.info("no outline or labels: %s", error)
        return {}, labels, ""
    return outline, labels, title if judge_page(title) != "mojibake" else ""


def _outline_items(
    reader: pypdf.PdfReader, items: Any, depth: int
) -> Iterator[tuple[str, int, int]]:
    for item in items if depth < 12 else ():
        if isinstance(item, list):
            yield from _outline_items(reader, item, depth + 1)
        else:
            number = reader.get_destination_page_number(item)
            if number is not None and item.title:
                yield readable(item.title).strip(), depth, number + 1


def _page_blocks(
    page: PageText,
    number: int,
    headings: list[tuple[str, int]],
    furniture: set[str],
    above: tuple[RuledTable, tuple[str, ...]] | None,
) -> list[Block]:
    """Return the blocks of a page; `above` is the table that ends the page before, and its heads.

    A table at the top that is ruled like it goes on from it.
    """
    waiting = {folded(title): (title, depth) for title, depth in headings}
    blocks: list[Block] = []
    position = 0
    for line, after in without_furniture(page.lines, furniture):
        while page.tables and position < len(page.tables) and page.tables[position][0] <= after:
            blocks += _table_blocks(page.tables[position][1], number, None if blocks else above)
            position += 1
        found = waiting.pop(folded(line), None)
        blocks.append(Block(line, number, level=found[1] if found else None))
    for _, table in page.tables[position:]:
        blocks += _table_blocks(table, number, None if blocks else above)
    return blocks


def _table_blocks(
    table: RuledTable, number: int, above: tuple[RuledTable, tuple[str, ...]] | None
) -> list[Block]:
    goes_on = above is not None and table.has_columns_of(above[0])
    return table.blocks(number, above[1] if above is not None and goes_on else None)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _page_list(numbers: list[int]) -> str:
    shown = "、".join(str(n) for n in numbers[:20])
    return f"{shown} ほか（全{len(numbers)}ページ）" if len(numbers) > 20 else shown
