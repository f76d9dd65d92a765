"""What a case expects stands in a manual: who may not read it does not see that either."""

from __future__ import annotations

import pytest
from small_manuals import publish_text

from assistant.domain import Reader
from assistant.evaluations.sets import KeptCase
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from eval.runs.case_result import CaseResult
from eval.runs.run_rights import (
    HIDDEN_FILE,
    WITHHELD,
    files_of,
    hidden_files,
    shown_case,
    shown_results,
    shown_row,
)

OUTSIDER, INSIDER = Reader("a", section="総務課"), Reader("b", section="契約検査課")
ROW = {
    "id": "1", "question": "検査は何日以内ですか", "answerable": True, "file": "secret.txt",
    "page": 1, "answer": "14日以内", "answer_snippet": "検査は14日以内に行います。",
    "key_facts": ["14日"], "accept": [{"file": "open.txt", "page": 1}], "kind": "text",
}  # fmt: skip


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, "公開の文です。", manual_id="open")
    publish_text(
        quick_assistant, "検査は14日以内に行います。", manual_id="secret",
        audience="section:契約検査課",
    )  # fmt: skip
    return quick_assistant


def _hidden(assistant: Assistant, reader: Reader) -> frozenset[str]:
    files = {*files_of(ROW), "unknown.txt"}
    return hidden_files(assistant.library, files, reader=reader)


def test_only_files_of_manuals_that_the_reader_may_not_read_are_hidden(
    assistant: Assistant,
) -> None:
    assert _hidden(assistant, OUTSIDER) == {"secret.txt"}
    assert _hidden(assistant, INSIDER) == _hidden(assistant, OPERATOR) == frozenset()


def test_a_case_keeps_its_question_and_nothing_of_the_manual(assistant: Assistant) -> None:
    case = KeptCase("1", ROW, "draft", "役に立たなかったとされた質問（引用 secret.txt）")
    shown = shown_case(case, _hidden(assistant, OUTSIDER))
    assert shown.row["question"] == ROW["question"]
    assert (shown.row["answer"], shown.row["file"]) == (WITHHELD, HIDDEN_FILE)
    for words in ("14日", "secret.txt"):
        assert words not in f"{shown.row}{shown.origin}"
    assert shown_row(ROW, _hidden(assistant, INSIDER)) == ROW


def test_the_missing_facts_of_a_hidden_manual_are_counted_and_not_named(
    assistant: Assistant,
) -> None:
    result = CaseResult(
        "1", "text", "検査は何日以内ですか", True, "refused", manual="secret.txt",
        missing_facts=["14日"], key_facts=0.0,
    )  # fmt: skip
    [shown] = shown_results(
        assistant.library, [result], reader=OUTSIDER, hidden=_hidden(assistant, OUTSIDER)
    )
    assert (shown.manual, len(shown.missing_facts), shown.key_facts) == (HIDDEN_FILE, 1, 0.0)
    assert "14日" not in str(shown)
