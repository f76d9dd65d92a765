"""Questions near a change of version: both readings, and only where they differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from small_manuals import prepared_manual, publish_text

from assistant import calendar
from assistant.answer_json import dump_snapshot, load_snapshot
from assistant.answers.rights import Rights
from assistant.domain import Answer, ManualVersion, Reader
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR

QUESTION = "物品の買入れの限度額はいくらですか"
OLD, NEW = "物品の買入れの限度額は80万円です。", "物品の買入れの限度額は150万円です。"
SAME = "物品の買入れの検査は14日以内に行います。"
CHANGE = date(2026, 4, 1)
NOTE = "令和8年3月31日までに契約したものは、前の版によります。"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 4, 10, 9, tzinfo=calendar.TOKYO))


def _publish(
    assistant: Assistant, *sentences: str, since: date | None, **more: Any
) -> ManualVersion:
    given = {key: more.pop(key) for key in ("title", "audience", "manual_id") if key in more}
    prepared = replace(prepared_manual(*sentences, since=since, **given), **more)
    library = assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    return Publisher(library).publish(prepared)


def _ask(
    assistant: Assistant, reader: Reader, day: date | None, question: str = QUESTION
) -> Answer:
    return assistant.answering.answer(question, reader=reader, as_of=day)


def _words(answer: Answer) -> list[tuple[str | None, str | None]]:
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    return [
        (quotes[c.before] if c.before else None, quotes[c.after] if c.after else None)
        for c in answer.near_changes
    ]


@pytest.fixture
def changed(quick_assistant: Assistant) -> Assistant:
    """A manual whose limit changed on 2026-04-01, with its 経過措置."""
    _publish(quick_assistant, OLD, since=date(2024, 4, 1))
    _publish(quick_assistant, NEW, since=CHANGE, counted_by="contract", transition_note=NOTE)
    return quick_assistant


@pytest.mark.parametrize(
    ("day", "quoted"),
    [
        pytest.param(CHANGE - timedelta(days=30), OLD, id="30 days before"),
        pytest.param(CHANGE - timedelta(days=1), OLD, id="the last day"),
        pytest.param(CHANGE, NEW, id="the first day"),
        pytest.param(CHANGE + timedelta(days=30), NEW, id="30 days after"),
    ],
)
def test_near_a_change_both_readings_are_shown_with_what_decides(
    changed: Assistant, reader: Reader, day: date, quoted: str
) -> None:
    answer = _ask(changed, reader, day)
    assert answer.quotations[0].text == quoted
    [change] = answer.near_changes
    assert _words(answer) == [(OLD, NEW)]
    assert (change.manual, change.changes_on) == ("契約事務の手引き", CHANGE)
    assert (change.before_version, change.before_from) == (1, date(2024, 4, 1))
    assert (change.after_version, change.after_from) == (2, CHANGE)
    assert (change.counted_by, change.transition_notes) == ("contract", (NOTE,))


@pytest.mark.parametrize("days", [-31, 31])
def test_far_from_a_change_only_the_version_of_the_day_is_shown(
    changed: Assistant, reader: Reader, days: int
) -> None:
    answer = _ask(changed, reader, CHANGE + timedelta(days=days))
    assert (answer.near_changes, len(answer.citations)) == ((), 1)


def test_a_change_within_the_year_that_is_said_is_near(
    quick_assistant: Assistant, reader: Reader
) -> None:
    _publish(quick_assistant, OLD, since=date(2024, 4, 1))
    _publish(quick_assistant, NEW, since=date(2025, 10, 1))
    answer = _ask(quick_assistant, reader, None, "令和7年度の物品の買入れの限度額はいくらでしたか")
    assert (answer.as_of, answer.as_of_words) == (date(2026, 3, 31), "令和7年度")
    assert _words(answer) == [(OLD, NEW)]


def test_the_other_reading_is_pinned_like_any_citation(changed: Assistant, reader: Reader) -> None:
    answer = _ask(changed, reader, CHANGE)
    [other] = [c for c in answer.citations if c.quote == OLD]
    chunk = changed.library.chunks([other.chunk_id])[other.chunk_id]
    assert (other.version_id, other.text_hash) == (chunk.version_id, chunk.text_hash)
    assert (other.version, other.revision, other.effective_from) == (1, 1, date(2024, 4, 1))
    assert (other.page, other.label) == (1, "0")
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_a_passage_that_stays_is_no_change(quick_assistant: Assistant, reader: Reader) -> None:
    _publish(quick_assistant, OLD, SAME, since=date(2024, 4, 1))
    _publish(quick_assistant, NEW, SAME, since=CHANGE)
    answer = _ask(quick_assistant, reader, CHANGE, "物品の買入れの検査は何日以内に行いますか")
    assert answer.quotations[0].text == SAME
    assert (SAME, SAME) not in _words(answer)
    assert all(SAME not in words for words in _words(answer))


def test_a_new_section_is_said_to_be_new(quick_assistant: Assistant, reader: Reader) -> None:
    added = "電子契約では、契約書の印紙は要りません。"
    _publish(quick_assistant, SAME, since=date(2024, 4, 1))
    _publish(quick_assistant, SAME, added, since=CHANGE)
    answer = _ask(quick_assistant, reader, CHANGE, "電子契約では契約書の印紙は要りますか")
    assert (None, added) in _words(answer)
    before = _ask(quick_assistant, reader, CHANGE - timedelta(days=1), "検査は何日以内ですか")
    assert before.near_changes == ()


def test_a_section_that_goes_is_said_to_be_gone(quick_assistant: Assistant, reader: Reader) -> None:
    gone = "電子契約では、契約書の印紙は要りません。"
    _publish(quick_assistant, SAME, gone, since=date(2024, 4, 1))
    _publish(quick_assistant, SAME, since=CHANGE)
    question = "電子契約では契約書の印紙は要りますか"
    answer = _ask(quick_assistant, reader, CHANGE - timedelta(days=1), question)
    assert (gone, None) in _words(answer)


def test_a_correction_is_no_change(quick_assistant: Assistant, reader: Reader) -> None:
    _publish(quick_assistant, OLD, since=CHANGE)
    _publish(quick_assistant, NEW, since=CHANGE)
    answer = _ask(quick_assistant, reader, CHANGE)
    assert (answer.quotations[0].text, answer.near_changes) == (NEW, ())


def test_a_version_that_was_withdrawn_is_not_shown_beside(
    changed: Assistant, reader: Reader
) -> None:
    newest = next(c for c in _ask(changed, reader, CHANGE).citations if c.quote == NEW)
    changed.lifecycle.withdraw("contract", by=OPERATOR_ACTOR, version_id=newest.version_id)
    answer = _ask(changed, reader, CHANGE)
    assert (answer.quotations[0].text, answer.near_changes) == (OLD, ())


def test_other_manuals_that_begin_on_the_day_are_not_taken_for_it(
    quick_assistant: Assistant, reader: Reader
) -> None:
    _publish(quick_assistant, OLD, since=date(2024, 4, 1), manual_id="a", title="旧契約の手引き")
    _publish(quick_assistant, NEW, since=CHANGE, manual_id="b", title="新契約の手引き")
    assert _ask(quick_assistant, reader, CHANGE).near_changes == ()


def test_an_earlier_answer_loses_only_the_reading_that_was_withdrawn(
    changed: Assistant, reader: Reader
) -> None:
    answer = _ask(changed, reader, CHANGE - timedelta(days=1))
    newest = next(c for c in answer.citations if c.quote == NEW)
    changed.lifecycle.withdraw("contract", by=OPERATOR_ACTOR, version_id=newest.version_id)
    shown = Rights(changed.library, changed.directory).answer(answer, reader)
    assert shown is not None
    assert shown.quotations == answer.quotations
    assert (shown.near_changes, [c.quote for c in shown.citations]) == ((), [OLD])
    assert NEW not in repr(shown)


def test_a_kept_answer_has_its_changes_again(changed: Assistant, reader: Reader) -> None:
    answer = _ask(changed, reader, CHANGE)
    assert load_snapshot(dump_snapshot(answer)) == answer


def test_a_manual_that_may_not_be_read_is_not_shown_beside(
    quick_assistant: Assistant,
) -> None:
    for sentence, since in ((OLD, date(2024, 4, 1)), (NEW, CHANGE)):
        publish_text(quick_assistant, sentence, since=since, audience="section:契約検査課")
    outsider = _ask(quick_assistant, Reader("p", section="税務課"), CHANGE)
    assert (outsider.citations, outsider.near_changes) == ((), ())
    insider = _ask(quick_assistant, Reader("q", section="契約検査課"), CHANGE)
    assert _words(insider) == [(OLD, NEW)]
