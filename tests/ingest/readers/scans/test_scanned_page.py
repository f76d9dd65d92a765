from __future__ import annotations

import io

import pypdf
import pytest
from PIL import Image, ImageChops, ImageDraw
from scanned_papers import MANUALS, pdf_of, picture_of, scanned

from assistant.errors import UnreadableManual
from assistant.japanese.normalize import folded
from ingest.readers.pdf.document import read_pdf
from ingest.readers.scans.scan_cleaning import straightened, whitened
from ingest.readers.scans.scanned_page import read_scanned_page

MANUAL = MANUALS / "契約事務の手引き.pdf"
JOINT_HEADS = MANUALS / "会計事務の手引き.pdf"
TWO_COLUMNS = MANUALS / "物品・備品管理の手引き.pdf"
TEXT_PAGE, TABLE_PAGE, JOINT_HEADS_PAGE = 4, 9, 9


@pytest.mark.parametrize("angle", [-3.0, 0.7, 2.2])
def test_a_skewed_page_is_made_straight(angle: float) -> None:
    straight = picture_of(TEXT_PAGE, MANUAL)
    turned_back = straightened(scanned(straight, angle).point(lambda value: min(255, value * 1.2)))
    difference = ImageChops.difference(straight, turned_back).histogram()
    skewed = ImageChops.difference(straight, scanned(straight, angle)).histogram()
    assert sum(difference[128:]) < 0.5 * sum(skewed[128:])


@pytest.mark.slow
def test_a_scanned_table_is_read_row_by_row() -> None:
    page = read_scanned_page(scanned(picture_of(TABLE_PAGE, MANUAL), 0.8))
    assert page is not None
    [(place, table)] = page.tables
    assert table.rows[0] == ("予定価格", "者の数", "記録")
    assert table.rows[2] == ("5万円を超え30万円以下", "2者以上", "見積書を起案文書に添える。")
    assert page.lines[place - 1].startswith("表9")


@pytest.mark.slow
def test_heads_in_two_levels_and_merged_cells_are_read_off_a_scan() -> None:
    [scan] = [
        b for b in read_pdf(pdf_of(picture_of(JOINT_HEADS_PAGE, JOINT_HEADS))).blocks if b.rows
    ]
    [text] = [
        b
        for b in read_pdf(JOINT_HEADS.read_bytes()).blocks
        if b.rows and b.page == JOINT_HEADS_PAGE
    ]
    assert scan.rows[0] == text.rows[0]
    assert "5日払/締切" in scan.rows[0]
    assert [folded(cell) for row in scan.rows for cell in row] == [
        folded(cell) for row in text.rows for cell in row
    ]


@pytest.mark.slow
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_turned_back(turn: int) -> None:
    page = read_scanned_page(picture_of(TABLE_PAGE, MANUAL).rotate(turn, expand=True))
    assert page is not None
    assert "見積書を起案文書に添える。" in page.text


@pytest.mark.slow
def test_a_scan_that_the_file_shows_turned_is_read() -> None:
    upright = pdf_of(picture_of(TABLE_PAGE, MANUAL).rotate(90, expand=True))
    writer = pypdf.PdfWriter(io.BytesIO(upright))
    writer.pages[0].rotate(90)
    out = io.BytesIO()
    writer.write(out)
    assert "見積書を起案文書に添える。" in read_pdf(out.getvalue()).pages[0].text


@pytest.mark.slow
@pytest.mark.parametrize("angle", [-4.8, 4.8])
def test_a_very_skewed_page_is_read(angle: float) -> None:
    page = read_scanned_page(scanned(picture_of(TABLE_PAGE, MANUAL), angle))
    assert page is not None
    assert page.tables[0][1].rows[2][2] == "見積書を起案文書に添える。"


@pytest.mark.slow
def test_two_columns_are_read_one_after_the_other() -> None:
    page = read_scanned_page(scanned(picture_of(1, TWO_COLUMNS), 0.5))
    assert page is not None
    heads = ("第1章物品管理", "1対象", "2役割", "第2章物品の", "第2節備品の基準")
    read = [folded(line) for line in page.lines]
    places = [next(i for i, line in enumerate(read) if line.startswith(head)) for head in heads]
    assert places == sorted(places)
    captions = [page.lines[place - 1] for place, _ in page.tables]
    assert [caption[:2] for caption in captions] == ["表1", "表2"]


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
        pdf_of(scanned(picture_of(TABLE_PAGE, MANUAL), -0.6), Image.new("L", (1654, 2339), 255))
    )
    assert [page.method for page in document.pages] == ["ocr", "text"]
    assert any(block.rows for block in document.blocks)
    told = " ".join(document.problems)
    assert "OCR" in told
    assert "文字のないページ（写真や図だけか、白紙）: 2" in told


def test_a_pdf_of_blank_pages_is_refused_with_advice() -> None:
    with pytest.raises(UnreadableManual, match="スキャンし直して"):
        read_pdf(pdf_of(Image.new("L", (1654, 2339), 255)))
