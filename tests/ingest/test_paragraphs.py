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
