from __future__ import annotations

import pytest

from ingest.readers.scans.recognised_text import tidy, tidy_vertical, with_item_numbers


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        pytest.param(
            ["(3) 示談", "(42) 。記録", "(5) 報告"], ["(3) 示談", "(4) 記録", "(5) 報告"],
            id="a wrong number between two that agree",
        ),
        pytest.param(
            ["11 ) _パート", "(2) 講習"], ["(1) パート", "(2) 講習"],
            id="a bracket read as a figure",
        ),
        pytest.param(["(5) 。運転"], ["(5) 運転"], id="a blank read as a full stop"),
        pytest.param(
            ["(3) 示談", "(7) 記録", "(9) 報告"], ["(3) 示談", "(7) 記録", "(9) 報告"],
            id="neighbours that do not agree",
        ),
        pytest.param(["11) 私用"], ["11) 私用"], id="an eleventh item"),
    ],
)  # fmt: skip
def test_item_numbers_follow_their_neighbours(read: list[str], meant: list[str]) -> None:
    assert with_item_numbers(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        pytest.param("ア ルコール チェック", "アルコールチェック", id="a word in katakana"),
        pytest.param("ア 取得 の 単位", "ア 取得の単位", id="an item"),
        pytest.param("( 見本 】 架空", "【見本】架空", id="a bracket that closes as another"),
        pytest.param("`予約 」 で", "「予約」で", id="a bracket read as a quote"),
    ],
)
def test_blanks_and_brackets_are_set_right(read: str, meant: str) -> None:
    assert tidy(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        pytest.param("第 ー 条 この 規程", "第一条この規程", id="a dash for 一"),
        pytest.param("ニ この 規程 で", "二この規程で", id="a katakana for 二"),
        pytest.param("ニュース を 見る", "ニュースを見る", id="a word in katakana"),
    ],
)
def test_numerals_of_vertical_writing_are_set_right(read: str, meant: str) -> None:
    assert tidy_vertical(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        pytest.param("2 5日 払", "25日払", id="a day"),
        pytest.param("/月", "7月", id="a seven read as a stroke"),
        pytest.param("2 7,200円", "27,200円", id="an amount"),
        pytest.param("10 20", "10 20", id="two figures"),
    ],
)
def test_figures_of_a_cell_are_put_together(read: str, meant: str) -> None:
    assert tidy(read, keep_numbering=False) == meant
