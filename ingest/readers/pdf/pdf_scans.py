"""Reads by OCR the pages of a PDF that hold no text, as many at a time as there are processors."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from ingest.page_progress import say_pages_read
from ingest.page_quality import judge_page
from ingest.pdf_pictures import PDFIUM
from ingest.readers.pdf.page_text import Obstacle, PageText
from ingest.readers.scans.optical import RESOLUTION
from ingest.readers.scans.scanned_page import read_scanned_page

logger = logging.getLogger(__name__)
_LEAST_CONFIDENCE = 0.5  # of OCR: below it the letters are guesses
_LONGEST_SIDE = 5000  # pixels of a page drawn for OCR
_MOST_AT_ONCE = 4  # each takes some 150 MB
_GIVEN_WAY = 5  # of niceness: a reader with a question goes first
_WHY_UNREAD: dict[Obstacle, str] = {
    "vertical": (
        "縦書きのスキャンのため読み取れないページ: {pages}。サーバーで"
        "「apt install tesseract-ocr-jpn-vert」を実行して登録し直すか、"
        "元の文書から作った PDF を登録してください。"
    ),
    "no recogniser": (
        "スキャン（画像だけ）のため読み取れないページ: {pages}。この機械では"
        "文字認識（OCR）の部品 tesserocr が動きません。サーバーで「pip install tesserocr」を"
        "実行して登録し直すか、元の文書から作った PDF を登録してください。"
    ),
}


def read_scans(content: bytes, pages: Sequence[PageText]) -> list[PageText]:
    """Read by OCR the pages whose text is rubbish or missing, where there is ink on them."""
    unread = [i for i, page in enumerate(pages) if judge_page(page.text) != "readable"]
    waiting = _drawn(content, unread)
    read = list(pages)
    if not waiting:
        return read
    workers = min(_MOST_AT_ONCE, len(os.sched_getaffinity(0)), len(waiting))
    # Tesseract works outside the interpreter's lock, so that threads share out the processors.
    with ThreadPoolExecutor(workers, initializer=os.nice, initargs=(_GIVEN_WAY,)) as pool:
        found = pool.map(partial(_scan, content), waiting)
        done = len(pages) - len(waiting)
        for number, (index, scanned) in enumerate(zip(waiting, found, strict=True), 1):
            if scanned is not None:
                read[index] = scanned
            say_pages_read(done + number, len(pages))
    return read


def obstacle_problems(pages: Sequence[PageText]) -> list[str]:
    """Return what people should know of the scans that this machine cannot read."""
    return [
        message.format(pages=page_list(numbers))
        for obstacle, message in _WHY_UNREAD.items()
        if (numbers := [i + 1 for i, page in enumerate(pages) if page.obstacle == obstacle])
    ]


def picture_of(content: bytes, index: int) -> Any:
    """Draw a page in grey for OCR; None where it cannot be drawn."""
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


def _drawn(content: bytes, indices: Sequence[int]) -> list[int]:
    """Return those of the pages that have anything on them; thousands may be blank."""
    if not indices:
        return []
    with PDFIUM:
        document = pypdfium2.PdfDocument(content)
        try:
            return [index for index in indices if not _is_blank(document, index)]
        finally:
            document.close()


def _is_blank(document: Any, index: int) -> bool:
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        logger.warning("page %d cannot be drawn", index + 1)
        return True
    try:
        return not raw.FPDFPage_CountObjects(page) and not raw.FPDFPage_GetAnnotCount(page)
    finally:
        page.close()


def _scan(content: bytes, index: int) -> PageText | None:
    """Return a page as OCR reads it, or why it cannot; None where it reads nothing sure."""
    picture = picture_of(content, index)
    page = read_scanned_page(picture) if picture is not None else None
    if page is None or page.obstacle:
        return page
    sure = page.confidence is None or page.confidence >= _LEAST_CONFIDENCE
    return page if sure and judge_page(page.text) == "readable" else None


def page_list(numbers: Sequence[int]) -> str:
    """Return page numbers as a message names them, the first twenty of many."""
    shown = "、".join(str(n) for n in numbers[:20])
    return f"{shown} ほか（全{len(numbers)}ページ）" if len(numbers) > 20 else shown
