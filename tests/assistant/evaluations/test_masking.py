"""What may name a person does not get into a question set; what names nobody stays."""

from __future__ import annotations

import pytest

from assistant.evaluations.masking import masked


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("山田太郎さんの旅費はいつ払われますか", "山田太郎"),
        ("鈴木様から苦情が来たときの手順", "鈴木"),
        ("タナカさんの休暇の残り", "タナカ"),
        ("yamada@city.lg.jp に送ってよいか", "yamada@city.lg.jp"),
        ("03-1234-5678 からの電話", "1234-5678"),
        ("０９０－１２３４－５６７８に掛けてよいか", "1234"),
        ("マイナンバー 1234 5678 9012 を書いてよいか", "5678"),
        ("職員番号 A12345 の年休", "A12345"),
    ],
)
def test_what_names_a_person_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in masked(text)
    assert "●●" in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "業者さんへの支払は何日以内ですか",
        "仕様書の作り方",
        "同様の契約はいくらまで随意契約にできますか",
        "随意契約の限度額は2,000,000円ですか",
        "2026-04-01から変わりますか",
        "皆さんの年休は何日ですか",
        "様式第3号の書き方",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert masked(text) == text
