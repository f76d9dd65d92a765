"""The PDF pages that a benchmark works on: how many there are, and copies of some."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from pypdf import PdfReader, PdfWriter


def page_count(path: Path) -> int:
    """Return how many pages a PDF file has."""
    return len(PdfReader(path).pages)


def first_pages(paths: Sequence[Path], folder: Path, *, limit: int) -> list[Path]:
    """Write copies of PDF files into a folder, about `limit` pages in all, and return them."""
    each = max(1, limit // max(1, len(paths)))
    copies: list[Path] = []
    for path in paths:
        writer = PdfWriter()
        reader = PdfReader(path)
        for page in reader.pages[: min(each, len(reader.pages))]:
            writer.add_page(page)
        copies.append(folder / path.name)
        writer.write(copies[-1])
    return copies


def only_pages(content: bytes, numbers: Sequence[int]) -> bytes:
    """Return a PDF file of some pages (numbered from 1) of another."""
    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    for number in numbers:
        writer.add_page(reader.pages[number - 1])
    copy = io.BytesIO()
    writer.write(copy)
    return copy.getvalue()
