from fractions import Fraction

import pytest

from eval.figures.figure_notation import number_value
from eval.figures.figure_reading import read_figures


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("1,300,000", 1300000),
        ("130万", 1300000),
        ("百三十万", 1300000),
        ("1億2,000万", 120000000),
        ("2千5百", 2500),
        ("1.5万", 15000),
        ("二〇二五", 2025),
        ("一、三〇〇、〇〇〇", 1300000),
        ("十", 10),
        ("元", 1),
    ],
)
def test_numerals_of_every_notation_have_one_value(numeral, value):
    assert number_value(numeral) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        "一般競争入札",
        "費用の一部を負担する",
        "十分に確認する",
        "第三者の意見、第三者委員会",
        "千葉市、千代田区、三重県、四国",
        "万一、一切、一定、一時的、一律",
        "一人ひとり、一人一人",
        "市内一円",
        "四捨五入",
        "数日、数十万円、十数人、何人",
        "単位：千円",
        "限度額（万円）",
        "もう一度、一度に",
        "三者協議",
        "根拠[1][2]、別の根拠［３］、両方[1, 2]",
        "1. 申請する\n2. 決裁する",
        "(1) 申請\n（２）決裁",
        "①申請書 ②見積書",
        "1 総則",
        "https://example.jp/2025/04/",
        "〇年〇月〇日",
        "第一に、期限を守る。",
        "いずれか一つ",
    ],
)
def test_words_markers_and_list_numbers_are_no_figures(text):
    assert read_figures(text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("三者見積を徴する", ["三者"]),
        ("二つの方法", ["二つ"]),
        ("A4用紙で3部", ["A4", "3部"]),
        ("30 日以内", ["30日"]),
        ("正本一部、副本二部", ["一部", "二部"]),
        ("三六協定", ["三六協定"]),
        ("午後一時から一時間", ["午後一時", "一時間"]),
        ("第一四半期と半年", ["第一四半期", "半年"]),
        ("内線1234", ["1234"]),
        ("１．５倍", ["1.5倍"]),
        ("13,00,000円", ["13,00,000"]),
    ],
)
def test_figures_are_found_as_written(text, written):
    assert [figure.text for figure in read_figures(text)] == written


@pytest.mark.parametrize(
    "notations",
    [
        ("令和7年4月1日", "2025年4月1日", "R7.4.1", "2025/4/1", "令和七年四月一日", "2025-04-01"),
        ("令和7年度", "2025年度", "R7年度", "令和七年度"),
        ("令和元年5月", "2019年5月"),
        ("130万円", "1,300,000円", "１３０万円", "百三十万円", "1300千円", "¥1,300,000"),
        ("20%", "２０％", "二割", "20パーセント", "100分の20", "5分の1"),
        ("1か月", "１ヶ月", "一箇月", "1カ月", "1ケ月"),
        ("6か月", "半年", "六箇月間"),
        ("1年6か月", "18か月", "1年半"),
        ("2週間", "14日間"),
        ("9時30分", "午前9時30分", "9:30", "9時半"),
        ("午後5時15分", "17時15分", "17:15"),
        ("第3条第2項", "第三条第二項"),
        ("第167条の2第1項第1号", "第百六十七条の二第一項第一号"),
        ("三者", "3者", "3社"),
        ("5人", "五名"),
        ("3箇所", "3か所", "三カ所"),
        ("300㎡", "300平方メートル"),
        ("3回目", "第3回"),
    ],
    ids=lambda notations: notations[0],
)
def test_one_value_in_every_notation(notations):
    readings = [
        [figure.readings for figure in read_figures(f"これは{text}である")] for text in notations
    ]
    assert len(readings[0]) == 1
    assert all(reading == readings[0] for reading in readings)


def test_the_first_number_of_a_range_takes_the_unit_of_the_second():
    start, end = read_figures("50〜100万円")
    assert start.readings == {("円", Fraction(500000))}
    assert end.readings == {("円", Fraction(1000000))}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("9" * 4000, 1),
        ("一" * 4000, 1),
        ("第3条" * 2000, 1),
        ("1," * 2000, 2000),
        ("千万" * 2000, 1),
    ],
    ids=lambda value: str(value)[:4],
)
def test_odd_text_is_read_without_running_away(text, figures):
    assert len(read_figures(text)) == figures
