"""Whether an answer helped, and why not: kept for its person, changed at will."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from assistant import tables
from assistant.conversations.feedback import LONGEST_REMARK
from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.opening import Assistant

QUESTION = "契約書は何通作りますか"


def _said(assistant: Assistant, answer_id: str, reader: Reader) -> tuple[Any, ...]:
    record = assistant.desk.record(answer_id, reader=reader)
    assert record is not None
    return record.helpful, record.reason, record.remark


def test_a_later_verdict_replaces_the_earlier_one_with_its_reason(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    key, feedback = ask(QUESTION).id, assistant.feedback
    assert _said(assistant, key, ann) == (None, "", "")
    feedback.rate(key, person_id="ann", helpful=False)
    feedback.explain(key, person_id="ann", reason="outdated", remark=" 去年の\n額です ")
    assert _said(assistant, key, ann) == (False, "outdated", "去年の 額です")
    feedback.rate(key, person_id="ann", helpful=False)
    assert _said(assistant, key, ann) == (False, "outdated", "去年の 額です")
    feedback.explain(key, person_id="ann", reason="wrong")
    assert _said(assistant, key, ann) == (False, "wrong", "")
    feedback.rate(key, person_id="ann", helpful=True)
    assert _said(assistant, key, ann) == (True, "", "")


def test_an_answer_that_helped_has_no_reason(assistant: Assistant, ask: Any, ann: Reader) -> None:
    key = ask(QUESTION).id
    assistant.feedback.explain(key, person_id="ann", reason="wrong")
    assert _said(assistant, key, ann) == (None, "", "")
    assistant.feedback.rate(key, person_id="ann", helpful=True)
    assistant.feedback.explain(key, person_id="ann", reason="wrong")
    assert _said(assistant, key, ann) == (True, "", "")


def test_nobody_judges_the_answer_of_another(assistant: Assistant, ask: Any) -> None:
    key = ask(QUESTION).id
    assistant.feedback.rate(key, person_id="bob", helpful=False)
    assistant.feedback.rate("unknown", person_id="ann", helpful=False)
    assistant.feedback.explain(key, person_id="bob", reason="wrong", remark="よその人")
    with assistant.database.read() as connection:
        assert connection.execute(select(tables.feedback)).all() == []


@pytest.mark.parametrize(
    ("reason", "remark", "words"),
    [
        pytest.param("", "", "理由を選んで", id="no reason"),
        pytest.param("unheard", "", "理由を選んで", id="unknown reason"),
        pytest.param("other", "長" * (LONGEST_REMARK + 1), "200文字以内", id="long"),
        pytest.param("other", "あ\x00い", "制御文字", id="control character"),
    ],
)
def test_a_reason_that_is_none_is_refused(
    assistant: Assistant, ask: Any, reason: str, remark: str, words: str
) -> None:
    key = ask(QUESTION).id
    assistant.feedback.rate(key, person_id="ann", helpful=False)
    with pytest.raises(UsageError, match=words):
        assistant.feedback.explain(key, person_id="ann", reason=reason, remark=remark)
