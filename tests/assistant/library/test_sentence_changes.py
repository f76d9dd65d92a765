from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library import sentence_changes as module
from assistant.library.sentence_changes import Piece, sentence_changes, word_marks

LIMIT = "随意契約の限度額は、50万円とする。"
NEW_LIMIT = "随意契約の限度額は、100万円とする。"
TRAVEL = "宿泊料は、実費を支給する。"
FORM = "様式は、庁内ポータルから印刷する。"


def _kinds(before: list[str], after: list[str]) -> list[str]:
    return [piece.kind for piece in sentence_changes(before, after)]


def _marked(before: str, after: str) -> list[tuple[str, str]]:
    return [
        (before[mark.before_start : mark.before_end], after[mark.after_start : mark.after_end])
        for mark in word_marks(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        pytest.param([LIMIT, TRAVEL], [LIMIT, TRAVEL], ["same", "same"], id="nothing"),
        pytest.param([LIMIT], ["随意契約の限度額は、５０万円　とする。"], ["same"], id="width and white space"),
        pytest.param([LIMIT, TRAVEL], [NEW_LIMIT, TRAVEL], ["changed", "same"], id="an amount"),
        pytest.param([LIMIT], [LIMIT, TRAVEL], ["same", "added"], id="a sentence more"),
        pytest.param([LIMIT, TRAVEL], [TRAVEL], ["removed", "same"], id="a sentence less"),
        pytest.param([TRAVEL], [FORM], ["removed", "added"], id="another sentence"),
        pytest.param([LIMIT], [TRAVEL, NEW_LIMIT], ["added", "changed"], id="added before a changed one"),
        pytest.param([TRAVEL, LIMIT], [NEW_LIMIT], ["removed", "changed"], id="removed before a changed one"),
        pytest.param([], [LIMIT], ["added"], id="from nothing"),
        pytest.param([LIMIT], [], ["removed"], id="to nothing"),
        pytest.param([], [], [], id="nothing at all"),
    ],
)  # fmt: skip
def test_sentences_are_same_added_removed_or_changed(
    before: list[str], after: list[str], kinds: list[str]
) -> None:
    assert _kinds(before, after) == kinds


def test_a_piece_keeps_both_texts_as_they_were_written() -> None:
    wide = "随意契約の限度額は、５０万円とする。"
    assert sentence_changes([LIMIT], [wide]) == (Piece("same", LIMIT, wide),)


def test_like_sentences_are_paired_in_their_order() -> None:
    before = ["課長の決裁は、50万円以下とする。", "部長の決裁は、300万円以下とする。"]
    after = ["課長の決裁は、80万円以下とする。", FORM, "部長の決裁は、500万円以下とする。"]
    pieces = sentence_changes(before, after)
    assert [(piece.before, piece.after) for piece in pieces] == [
        (before[0], after[0]),
        ("", FORM),
        (before[1], after[2]),
    ]


def test_long_parts_are_paired_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [f"番号：{n} ｜ 名称：様式の名前その{n} ｜ 単価：{n}円" for n in range(100, 140)]
    after = [row.replace("円", "00円") for row in before]
    whole = sentence_changes(before, after)
    monkeypatch.setattr(module, "_MOST_SENTENCES", 7)
    assert sentence_changes(before, after) == whole
    assert {piece.kind for piece in whole} == {"changed"}


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        pytest.param(LIMIT, NEW_LIMIT, [("50", "100")], id="a whole number"),
        pytest.param("1,500円を払う。", "12,500円を払う。", [("1,500", "12,500")], id="a number with a comma"),
        pytest.param("１５００円を払う。", "2500円を払う。", [("１５００", "2500")], id="a number in another width"),
        pytest.param("契約担当者が行う。", "契約担当課長が行う。", [("者", "課長")], id="kanji"),
        pytest.param("申請書を提出する。", "申請書を紙で提出する。", [("", "紙で")], id="words more"),
        pytest.param("申請書を紙で提出する。", "申請書を提出する。", [("紙で", "")], id="words less"),
        pytest.param("ファイルを送る。", "フォルダを送る。", [("ファイル", "フォルダ")], id="a foreign word whole"),
        pytest.param("承認しなければならない。", "承認することができる。", [("しなければならない", "することができる")], id="kana whole"),
        pytest.param("4月1日から", "5月2日から", [("4月1", "5月2")], id="marks close together are one"),
        pytest.param("総務課が受け、課長が決裁し、部長に送る。", "会計課が受け、課長が決裁し、市長に送る。", [("総務", "会計"), ("部", "市")], id="marks apart are two"),
        pytest.param("課に 出す。", "課に出す。", [], id="white space alone"),
        pytest.param("区分：委託 ｜ 限度額：50万円", "区分：委託 ｜ 限度額：100万円", [("50", "100")], id="a cell of a row"),
    ],
)  # fmt: skip
def test_marks_are_whole_words(before: str, after: str, marked: list[tuple[str, str]]) -> None:
    assert _marked(before, after) == marked


_TEXTS = st.text(alphabet="契約課長をするA1０9 、。", max_size=12)


@given(_TEXTS, _TEXTS)
def test_what_no_mark_covers_is_the_same(before: str, after: str) -> None:
    for mark in reversed(word_marks(before, after)):
        before = (
            before[: mark.before_start]
            + after[mark.after_start : mark.after_end]
            + before[mark.before_end :]
        )
    assert sentence_changes([before], [after])[0].kind == "same"


@given(
    st.lists(_TEXTS.filter(str.strip), max_size=6), st.lists(_TEXTS.filter(str.strip), max_size=6)
)
def test_every_sentence_of_both_versions_is_shown_once(before: list[str], after: list[str]) -> None:
    pieces = sentence_changes(before, after)
    assert [piece.before for piece in pieces if piece.kind != "added"] == before
    assert [piece.after for piece in pieces if piece.kind != "removed"] == after
