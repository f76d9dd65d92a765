"""A question from a form is read as a line of the workbook is."""

from __future__ import annotations

import pytest

from assistant.errors import UnusableList, UsageError
from assistant.evaluations.sets import KeptCase
from assistant.people.audit.trail import Actor
from eval.sets.case_form import written_case
from eval.sets.case_rows import exported_row
from eval.sets.set_columns import cells_of_row

CELLS = {
    "id": "1", "question": "検査は何日以内ですか", "answerable": "ある", "file": "契約.pdf",
    "page": "２", "key_facts": "14日\n検査", "accept": "別冊.pdf 3ページ", "as_of": "令和8年4月1日",
}  # fmt: skip
BY = Actor("p", "1002")


def test_what_is_written_is_a_case_and_comes_back_as_the_same_cells() -> None:
    case = written_case(CELLS, before=None, approves=True, by=BY)
    assert (case.state, case.approved_by_name) == ("approved", "1002")
    assert case.row["page"] == 2
    assert case.row["accept"] == [{"file": "別冊.pdf", "page": 3}]
    cells = cells_of_row(exported_row(case))
    assert written_case(cells, before=case, approves=False, by=BY).row == case.row


def test_a_draft_stays_one_until_it_is_approved_and_keeps_its_origin() -> None:
    before = KeptCase("1", {}, "draft", "マニュアルから")
    case = written_case(CELLS, before=before, approves=False, by=BY)
    assert (case.state, case.origin, case.approved_by_name) == ("draft", "マニュアルから", "")
    case = written_case(CELLS, before=before, approves=True, by=BY)
    assert (case.state, case.origin) == ("approved", "マニュアルから")


def test_whoever_changes_an_approved_case_answers_for_it() -> None:
    before = KeptCase("1", {}, "approved", "", "1001")
    case = written_case(CELLS, before=before, approves=False, by=BY)
    assert (case.state, case.approved_by_name) == ("approved", "1002")


def test_all_that_is_wrong_is_told_at_once() -> None:
    cells = {**CELLS, "page": "二", "as_of": "いつか"}
    with pytest.raises(UnusableList) as told:
        written_case(cells, before=None, approves=True, by=BY)
    assert len(told.value.problems) == 2
    with pytest.raises(UsageError, match="答えのある質問には file が要ります"):
        written_case({**CELLS, "file": "", "accept": ""}, before=None, approves=True, by=BY)
