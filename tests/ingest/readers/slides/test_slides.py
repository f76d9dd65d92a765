from __future__ import annotations

import io
from typing import Any

import pptx
import pytest
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml import parse_xml
from pptx.util import Cm

from assistant.errors import UnreadableManual
from ingest.document import Block, ReadDocument
from ingest.readers import read_document

TITLE_ONLY, TITLE_AND_CONTENT, BLANK = 5, 1, 6


@pytest.fixture
def deck() -> Any:
    return pptx.Presentation()


def _slide(deck: Any, title: str = "", layout: int = TITLE_ONLY) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    if title:
        slide.shapes.title.text = title
    return slide


def _box(shapes: Any, text: str, left: float, top: float, width: float = 8) -> Any:
    box = shapes.add_textbox(Cm(left), Cm(top), Cm(width), Cm(2))
    box.text_frame.text = text
    return box


def _read(deck: Any) -> ReadDocument:
    buffer = io.BytesIO()
    deck.save(buffer)
    return read_document(buffer.getvalue(), "研修.pptx")


def _texts(document: ReadDocument) -> list[str]:
    return [block.text for block in document.blocks if not block.level]


def test_a_slide_is_a_numbered_page_under_its_title(deck: Any) -> None:
    _box(_slide(deck, "休暇の種類").shapes, "年次有給休暇は20日です。", 2, 5)
    _box(_slide(deck, "手続").shapes, "システムで申請します。", 2, 5)
    document = _read(deck)
    assert [(page.number, page.label, page.method) for page in document.pages] == [
        (1, None, "slide"),
        (2, None, "slide"),
    ]
    assert document.pages[1].text == "# スライド2　手続\nシステムで申請します。"
    assert document.blocks == [
        Block("休暇の種類", 1, level=1),
        Block("年次有給休暇は20日です。", 1, whole=True),
        Block("手続", 2, level=1),
        Block("システムで申請します。", 2, whole=True),
    ]


def test_items_keep_their_bullets_and_levels(deck: Any) -> None:
    slide = _slide(deck, "申請", TITLE_AND_CONTENT)
    frame = slide.placeholders[1].text_frame
    frame.text = "申請の期限"
    for text, level in (("出張の5日前まで", 1), ("急ぐときは電話", 1), ("提出先", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    assert _texts(_read(deck)) == [
        "・申請の期限",
        "　・出張の5日前まで",
        "　・急ぐときは電話",
        "・提出先",
    ]


def test_numbered_items_are_numbered_and_plain_text_is_not(deck: Any) -> None:
    slide = _slide(deck, "手順", TITLE_AND_CONTENT)
    frame = slide.placeholders[1].text_frame
    frame.text = "申請する"
    frame.add_paragraph().text = "承認を受ける"
    for paragraph in frame.paragraphs:
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                '<a:buAutoNum xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
                ' type="arabicPeriod"/>'
            )
        )
    _box(slide.shapes, "本文です。", 2, 16)
    assert _texts(_read(deck)) == ["1. 申請する", "2. 承認を受ける", "本文です。"]


def test_boxes_are_read_from_top_to_bottom_and_from_left_to_right(deck: Any) -> None:
    shapes = _slide(deck, "順序").shapes
    for text, left, top in (
        ("五", 2, 15), ("四", 13, 9), ("三", 2, 9.5), ("二", 13, 6), ("一", 2, 6.3),
    ):  # fmt: skip
        _box(shapes, text, left, top, width=10)
    assert _texts(_read(deck)) == ["一", "二", "三", "四", "五"]


def test_a_tall_box_is_read_whole_before_the_boxes_beside_it(deck: Any) -> None:
    shapes = _slide(deck, "順序").shapes
    _box(shapes, "右の上", 13, 5)
    _box(shapes, "右の下", 13, 9)
    _box(shapes, "左の一\n左の二", 2, 5).height = Cm(8)
    assert _texts(_read(deck)) == ["左の一", "左の二", "右の上", "右の下"]


def test_shapes_of_a_group_stay_together(deck: Any) -> None:
    shapes = _slide(deck, "流れ").shapes
    group = shapes.add_group_shape()
    inner = group.shapes.add_group_shape()
    _box(inner.shapes, "審査", 6, 6)
    _box(group.shapes, "申請", 2, 6, width=3)
    _box(shapes, "終わり", 2, 12)
    assert _texts(_read(deck)) == ["申請", "審査", "終わり"]


def test_a_table_keeps_its_merged_cells(deck: Any) -> None:
    table = _slide(deck, "旅費").shapes.add_table(4, 3, Cm(2), Cm(5), Cm(20), Cm(5)).table
    rows = (("区分", "日当", ""), ("", "県内", "県外"), ("課長", "1,000円", "2,200円"),
            ("係員", "800円", "1,800円"))  # fmt: skip
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    [block] = [block for block in _read(deck).blocks if block.is_table]
    assert block.rows == (
        ("区分", "日当/県内", "日当/県外"),
        ("課長", "1,000円", "2,200円"),
        ("係員", "800円", "1,800円"),
    )
    assert block.page == 1


def test_notes_follow_the_text_of_their_slide(deck: Any) -> None:
    slide = _slide(deck, "申請")
    _box(slide.shapes, "期限は5日前です。", 2, 5)
    slide.notes_slide.notes_text_frame.text = "例外を口頭で説明する。\n質問を受ける。"
    assert _texts(_read(deck)) == [
        "期限は5日前です。",
        "（発表者ノート）",
        "例外を口頭で説明する。",
        "質問を受ける。",
    ]


