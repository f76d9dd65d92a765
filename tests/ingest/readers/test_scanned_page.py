from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw

from assistant.errors import UnreadableManual
from ingest.pdf_pictures import PDFIUM
from ingest.readers.optical import RESOLUTION
from ingest.readers.pdf import read_pdf
from ingest.readers.scanned_page import read_scanned_page, straightened, whitened

MANUAL = Path(__file__).parents[3] / "manuals" / "契約事務の手引き.pdf"
TEXT_PAGE, TABLE_PAGE = 4, 9


def _picture(number: int) -> Image.Image:
    with PDFIUM:
        document = pypdfium2.PdfDocument(MANUAL)
        picture = document[number - 1].render(scale=RESOLUTION / 72, grayscale=True).to_pil()
        document.close()
    return picture


def _scanned(picture: Image.Image, angle: float) -> Image.Image:
    """Lay a page askew on a scanner with grey paper."""
    turned = picture.rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    return turned.point(lambda value: value * 0.9)


def _pdf_of(*pictures: Image.Image) -> bytes:
    out = io.BytesIO()
    pictures[0].save(out, "pdf", save_all=True, append_images=pictures[1:], resolution=RESOLUTION)
    return out.getvalue()


@pytest.mark.parametrize("angle", [-3.0, 0.7, 2.2])
def test_a_skewed_page_is_made_straight(angle: float) -> None:
    straight = _picture(TEXT_PAGE)
    turned_back = straightened(_scanned(straight, angle).point(lambda value: min(255, value * 1.2)))
    difference = ImageChops.difference(straight, turned_back).histogram()
    skewed = ImageChops.difference(straight, _scanned(straight, angle)).histogram()
    assert sum(difference[128:]) < 0.5 * sum(skewed[128:])


@pytest.mark.slow
def test_a_scanned_table_is_read_row_by_row() -> None:
    page = read_scanned_page(_scanned(_picture(TABLE_PAGE), 0.8))
    assert page is not None
    [(place, table)] = page.tables
    assert table.rows[0] == ("予定価格", "者の数", "記録")
    assert table.rows[2] == ("5万円を超え30万円以下", "2者以上", "見積書を起案文書に添える。")
    assert page.lines[place - 1].startswith("表9")


@pytest.mark.slow
def test_a_page_lying_on_its_side_is_turned() -> None:
    page = read_scanned_page(_picture(TABLE_PAGE).rotate(90, expand=True))
    assert page is not None
    assert "見積書を起案文書に添える。" in page.text


def test_a_blank_page_is_blank() -> None:
    assert read_scanned_page(Image.new("L", (1654, 2339), 235)) is None


def test_grey_paper_becomes_white_and_ink_stays_dark() -> None:
    paper = Image.new("L", (400, 400), 190)
    ImageDraw.Draw(paper).line((50, 200, 350, 200), fill=60, width=3)
    made = whitened(paper)
    assert made.getpixel((10, 10)) == 255
    assert made.getpixel((200, 200)) < 120


@pytest.mark.slow
def test_a_scanned_pdf_is_read_and_says_so() -> None:
    document = read_pdf(
        _pdf_of(_scanned(_picture(TABLE_PAGE), -0.6), Image.new("L", (1654, 2339), 255))
    )
    assert [page.method for page in document.pages] == ["ocr", "text"]
    assert any(block.rows for block in document.blocks)
    told = " ".join(document.problems)
    assert "OCR" in told
    assert "文字のないページ（写真や図だけか、白紙）: 2" in told


def test_a_pdf_of_blank_pages_is_refused_with_advice() -> None:
    with pytest.raises(UnreadableManual, match="スキャンし直して"):
        read_pdf(_pdf_of(Image.new("L", (1654, 2339), 255)))
