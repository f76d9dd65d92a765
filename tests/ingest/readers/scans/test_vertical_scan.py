from __future__ import annotations

import subprocess
import sys

import pytest
from scanned_papers import MANUALS, ROOT, pdf_of, pictures_of, scanned

from assistant.errors import UnreadableManual
from assistant.japanese.normalize import folded
from ingest.readers.pdf.document import read_pdf
from ingest.readers.scans import optical, scanned_page
from ingest.readers.scans.scan_cleaning import straightened, whitened
from ingest.readers.scans.scanned_page import read_scanned_page
from ingest.readers.scans.writing_direction import is_vertical
from ingest.sectioning import sections

VERTICAL, HORIZONTAL = MANUALS / "職員服務規程.pdf", MANUALS / "契約事務の手引き.pdf"


@pytest.fixture
def vertical_data() -> None:
    if optical.vertical_folder() is None:
        pytest.skip("no data of vertical Japanese: apt install tesseract-ocr-jpn-vert")


@pytest.mark.parametrize("angle", [-4.5, 0, 1.2])
def test_vertical_writing_is_told_from_horizontal(angle: float) -> None:
    for page in pictures_of(VERTICAL):
        assert is_vertical(straightened(whitened(scanned(page, angle))))
    for page in pictures_of(HORIZONTAL)[:6]:
        assert not is_vertical(straightened(whitened(scanned(page, angle))))


@pytest.mark.slow
@pytest.mark.usefixtures("vertical_data")
def test_the_articles_of_a_vertical_scan_are_its_sections() -> None:
    document = read_pdf(pdf_of(*(scanned(page, -0.7) for page in pictures_of(VERTICAL))))
    paths = {folded("/".join(section.heading_path)) for section in sections(document.blocks)}
    for article in ("第一条", "第二条", "第三条", "第七条", "第十条"):
        assert any(article in path for path in paths), (article, paths)
    text = folded(document.pages[0].text)
    places = [
        text.find(folded(words)) for words in ("法令及び条例に定める", "名札を紛失した", "欠勤とし")
    ]
    assert places == sorted(places)
    assert -1 not in places
    assert any(told.startswith("縦書きの画像のページ: 1") for told in document.problems)


@pytest.mark.slow
@pytest.mark.usefixtures("vertical_data")
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_vertical_page_is_turned_back(turn: int) -> None:
    page = read_scanned_page(pictures_of(VERTICAL)[0].rotate(turn, expand=True))
    assert page is not None
    assert "名札を紛失した職員は、三日以内に総務課長に届け出て" in page.text


@pytest.mark.slow
def test_a_vertical_scan_without_its_data_is_refused_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scanned_page, "vertical_folder", lambda: None)
    pages = pictures_of(VERTICAL)
    with pytest.raises(UnreadableManual, match=r"縦書きのスキャン.*tesseract-ocr-jpn-vert"):
        read_pdf(pdf_of(pages[0], pages[0].rotate(90, expand=True)))
    mixed = read_pdf(pdf_of(pictures_of(HORIZONTAL)[3], pages[0]))
    assert any("縦書きのスキャンのため読み取れないページ: 2。" in told for told in mixed.problems)
    assert mixed.pages[1].text == ""
    assert not any("文字のないページ" in told for told in mixed.problems)


def test_without_tesseract_texts_are_read_and_scans_say_what_is_missing() -> None:
    scan = pdf_of(pictures_of(HORIZONTAL)[3])
    program = (
        "import sys; sys.modules['tesserocr'] = None\n"
        "from ingest.readers import read_document\n"
        "from assistant.errors import UnreadableManual\n"
        f"print(read_document(open({str(HORIZONTAL)!r}, 'rb').read(), 'a.pdf').pages[3].method)\n"
        "try: read_document(sys.stdin.buffer.read(), 'b.pdf')\n"
        "except UnreadableManual as refusal: print(refusal)\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        input=scan, capture_output=True, check=True, cwd=ROOT,
    )  # fmt: skip
    method, refusal = done.stdout.decode("utf-8").splitlines()
    assert method == "text"
    assert "スキャン（画像だけ）のため読み取れないページ: 1。" in refusal
    assert "tesserocr" in refusal
