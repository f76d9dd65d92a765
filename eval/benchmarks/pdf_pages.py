"""The PDF pages that a benchmark works on: how many there are, copies of some, one long file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import chain, cycle, islice
from pathlib import Path

from pypdf import PdfReader, PdfWriter


def page_count(path: Path) -> int:
    """Return how many pages a PDF file has."""
    return len(PdfReader(path).pages)


def first_pages(
    paths: Sequence[Path], folder: Path, *, limit: int, with_text: bool = False
) -> list[Path]:
    """Write copies of PDF files into a folder, about `limit` pages in all, and return them.

    With `with_text` pages without letters of their own, such as pictures, are passed over.
    """
    each = max(1, limit // max(1, len(paths)))
    copies: list[Path] = []
    for path in paths:
        writer = PdfWriter()
        pages = (p for p in PdfReader(path).pages if not with_text or p.extract_text().strip())
        for page in islice(pages, each):
            writer.add_page(page)
        copies.append(folder / path.name)
        writer.write(copies[-1])
    return copies


def write_long_pdf(paths: Sequence[Path], target: Path, *, pages: int) -> None:
    """Write one PDF file of so many pages: those of the files one after another, over and over."""
    readers = [PdfReader(path) for path in paths]
    writer = PdfWriter()
    for page in islice(chain.from_iterable(reader.pages for reader in cycle(readers)), pages):
        writer.add_page(page)
    writer.write(target)


def only_pages(content: bytes, numbers: Sequence[int]) -> bytes:
    """Return a PDF file of some pages (numbered from 1) of another."""
    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    for number in numbers:
        writer.add_page(reader.pages[number - 1])
    copy = io.BytesIO()
    writer.write(copy)
    return copy.getvalue()
