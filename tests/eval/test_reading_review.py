from __future__ import annotations

import io
from pathlib import Path

import pytest
from hashed_encoder import HashedEncoder
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import UsageError
from eval.reading_review import drawn_pages, page_review, read_files, summary, write_review

COUNTS = HashedEncoder().token_counts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    for name, words in (("休暇.pdf", "有給休暇は年二十日です。"), ("旅費.pdf", "日当は千円です。")):
        buffer = io.BytesIO()
        canvas = Canvas(buffer)
        for whose in ("課長", "係長", "", "主事"):
            canvas.setFont("HeiseiMin-W3", 12)
            if whose:
                canvas.drawString(60, 700, f"{whose}の{words}")
            canvas.showPage()
        canvas.save()
        (tmp_path / name).write_bytes(buffer.getvalue())
    (tmp_path / "壊れ.pdf").write_bytes(b"%PDF-1.4 broken")
    return tmp_path


def test_the_same_seed_draws_the_same_pages(folder: Path) -> None:
    files = read_files(folder, token_counts=COUNTS)
    drawn = [[(f.path.name, p.number) for f, p in drawn_pages(files, 4, 7)] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 4
    assert len(drawn_pages(files, 99, 7)) == 8


def test_a_page_shows_its_chunks_below_their_headings(folder: Path) -> None:
    file = next(f for f in read_files(folder, token_counts=COUNTS) if f.path.stem == "休暇")
    assert "[text] 休暇\n  係長の有給休暇は年二十日です。" in page_review(
        file, file.document.pages[1]
    )
    assert "nothing of this page is searched" in page_review(file, file.document.pages[2])


def test_the_counts_tell_empty_pages_and_files_that_cannot_be_read(folder: Path) -> None:
    counts = {f.path.stem: f.counts() for f in read_files(folder, token_counts=COUNTS)}
    assert (counts["休暇"]["text"], counts["休暇"]["empty"]) == ("3", "1")
    assert counts["休暇"]["said to people"] == "文字のないページ（写真や図だけか、白紙）: 3"
    assert counts["壊れ"]["chunks"] == "0"
    assert counts["壊れ"]["said to people"].endswith("ください。")


def test_pictures_and_text_stand_side_by_side(folder: Path, tmp_path: Path) -> None:
    files = read_files(folder, token_counts=COUNTS)
    out = tmp_path / "out"
    write_review(drawn_pages(files, 2, 1), out)
    pictures = sorted(out.glob("*.png"))
    assert len(pictures) == 2
    index = (out / "index.html").read_text("utf-8")
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.name in index
        assert picture.with_suffix(".txt").exists()
    assert "| 休暇.pdf |" in summary(files)


def test_a_folder_without_pdf_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="PDF がありません"):
        read_files(tmp_path, token_counts=COUNTS)
