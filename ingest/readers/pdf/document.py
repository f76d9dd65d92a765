"""Reads PDF files: text by pypdfium2, then pypdf, then OCR; outline and labels by pypdf."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2
from pypdf.errors import DependencyError, PyPdfError

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import folded, readable
from ingest.document import Block, ReadDocument
from ingest.page_progress import say_pages_read
from ingest.page_quality import judge_page
from ingest.pdf_pictures import PDFIUM
from ingest.readers.pdf.large_lines import large_headings
from ingest.readers.pdf.page_furniture import furniture_lines, margin_lines, without_furniture
from ingest.readers.pdf.page_layout import goes_on
from ingest.readers.pdf.page_text import PageText, plain_page, without_lines
from ingest.readers.pdf.pdf_page import read_page
from ingest.readers.pdf.pdf_scans import obstacle_problems, page_list, read_scans
from ingest.readers.pdf.pdf_tables import RuledTable
from ingest.readers.pdf.slide_pages import names_lines, slide_titles

logger = logging.getLogger(__name__)
_MOST_PAGES = 5000
_PYPDF_ERRORS = (
    PyPdfError, DependencyError, ValueError, KeyError, TypeError, IndexError, AttributeError,
    RecursionError, OSError, ArithmeticError, NotImplementedError,
)  # fmt: skip


def read_pdf(content: bytes) -> ReadDocument:
    """Read a PDF; raises UnreadableManual when it is protected, damaged or has no text at all."""
    texts = _read_texts(content)
    outline, labels, title = _structure(content, len(texts))
    problems: list[str] = []
    texts = _second_reading(content, texts)
    texts = read_scans(content, texts)
    obstacles = obstacle_problems(texts)
    verdicts = [judge_page(page.text) for page in texts]
    unread = [i + 1 for i, verdict in enumerate(verdicts) if verdict == "mojibake"]
    empty = [
        i + 1
        for i, (verdict, page) in enumerate(zip(verdicts, texts, strict=True))
        if verdict == "empty" and not page.obstacle
    ]
    if "readable" not in verdicts and obstacles:
        raise UnreadableManual("".join(obstacles))
    if "readable" not in verdicts:
        raise UnreadableManual(
            "文字として読めるページがありません（白紙か、写真だけか、薄くて読み取れない画像です）。"
            "元のソフトから PDF を作り直すか、200 dpi 以上でスキャンし直してください。"
        )
    if unread:
        problems.append(f"文字化けのため取り込まなかったページ: {page_list(unread)}")
    if empty:
        problems.append(f"文字のないページ（写真や図だけか、白紙）: {page_list(empty)}")
    problems += obstacles
    scanned = [i + 1 for i, p in enumerate(texts) if p.method == "ocr" and not p.obstacle]
    if scanned:
        problems.append(
            f"画像から文字を読み取ったページ（OCR）: {page_list(scanned)}。"
            "読み誤りがあり得ます。元の文書があれば、それから作った PDF に差し替えてください。"
        )
    upright = [i + 1 for i, page in enumerate(texts) if page.is_vertical]
    if upright:
        problems.append(
            f"縦書きの画像のページ: {page_list(upright)}。"
            "横に並べた2けたの算用数字（30日など）は、1けたと読み誤ることがあります。"
            "日数や条番号を元の文書と見比べてください。"
        )
    kept = [p if v == "readable" else None for p, v in zip(texts, verdicts, strict=True)]
    furniture = furniture_lines([page.lines if page else [] for page in kept])
    kept = _without_margins(kept)
    if not names_lines(outline, kept):
        outline = slide_titles(kept) or large_headings(kept)
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
            pages: list[PageText] = []
            for index in range(len(document)):
                pages.append(read_page(document, index))
                say_pages_read(len(pages), len(document))
            return pages
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


def _second_reading(content: bytes, pages: list[PageText]) -> list[PageText]:
    """Try pypdf where pdfium's text is rubbish or missing; keep it only if it reads better."""
    waiting = [i for i, page in enumerate(pages) if judge_page(page.text) != "readable"]
    read = list(pages)
    reader: pypdf.PdfReader | None = None  # finding the pages of a long file takes a while
    for index in waiting:
        try:
            reader = reader or pypdf.PdfReader(io.BytesIO(content))
            page = plain_page(reader.pages[index].extract_text(), "pypdf")
        except _PYPDF_ERRORS as error:
            logger.info("pypdf cannot read page %d either: %s", index + 1, error)
            continue
        if judge_page(page.text) == "readable":
            read[index] = page
    return read


def _without_margins(pages: list[PageText | None]) -> list[PageText | None]:
    """Take running heads, page numbers and tabs off the pages whose lines have places."""
    gone = margin_lines(
        [[(line.text, line.box) for line in page.printed] if page else [] for page in pages],
        [page.size if page else (0.0, 0.0) for page in pages],
    )
    return [page and without_lines(page, lines) for page, lines in zip(pages, gone, strict=True)]


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
    kept = without_furniture(page.lines, furniture)
    for place, (line, after) in enumerate(kept):
        while page.tables and position < len(page.tables) and page.tables[position][0] <= after:
            blocks += _table_blocks(page.tables[position][1], number, None if blocks else above)
            position += 1
        found = waiting.pop(folded(line), None)
        wrapped = None
        if page.printed:
            following = kept[place + 1][1] if place + 1 < len(kept) else None
            wrapped = goes_on(
                page.printed[after],
                page.printed[following] if following is not None else None,
                page.printed[kept[place - 1][1]] if place else None,
            )
        blocks.append(Block(line, number, level=found[1] if found else None, wrapped=wrapped))
    for _, table in page.tables[position:]:
        blocks += _table_blocks(table, number, None if blocks else above)
    return blocks


def _table_blocks(
    table: RuledTable, number: int, above: tuple[RuledTable, tuple[str, ...]] | None
) -> list[Block]:
    goes_on = above is not None and table.has_columns_of(above[0])
    return table.blocks(number, above[1] if above is not None and goes_on else None)
