"""A version is tried on the question sets that it touches, without it and with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from small_manuals import prepared_manual, publish_text

from assistant.domain import ManualVersion
from assistant.errors import UsageError
from assistant.evaluations.sets import QuestionSets
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.shelf import Shelf
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.sets.case_rows import NumberedRow, kept_cases
from eval.trials.publication_trial import PublicationTrial, try_version

OLD = ("契約書は二通作ります。", "限度額は80万円です。", "検査は10日以内に行います。")
LIMIT = {
    "id": "1", "question": "限度額は", "answerable": True, "file": "contract.txt", "page": 2,
    "answer_snippet": "限度額は80万円です。", "key_facts": ["80万円"],
}  # fmt: skip
CHECK = {
    "id": "2", "question": "検査は何日以内に行いますか", "answerable": True,
    "file": "contract.txt", "page": 3, "answer_snippet": "検査は10日以内に行います。",
}  # fmt: skip


def keep(assistant: Assistant, *rows: dict[str, Any], name: str = "契約") -> None:
    cases = kept_cases([NumberedRow(n, row) for n, row in enumerate(rows, 1)])
    QuestionSets(assistant.database).replace(name, cases, by=OPERATOR_ACTOR)


def draft(assistant: Assistant, *sentences: str, **said: Any) -> ManualVersion:
    prepared = prepared_manual(*sentences, **said)
    library = assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    return Publisher(library).draft(prepared)


def versions(assistant: Assistant) -> list[ManualVersion]:
    return [row.version for row in Shelf(assistant.library, None).rows("contract")]


def tried(assistant: Assistant, version: ManualVersion, **said: Any) -> PublicationTrial:
    return try_version(assistant, version.id, by=OPERATOR_ACTOR, **said)


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, *OLD)
    return quick_assistant


def test_a_page_that_moved_is_no_regression_where_the_words_stand(assistant: Assistant) -> None:
    keep(assistant, LIMIT, CHECK)
    moved = draft(assistant, "まえがきです。", *OLD)
    trial = tried(assistant, moved)
    assert (trial.outcome, trial.questions, trial.touched) == ("passed", 2, 2)
    assert trial.sets == ("契約@1",)


def test_words_that_are_gone_are_a_regression_with_both_answers(assistant: Assistant) -> None:
    keep(assistant, LIMIT, CHECK)
    changed = draft(assistant, OLD[0], "限度額は120万円です。", OLD[2])
    trial = tried(assistant, changed)
    assert trial.outcome == "worse"
    [case] = trial.worse
    assert (case.set_name, case.id) == ("契約", "1")
    assert case.what == ("引用の箇所", "必要な事実")
    assert "80万円" in case.before_text
    assert "120万円" in case.after_text
    assert "必要な事実「80万円」がなくなった" in case.why
    assert "悪くなる質問1件" in trial.words


def test_an_answer_that_comes_up_where_there_was_none_is_a_regression_or_a_gain(
    assistant: Assistant,
) -> None:
    row = {"id": "9", "question": "着ぐるみの貸出しの期間は", "answerable": False}
    keep(assistant, row)
    version = draft(
        assistant, "着ぐるみの貸出しの期間は3日です。", manual_id="suit", title="着ぐるみ"
    )
    trial = tried(assistant, version)
    assert [case.what for case in trial.worse] == [("回答・回答なし",)]
    keep(assistant, {**row, "answerable": True, "file": "suit.txt", "page": 1})
    better = tried(assistant, version)
    assert (better.outcome, better.better) == ("passed", 1)


def test_the_sets_that_were_used_are_frozen_and_no_others(assistant: Assistant) -> None:
    keep(assistant, LIMIT)
    day = {**LIMIT, "as_of": "2020-04-01"}
    keep(assistant, day, name="過去")
    version = draft(assistant, *OLD, since=date(2026, 4, 1))
    tried(assistant, version)
    states = {kept.name: kept for kept in QuestionSets(assistant.database).all()}
    assert (states["契約"].state, states["過去"].state) == ("frozen", "open")
    assert "contract.txt" in states["契約"].frozen_reason


def test_a_version_of_a_coming_day_is_tried_as_of_that_day(assistant: Assistant) -> None:
    keep(assistant, LIMIT)
    later = date.today() + timedelta(days=90)
    version = draft(assistant, OLD[0], "限度額は120万円です。", since=later)
    assert tried(assistant, version).outcome == "worse"


def test_a_version_that_was_in_force_before_can_be_compared_with(assistant: Assistant) -> None:
    keep(assistant, LIMIT)
    first = versions(assistant)[0]
    publish_text(assistant, OLD[0], "限度額は120万円です。", since=date(2026, 4, 1))
    [newest] = [v for v in versions(assistant) if v.id != first.id]
    assert tried(assistant, newest).outcome == "passed"
    assert tried(assistant, newest, against=first.id).outcome == "worse"


def test_a_restricted_manual_is_asked_as_one_of_its_readers(assistant: Assistant) -> None:
    publish_text(
        assistant,
        "金庫の暗証は毎月変えます。",
        manual_id="safe",
        title="金庫",
        audience="section:会計課",
    )
    row = {
        "id": "5", "question": "金庫の暗証はいつ変えますか", "answerable": True,
        "file": "safe.txt", "page": 1, "key_facts": ["毎月"],
    }  # fmt: skip
    keep(assistant, row)
    changed = draft(
        assistant, "金庫の暗証は毎週変えます。", manual_id="safe", title="金庫",
        audience="section:会計課",
    )  # fmt: skip
    trial = tried(assistant, changed)
    assert [case.before for case in trial.worse] == ["回答"]


def test_without_approved_questions_nothing_is_touched(assistant: Assistant) -> None:
    version = draft(assistant, *OLD, since=date(2026, 4, 1))
    trial = tried(assistant, version)
    assert (trial.outcome, trial.questions) == ("untouched", 0)
    assert "関係する質問は" in trial.words


def test_an_unknown_version_is_refused(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="もうありません"):
        try_version(assistant, "nowhere", by=OPERATOR_ACTOR)
