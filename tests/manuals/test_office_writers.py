from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from build_manuals import main
from built_files import Build, part, parts, words
from lxml import etree

TABLE = (
    "表: 表1　定例の支払日\n幅: 20 40 40\n| 月 | 支払 | < |\n|| ^ | 締切 | 支払日 |\n"
    "| 4月 | 1日 | 1,500 |\n| ^ | 15日 | 02 |\n"
)
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
}


def found(root: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at an XPath with the prefixes of Office."""
    return list(root.xpath(path, namespaces=NAMES))


def values(root: etree._Element, path: str) -> list[str]:
    """Return the attribute values at an XPath."""
    return [str(value) for value in root.xpath(path, namespaces=NAMES)]


@pytest.fixture(params=["word", "word様式なし"])
def document(request: pytest.FixtureRequest, build: Build) -> Path:
    body = f"# 第1章　支払\n締切は正午です［脚注: 閉庁日を除く。］。\n{TABLE}"
    return build(request.param, body)


def test_word_merges_cells_and_repeats_both_heads(document: Path) -> None:
    rows = found(part(document, "word/document.xml"), "//w:tr")
    assert [len(found(row, "w:trPr/w:tblHeader")) for row in rows] == [1, 1, 0, 0]
    assert values(rows[0], "w:tc/w:tcPr/w:gridSpan/@w:val") == ["2"]
    assert values(rows[0], "w:tc/w:tcPr/w:vMerge/@w:val") == ["restart"]
    assert len(found(rows[1], "w:tc[1]/w:tcPr/w:vMerge[not(@w:val='restart')]")) == 1
    assert [words(cell) for cell in found(rows[3], "w:tc")] == ["", "15日", "02"]


def test_word_has_real_footnotes(document: Path) -> None:
    [reference] = values(part(document, "word/document.xml"), "//w:footnoteReference/@w:id")
    [note] = found(part(document, "word/footnotes.xml"), f"//w:footnote[@w:id='{reference}']")
    assert words(note).strip() == "閉庁日を除く。"
    assert "footnotes+xml" in etree.tostring(part(document, "[Content_Types].xml")).decode()


def test_styled_word_has_heading_styles_and_plain_word_has_none(build: Build) -> None:
    used = {}
    for layout in ("word", "word様式なし"):
        root = part(build(layout, "# 第1章　支払\n## 1　締切\n本文。\n"), "word/document.xml")
        used[layout] = values(root, "//w:p[w:r]/w:pPr/w:pStyle/@w:val")
    assert {"Heading1", "Heading2", "toc1"} <= set(used["word"])
    assert used["word様式なし"] == []


def test_the_headings_of_plain_word_are_bold_and_larger(build: Build) -> None:
    root = part(build("word様式なし", "# 第1章　支払\n本文。\n"), "word/document.xml")
    [heading] = [run for run in found(root, "//w:r") if words(run) == "第1章　支払"]
    assert found(heading, "w:rPr/w:b")
    assert values(heading, "w:rPr/w:sz/@w:val") == ["28"]


@pytest.fixture
def workbook(build: Build) -> Path:
    return build(
        "excel",
        "額の一覧。\n"
        + TABLE.replace("| 1日 |", "| 1日【メモ: 閉庁日なら翌日。】 |")
        + "シート: 締切\n表: 表2　A\n幅: 1 1 2\n| 一 | 二 | 三 |\n"
        + "表: 表3　B\n幅: 1 1\n| 四 | 五 |\n",
    )


def test_excel_has_the_named_sheets_with_merged_cells(workbook: Path) -> None:
    names = values(part(workbook, "xl/workbook.xml"), "//x:sheet/@name")
    assert names == ["一覧", "締切"]
    merged = values(part(workbook, "xl/worksheets/sheet1.xml"), "//x:mergeCell/@ref")
    assert {"A7:A8", "B7:C7", "A9:A10"} <= set(merged)


def test_excel_writes_amounts_as_numbers_and_codes_as_text(workbook: Path) -> None:
    sheet = part(workbook, "xl/worksheets/sheet1.xml")
    [amount], [code] = found(sheet, "//x:c[@r='C9']"), found(sheet, "//x:c[@r='C10']")
    assert (amount.get("t"), words(amount)) == ("n", "1500")
    assert (code.get("t"), words(code)) == ("inlineStr", "02")
    formats = found(part(workbook, "xl/styles.xml"), "//x:cellXfs/x:xf")
    assert formats[int(amount.get("s"))].get("numFmtId") == "3"


def test_excel_has_comments_frozen_heads_and_a_print_header(workbook: Path) -> None:
    [comment] = found(part(workbook, "xl/comments/comment1.xml"), "//x:comment")
    assert (comment.get("ref"), words(comment)) == ("B9", "閉庁日なら翌日。")
    sheet = part(workbook, "xl/worksheets/sheet1.xml")
    assert values(sheet, "//x:pane/@topLeftCell") == ["A9"]
    assert words(found(sheet, "//x:oddHeader")[0]).startswith("&L見本（架空のモデル市")


def test_a_smaller_table_on_a_sheet_joins_columns_of_the_larger_one(workbook: Path) -> None:
    merged = values(part(workbook, "xl/worksheets/sheet2.xml"), "//x:mergeCell/@ref")
    assert "A9:B9" in merged


@pytest.fixture
def slides(build: Build) -> Path:
    return build(
        "powerpoint",
        f"- ・　地震のときは連絡を待たない\n{TABLE}ノート: 表は毎年見直します。\n# 2　持ち物\n水。\n",
    )


def test_slides_have_titles_text_and_real_tables(slides: Path) -> None:
    assert len(parts(slides, r"ppt/slides/slide\d+\.xml")) == 3
    slide = part(slides, "ppt/slides/slide2.xml")
    titles = found(slide, "//p:sp[p:nvSpPr/p:nvPr/p:ph[@type='title']]")
    assert [words(title) for title in titles] == ["1　支払"]
    cells = [[words(cell) for cell in found(row, "a:tc")] for row in found(slide, "//a:tbl/a:tr")]
    assert cells[0] == ["月", "支払", ""]
    assert cells[3] == ["", "15日", "02"]
    assert values(slide, "//a:tbl/a:tr[1]/a:tc/@gridSpan") == ["2"]
    assert values(slide, "//a:tbl/a:tr[3]/a:tc/@rowSpan") == ["2"]


def test_slides_have_speaker_notes_footer_and_number(slides: Path) -> None:
    assert "表は毎年見直します。" in words(part(slides, "ppt/notesSlides/notesSlide1.xml"))
    for name in parts(slides, r"ppt/slides/slide\d+\.xml"):
        slide = part(slides, name)
        [foot] = found(slide, "//p:sp[p:nvSpPr/p:nvPr/p:ph[@type='ftr']]")
        assert words(foot) == "見本（架空のモデル市「青葉野市」）"
        assert found(slide, "//a:fld[@type='slidenum']")
        numbers = values(slide, "//p:cNvPr/@id")
        assert len(numbers) == len(set(numbers))


def test_more_text_on_a_slide_is_smaller_and_nothing_leaves_the_slide(build: Build) -> None:
    sizes = []
    for count in (2, 14):
        body = "- ・　参集したら受付で参集記録票に到着時刻を書き、所属長に知らせる\n" * count
        slide = part(build("powerpoint", body), "ppt/slides/slide2.xml")
        [box] = found(slide, "//p:sp[p:nvSpPr/p:nvPr/p:ph[@idx='1']]")
        sizes.append(int(values(box, ".//a:rPr/@sz")[0]))
        top = int(values(box, "p:spPr/a:xfrm/a:off/@y")[0])
        height = int(values(box, "p:spPr/a:xfrm/a:ext/@cy")[0])
        lines = sum(int(value) for value in values(box, ".//a:lnSpc/a:spcPts/@val"))
        assert lines / 100 <= height / 12700
        assert top + height < 500 * 12700
    assert sizes[1] < sizes[0]


def test_a_slide_with_too_much_text_is_refused(
    write: Callable[..., Path], tmp_path: Path, font: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = write("powerpoint", "所属長に知らせる。" * 400 + "\n")
    assert main(["--sources", str(sources), "--output", str(tmp_path)]) == 1
    assert "スライド「1　支払」の文字が多すぎて" in caplog.text
