from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from ingest.readers.sheets.number_format import Value, displayed, format_of, is_date_format

DAY = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234567, "#,##0", "1,234,567"),
        (-1234, "#,##0;[Red]-#,##0", "-1,234"),
        (-1234, '#,##0;"△ "#,##0', "△ 1,234"),
        (-5, "0", "-5"),
        (-0.2, "0", "0"),
        (2.675, "0.00", "2.68"),
        (1.5, "0.##", "1.5"),
        (0, "#,###", ""),
        (0, '#,##0;-#,##0;"-"', "-"),
        (0, "0;;", ""),
        (0.5, "0%", "50%"),
        (1234567, '#,##0,"千円"', "1,235千円"),
        (50, '0"万円"', "50万円"),
        (3, 'General"日"', "3日"),
        (1600001, "000-0000", "160-0001"),
        (7, "000", "007"),
        (100, "[$¥-411]#,##0", "¥100"),
        (12, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "12"),
        (12345, "0.00E+00", "1.23E+4"),
        (0.25, "# ?/?", "0.25"),
        (120, '[>=100]"多い";0', "多い"),
        (20, '[>=100]"多い";0', "20"),
        (0.1 + 0.2, "General", "0.3"),
        (5, "@", "5"),
        (1e300, "0.00", "1e+300"),
        (float("nan"), "0", "nan"),
        (True, "0", "TRUE"),
        (None, "0", ""),
        ("山田", '@"様"', "山田様"),
        ("山田", "#,##0", "山田"),
        ("山田", ";;;", ""),
    ],
)
def test_numbers_and_text_are_displayed_by_their_format(
    value: Value, code: str, shown: str
) -> None:
    assert displayed(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (DAY, "yyyy/m/d", "2026/4/1"),
        (DAY, "yyyy\\-mm\\-dd;@", "2026-04-01"),
        (DAY, 'yyyy"年"m"月"d"日"', "2026年4月1日"),
        (DAY, '[$-411]ggge"年"m"月"d"日"', "令和8年4月1日"),
        (DAY, "[$-411]ge.m.d", "R8.4.1"),
        (DAY, "m/d(aaa)", "4/1(水)"),
        (DAY, "aaaa", "水曜日"),
        (DAY, "mmm-yy", "Apr-26"),
        (date(2019, 5, 1), 'ggge"年"', "令和元年"),
        (date(2019, 4, 30), 'ggge"年"', "平成31年"),
        (date(1868, 1, 1), 'ggge"年"', "1868年"),
        (datetime(2026, 4, 1, 9, 5), "yyyy/mm/dd hh:mm", "2026/04/01 09:05"),
        (datetime(2026, 4, 1, 0, 3, 9), "mm:ss", "03:09"),
        (time(8, 30), "h:mm", "8:30"),
        (time(13, 30), "h:mm AM/PM", "1:30 PM"),
        (time(13, 30), '[$-411]AM/PMh"時"mm"分"', "午後1時30分"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
    ],
)
def test_dates_are_displayed_as_in_japan(value: Value, code: str, shown: str) -> None:
    assert is_date_format(code)
    assert displayed(value, code) == shown


@pytest.mark.parametrize("code", ["General", "#,##0", '0"h"', "0.00E+00", "[Red]0", "@", "0\\m"])
def test_formats_of_numbers_are_no_dates(code: str) -> None:
    assert not is_date_format(code)


def test_formats_named_by_number_alone_are_those_of_japan() -> None:
    assert [format_of(number, None) for number in (0, 14, 31, 38)] == [
        "General",
        "yyyy/m/d",
        'yyyy"年"m"月"d"日"',
        "#,##0;-#,##0",
    ]
    assert format_of(200, "0.0") == "0.0"
