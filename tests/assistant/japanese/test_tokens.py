from __future__ import annotations

import threading

import pytest

from assistant.japanese.tokens import search_forms, tokens


def test_particles_auxiliaries_and_symbols_are_dropped() -> None:
    assert search_forms("見積書を、添えます。") == ["見積もり", "書", "添える"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("見積り", "見積もり", id="spelling"),
        pytest.param("申請した", "申請する", id="inflection"),
        pytest.param("１２０万円", "120万円", id="width"),
        pytest.param("引っ越し", "引越し", id="kana between kanji"),
        pytest.param("附則", "付則", id="kanji variants"),
    ],
)
def test_variants_of_a_word_meet(one: str, other: str) -> None:
    assert search_forms(one) == search_forms(other)


@pytest.mark.parametrize(
    "text", [pytest.param("", id="empty"), pytest.param("、。！（）　\n", id="marks alone")]
)
def test_text_without_words_has_no_tokens(text: str) -> None:
    assert tokens(text) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("契約書を二通作ります。\n" * 6000, id="many lines"),
        pytest.param("契約書を二通作ります。" * 6000, id="one line"),
        pytest.param("😀契約書。" * 5000, id="four-byte characters"),
    ],
)
def test_text_beyond_the_tokenizers_limit_is_read_whole(text: str) -> None:
    assert len(text.encode()) > 49_149
    assert search_forms(text).count("契約") == text.count("契約")


def test_a_long_line_keeps_its_place_between_short_ones() -> None:
    text = "始めに決裁です。\n" + "契約書を作ります。" * 3000 + "\n終わりに検査です。"
    forms = search_forms(text)
    assert forms.index("決裁") < forms.index("契約") < forms.index("検査")


def test_many_threads_get_the_same_tokens() -> None:
    results: list[list[str]] = []

    def read() -> None:
        results.append(search_forms("随意契約の限度額は別表第1のとおりです。"))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert all(result == results[0] for result in results)


def test_counters_and_numerals_are_no_names() -> None:
    nouns = [token.form for token in tokens("職員3人が休暇をとる") if token.is_noun]
    assert nouns == ["職員", "休暇"]
