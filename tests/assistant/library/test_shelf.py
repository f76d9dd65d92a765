"""The library as its keepers see it: whole for those who keep all, else their sections' manuals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from small_manuals import prepared_manual

from assistant.domain import Manual, ManualVersion
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.shelf import Shelf
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR

OURS, THEIRS = frozenset({"総務課"}), frozenset({"契約課"})


def _bring(
    assistant: Assistant,
    *sentences: str,
    owner: str = "総務課",
    manual_id: str = "travel",
    since: date | None = None,
    as_draft: bool = False,
) -> ManualVersion:
    prepared = prepared_manual(*sentences, manual_id=manual_id, title="旅費の手引き", since=since)
    manual = replace(prepared.manual, owner_section=owner)
    prepared = replace(prepared, manual=manual)
    store_vectors(assistant.library.vectors, assistant.library.encoder, prepared.drafts)
    publisher = Publisher(assistant.library)
    return publisher.draft(prepared) if as_draft else publisher.publish(prepared)


def test_all_versions_with_their_standing_are_on_the_shelf(
    quick_assistant: Assistant, today: date
) -> None:
    first = _bring(quick_assistant, "宿泊料は1万円です。")
    later = _bring(quick_assistant, "宿泊料は2万円です。", since=today + timedelta(days=9))
    draft = _bring(
        quick_assistant, "宿泊料は3万円です。", since=today + timedelta(days=99), as_draft=True
    )
    [manual] = Shelf(quick_assistant.library, None).manuals()
    standings = {row.version.id: row.standing for row in manual.rows}
    assert standings == {first.id: "in_force", later.id: "coming", draft.id: "draft"}
    assert manual.in_force is not None
    assert manual.in_force.last_day == today + timedelta(days=8)
    assert [row.version.id for row in manual.prepared] == [draft.id]
    before = manual.before(draft.id)
    assert before is not None
    assert before.version.id == later.id
    assert manual.before(first.id) is None


def test_nothing_outside_the_scope_comes_out_even_for_a_known_id(
    quick_assistant: Assistant,
) -> None:
    published = _bring(quick_assistant, "宿泊料は1万円です。")
    draft = _bring(quick_assistant, "宿泊料は2万円です。", since=date(2099, 4, 1), as_draft=True)
    ours, theirs = (Shelf(quick_assistant.library, owners) for owners in (OURS, THEIRS))
    for version in (published, draft):
        listing = ours.version(version.id)
        assert listing is not None
        assert (listing.manual.title, listing.chunks) == ("旅費の手引き", 1)
        assert len(ours.pages(version.id)) == len(ours.chunks(version.id)) == 1
        assert ours.original(version.id) is not None
        assert theirs.version(version.id) is None
        assert theirs.original(version.id) is None
        assert theirs.pages(version.id) == theirs.chunks(version.id) == []
    assert ours.manual("travel") is not None
    assert theirs.manual("travel") is None
    assert theirs.manuals() == theirs.rows() == []
    assert Shelf(quick_assistant.library, frozenset()).manuals() == []


def test_the_owner_section_counts_as_it_is_today(quick_assistant: Assistant) -> None:
    version = _bring(quick_assistant, "宿泊料は1万円です。")
    manual = Manual("travel", "旅費の手引き", owner_section="契約課")
    Publisher(quick_assistant.library).update_manual(manual, by=OPERATOR_ACTOR)
    assert Shelf(quick_assistant.library, OURS).version(version.id) is None
    assert Shelf(quick_assistant.library, THEIRS).version(version.id) is not None


def test_what_is_still_being_written_is_on_no_shelf(
    quick_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("assistant.library.publishing.flip", stop)
    with pytest.raises(RuntimeError, match="killed"):
        _bring(quick_assistant, "宿泊料は1万円です。")
    assert Shelf(quick_assistant.library, None).manuals() == []


@pytest.mark.parametrize("correction", [True, False], ids=["a correction", "a new version"])
def test_what_a_roll_back_would_leave_is_what_it_leaves(
    quick_assistant: Assistant, today: date, correction: bool
) -> None:
    _bring(quick_assistant, "宿泊料は1万円です。")
    since = None if correction else today
    latest = _bring(quick_assistant, "宿泊料は2万円です。", since=since)
    shelf = Shelf(quick_assistant.library, None)
    [manual] = shelf.manuals()
    assert manual.last_published() is not None
    assert manual.last_published().id == latest.id  # type: ignore[union-attr]
    expected = manual.in_force_after(latest, manual.corrected_by(latest))
    taken = quick_assistant.lifecycle.roll_back("travel", by=OPERATOR_ACTOR)
    assert taken.id == latest.id
    [manual] = shelf.manuals()
    assert expected is not None
    assert manual.in_force is not None
    assert manual.in_force.version.id == expected.id
    assert manual.last_published() is None


def test_withdrawing_the_only_version_leaves_nothing_in_force(quick_assistant: Assistant) -> None:
    version = _bring(quick_assistant, "宿泊料は1万円です。")
    shelf = Shelf(quick_assistant.library, None)
    [manual] = shelf.manuals()
    assert manual.in_force_after(version) is None
    assert manual.last_published() is None
    quick_assistant.lifecycle.withdraw("travel", by=OPERATOR_ACTOR)
    [manual] = shelf.manuals()
    assert manual.in_force is None
