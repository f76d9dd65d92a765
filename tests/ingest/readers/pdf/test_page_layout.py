"""Printed pages as real documents have them: columns, frames, charts, tabs, slides."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.document import ReadDocument
from ingest.paragraphs import paragraphs
from ingest.readers import read_document
from ingest.sectioning import sections

FONT = "HeiseiMin-W3"
LEFT = [
    "有給休暇は毎年一月一日に二十日を",
    "付与し、翌年の十二月末日まで繰り",
    "越すことができるものとする。",
]
RIGHT = [
    "出張は命令権者の押印を受けてから",
    "出発し、帰庁の日から二週間以内に",
    "精算するものと定めている。",
]
Draw = Callable[[Canvas], None]


@pytest.fixture
def read() -> Callable[..., ReadDocument]:
    """Read a PDF of pages that are drawn by hand."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))

    def make(*pages: Draw, size: tuple[float, float] = A4) -> ReadDocument:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=size)
        for draw in pages:
            canvas.setFont(FONT, 12)
            draw(canvas)
            canvas.showPage()
        canvas.save()
        return read_document(buffer.getvalue(), "資料.pdf")

    return make


def _texts(document: ReadDocument) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(document.blocks)]


def _lines(canvas: Canvas, x: float, y: float, lines: list[str], pitch: float = 18) -> None:
    for number, line in enumerate(lines):
        canvas.drawString(x, y - pitch * number, line)


