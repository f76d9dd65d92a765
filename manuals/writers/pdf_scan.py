"""Make a PDF as a copier scans a printed manual: slightly turned grey pictures, no text."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
import pypdfium2
from manual_blocks import ManualSource
from pdf_document import (
    BOTTOM,
    SIDE_MARGIN,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    PaperDocument,
    column,
    title_block,
)
from pdf_typesetter import FONT_NAME, Typesetter, register_font
from PIL import Image, ImageFilter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageTemplate
from sample_mark import SUBJECT

RESOLUTION = 200  # dots per inch
SMALLEST_TURN, LARGEST_TURN = 0.4, 1.1  # degrees
PAPER_GREY, INK_GREY = 238, 45
GRAIN = 4.0  # standard deviation of the noise, in grey levels of 255
BLUR = 0.6  # radius in dots
JPEG_QUALITY = 70
SEED = 20260401


def write_pdf_scan(source: ManualSource, target: Path, font: Path) -> None:
    """Write pictures of the laid-out manual to target, the same for the same source."""
    register_font(font, source)
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "printed.pdf"
        _print(source, printed)
        pages = _render(printed)
    noise = np.random.default_rng(SEED)
    # Without a name a canvas lists Helvetica, which no scan has.
    canvas = Canvas(str(target), pagesize=A4, invariant=1, initialFontName=FONT_NAME)
    canvas.setTitle(source.front_matter["題名"])
    canvas.setAuthor(source.front_matter["発行"])
    canvas.setSubject(SUBJECT)
    for number, page in enumerate(pages):
        scanned = _scan(page, noise, clockwise=number % 2 == 0)
        picture = io.BytesIO()
        scanned.save(picture, "JPEG", quality=JPEG_QUALITY, dpi=(RESOLUTION, RESOLUTION))
        picture.seek(0)
        canvas.drawImage(ImageReader(picture), 0, 0, *A4)
        canvas.showPage()
    canvas.save()


def _print(source: ManualSource, target: Path) -> None:
    """Lay out the manual without cover."""
    document = PaperDocument(target, source)
    frame = column(SIDE_MARGIN, BOTTOM, TEXT_WIDTH, TEXT_HEIGHT)
    document.addPageTemplates(
        [PageTemplate("page", frames=[frame], onPage=document.draw_plain_page)]
    )
    story: list[Flowable] = title_block(source, TEXT_WIDTH)
    story += Typesetter(TEXT_WIDTH).lay_out(source.blocks)
    document.build(story)


def _render(path: Path) -> list[Image.Image]:
    """Return the pages as grey pictures."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [
            page.render(scale=RESOLUTION / 72, grayscale=True).to_pil().convert("L")
            for page in document
        ]
    finally:
        document.close()


def _scan(page: Image.Image, noise: np.random.Generator, *, clockwise: bool) -> Image.Image:
    """Return page on greyish paper, a little turned, blurred and grainy."""
    degrees = noise.uniform(SMALLEST_TURN, LARGEST_TURN) * (-1 if clockwise else 1)
    turned = page.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
    soft = turned.filter(ImageFilter.GaussianBlur(BLUR))
    grey = INK_GREY + np.asarray(soft, dtype=np.float32) / 255 * (PAPER_GREY - INK_GREY)
    grey += noise.normal(0, GRAIN, size=grey.shape)
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8), mode="L")
