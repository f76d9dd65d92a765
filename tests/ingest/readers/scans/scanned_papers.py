"""Pages of the sample manuals as a scanner sees them."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from PIL import Image

from ingest.pdf_pictures import PDFIUM
from ingest.readers.scans.optical import RESOLUTION

ROOT = Path(__file__).parents[4]
MANUALS = ROOT / "manuals"


def pictures_of(manual: Path) -> list[Image.Image]:
    with PDFIUM:
        document = pypdfium2.PdfDocument(manual)
        pages = [page.render(scale=RESOLUTION / 72, grayscale=True).to_pil() for page in document]
        document.close()
    return pages


def picture_of(number: int, manual: Path) -> Image.Image:
    with PDFIUM:
        document = pypdfium2.PdfDocument(manual)
        picture = document[number - 1].render(scale=RESOLUTION / 72, grayscale=True).to_pil()
        document.close()
    return picture


def scanned(picture: Image.Image, angle: float) -> Image.Image:
    """Lay a page askew on a scanner with grey paper."""
    turned = picture.rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    return turned.point(lambda value: value * 0.9)


def pdf_of(*pictures: Image.Image) -> bytes:
    out = io.BytesIO()
    pictures[0].save(out, "pdf", save_all=True, append_images=pictures[1:], resolution=RESOLUTION)
    return out.getvalue()
