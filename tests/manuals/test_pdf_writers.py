from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
from build_manuals import main
from built_files import Build, squeezed
from reportlab.lib.pagesizes import A4

MONTHS = [f"{month}月" for month in range(1, 61)]
LONG_TABLE = (
    "表: 表1　期日\n幅: 30 30 40\n| 課 | 期日 | < |\n|| ^ | 月 | 日 |\n"
    + f"| 会計課 | {MONTHS[0]} | 5日 |\n"
    + "".join(f"| ^ | {month} | 5日 |\n" for month in MONTHS[1:])
)
SENTENCES = [f"第{number}の決まりでは、課長が期日までに確かめます。" for number in range(1, 61)]
FOOTNOTE = "閉庁日を除く。" + "この日数は架空のものです。" * 20
REGULATION = (
    "# 第一章　総則\n"
    "第一条　職員は、「服務」（規則を含む。）に関し、シャッターのキーを1本だけ持つ。\n"
    "二　令和8年10月1日から、ABC方式とする。\n"
)


def pages(path: Path) -> list[str]:
    """Return the text of each page as pdfium reads it."""
    with contextlib.closing(pypdfium2.PdfDocument(path)) as document:
        return [page.get_textpage().get_text_range() for page in document]


def places(path: Path, page: int, text: str) -> list[tuple[float, float, float, float]]:
    """Return left, bottom, right and top of each place on a page where text stands."""
    with contextlib.closing(pypdfium2.PdfDocument(path)) as document:
        layer = document[page].get_textpage()
        searcher = layer.search(text)
        found = []
        while hit := searcher.get_next():
            found.append(layer.get_charbox(hit[0]))
        return found


def test_the_body_of_a_pdf_counts_from_1_after_cover_and_contents(build: Build) -> None:
    reader = pypdf.PdfReader(build("pdf", "# 第1章　支払\n請求書を受けます。\n"))
    assert reader.page_labels == ["i", "ii", "1"]
    assert [entry.title for entry in reader.outline] == ["第1章　支払"]
    assert "請求書を受けます。" in reader.pages[2].extract_text()


def test_both_head_rows_are_repeated_and_a_cut_cell_shows_its_text_on_each_page(
    build: Build,
) -> None:
    body = pages(build("pdf", LONG_TABLE))[2:]
    assert len(body) > 1
    for text in body:
        assert text.count("会計課") == 1
        assert "期日" in text
        assert re.search(r"^月 日", text, re.MULTILINE)
    assert [m for text in body for m in re.findall(r"\d+月", text)] == MONTHS


def test_a_footnote_stands_at_the_foot_of_the_page_of_its_mark(build: Build) -> None:
    paragraphs = [f"{sentence * 3}\n" for sentence in SENTENCES]
    paragraphs[10] = f"締切は正午です［脚注: {FOOTNOTE}］。\n"
    path = build("pdf", "".join(paragraphs))
    assert "正午です（注1）。" in pages(path)[2]
    mark, note = places(path, 2, "（注1）")
    assert note[1] < 150 < mark[1]
    with contextlib.closing(pypdfium2.PdfDocument(path)) as document:
        layer = document[2].get_textpage()
        foot = layer.get_text_bounded(bottom=60, top=note[3] + 5)
    assert squeezed(foot) == squeezed(f"（注1）{FOOTNOTE}")


@pytest.mark.parametrize("mark_stands", ["first", "last"])
def test_a_paragraph_over_two_pages_keeps_its_footnote_with_its_mark(
    build: Build, mark_stands: str
) -> None:
    parts = ["締切は正午です［脚注: 閉庁日を除く。］。", SENTENCES[0] * 12, "ここまで。"]
    if mark_stands == "last":
        parts.reverse()
    parted = 0
    for lines in range(28, 38):
        source = f"{SENTENCES[0]}\n" * lines + "".join(parts) + "\n"
        body = pages(build("pdf", source, folder=str(lines)))[2:]
        [other_end] = [number for number, text in enumerate(body) if "ここまで。" in text]
        [marked] = [number for number, text in enumerate(body) if "正午です" in squeezed(text)]
        [noted] = [number for number, text in enumerate(body) if "閉庁日を除く。" in text]
        assert marked == noted
        parted += other_end != marked
    assert parted


def test_a_table_that_is_cut_keeps_each_footnote_with_its_row(build: Build) -> None:
    table = LONG_TABLE.replace("| 50月 |", "| 50月［脚注: 閉庁日を除く。］ |")
    for text in pages(build("pdf", table))[2:]:
        assert ("50月" in text) == ("閉庁日を除く" in text)


