from __future__ import annotations

import pytest

from assistant.japanese.normalize import folded, has_japanese, normalized, readable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ＡＢＣ１２３％", "abc123%", id="full width"),
        pytest.param("ｱﾙﾊﾞｲﾄ", "アルバイト", id="half-width katakana"),
        pytest.param("⽇本の⾃治体", "日本の自治体", id="Kangxi radicals"),
        pytest.param("⻑期・⺠間・⻘葉", "長期・民間・青葉", id="radicals of the supplement"),
        pytest.param("5〜7日、5～7日", "5~7日、5~7日", id="waves"),
        pytest.param("A−B‐C–D―E", "a-b-c-d-e", id="dashes"),
        pytest.param("データ", "データ", id="the long vowel mark is no dash"),
        pytest.param("契 約　事 務", "契約事務", id="spaces between kanji"),
        pytest.param("open  the 窓口", "open the 窓口", id="spaces between words stay one"),
        pytest.param("随\u200b意\u00ad契\ufeff約", "随意契約", id="invisible characters"),
        pytest.param("①㈱㍻", "1(株)平成", id="compatibility characters"),
        pytest.param("が", "が", id="decomposed kana"),
    ],
)
def test_text_for_search_has_one_spelling(text: str, expected: str) -> None:
    assert normalized(text) == expected


def test_normalizing_twice_changes_nothing() -> None:
    once = normalized("⻑期契約の　期間は ５〜７年、Ａ棟−Ｂ棟")
    assert normalized(once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("第１条　１２０万円", "第１条　１２０万円", id="full width stays"),
        pytest.param("一行\r\n二行\r三行", "一行\n二行\n三行", id="line ends"),
        pytest.param("決\x00裁\x07\x1b", "決裁", id="control characters"),
        pytest.param("⾒積書", "見積書", id="radicals are restored"),
    ],
)
def test_text_for_display_keeps_its_characters(text: str, expected: str) -> None:
    assert readable(text) == expected


def test_folded_text_has_no_white_space() -> None:
    assert folded("契約 書は\n ２通　作ります。\t") == "契約書は2通作ります。"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("契約書を2通作ります", True, id="hiragana"),
        pytest.param("アルバイト", True, id="katakana"),
        pytest.param("合同书需要两份", False, id="Chinese"),
        pytest.param("契約書", False, id="kanji alone"),
        pytest.param("two copies", False, id="English"),
        pytest.param("・ー", False, id="marks alone"),
    ],
)
def test_kana_tells_japanese(text: str, answer: bool) -> None:
    assert has_japanese(text) is answer
