from __future__ import annotations

import pytest

from assistant.japanese.figures import figures, supported, western_years


def _read(text: str) -> list[tuple[str, str]]:
    return [(f"{round(f.value, 4).normalize():f}", f.unit) for f in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("120万円", [("1200000", "円")], id="万"),
        pytest.param("1,200,000円", [("1200000", "円")], id="separators"),
        pytest.param("１２０万円", [("1200000", "円")], id="full width"),
        pytest.param("百二十万円", [("1200000", "円")], id="kanji"),
        pytest.param("一二〇万円", [("1200000", "円")], id="kanji by position"),
        pytest.param("217万8千円", [("2178000", "円")], id="万 and 千"),
        pytest.param("5千円", [("5000", "円")], id="千"),
        pytest.param("千円", [("1000", "円")], id="千 alone"),
        pytest.param("1億5千万円", [("150000000", "円")], id="億 and 千万"),
        pytest.param("1億2,000万円", [("120000000", "円")], id="億 and 万"),
        pytest.param("1.5倍", [("1.5", "倍")], id="decimal"),
        pytest.param("3か月", [("3", "か月")], id="か月"),
        pytest.param("3ヶ月", [("3", "か月")], id="ヶ月"),
        pytest.param("3箇月", [("3", "か月")], id="箇月"),
        pytest.param("3カ月", [("3", "か月")], id="カ月"),
        pytest.param("3ヵ月", [("3", "か月")], id="ヵ月"),
        pytest.param("三か月", [("3", "か月")], id="三か月"),
        pytest.param("3月", [("3", "月")], id="the month of March"),
        pytest.param("5開庁日前", [("5", "開庁日")], id="開庁日"),
        pytest.param("5日間", [("5", "日")], id="日間"),
        pytest.param("2週間", [("2", "週")], id="週間"),
        pytest.param("7時間45分", [("7", "時間"), ("45", "分")], id="hours and minutes"),
        pytest.param("午後4時", [("16", "時")], id="time of day"),
        pytest.param("午後五時", [("17", "時")], id="time of day, kanji"),
        pytest.param("午後4時間の休暇", [("4", "時間")], id="hours of the afternoon"),
        pytest.param("区分1：30日", [("1", ""), ("30", "日")], id="a cell under its head"),
        pytest.param("2者以上", [("2", "者")], id="者"),
        pytest.param("2社以上", [("2", "者")], id="社"),
        pytest.param("3名", [("3", "人")], id="名"),
        pytest.param("5％", [("5", "%")], id="percent sign"),
        pytest.param("5パーセント", [("5", "%")], id="percent"),
        pytest.param("3割", [("30", "%")], id="割"),
        pytest.param("100分の5", [("0.05", "")], id="fraction"),
        pytest.param("10分の7.5", [("0.75", "")], id="fraction with decimals"),
        pytest.param("3分の2以上", [("0.6667", "")], id="two thirds"),
        pytest.param("第167条の2第1項第1号", [
            ("167", "条"), ("2", ""), ("1", "項"), ("1", "号")
        ], id="article"),
        pytest.param("契約様式第23号", [("23", "号")], id="form"),
        pytest.param("別表第1", [("1", "")], id="annex"),
        pytest.param("内線2315", [("2315", "")], id="extension"),
        pytest.param("令和7年7月1日", [("2025", "年"), ("7", "月"), ("1", "日")], id="和暦"),
        pytest.param("令和七年七月一日", [("2025", "年"), ("7", "月"), ("1", "日")], id="kanji date"),
        pytest.param("2025年7月1日", [("2025", "年"), ("7", "月"), ("1", "日")], id="西暦"),
        pytest.param("2025/7/1", [("2025", "年"), ("7", "月"), ("1", "日")], id="slashes"),
        pytest.param("2025-07-01", [("2025", "年"), ("7", "月"), ("1", "日")], id="ISO"),
        pytest.param("R7.7.1", [("2025", "年"), ("7", "月"), ("1", "日")], id="era letter"),
        pytest.param("平成31年度", [("2019", "年")], id="fiscal year"),
        pytest.param("令和元年", [("2019", "年")], id="first year"),
    ],
)  # fmt: skip
def test_notations_are_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=text)
        for text in (
            "一般競争入札", "第三者", "一部を除く", "一切認めない", "統一した様式", "十分に確かめる",
            "一定の期間", "万一のとき", "一括して発注", "同一の者", "四半期", "契約一覧", "千葉市",
        )
    ],
)  # fmt: skip
def test_words_with_numerals_are_no_figures(text: str) -> None:
    assert _read(text) == []


def test_figures_come_in_the_order_of_the_text() -> None:
    text = "三者以上、5日以内、100分の5、令和7年"
    assert [unit for _, unit in _read(text)] == ["者", "日", "", "年"]


@pytest.mark.parametrize(
    ("said", "source", "answer"),
    [
        pytest.param("120万円", "1,200,000円", True, id="same amount"),
        pytest.param("令和7年", "2025年", True, id="same year"),
        pytest.param("3ヶ月", "三箇月", True, id="same period"),
        pytest.param("5営業日", "5開庁日", True, id="working days"),
        pytest.param("10%", "100分の10", True, id="percent and hundredths"),
        pytest.param("4割", "40パーセント", True, id="tenths and percent"),
        pytest.param("14日以内", "2週間以内", True, id="weeks in days"),
        pytest.param("12か月", "1年", True, id="a year in months"),
        pytest.param("17:15", "午後5時15分", True, id="24 hours"),
        pytest.param("別表第5", "別表第五", True, id="annex in kanji"),
        pytest.param("午前8時", "午後8時", False, id="half of the day"),
        pytest.param("午前五時", "午後五時", False, id="half of the day, kanji"),
        pytest.param("5日", "5開庁日", False, id="days and opening days"),
        pytest.param("10日", "10%", False, id="percent and days"),
        pytest.param("120万円", "120円", False, id="scale"),
        pytest.param("3か月", "3月", False, id="period and month"),
        pytest.param("3日", "3時間", False, id="days and hours"),
        pytest.param("10分の7", "10分の7.5", False, id="fraction cut short"),
        pytest.param("10分の7.5", "10分の9.2", False, id="another fraction"),
        pytest.param("2315", "2316", False, id="another extension"),
    ],
)
def test_support_means_equal_value_and_unit(said: str, source: str, answer: bool) -> None:
    known = figures(source)
    assert all(supported(figure, known) for figure in figures(said)) is answer


def test_years_of_eras_become_western() -> None:
    assert western_years("令和６年度からＨ３０.４.１まで") == "2024年度から2018年4月1日まで"


def test_a_zero_denominator_is_no_figure_and_no_failure() -> None:
    assert all(figure.value >= 0 for figure in figures("0分の5"))
