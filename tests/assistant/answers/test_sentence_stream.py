from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.answers.sentence_stream import complete_sentences

TEXT = "申請は3日前までです[1]。承認は所属長です。[2][3]\n様式は第3号です。［1］終わり"
SENTENCES = [
    "申請は3日前までです[1]。",
    "承認は所属長です。[2][3]",
    "様式は第3号です。［1］",
    "終わり",
]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_sentences_are_the_same_however_the_text_is_cut(size: int) -> None:
    parts = [TEXT[i : i + size] for i in range(0, len(TEXT), size)]
    assert list(complete_sentences(parts)) == SENTENCES


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(["", "", ""], [], id="empty parts"),
        pytest.param(["\n\n", " \n"], [], id="line breaks"),
        pytest.param(["終わりがない"], ["終わりがない"], id="no full stop"),
        pytest.param(["はい。", "[1]", "。"], ["はい。[1]", "。"], id="marker in another part"),
        pytest.param(["はい。", "[", "1", "]次。"], ["はい。[1]", "次。"], id="marker in pieces"),
        pytest.param(["はい。 [1] [2]次"], ["はい。 [1] [2]", "次"], id="spaces before markers"),
        pytest.param(["一\n二\n"], ["一", "二"], id="lines"),
        pytest.param(["何ですか？答え！"], ["何ですか？", "答え！"], id="other ends"),
        pytest.param(["はい。[未完"], ["はい。", "[未完"], id="a bracket that is no marker"),
    ],
)
def test_a_sentence_ends_with_its_markers(parts: list[str], expected: list[str]) -> None:
    assert list(complete_sentences(parts)) == expected


def test_a_sentence_is_given_as_soon_as_it_is_complete() -> None:
    taken: list[str] = []

    def parts() -> Iterator[str]:
        for part in ("一つ目。", "[1]", "二つ目", "。", "三つ目"):
            taken.append(part)
            yield part

    sentences = complete_sentences(parts())
    assert next(sentences) == "一つ目。[1]"
    assert taken == ["一つ目。", "[1]", "二つ目"]
    assert next(sentences) == "二つ目。"


def test_text_without_an_end_is_cut_and_no_more_is_taken() -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "また、" * 10

    [only] = complete_sentences(endless())
    assert 600 < len(only) < 700
    assert taken < 30


def test_endless_sentences_are_given_one_by_one() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "同じ文です。"

    sentences = complete_sentences(endless())
    assert {next(sentences) for _ in range(50)} == {"同じ文です。"}