def test_a_character_that_the_font_lacks_is_named(
    write: Callable[..., Path], tmp_path: Path, font: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = write("pdf", "本文。\n☑ 済んだ。\n")
    assert main(["--sources", str(sources), "--output", str(tmp_path)]) == 1
    assert "原稿.txt 10行目: フォントに「☑」（U+2611）がありません" in caplog.text


def test_two_columns_are_filled_from_the_left_under_a_title_over_both(build: Build) -> None:
    body = "# 第1章　支払\n" + "".join(f"{sentence}\n" for sentence in SENTENCES)
    path = build("pdf二段組", body)
    first = pages(path)[0]
    shown = [int(number) for number in re.findall(r"第(\d+)の決まり", first)]
    assert shown == list(range(1, len(shown) + 1))
    lefts = [places(path, 0, f"第{number}の決まり")[0][0] for number in (shown[0], shown[-1])]
    assert lefts[0] < A4[0] / 2 < lefts[1]
    [title] = places(path, 0, "支払の手引き")[1:] or places(path, 0, "支払の手引き")
    assert title[0] < A4[0] / 2 < title[0] + 6 * 18
    assert [entry.title for entry in pypdf.PdfReader(path).outline] == ["第1章　支払"]


def test_a_scan_has_pictures_and_no_text(build: Build) -> None:
    path = build("pdf走査", "".join(f"{sentence * 2}\n" for sentence in SENTENCES))
    reader = pypdf.PdfReader(path)
    assert len(reader.pages) > 1
    for page in reader.pages:
        assert page.extract_text() == ""
        assert "/Font" not in page["/Resources"] or not page["/Resources"]["/Font"]
        [picture] = page.images
        assert picture.image is not None
        assert picture.image.mode == "L"
        assert picture.image.size == (1654, 2339)
    assert path.stat().st_size / len(reader.pages) < 625_000


def test_the_pages_of_a_scan_are_turned_by_different_angles(build: Build) -> None:
    reader = pypdf.PdfReader(build("pdf走査", "支払。\n改頁\n収入。\n"))
    slopes = [_slope_of_head_rule(page.images[0].image) for page in reader.pages]
    assert all(0.4 <= abs(slope) <= 1.1 for slope in slopes)
    assert slopes[0] != pytest.approx(slopes[1], abs=0.2)


def _slope_of_head_rule(picture: object) -> float:
    """Return the angle in degrees of the rule under the running head."""
    grey = np.asarray(picture)[:300]
    heights = [int(grey[60:, x].argmin()) for x in (300, 1350)]
    return float(np.degrees(np.arctan2(heights[1] - heights[0], 1050)))


def test_vertical_writing_is_read_in_its_order(build: Build) -> None:
    [text] = pages(build("pdf縦書き", REGULATION))
    words = [re.sub(r"^# ", "", line) for line in REGULATION.splitlines()]
    assert squeezed("".join(words)) in squeezed(text)


def test_vertical_columns_run_from_the_right_and_downwards(build: Build) -> None:
    path = build("pdf縦書き", REGULATION)
    first, second = places(path, 0, "第一条")[0], places(path, 0, "令和8年10月")[0]
    assert second[2] < first[0]
    article, duty = places(path, 0, "職員は")[0], places(path, 0, "シャッター")[0]
    assert article[0] == pytest.approx(duty[0], abs=3)
    assert duty[3] < article[1]


def test_vertical_writing_turns_what_must_be_turned(build: Build) -> None:
    path = build("pdf縦書き", REGULATION)
    [text] = pages(path)
    assert "﹁服務﹂︵規則を含む︒︶に関し︑" in text
    kana, small = places(path, 0, "シャッタ")[0], places(path, 0, "ャッタ")[0]
    assert (small[0] + small[2]) / 2 > (kana[0] + kana[2]) / 2
    [left, bottom, right, top] = places(path, 0, "ーを1本")[0]
    assert top - bottom > 2 * (right - left)
    [ten] = places(path, 0, "10月1日から")
    [zero] = places(path, 0, "0月1日から")
    assert ten[2] <= zero[0] + 0.5
    assert ten[1] == pytest.approx(zero[1], abs=1)


def test_a_vertical_regulation_of_many_columns_has_several_pages(build: Build) -> None:
    body = "".join(f"{sentence * 3}\n" for sentence in SENTENCES)
    text = pages(build("pdf縦書き", body))
    assert len(text) > 1
    found = re.findall(r"第(\d+)の", squeezed("".join(text)))
    assert [int(number) for number in found] == [n for n in range(1, 61) for _ in range(3)]


@pytest.mark.parametrize("lines", range(26, 38, 2))
def test_a_heading_stands_on_the_page_of_the_table_that_it_heads(build: Build, lines: int) -> None:
    table = "表: 表1　期日\n幅: 1 1\n| 課 | 月 |\n| 会計課 | 4月 |\n| 総務課 | 5月 |\n"
    body = pages(build("pdf", f"{SENTENCES[0]}\n" * lines + "### 4　精算の期限\n" + table))[2:]
    [text] = [text for text in body if "精算の期限" in text]
    assert "会計課 4月" in text
