from __future__ import annotations

from datetime import date

import pytest

from assistant.japanese.days import read_day


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01", "2026/4/1", "2026.4.1", "２０２６年４月１日", "20260401", "令和8年4月1日",
        "令和８年 ４月 １日", "R8.4.1", "r8/4/1", " 2026/4/1 0:00 ", "2026-04-01 00:00:00",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_spelling(text: str) -> None:
    assert read_day(text) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("S64.1.7", date(1989, 1, 7)),
        ("9999/12/31", date.max),
    ],
)
def test_eras_and_their_first_years(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "8-4-1", "26/4/1", "2026-13-01", "2026-02-30", "20261301", "2026040", "202604011",
        "令和8年", "4月1日", "令和9999年1月1日", "46113", "2026/4/1 9:30", "来年4月1日", "0/0/0",
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day(text)
