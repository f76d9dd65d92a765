from __future__ import annotations

import pytest

from assistant.search.letter_pair_match import pair_shares


def test_the_share_of_the_pairs_is_between_nothing_and_all() -> None:
    shares = pair_shares("振込先の届出", {"all": "振込先の届出です。", "none": "年次有給休暇"})
    assert shares == {"all": pytest.approx(1), "none": 0}


def test_a_pair_that_few_hold_counts_more() -> None:
    texts = {"rare": "検収", "common": "契約", "other": "契約の相手方", "third": "契約書"}
    shares = pair_shares("契約検収", texts)
    assert shares["rare"] > shares["common"]


@pytest.mark.parametrize("written", ["ＰＤＦで出す", "pdf で出す", "「PDF」で、出す。"])
def test_width_case_and_marks_make_no_difference(written: str) -> None:
    assert pair_shares("PDFで出す", {"a": written})["a"] == pytest.approx(1)


@pytest.mark.parametrize("question", ["", "？", "あ"])
def test_a_question_without_pairs_finds_nothing(question: str) -> None:
    assert pair_shares(question, {"a": "ああ"}) == {"a": 0.0}


def test_no_candidates_no_shares() -> None:
    assert pair_shares("契約", {}) == {}
