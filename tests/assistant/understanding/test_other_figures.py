from __future__ import annotations

import pytest

from assistant.japanese.tokens import search_forms
from assistant.understanding.other_figures import other_numbers, other_years


@pytest.mark.parametrize(
    ("question", "years"),
    [
        pytest.param("令和8年度の予算", ["2026年度"], id="an era"),
        pytest.param("令和元年の改正", ["2019年"], id="its first year"),
        pytest.param("令和八年度の予算", ["2026年度"], id="kanji"),
        pytest.param("２０２６年度の予算", ["令和8年度"], id="western, full width"),
        pytest.param("平成30年の規程", ["2018年"], id="an earlier era"),
        pytest.param("2018年の規程", ["平成30年"], id="western, an earlier era"),
        pytest.param("R8年度の旅費", ["2026年度", "令和8年度"], id="a letter"),
        pytest.param("令和8年度（2026年度）の予算", [], id="both said"),
        pytest.param("2,026年の歴史と12,026円", [], id="no year"),
        pytest.param("有休は何日ですか", [], id="none"),
        pytest.param("令和一二年度の予算", ["2030年度"], id="kanji, digit by digit"),
    ],
)
def test_a_year_is_looked_for_in_the_other_calendar_too(question: str, years: list[str]) -> None:
    assert other_years(question) == years


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        pytest.param("三十日以内に支払う", ["30日"], id="a word for thirty days"),
        pytest.param("30日以内に支払う", ["三十日"], id="and back"),
        pytest.param("十人の委員", ["10人"], id="people"),
        pytest.param("十四日以内に支払う", [], id="one form already"),
        pytest.param("百三十日", [], id="part of a number"),
        pytest.param("会議は二五人で開けますか", [], id="digit by digit"),
    ],
)
def test_a_number_that_is_a_word_is_looked_for_in_digits_too(
    question: str, numbers: list[str]
) -> None:
    assert other_numbers(question) == numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("申し込み", "申込", id="okurigana"),
        pytest.param("取り扱い", "取扱", id="okurigana of another"),
        pytest.param("見積もり", "見積", id="okurigana of a third"),
        pytest.param("振込先", "振り込み先", id="in a compound"),
        pytest.param("とりあつかい", "取扱い", id="kana in the dictionary"),
        pytest.param("１０万円", "100,000円", id="width and scale"),
        pytest.param("百三十万円", "130万円", id="kanji numbers"),
        pytest.param("第三条", "第3条", id="articles"),
        pytest.param("ﾊﾟｿｺﾝ", "パソコン", id="half width"),
        pytest.param("サーバ", "サーバー", id="long vowels"),
    ],
)
def test_these_spellings_have_one_form_and_need_nothing_more(one: str, other: str) -> None:
    assert search_forms(one) == search_forms(other)