def test_hidden_slides_are_left_out_and_said_and_the_others_keep_their_numbers(deck: Any) -> None:
    for n in (1, 2, 3):
        _box(_slide(deck, f"題{n}").shapes, f"{n}枚目の文です。", 2, 5)
    deck.slides[1]._element.set("show", "0")
    document = _read(deck)
    assert [page.number for page in document.pages] == [1, 3]
    assert "2枚目の文です。" not in _texts(document)
    assert document.problems == ["非表示のスライドは取り込みませんでした: 2"]


def test_footer_date_and_number_of_the_slide_are_dropped(deck: Any) -> None:
    slide = _slide(deck, "申請")
    for placeholder in deck.slide_layouts[TITLE_ONLY].placeholders:
        if placeholder.placeholder_format.idx >= 10:
            slide.shapes.clone_placeholder(placeholder)
            slide.shapes[-1].text_frame.text = f"飾り{placeholder.placeholder_format.idx}"
    number = _box(slide.shapes, "", 20, 17).text_frame.paragraphs[0]
    number._p.append(
        parse_xml(
            '<a:fld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" id="{B}"'
            ' type="slidenum"><a:t>7</a:t></a:fld>'
        )
    )
    _box(slide.shapes, "本文です。", 2, 5)
    assert _texts(_read(deck)) == ["本文です。"]


def test_hidden_shapes_are_left_out(deck: Any) -> None:
    shapes = _slide(deck, "申請").shapes
    _box(shapes, "隠した文", 2, 5)._element.nvSpPr.cNvPr.set("hidden", "1")
    _box(shapes, "本文です。", 2, 9)
    assert _texts(_read(deck)) == ["本文です。"]


def test_a_chart_gives_its_title_and_its_data(deck: Any) -> None:
    data = CategoryChartData(number_format="#,##0")
    data.categories = ["令和6年度", "令和7年度"]
    data.add_series("申請", (1200, 1350))
    data.add_series("承認", (1100, None))
    frame = _slide(deck, "件数").shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(2), Cm(5), Cm(15), Cm(10), data
    )
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = "申請件数の推移"
    document = _read(deck)
    assert _texts(document)[0] == "（グラフ）申請件数の推移"
    assert document.blocks[-1].rows == (
        ("", "申請", "承認"),
        ("令和6年度", "1,200", "1,100"),
        ("令和7年度", "1,350", ""),
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            "申請から承認までの流れ図", ["（図: 申請から承認までの流れ図）"], id="described"
        ),
        pytest.param("図1.png", [], id="name of a file"),
        pytest.param("グラフ\n\n自動的に生成された説明", [], id="made by a program"),
        pytest.param("", [], id="not described"),
    ],
)
def test_a_picture_says_what_somebody_wrote_about_it(
    deck: Any, words: str, said: list[str]
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "png")
    picture.seek(0)
    slide = _slide(deck, "流れ")
    shape = slide.shapes.add_picture(picture, Cm(2), Cm(5))
    shape._element.nvPicPr.cNvPr.set("descr", words)
    assert _texts(_read(deck)) == said


def test_a_short_line_at_the_top_is_the_title_of_a_slide_without_one(deck: Any) -> None:
    shapes = _slide(deck, layout=BLANK).shapes
    _box(shapes, "本文です。", 2, 8)
    _box(shapes, "旅費の請求", 2, 1)
    assert [(b.text, b.level) for b in _read(deck).blocks] == [
        ("旅費の請求", 1),
        ("本文です。", None),
    ]


def test_a_slide_without_title_does_not_belong_to_the_one_before(deck: Any) -> None:
    _box(_slide(deck, "休暇").shapes, "休暇の文です。", 2, 5)
    _box(_slide(deck, layout=BLANK).shapes, "別の話題の文です。", 2, 8)
    assert [b.text for b in _read(deck).blocks if b.level] == ["休暇", "スライド2"]


def test_lines_of_a_shape_and_of_its_text_breaks_are_paragraphs(deck: Any) -> None:
    shape = _slide(deck, "流れ").shapes.add_shape(MSO_SHAPE.RECTANGLE, Cm(2), Cm(6), Cm(8), Cm(3))
    shape.text_frame.text = "一行目\v二行目\n三行目"
    assert _texts(_read(deck)) == ["一行目", "二行目", "三行目"]


def test_the_title_is_that_of_the_first_slide_unless_somebody_named_the_file(deck: Any) -> None:
    _slide(deck, "旅費の研修")
    _box(_slide(deck, "本題").shapes, "本文です。", 2, 5)
    deck.core_properties.title = "PowerPoint プレゼンテーション"
    assert _read(deck).title == "旅費の研修"
    deck.core_properties.title = "旅費事務の研修（令和8年度）"
    assert _read(deck).title == "旅費事務の研修（令和8年度）"


def test_slides_without_text_are_named(deck: Any) -> None:
    _slide(deck, layout=BLANK)
    _box(_slide(deck, "本題").shapes, "本文です。", 2, 5)
    document = _read(deck)
    assert [page.number for page in document.pages] == [1, 2]
    assert document.problems == ["文字のないスライド（画像だけか白紙）: 1"]


def test_a_presentation_without_text_says_what_to_do(deck: Any) -> None:
    _slide(deck, layout=BLANK)
    with pytest.raises(UnreadableManual, match=r"文字がない PowerPoint.*ください"):
        _read(deck)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"PK\x03\x04" + b"\0" * 200, id="rubbish behind PK"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 600, id="old format"),
        pytest.param(
            b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            id="password",
        ),
    ],
)
def test_a_damaged_or_protected_presentation_is_refused_with_the_next_step(content: bytes) -> None:
    with pytest.raises(UnreadableManual, match=r"PowerPoint.*保存し直して"):
        read_document(content, "研修.pptx")
