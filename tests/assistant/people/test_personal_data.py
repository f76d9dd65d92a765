"""Personal data is found by its form or the word beside it; what names nobody stays."""

from __future__ import annotations

import pytest

from assistant.people.personal_data import HIDDEN, is_my_number, masked, personal_data, plain

OF_A_KIND = [
    ("yamada@city.lg.jp に送ってよいか", "email", "yamada@city.lg.jp"),
    ("担当はyamada.t@city.lg.jpです", "email", "yamada.t@city.lg.jp"),
    ("03-1234-5678 からの電話", "telephone", "03-1234-5678"),
    ("０９０－１２３４－５６７８に掛けてよいか", "telephone", "090-1234-5678"),
    ("(0852)22-5111へ", "telephone", "0852)22-5111"),
    ("09012345678に連絡", "telephone", "09012345678"),
    ("+81-90-1234-5678に連絡", "telephone", "+81-90-1234-5678"),
    ("1234 5678 9018 の方から届出", "my_number", "1234 5678 9018"),
    ("マイナンバー 1234 5678 9012 を書いてよいか", "my_number", "1234 5678 9012"),
    ("個人番号は123456789012です", "my_number", "123456789012"),
    ("〒690-8540 に送る", "postal_code", "690-8540"),
    ("松江市末次町86番地の方", "address", "松江市末次町86番地"),
    ("島根県出雲市今市町1-2-3に住む人", "address", "島根県出雲市今市町1-2-3"),
    ("大田区大森北3丁目2番1号の空き家", "address", "大田区大森北3丁目2番1号"),
    ("職員番号 A12345 の年休", "staff_number", "A12345"),
    ("職員番号は0012345です", "staff_number", "0012345"),
    ("口座番号 1234567 に振り込む", "bank_account", "1234567"),
    ("普通預金 7654321 への振込", "bank_account", "7654321"),
    ("生年月日は昭和60年4月1日の人", "birth_date", "昭和60年4月1日"),
    ("1985年4月1日生まれの職員の定年", "birth_date", "1985年4月1日"),
    ("山田太郎さんの旅費はいつ払われますか", "name", "山田太郎"),
    ("鈴木様から苦情が来たときの手順", "name", "鈴木"),
    ("田中氏の講演料", "name", "田中"),
    ("タナカさんの休暇の残り", "name", "タナカ"),
    ("氏名: 佐藤 花子、手当の額は", "name", "佐藤 花子"),
]


@pytest.mark.parametrize(("text", "kind", "data"), OF_A_KIND)
def test_personal_data_is_found_with_its_kind(text: str, kind: str, data: str) -> None:
    [found] = personal_data(plain(text))
    assert (found.kind, plain(text)[found.start : found.end]) == (kind, data)
    assert data not in masked(text)
    assert HIDDEN in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "業者さんへの支払は何日以内ですか",
        "仕様書の作り方",
        "同様の契約はいくらまで随意契約にできますか",
        "随意契約の限度額は2,000,000円ですか",
        "2026-04-01から変わりますか",
        "令和6年4月1日から契約する場合",
        "皆さんの年休は何日ですか",
        "様式第3号の書き方",
        "要綱第12条第3項の届出",
        "告示1234567890号の写し",
        "市役所の窓口は何番ですか",
        "契約番号202600123456の変更",
        "内線2105に聞けますか",
        "マイナンバーの取扱い",
        "口座番号の変更届",
        "名前は旧姓でよいですか",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("digits", "right"),
    [("123456789018", True), ("123456789012", False), ("12345678901", False), ("a" * 12, False)],
)
def test_a_my_number_ends_in_its_check_digit(digits: str, right: bool) -> None:
    assert is_my_number(digits) == right


def test_each_of_several_pieces_is_hidden_once() -> None:
    text = "山田さん（03-1234-5678、yamada@city.lg.jp）の口座番号 1234567"
    assert masked(text) == f"{HIDDEN}さん({HIDDEN}、{HIDDEN})の口座番号 {HIDDEN}"
