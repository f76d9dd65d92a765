from __future__ import annotations

from datetime import date, timedelta

from small_manuals import prepared_manual, publish_text

from assistant.domain import Reader
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.readable_versions import readable_versions, version_to_read
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR

CLERK = Reader("clerk", section="市民課")


def test_readers_see_versions_that_are_or_were_published_and_no_drafts(
    quick_assistant: Assistant, today: date
) -> None:
    old = publish_text(quick_assistant, "宿泊料は1万円です。", since=today - timedelta(days=400))
    new = publish_text(quick_assistant, "宿泊料は2万円です。", since=today - timedelta(days=30))
    coming = publish_text(quick_assistant, "宿泊料は3万円です。", since=today + timedelta(days=30))
    prepared = prepared_manual("宿泊料は4万円です。", since=today + timedelta(days=60))
    library = quick_assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    Publisher(library).draft(prepared)
    rows = readable_versions(library, "contract", reader=CLERK, today=today)
    assert [(row.version.id, row.standing) for row in rows] == [
        (coming.id, "coming"),
        (new.id, "in_force"),
        (old.id, "ended"),
    ]
    opened = version_to_read(rows)
    assert opened is not None
    assert opened.version.id == new.id
    older = version_to_read(rows, old.id)
    assert older is not None
    assert older.version.id == old.id
    assert version_to_read(rows, "0" * 16) is None


def test_a_manual_that_may_not_be_read_is_as_one_that_never_was(
    quick_assistant: Assistant, today: date
) -> None:
    publish_text(quick_assistant, "金庫の番号は秘密です。", audience="section:総務課")
    library = quick_assistant.library
    assert len(readable_versions(library, "contract", reader=OPERATOR, today=today)) == 1
    assert readable_versions(library, "contract", reader=CLERK, today=today) == []
    assert readable_versions(library, "nothing", reader=OPERATOR, today=today) == []
    assert version_to_read([]) is None


def test_a_withdrawn_version_is_not_there(quick_assistant: Assistant, today: date) -> None:
    publish_text(quick_assistant, "宿泊料は1万円です。")
    quick_assistant.lifecycle.withdraw("contract", by=OPERATOR_ACTOR)
    rows = readable_versions(quick_assistant.library, "contract", reader=CLERK, today=today)
    assert rows == []


def test_the_text_of_a_version_is_given_to_its_readers_only(quick_assistant: Assistant) -> None:
    version = publish_text(quick_assistant, "一。", "二。", audience="section:総務課")
    library = quick_assistant.library
    insider = Reader("insider", section="総務課")
    assert [chunk.text for chunk in library.text(version.id, reader=insider)] == ["一。", "二。"]
    assert library.text(version.id, reader=CLERK) == []
    assert library.text("0" * 16, reader=insider) == []