def test_two_columns_are_read_one_after_the_other(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(
            60, 740, "この要領は、職員の休暇と出張の取扱いについて必要な事項を定める。"
        )
        for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            canvas.drawString(60, 700 - 18 * number, left)
            canvas.drawString(320, 700 - 18 * number, right)

    assert _texts(read(draw)) == [
        "この要領は、職員の休暇と出張の取扱いについて必要な事項を定める。",
        "".join(LEFT),
        "".join(RIGHT),
    ]


def test_text_is_read_from_the_top_whatever_was_drawn_first(
    read: Callable[..., ReadDocument],
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 500, "三番目に読む文です。")
        canvas.drawString(60, 620, "二番目に読む文です。")
        canvas.drawString(60, 700, "一番目に読む文です。")

    assert [text[:3] for text in _texts(read(draw))] == ["一番目", "二番目", "三番目"]


def test_shadows_are_said_once(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([300, 400, 500], [300, 330, 360])
        for step in (0, 1, 2):
            canvas.drawString(60 + step / 2, 700 - step / 2, "影の付いた見出し文字")
        for place, cell in enumerate(("区分", "額", "課長", "五万円")):
            canvas.drawString(310 + 100 * (place % 2), 340 - 30 * (place // 2), cell)

    assert [b.text for b in read(draw).blocks if not b.is_table] == ["影の付いた見出し文字"]


def test_a_line_beside_a_picture_goes_on(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        _lines(
            canvas,
            60,
            700,
            [
                "野菜くずなどの廃棄物は容器に一時保管し回収の日ま",
                "で袋に密封して置き場から飛び出ないように管理しま",
                "しょう。",
            ],
        )
        _lines(
            canvas,
            60,
            600,
            ["この頁のほかの文は写真の下まで続いているため、ずっと長い行になっています。"],
        )

    assert _texts(read(draw))[0].endswith("管理しましょう。")


def test_frames_that_overlap_are_no_table(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(50, 400, 400, 350)
        canvas.rect(50, 600, 150, 150)
        canvas.rect(120, 500, 200, 150)
        _lines(canvas, 130, 620, ["枠の中の文は一度だけ", "読まれます。"])

    document = read(draw)
    assert not any(block.is_table for block in document.blocks)
    assert "".join(_texts(document)).count("枠の中の文") == 1


def test_a_chart_is_no_table(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        for number, country in enumerate(("韓国", "台湾", "香港", "中国", "米国")):
            canvas.drawString(60, 600 - 24 * number, country)
            canvas.drawString(190, 600 - 24 * number, f"{51 + number}.2")
        for x in (150, 204, 260):
            canvas.line(x, 480, x, 620)
        for y in (480, 620):
            canvas.line(150, y, 260, y)

    document = read(draw)
    assert not any(block.is_table for block in document.blocks)
    assert "台湾 52.2" in _texts(document)


def test_a_small_head_cut_out_of_the_corner_of_another(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([60, 160], [500, 530, 560, 640])
        canvas.lines([(160, 640, 320, 640), (160, 560, 320, 560), (160, 530, 320, 530)])
        canvas.lines([(160, 500, 320, 500), (320, 500, 320, 640), (240, 500, 240, 590)])
        canvas.line(240, 590, 320, 590)
        cells = [
            (65, 600, "国籍"),
            (165, 620, "旅行消費額"),
            (245, 570, "前年比"),
            (65, 540, "韓国"),
        ]
        cells += [(165, 540, "2,416"), (245, 540, "+57.5%"), (65, 510, "台湾"), (165, 510, "2,595")]
        for x, y, text in cells:
            canvas.drawString(x, y, text)

    [table] = [block for block in read(draw).blocks if block.is_table]
    assert table.rows == (
        ("国籍", "旅行消費額", "旅行消費額/前年比"),
        ("韓国", "2,416", "+57.5%"),
        ("台湾", "2,595", ""),
    )


def test_a_table_inside_a_form_is_read(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.beginForm("pasted")
        canvas.setFont(FONT, 12)
        canvas.grid([0, 100, 200], [0, 30, 60, 90])
        for place, cell in enumerate(("区分", "額", "課長", "五万円", "部長", "十万円")):
            canvas.drawString(5 + 100 * (place % 2), 70 - 30 * (place // 2), cell)
        canvas.endForm()
        canvas.translate(120, 400)
        canvas.doForm("pasted")

    [table] = [block for block in read(draw).blocks if block.is_table]
    assert table.rows == (("区分", "額"), ("課長", "五万円"), ("部長", "十万円"))


def test_lines_of_a_cell_that_were_ended_on_purpose_stay_apart(
    read: Callable[..., ReadDocument],
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([60, 160, 330], [500, 560, 590])
        cells = [(65, 570, "項目"), (165, 570, "時期"), (65, 540, "点検"), (165, 544, "開店前")]
        cells += [(165, 528, "閉店の後と清掃の後には必ず"), (165, 512, "行う")]
        for x, y, text in cells:
            canvas.drawString(x, y, text)

    [table] = [block for block in read(draw).blocks if block.is_table]
    assert table.rows[1] == ("点検", "開店前\n閉店の後と清掃の後には必ず行う")


def test_a_word_in_katakana_that_a_cell_breaks_is_whole(
    read: Callable[..., ReadDocument],
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([60, 160, 240], [500, 560, 590])
        cells = [(65, 570, "分類"), (165, 570, "例"), (65, 540, "金券"), (165, 544, "図書カー")]
        cells += [(165, 528, "ド、回数券")]
        for x, y, text in cells:
            canvas.drawString(x, y, text)

    [table] = [block for block in read(draw).blocks if block.is_table]
    assert table.rows[1] == ("金券", "図書カード、回数券")


def test_labels_with_their_texts_have_no_heads(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([60, 160, 480], [500, 530, 560])
        canvas.drawString(65, 540, "目 的")
        canvas.drawString(165, 540, "廃棄物を放置すると害虫を誘引します。")
        canvas.drawString(65, 510, "方 法")
        canvas.drawString(165, 510, "分別して廃棄しましょう。")

    [table] = [block for block in read(draw).blocks if block.is_table]
    assert table.rows[0] == ("", "")
    assert table.rows[2] == ("方法", "分別して廃棄しましょう。")


def test_tabs_and_chapter_titles_in_the_margins_are_left_out(
    read: Callable[..., ReadDocument],
) -> None:
    def page(number: int, words: str) -> Draw:
        def draw(canvas: Canvas) -> None:
            for place, letter in enumerate("実績計画"):
                canvas.drawString(20, 600 - 14 * place, letter)
            canvas.drawString(60, 700, f"{words}については、別に定める要領による。")
            canvas.drawString(60, 30, f"{number} 社会課題の解決を支える")

        return draw

    subjects = ("契約", "検査", "休暇", "旅費", "手当", "服務", "研修", "福利", "公印")
    document = read(*(page(n, s) for n, s in enumerate(subjects[:3], 1)))
    assert _texts(document) == [f"{s}については、別に定める要領による。" for s in subjects[:3]]


def test_amounts_and_rates_in_the_margins_are_no_page_numbers(
    read: Callable[..., ReadDocument],
) -> None:
    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(60, 800, f"令和{number}年度予算額 {number}.6億円")
            canvas.drawString(60, 700, "補助の率は、次のとおりとする。")
            canvas.drawString(60, 40, "１／２" if number == 6 else "負担なし")

        return draw

    texts = _texts(read(*(page(number) for number in (5, 6, 7))))
    assert [text for text in texts if "億円" in text] == [
        f"令和{n}年度予算額 {n}.6億円" for n in (5, 6, 7)
    ]
    assert sum("１／２" in text for text in texts) == 1


def test_each_slide_stands_under_its_title(read: Callable[..., ReadDocument]) -> None:
    def page(title: str) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(60, 400, f"{title}の費用の一部を、市町村に交付します。")
            canvas.setFont(FONT, 20)
            canvas.drawString(60, 540, title)

        return draw

    titles = ("窓口改革支援事業", "防災情報整備事業", "誰でも通園事業")
    document = read(*map(page, titles), size=landscape(A4))
    found = {section.heading_path: len(section.parts) for section in sections(document.blocks)}
    assert found == {(title,): 1 for title in titles}


def test_a_page_on_its_side_is_read(read: Callable[..., ReadDocument]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(500, 100)
        canvas.rotate(90)
        canvas.grid([0, 120, 300], [0, 30, 60])
        for place, cell in enumerate(
            ("実施する日", "確認する者の名前", "毎月一日と十日", "係長と主任の二人")
        ):
            canvas.drawString(5 + 120 * (place % 2), 40 - 30 * (place // 2), cell)

    [table] = [block for block in read(draw).blocks if block.is_table]
    assert table.rows == (
        ("実施する日", "確認する者の名前"),
        ("毎月一日と十日", "係長と主任の二人"),
    )
