from __future__ import annotations

import pytest

from ingest.document import Block
from ingest.paragraphs import Paragraph, paragraphs

FIRST = "この手引きは、青葉野市の各課が行う契約事務の手順を"
SECOND = "そろえるためのものです。"


def _texts(blocks: list[Block]) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(blocks)]


def test_a_wrapped_line_is_joined_without_a_space() -> None:
    assert _texts([Block(FIRST, 1), Block(SECOND, 1)]) == [FIRST + SECOND]


def test_latin_words_are_joined_with_a_space() -> None:
    blocks = [
        Block("電子契約システムの利用にあたっては、次の open source", 1),
        Block("software", 1),
    ]
    assert _texts(blocks) == ["電子契約システムの利用にあたっては、次の open source software"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(FIRST + "。", SECOND, id="full stop"),
        pytest.param(FIRST, "（1）　次の項目", id="an item follows"),
        pytest.param(FIRST, "・次の項目", id="a bullet follows"),
        pytest.param("短い行", FIRST, id="a short line"),
    ],
)
def test_lines_that_end_a_paragraph_are_not_joined(first: str, second: str) -> None:
    assert _texts([Block(first, 1), Block(second, 1)]) == [first, second]


def test_formats_without_pages_keep_their_paragraphs() -> None:
    assert _texts([Block(FIRST), Block(SECOND)]) == [FIRST, SECOND]


def test_a_paragraph_over_two_pages_knows_the_page_of_each_sentence() -> None:
    blocks = [
        Block("一つ目の文です。二つ目の文は次のページまで続いている文です", 4),
        Block("から長いです。三つ目の文です。", 5),
    ]
    [paragraph] = paragraphs(blocks)
    pages = [(paragraph.text[s.start : s.end][:4], s.page) for s in paragraph.sentences()]
    assert pages == [("一つ目の", 4), ("二つ目の", 4), ("三つ目の", 5)]


def test_every_character_has_the_page_of_its_line() -> None:
    paragraph = Paragraph("あいうえお", ((0, 1), (2, 2), (4, 3)))
    assert [paragraph.page_at(n) for n in range(5)] == [1, 1, 2, 2, 3]


def test_nothing_makes_nothing() -> None:
    assert paragraphs([]) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            "公用車で行くときは交通費を支給しません。予約は「公用車使用の手引き」",
            "によります。",
            id="a full line ends in a closing bracket",
        ),
        pytest.param(
            "納め過ぎた歳入は、収入した歳入から戻し出します（施行令第165条の",
            "7）。前年度以前の歳入の還付は、22節から支出します。",
            id="a figure inside brackets looks like an item",
        ),
    ],
)
def test_a_line_that_goes_on_is_joined(first: str, second: str) -> None:
    assert _texts([Block(first, 1), Block(second, 1)]) == [first + second]


def test_a_shorter_line_with_an_open_bracket_goes_on() -> None:
    lines = ("その日の翌日から5開庁日以内に処分報告書（物品様式第11号）を出します。",
             "課は、翌日までに台帳を抹消します（架空の日", "数）。")  # fmt: skip
    assert _texts([Block(line, 1) for line in lines]) == [lines[0], lines[1] + lines[2]]


def test_a_paragraph_that_is_whole_is_neither_joined_nor_a_measure_of_lines() -> None:
    note = Block("（注1）" + FIRST + FIRST, 1, whole=True)
    assert _texts([Block(FIRST, 1), Block(SECOND, 1), note]) == [FIRST + SECOND, note.text]
