import ast
from pathlib import Path

import pytest

from eval.figures import figure_check
from eval.figures.check_sentences import SENTENCES
from eval.figures.faithful_rewordings import faithful_rewordings
from eval.figures.figure_check import unsupported_figures
from eval.figures.planted_violations import planted_violations


def written(text, *passages, allowed=()):
    return [figure.text for figure in unsupported_figures(text, passages, allowed=allowed)]


@pytest.mark.parametrize(
    ("text", "passage", "found"),
    [
        ("限度額は130万円です[1]。", "130万円以下とする。", []),
        ("限度額は130円です。", "130万円以下とする。", ["130円"]),
        ("限度額は150万円です。", "130万円以下とする。", ["150万円"]),
        ("2025年4月から", "令和7年4月1日から施行する。", []),
        ("2025年4月2日から", "令和7年4月1日から施行する。", ["2025年4月2日"]),
        ("令和7年4月1日から", "4月1日から施行する。", ["令和7年4月1日"]),
        ("令和8年度の予算", "令和7年度の予算", ["令和8年度"]),
        ("令和7年の予算", "令和7年度の予算", ["令和7年"]),
        ("第3条第2項による", "第2条第3項の規定", ["第3条第2項"]),
        ("第3条第2項による", "第3条及び第2項の規定", ["第3条第2項"]),
        ("第167条の2による", "第167条の2第1項第1号", []),
        ("10か月以内", "10日以内", ["10か月"]),
        ("15日以内", "4月15日までに", ["15日"]),
        ("毎月15日", "4月15日までに", []),
        ("3日以内", "3月以内", ["3日"]),
        ("3か月以内", "三月以内", []),
        ("17時15分まで", "午後5時15分まで", []),
        ("5時15分まで", "午後5時15分まで", []),
        ("6時15分まで", "午後5時15分まで", ["6時15分"]),
        ("1日につき1,000円", "日額1,000円", []),
        ("130", "予定価格130万円", []),
        ("13,00,000円", "1,300,000円", ["13,00,000"]),
        ("5社から", "三者以上から", ["5社"]),
        ("B4で提出", "A4で提出", ["B4"]),
        ("30日以内", "請求から30\n日以内に支払う", []),
    ],
)
def test_a_figure_needs_an_equal_one_in_the_passages(text, passage, found):
    assert written(text, passage) == found


def test_a_figure_without_passages_is_unsupported():
    assert written("30日以内です。") == ["30日"]


def test_a_table_cell_takes_its_unit_from_the_head():
    table = "契約の種類｜限度額（万円）｜保存（年）\n工事又は製造の請負｜200｜5"
    assert written("工事は200万円、保存は5年です。", table) == []
    assert written("工事は2,000,000円です。", table) == []
    assert written("工事は200円です。", table) == ["200円"]
    assert written("工事は200日です。", table) == ["200日"]


def test_the_as_of_date_and_the_extension_may_stand_unsupported():
    text = "2025年11月22日現在です。内線1234番へ。"
    assert written(text) == ["2025年11月22日", "1234番"]
    assert written(text, allowed=("令和7年11月22日", "1234")) == []
    assert written("1234円です。", allowed=("1234",)) == ["1234円"]


def test_at_least_98_of_100_planted_violations_are_found():
    cases = list(planted_violations(seed=0, count=100))
    missed = [case for case in cases if not unsupported_figures(case.text, case.passages)]
    assert len({case.kind for case in cases}) == 10
    assert len(missed) <= 2, missed


@pytest.mark.full
def test_at_least_98_percent_are_found_with_any_seed():
    cases = [case for seed in range(1, 21) for case in planted_violations(seed=seed)]
    missed = [case for case in cases if not unsupported_figures(case.text, case.passages)]
    assert len(missed) <= len(cases) * 0.02, missed


def test_faithful_rewordings_raise_no_alarm():
    cases = list(faithful_rewordings(seed=0, count=210))
    alarms = [case for case in cases if unsupported_figures(case.text, case.passages)]
    assert len({case.kind for case in cases}) > 15
    assert alarms == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_supports_itself(sentence):
    assert written(sentence, sentence) == []


def test_the_checker_shares_no_code_with_the_verifier():
    for name in (
        "figure_check", "figure_reading", "figure_calendar", "figure_notation", "figure_sums",
    ):  # fmt: skip
        source = Path(figure_check.__file__).with_name(f"{name}.py").read_text("utf-8")
        imported = [
            node.module if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        ]
        assert not [module for module in imported if (module or "").startswith("assistant")]
