from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.japanese.periods import one_to_one, periods

TODAY = date(2026, 11, 22)
IN_FEBRUARY = date(2027, 2, 10)


def _days(text: str, today: date = TODAY) -> list[tuple[str, str]]:
    found = periods(one_to_one(text), today=today)
    return [(str(period.first), str(period.last)) for period in found]


@pytest.mark.parametrize(
    "text",
    [
        "令和6年度", "令和６年度", "令和六年度", "R6年度", "Ｒ６年度", "r6年度", "2024年度",
        "２０２４年度", "二〇二四年度", "二千二十四年度", "㋿6年度", "令和 6 年度",
    ],
)  # fmt: skip
def test_a_fiscal_year_is_read_in_every_notation(text: str) -> None:
    assert _days(text) == [("2024-04-01", "2025-03-31")]


@pytest.mark.parametrize(
    "text",
    [
        "令和7年4月1日", "R7.4.1", "R7/4/1", "r7-4-1", "2025/4/1", "2025-04-01", "2025.4.1",
        "２０２５／４／１", "令和七年四月一日", "２０２５年４月１日", "平成37年4月1日", "令和7年の4月1日",
        "令和7年度の4月1日", "令和7年度当初",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_notation(text: str) -> None:
    assert _days(text) == [("2025-04-01", "2025-04-01")]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        pytest.param("令和元年度", "2019-04-01", "2020-03-31", id="the first year of an era"),
        pytest.param("平成31年4月", "2019-04-01", "2019-04-30", id="month"),
        pytest.param("2024年2月", "2024-02-01", "2024-02-29", id="leap month"),
        pytest.param("令和6年", "2024-01-01", "2024-12-31", id="calendar year"),
        pytest.param("R6.10", "2024-10-01", "2024-10-31", id="short month of an era"),
        pytest.param("2024/10", "2024-10-01", "2024-10-31", id="short western month"),
        pytest.param("令和6年度の2月", "2025-02-01", "2025-02-28", id="month late in the year"),
        pytest.param("令和6年度末", "2025-03-31", "2025-03-31", id="end of a fiscal year"),
        pytest.param("令和6年10月末", "2024-10-31", "2024-10-31", id="end of a month"),
        pytest.param("令和6年12月31日", "2024-12-31", "2024-12-31", id="last day"),
        pytest.param("令和十二年十二月三十一日", "2030-12-31", "2030-12-31", id="kanji tens"),
        pytest.param("昭和63年", "1988-01-01", "1988-12-31", id="an older era"),
        pytest.param("昨年の10月", "2025-10-01", "2025-10-31", id="month of last year"),
        pytest.param("今年の3月27日", "2026-03-27", "2026-03-27", id="day of this year"),
        pytest.param("先月15日", "2026-10-15", "2026-10-15", id="day of last month"),
        pytest.param("先月末", "2026-10-31", "2026-10-31", id="end of last month"),
        pytest.param("先々月", "2026-09-01", "2026-09-30", id="the month before last"),
        pytest.param("再来月", "2027-01-01", "2027-01-31", id="over the turn of the year"),
    ],
)
def test_periods_have_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    assert _days(text) == [(first, last)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        pytest.param("一昨年度", 2024, id="一昨年度"),
        pytest.param("昨年度", 2025, id="昨年度"),
        pytest.param("去年度", 2025, id="去年度"),
        pytest.param("前年度", 2025, id="前年度"),
        pytest.param("今年度", 2026, id="今年度"),
        pytest.param("本年度", 2026, id="本年度"),
        pytest.param("来年度", 2027, id="来年度"),
        pytest.param("翌年度", 2027, id="翌年度"),
        pytest.param("再来年度", 2028, id="再来年度"),
    ],
)
def test_fiscal_years_are_counted_from_april(words: str, first: int) -> None:
    in_november = _days(words)
    assert in_november == [(f"{first}-04-01", f"{first + 1}-03-31")]
    assert _days(words, IN_FEBRUARY) == in_november


def test_years_are_counted_from_january() -> None:
    assert _days("去年") == [("2025-01-01", "2025-12-31")]
    assert _days("去年", IN_FEBRUARY) == [("2026-01-01", "2026-12-31")]


def test_last_month_of_january_is_december() -> None:
    assert _days("先月", date(2027, 1, 5)) == [("2026-12-01", "2026-12-31")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2024", id="a bare number"),
        pytest.param("4月1日", id="no year"),
        pytest.param("第6年度", id="a numbered year"),
        pytest.param("6年度", id="no era"),
        pytest.param("昭和の文書", id="an era alone"),
        pytest.param("令和6年間", id="a duration"),
        pytest.param("令和6年13月の", id="no such month"),
        pytest.param("令和6年2月30日", id="no such day"),
        pytest.param("令和0年度", id="no such year"),
        pytest.param("2024.10", id="perhaps a version"),
        pytest.param("2024-10", id="perhaps a number of a paper"),
        pytest.param("Ver2024/10/1", id="part of a name"),
        pytest.param("FAX 03-2024-1001", id="a telephone number"),
        pytest.param("日本年金機構", id="本年 inside a name"),
        pytest.param("過去年度", id="去年 inside a word"),
        pytest.param("従来年度", id="来年 inside a word"),
        pytest.param("毎年、同年、翌年", id="years of no date"),
    ],
)
def test_what_names_no_date_is_left_out(text: str) -> None:
    assert _days(text) == []


def test_every_date_of_a_text_is_found_in_order() -> None:
    text = "昨年度に契約し、R7.4.1に変更し、令和7年10月まで延ばした"
    found = periods(text, today=TODAY)
    assert [text[p.start : p.end] for p in found] == ["昨年度", "R7.4.1", "令和7年10月"]
    assert [p.relative for p in found] == [True, False, False]


@given(
    st.text(
        alphabet="令和平成RHS元一二十〇千年度月日0123456789./- 末の昨今来先々前翌㋿２", max_size=30
    )
)
def test_any_text_can_be_read(text: str) -> None:
    plain = one_to_one(text)
    assert len(plain) == len(text)
    for period in periods(plain, today=TODAY):
        assert period.first <= period.last
        assert plain[period.start : period.end].strip()
