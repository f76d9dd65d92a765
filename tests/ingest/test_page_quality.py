from __future__ import annotations

import pytest

from ingest.page_quality import judge_page


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("契約書は2通作り、双方が記名押印します。", "readable", id="Japanese"),
        pytest.param("The contract is made in two copies.", "readable", id="English"),
        pytest.param("1,200  3,400  5,600  7,800", "readable", id="figures"),
        pytest.param("様式第3号　①②③　㈱　〒123-4567", "readable", id="marks of offices"),
        pytest.param("", "empty", id="nothing"),
        pytest.param(" \n\t　", "empty", id="white space"),
        pytest.param("- 12 -", "empty", id="a page number"),
        pytest.param(
            "\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008", "mojibake", id="private use"
        ),
        pytest.param("契約\ufffd\ufffd\ufffd書は2通", "mojibake", id="replacement marks"),
        pytest.param("가나다라마바사아자차카타", "mojibake", id="Hangul"),
        pytest.param("Ã¥Â¥â€˜Ã§Â´â€žÃ¦â€ºÂ¸Ã£Â¯", "mojibake", id="accented letters"),
        pytest.param("\x01\x02\x03\x04\x05\x06\x07\x08\x0e", "mojibake", id="control characters"),
        pytest.param("㐀㐁㐂㐃㐄㐅㐆㐇㐈㐉", "mojibake", id="rare kanji"),
        pytest.param("髙橋﨑山德川渡邊齋藤の各氏", "readable", id="kanji of names"),
    ],
)
def test_a_page_is_judged_by_its_characters(text: str, verdict: str) -> None:
    assert judge_page(text) == verdict
