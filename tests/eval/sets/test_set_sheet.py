"""A question set in Excel: the template, the way there and back, and every bad row at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from assistant.errors import UnusableList
from assistant.evaluations.sets import KeptCase
from eval.sets.case_rows import KIND_WORDS, jsonl_rows, kept_case, kept_cases
from eval.sets.set_columns import COLUMNS
from eval.sets.set_sheet import read_set_sheet, write_set_sheet, write_set_template

FULL: dict[str, Any] = {
    "id": "001", "question": "=1+1 は？", "file": "契約 手引き.pdf", "page": 8,
    "section": "第5条", "answer": "200万円以下、又は100万円以下",
    "answer_snippet": "予定価格が200万円以下のもの", "answerable": True,
    "accept": [{"file": "会計 2.pdf", "page": 3}, {"file": "庶務.docx", "page": None}],
    "key_facts": ["200万円", "1,300,000円、税込"],
    "turns": [{"question": "随意契約とは", "answer": "入札によらない契約です。"},
              {"question": "工事は", "answer": ""}],
    "as_of": "2025-04-01", "kind": "conversation", "state": "draft", "origin": "マニュアルから",
}  # fmt: skip
NEAR = {"id": "2", "question": "着ぐるみの色は", "answerable": False, "kind": "near_miss"}
ASKED_BACK = {
    "id": "3", "question": "限度額は", "answerable": True, "kind": "clarify", "file": "契約.pdf",
    "condition": "契約の種類",
}  # fmt: skip


def written(*rows: Mapping[str, Any]) -> bytes:
    content = io.BytesIO()
    write_set_sheet([kept_case(row) for row in rows], content)
    return content.getvalue()


def sheet_of(heads: list[str], *lines: list[Any]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet("質問")
    for row, line in enumerate([heads, *lines]):
        sheet.write_row(row, 0, line)
    book.close()
    return content.getvalue()


def test_a_set_comes_back_from_excel_as_it_was() -> None:
    cases = [kept_case(row) for row in (FULL, NEAR, ASKED_BACK)]
    back = read_set_sheet(written(FULL, NEAR, ASKED_BACK))
    assert back == cases
    assert (back[0].state, back[0].origin) == ("draft", "マニュアルから")
    assert back[0].row["accept"] == FULL["accept"]
    assert back[0].row["key_facts"] == FULL["key_facts"]
    assert [type(case) for case in back] == [KeptCase] * 3


def test_nothing_that_is_typed_is_computed() -> None:
    with zipfile.ZipFile(io.BytesIO(written(FULL))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_the_template_has_heads_choices_an_explanation_and_no_question() -> None:
    content = io.BytesIO()
    write_set_template(content)
    book = openpyxl.load_workbook(io.BytesIO(content.getvalue()))
    assert book.sheetnames == ["質問", "書き方"]
    heads = [str(cell.value).replace("（必須）", "") for cell in book["質問"][1]]
    assert heads == [column.heads[0] for column in COLUMNS]
    choices = [rule.formula1 for rule in book["質問"].data_validations.dataValidation]
    assert len(choices) == 3
    assert all(any(word in choice for choice in choices) for word in KIND_WORDS.values())
    guide = "".join(str(cell.value or "") for row in book["書き方"].iter_rows() for cell in row)
    assert all(column.heads[0] in guide for column in COLUMNS)
    with pytest.raises(UnusableList, match="質問が一つもありません"):
        read_set_sheet(content.getvalue())


def test_every_bad_row_is_told_with_its_number() -> None:
    heads = ["ID", "質問", "種類", "答えの有無", "ファイル名", "ページ", "基準日", "足りない条件"]
    content = sheet_of(
        heads,
        ["1", "正しい質問は", "", "ない"],
        ["2", "有無がない", "", "たぶん"],
        ["3", "", "", "ない"],
        ["4", "種類が違う", "難問", "ない"],
        ["1", "同じ番号", "", "ない"],
        ["5", "ファイルがない", "", "ある"],
        ["6", "頁がおかしい", "", "ある", "契約.pdf", "四"],
        ["7", "日がおかしい", "", "ない", "", "", "来年"],
        ["8", "条件がない", "聞き返すべき質問", "ある", "契約.pdf"],
        ["9", "答えがあるのに", "範囲外の質問", "ある", "契約.pdf"],
    )
    with pytest.raises(UnusableList) as refused:
        read_set_sheet(content)
    told = refused.value.problems
    assert [problem.partition("行目")[0] for problem in told] == [*"3456789", "10", "11"]
    assert "たぶん" in told[0]
    assert "2行目にもあります" in told[3]
    assert "何も取り込んでいません" in str(refused.value)


def test_lines_of_json_are_checked_as_strictly() -> None:
    content = '{"id": "1", "question": "？", "answerable": false}\n{\n[]\n{"id": 2\n'.encode()
    with pytest.raises(UnusableList) as refused:
        jsonl_rows(content)
    assert [problem[:3] for problem in refused.value.problems] == ["2行目", "4行目"]
    rows = jsonl_rows('[]\n{"id": "1"}\n\n{"id": "3", "question": "？", "answerable": 1}'.encode())
    with pytest.raises(UnusableList) as refused:
        kept_cases(rows)
    assert [problem[:3] for problem in refused.value.problems] == ["1行目", "2行目", "4行目"]
