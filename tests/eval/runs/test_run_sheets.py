"""A run in Excel: its conditions, its figures with intervals, and each question."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from broken_parts import CASES, publish_library

from assistant.errors import UsageError
from assistant.evaluations.sets import rows_hash
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.answers import EVALUATOR
from eval.runs.run_sheets import CASE_COLUMNS, write_run
from eval.runs.stored_runs import begin_run, go_on
from eval.sets.case_rows import row_of_case
from eval.sets.question_set import Case
from eval.sets.stored_sets import ChosenSet

TYPED = Case("f", "=1+1 の契約は", answerable=False, kind="near_miss", answer="@なし")


@pytest.fixture
def book(quick_assistant: Assistant) -> Any:
    publish_library(quick_assistant)
    cases = (*CASES, TYPED)
    chosen = ChosenSet("契約", 2, rows_hash(map(row_of_case, cases)), cases)
    run, _ = begin_run(quick_assistant, chosen, sample=None, by=OPERATOR_ACTOR)
    go_on(quick_assistant, run.id)
    content = io.BytesIO()
    write_run(quick_assistant, run.id, content, reader=EVALUATOR)
    return openpyxl.load_workbook(io.BytesIO(content.getvalue()))


def rows(book: Any, name: str) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in book[name].iter_rows()]


def test_the_summary_has_the_set_and_each_metric_with_its_interval(book: Any) -> None:
    assert book.sheetnames == ["概要", "質問ごと", "条件"]
    summary = rows(book, "概要")
    assert ("質問集", "契約 第2版", None, None, None) in summary
    place = next(row for row in summary if row[0] == "根拠のページが1位")
    assert place[1:] == (1.0, pytest.approx(0.692, abs=0.001), 1.0, 10)
    assert ("近いが書かれていない質問",) in {row[:1] for row in summary}
    assert any(row[0] == "マニュアル: leave.txt（4 問）" for row in summary)
    assert not any(row[0] == "聞き返すべき質問での聞き返し" for row in summary)  # not 0: not there


def test_each_question_stands_there_with_what_was_expected(book: Any) -> None:
    lines = rows(book, "質問ごと")
    assert lines[0] == CASE_COLUMNS
    assert len(lines) == len(CASES) + 2
    typed = dict(zip(CASE_COLUMNS, lines[-1], strict=True))
    assert (typed["質問"], typed["正しい答え"]) == ("=1+1 の契約は", "@なし")
    assert (typed["期待する結果"], typed["根拠の順位"]) == ("回答なし", None)
    first = dict(zip(CASE_COLUMNS, lines[1], strict=True))
    assert (first["正しい箇所"], first["根拠の順位"]) == ("contract.txt 1ページ", 1)


def test_the_conditions_stand_there_and_nothing_is_a_formula(book: Any) -> None:
    told = dict(row[:2] for row in rows(book, "条件"))
    assert {"埋め込みモデルの指紋", "マニュアルの改訂番号", "質問集のハッシュ"} <= told.keys()
    assert told["設定 ASSISTANT_MODE"] == "extractive"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_an_unknown_run_is_said(quick_assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="評価 9 の記録はありません"):
        write_run(quick_assistant, 9, io.BytesIO(), reader=EVALUATOR)
