from __future__ import annotations

import numpy as np
import pytest

from assistant.japanese.likeness import letter_pairs, likeness, likenesses

RULE = "契約の限度額は50万円とする。"


def _like(one: str, other: str) -> float:
    return likeness(letter_pairs(one), letter_pairs(other))


def _all_like(rows: list[str], columns: list[str]) -> np.ndarray:
    return likenesses([letter_pairs(row) for row in rows], [letter_pairs(c) for c in columns])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("契約の限度額は５０万円とする。", id="width"),
        pytest.param("契約の限度額は\n　50万円とする。", id="white space"),
    ],
)
def test_width_and_white_space_change_no_likeness(other: str) -> None:
    assert _like(RULE, other) == 1


def test_a_changed_amount_is_more_alike_than_another_rule() -> None:
    amount = _like(RULE, "契約の限度額は100万円とする。")
    rule = _like(RULE, "宿泊料は実費を支給する。")
    assert 1 > amount > 0.5 > rule


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("", "", 1, id="both empty"),
        pytest.param("", RULE, 0, id="one empty"),
        pytest.param("課", "課", 1, id="one letter"),
        pytest.param("課", "部", 0, id="another letter"),
    ],
)
def test_the_shortest_texts_have_a_likeness(one: str, other: str, expected: float) -> None:
    assert _like(one, other) == expected


def test_the_matrix_says_what_pairs_say() -> None:
    rows = [RULE, "宿泊料は実費を支給する。", ""]
    columns = ["契約の限度額は100万円とする。", "宿泊料は定額を支給する。"]
    expected = [[_like(row, column) for column in columns] for row in rows]
    assert np.allclose(_all_like(rows, columns), expected)


def test_many_different_texts_keep_their_nearest() -> None:
    passages = [
        "".join(chr(0x4E00 + (i * 131 + j * 37) % 9000) for j in range(60)) for i in range(200)
    ]
    alike = _all_like(passages, [text[:50] for text in passages])
    assert alike.argmax(axis=1).tolist() == list(range(200))
    assert alike.max() <= 1


def test_no_rows_give_no_likeness() -> None:
    assert _all_like([], [RULE]).shape == (0, 1)
