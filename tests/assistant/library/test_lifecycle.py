"""The actions on versions, as readers, editors and the indexes feel them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from small_manuals import prepared_manual, publish_text

from assistant import calendar
from assistant.domain import ManualVersion, Reader
from assistant.errors import UsageError
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.lifecycle import Dates
from assistant.library.mending import mend
from assistant.opening import Assistant
from assistant.people.audit.records import AuditFilter, read_events
from assistant.people.audit.trail import OPERATOR_ACTOR

OLD = "物品の買入れの限度額は80万円です。"
NEW = "物品の買入れの限度額は120万円です。"
CORRECTED = "物品の買入れの限度額は130万円です。"
LAST_YEAR, THIS_YEAR = date(2025, 4, 1), date(2026, 4, 1)
BY = OPERATOR_ACTOR


@pytest.fixture
def opened(quick_assistant: Assistant) -> Iterator[Assistant]:
    yield quick_assistant
    # Whatever was done: what start-up would put right is right already.
    report = mend(quick_assistant.library)
    assert report["keyword_rows"] == {"added": 0, "removed": 0}
    assert {tuple(numbers.values()) for numbers in report["collections"].values()} == {(0, 0, 0)}


def draft_text(assistant: Assistant, *sentences: str, since: date | None = None) -> ManualVersion:
    prepared = prepared_manual(*sentences, since=since)
    store_vectors(assistant.library.vectors, assistant.library.encoder, prepared.drafts)
    return Publisher(assistant.library).draft(prepared)


def found(assistant: Assistant, reader: Reader, day: date, draft: str | None = None) -> set[str]:
    """Return what any signal finds on a day."""
    texts = {
        hit.chunk.text
        for signal in ("body", "heading", "keywords")
        for hit in assistant.retriever.search_signal(NEW, signal=signal, reader=reader, as_of=day)
    }
    asked = assistant.retriever.understanding.understand(NEW)
    whole = assistant.retriever.find(asked, reader=reader, as_of=day, draft=draft)
    return {hit.chunk.text for hit in whole} | (texts if draft is None else set())


def actions(assistant: Assistant) -> list[str]:

    return [event.action for event in read_events(assistant.database, AuditFilter(), limit=10)]


def test_a_draft_is_found_by_nobody_until_it_is_published(
    opened: Assistant, reader: Reader, today: date
) -> None:
    publish_text(opened, OLD, since=LAST_YEAR)
    draft = draft_text(opened, NEW, since=THIS_YEAR)
    assert found(opened, reader, today) == {OLD}
    assert opened.library.version(draft.id, reader=reader) is None
    assert opened.library.readable([draft.id], reader=reader) == set()
    assert found(opened, reader, today, draft=draft.id) == {NEW}
    released = opened.lifecycle.release(draft.id, by=BY)
    assert (released.state, released.number, released.published_by) == ("published", 2, "operator")
    assert found(opened, reader, today) == {NEW}
    assert found(opened, reader, date(2026, 3, 31)) == {OLD}


def test_a_second_draft_for_the_same_day_takes_the_place_of_the_first(
    opened: Assistant, reader: Reader, today: date
) -> None:
    first = draft_text(opened, OLD)
    second = draft_text(opened, NEW)
    assert (second.number, second.revision) == (first.number, first.revision) == (1, 1)
    with pytest.raises(UsageError, match="もうありません"):
        opened.lifecycle.release(first.id, by=BY)
    opened.lifecycle.release(second.id, by=BY)
    assert found(opened, reader, today) == {NEW}


def test_a_scheduled_version_shows_itself_on_its_day_without_anybody(
    opened: Assistant, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_text(opened, OLD, since=LAST_YEAR)
    draft = draft_text(opened, NEW, since=THIS_YEAR)
    day = calendar.today() + timedelta(days=3)
    assert opened.lifecycle.release(draft.id, by=BY, on=day).state == "ready"
    assert found(opened, reader, calendar.today()) == {OLD}
    assert opened.lifecycle.publish_due() == []
    midnight = datetime.combine(day, datetime.min.time(), calendar.TOKYO)
    monkeypatch.setattr(calendar, "now", lambda: midnight)
    assert found(opened, reader, day) == {NEW}  # before any housekeeping
    listing = opened.library.version(draft.id, reader=reader)
    assert listing is not None
    assert listing.version.state == "ready"
    assert opened.lifecycle.publish_due() == [draft.id]
    assert found(opened, reader, day) == {NEW}


def test_a_schedule_can_be_taken_back(opened: Assistant, reader: Reader, today: date) -> None:
    draft = draft_text(opened, NEW)
    opened.lifecycle.release(draft.id, by=BY, on=today + timedelta(days=1))
    assert opened.lifecycle.unschedule(draft.id, by=BY).state == "draft"
    with pytest.raises(UsageError, match="予約した版ではありません"):
        opened.lifecycle.unschedule(draft.id, by=BY)
    assert found(opened, reader, today + timedelta(days=2)) == set()


def test_rolling_back_a_version_brings_the_one_before_into_force(
    opened: Assistant, reader: Reader, today: date
) -> None:
    publish_text(opened, OLD, since=LAST_YEAR)
    publish_text(opened, NEW, since=THIS_YEAR)
    taken = opened.lifecycle.roll_back("contract", by=BY)
    assert (taken.number, taken.state) == (2, "withdrawn")
    assert found(opened, reader, today) == {OLD}
    with pytest.raises(UsageError, match="戻せる前の版がありません"):
        opened.lifecycle.roll_back("contract", by=BY)
    again = opened.lifecycle.release(taken.id, by=BY)
    assert again.withdrawn_at is None
    assert found(opened, reader, today) == {NEW}
    assert actions(opened)[:2] == ["manual.publish", "manual.roll_back"]


def test_rolling_back_a_correction_brings_the_text_before_it_back(
    opened: Assistant, reader: Reader, today: date
) -> None:
    publish_text(opened, OLD, since=LAST_YEAR)
    publish_text(opened, NEW, since=THIS_YEAR)
    publish_text(opened, CORRECTED, since=THIS_YEAR)
    assert found(opened, reader, today) == {CORRECTED}
    taken = opened.lifecycle.roll_back("contract", by=BY)
    assert (taken.number, taken.revision) == (2, 2)
    assert found(opened, reader, today) == {NEW}
    assert found(opened, reader, date(2026, 3, 31)) == {OLD}


def test_a_withdrawn_manual_is_found_and_read_by_nobody(
    opened: Assistant, reader: Reader, today: date
) -> None:
    first = publish_text(opened, OLD, since=LAST_YEAR)
    publish_text(opened, NEW, since=THIS_YEAR)
    assert len(opened.lifecycle.withdraw("contract", by=BY, reason="廃止したため")) == 2
    for day in (today, LAST_YEAR):
        assert found(opened, reader, day) == set()
    assert opened.library.version(first.id, reader=reader) is None
    assert opened.library.manuals(reader=reader, as_of=today) == []
    with pytest.raises(UsageError, match="公開している版がありません"):
        opened.lifecycle.withdraw("contract", by=BY)


def test_withdrawing_one_version_leaves_the_others(
    opened: Assistant, reader: Reader, today: date
) -> None:
    first = publish_text(opened, OLD, since=LAST_YEAR)
    publish_text(opened, NEW, since=THIS_YEAR)
    opened.lifecycle.withdraw("contract", by=BY, version_id=first.id)
    assert found(opened, reader, today) == {NEW}
    assert found(opened, reader, date(2026, 3, 31)) == set()


def test_a_discarded_draft_leaves_nothing(opened: Assistant, reader: Reader, today: date) -> None:
    draft = draft_text(opened, NEW)
    opened.lifecycle.discard(draft.id, by=BY)
    assert opened.library.known("contract") is None
    publish_text(opened, OLD)
    [listing] = opened.library.manuals(reader=reader, as_of=today)
    assert listing.version.number == 1
    with pytest.raises(UsageError, match="破棄できません"):
        opened.lifecycle.discard(listing.version.id, by=BY)


def test_an_abolished_manual_ends_on_its_day(
    opened: Assistant, reader: Reader, today: date
) -> None:
    version = publish_text(opened, OLD, since=LAST_YEAR)
    dates = Dates(effective_to=today, counted_by="contract", transition_note="契約日による")
    amended = opened.lifecycle.amend(version.id, dates, by=BY)
    assert (amended.counted_by, amended.transition_note) == ("contract", "契約日による")
    assert found(opened, reader, today) == set()
    assert found(opened, reader, today - timedelta(days=1)) == {OLD}
    opened.lifecycle.amend(version.id, replace(dates, effective_to=None), by=BY)
    assert found(opened, reader, today) == {OLD}


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        pytest.param({"effective_from": THIS_YEAR}, "施行日は変えられません", id="its beginning"),
        pytest.param({"effective_to": LAST_YEAR}, "より後の日", id="an end at its beginning"),
    ],
)
def test_dates_that_cannot_be_are_refused(
    opened: Assistant, dates: dict[str, Any], said: str
) -> None:
    version = publish_text(opened, OLD, since=LAST_YEAR)
    with pytest.raises(UsageError, match=said):
        opened.lifecycle.amend(version.id, Dates(**dates), by=BY)


def test_a_draft_whose_day_somebody_else_has_taken_is_not_published(
    opened: Assistant, reader: Reader, today: date
) -> None:
    publish_text(opened, OLD, since=LAST_YEAR)
    draft = draft_text(opened, CORRECTED, since=THIS_YEAR)
    publish_text(opened, NEW, since=THIS_YEAR)
    with pytest.raises(UsageError, match="同じ施行日の第3版"):
        opened.lifecycle.release(draft.id, by=BY)
    assert found(opened, reader, today) == {NEW}
    moved = opened.lifecycle.amend(draft.id, Dates(effective_from=date(2026, 10, 1)), by=BY)
    opened.lifecycle.release(moved.id, by=BY)
    assert found(opened, reader, today) == {CORRECTED}


def test_a_draft_changes_of_its_manual_only_what_it_says(
    opened: Assistant, reader: Reader, today: date
) -> None:
    publish_text(opened, OLD, since=LAST_YEAR)
    prepared = prepared_manual(NEW, since=THIS_YEAR)
    renamed = replace(prepared, manual=replace(prepared.manual, title="契約の手引き"))
    store_vectors(opened.library.vectors, opened.library.encoder, renamed.drafts)
    draft = Publisher(opened.library).draft(renamed)
    known = opened.library.known("contract")
    assert known is not None
    narrowed = replace(known, audience="section:契約検査課", review_on=date(2027, 2, 1))
    Publisher(opened.library).update_manual(narrowed, by=BY)
    opened.lifecycle.release(draft.id, by=BY)
    # The title is what the draft says; who may read it was said since then.
    assert opened.library.known("contract") == replace(narrowed, title="契約の手引き")
    outside = Reader("p", "総務課")
    assert opened.library.sources(reader=outside, as_of=today) == {}
    assert found(opened, reader, today) == {NEW}
