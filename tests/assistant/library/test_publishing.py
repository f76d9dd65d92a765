from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from small_manuals import prepared_manual, publish_text
from sqlalchemy import func, insert, select

from assistant import calendar, tables
from assistant.domain import Manual, ManualVersion, Reader
from assistant.errors import DataDirectoryError
from assistant.library import Publisher
from assistant.library.mending import mend
from assistant.library.publishing import grow_revision
from assistant.opening import Assistant, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR

OLD = "物品の買入れの限度額は80万円です。"
NEW = "物品の買入れの限度額は120万円です。"
OTHER = "契約書は2通作り、双方が記名押印します。"


class PowerCut(Exception):
    """The process ends here."""


class DiesBeforeIndexing(Publisher):
    def _index(self, version_ids: Sequence[str]) -> None:
        raise PowerCut


class DiesHalfIndexed(Publisher):
    def _index(self, version_ids: Sequence[str]) -> None:
        rows = self._library.index_contents("bodies")
        super()._index(version_ids)
        assert rows is not None
        raise PowerCut


class DiesAtTheFlip(Publisher):
    def _flip(self, connection: Any, manual: Manual, version: ManualVersion) -> None:
        super()._flip(connection, manual, version)
        raise PowerCut


class DiesBeforeRetiring(Publisher):
    def _retire_from_indexes(self, manual_id: str) -> None:
        raise PowerCut


BEFORE_THE_FLIP = [
    pytest.param(DiesBeforeIndexing, id="staged"),
    pytest.param(DiesHalfIndexed, id="indexed"),
    pytest.param(DiesAtTheFlip, id="flipping"),
]


def _found(assistant: Assistant, reader: Reader, day: date, question: str = NEW) -> list[str]:
    hits = assistant.retriever.search(question, reader=reader, as_of=day)
    return [hit.chunk.text for hit in hits]


def _count(assistant: Assistant, table: Any, *conditions: Any) -> int:
    with assistant.database.read() as connection:
        query = select(func.count()).select_from(table).where(*conditions)
        return int(connection.execute(query).scalar_one())


def test_a_published_manual_is_listed_and_found(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    version = publish_text(quick_assistant, NEW, OTHER)
    [listing] = quick_assistant.library.manuals(reader=reader, as_of=today)
    assert (listing.manual.title, listing.pages, listing.chunks) == ("契約事務の手引き", 2, 2)
    assert (listing.version.number, listing.version.revision) == (1, 1)
    assert listing.version.id == version.id
    assert _found(quick_assistant, reader, today)[0] == NEW
    assert quick_assistant.library.counts() == {"manuals": 1, "chunks": 2}


def test_the_original_is_kept_under_its_hash(quick_assistant: Assistant, reader: Reader) -> None:
    version = publish_text(quick_assistant, NEW)
    path = quick_assistant.library.original(version.id, reader=reader)
    assert path is not None
    assert path.name == version.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.read_text("utf-8") == NEW


def test_two_manuals_with_one_content_share_one_original(quick_assistant: Assistant) -> None:
    publish_text(quick_assistant, NEW, manual_id="a")
    publish_text(quick_assistant, NEW, manual_id="b")
    assert len(list(quick_assistant.library.originals.iterdir())) == 1


def test_an_original_that_cannot_be_kept_is_told_and_nothing_is_published(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    quick_assistant.library.originals.rmdir()
    quick_assistant.library.originals.write_text("フォルダではない")
    with pytest.raises(DataDirectoryError, match="原本"):
        publish_text(quick_assistant, NEW)
    assert quick_assistant.library.manuals(reader=reader, as_of=today) == []


def test_a_change_without_a_later_date_replaces_the_version(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    first = publish_text(quick_assistant, OLD, since=date(2025, 4, 1))
    second = publish_text(quick_assistant, NEW, since=date(2025, 4, 1))
    assert (second.number, second.revision) == (1, 2)
    assert _found(quick_assistant, reader, today) == [NEW]
    assert _found(quick_assistant, reader, date(2025, 5, 1)) == [NEW]
    shown = quick_assistant.library.version(first.id, reader=reader)
    assert shown is not None
    assert shown.version.state == "superseded"


def test_a_later_date_makes_a_new_version_and_ends_the_old_one(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, OLD, since=date(2025, 4, 1))
    second = publish_text(quick_assistant, NEW, since=date(2026, 4, 1))
    assert (second.number, second.revision) == (2, 1)
    assert _found(quick_assistant, reader, today) == [NEW]
    assert _found(quick_assistant, reader, date(2026, 3, 31)) == [OLD]
    assert _found(quick_assistant, reader, date(2026, 4, 1)) == [NEW]
    assert _found(quick_assistant, reader, date(2025, 3, 31)) == []


def test_an_older_version_registered_late_ends_where_the_next_begins(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, NEW, since=date(2026, 4, 1))
    older = publish_text(quick_assistant, OLD, since=date(2024, 4, 1))
    assert older.number == 2
    assert _found(quick_assistant, reader, today) == [NEW]
    assert _found(quick_assistant, reader, date(2026, 3, 31)) == [OLD]
    assert _found(quick_assistant, reader, date(2024, 3, 31)) == []


def test_a_version_between_two_others_takes_only_its_own_time(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, OLD, since=date(2024, 4, 1))
    publish_text(quick_assistant, NEW, since=date(2026, 4, 1))
    publish_text(quick_assistant, OTHER, since=date(2025, 4, 1))
    days = (date(2025, 3, 31), date(2025, 4, 1), date(2026, 3, 31), today)
    found = [_found(quick_assistant, reader, day)[0] for day in days]
    assert found == [OLD, OTHER, OTHER, NEW]


def test_a_correction_of_an_older_version_leaves_the_newer_one_alone(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, OLD, since=date(2024, 4, 1))
    publish_text(quick_assistant, NEW, since=date(2026, 4, 1))
    corrected = publish_text(quick_assistant, OTHER, since=date(2024, 4, 1))
    assert (corrected.number, corrected.revision) == (1, 2)
    assert _found(quick_assistant, reader, today) == [NEW]
    assert _found(quick_assistant, reader, date(2026, 3, 31)) == [OTHER]


def test_a_version_of_the_future_waits_for_its_day(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, OLD)
    publish_text(quick_assistant, NEW, since=today + timedelta(days=30))
    assert _found(quick_assistant, reader, today) == [OLD]
    assert _found(quick_assistant, reader, today + timedelta(days=30)) == [NEW]


def test_every_change_grows_the_revision_of_the_library(quick_assistant: Assistant) -> None:
    seen = [quick_assistant.library.revision()]
    publish_text(quick_assistant, OLD)
    seen.append(quick_assistant.library.revision())
    publish_text(quick_assistant, NEW)
    seen.append(quick_assistant.library.revision())
    manual = prepared_manual(NEW).manual
    Publisher(quick_assistant.library).update_manual(
        replace(manual, title="改題"), by=OPERATOR_ACTOR
    )
    seen.append(quick_assistant.library.revision())
    assert seen == sorted(set(seen))


def test_a_changed_audience_is_effective_at_once(quick_assistant: Assistant, today: date) -> None:
    outsider = Reader("p1", section="税務課")
    publish_text(quick_assistant, NEW)
    assert _found(quick_assistant, outsider, today) == [NEW]
    manual = prepared_manual(NEW, audience="section:契約検査課").manual
    Publisher(quick_assistant.library).update_manual(manual, by=OPERATOR_ACTOR)
    assert _found(quick_assistant, outsider, today) == []
    assert quick_assistant.library.manuals(reader=outsider, as_of=today) == []


def test_a_changed_title_is_what_citations_print(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, NEW)
    manual = replace(prepared_manual(NEW).manual, title="契約事務の手引き（改訂）")
    Publisher(quick_assistant.library).update_manual(manual, by=OPERATOR_ACTOR)
    [hit] = quick_assistant.retriever.search(NEW, reader=reader, as_of=today)
    assert hit.source.manual == "契約事務の手引き（改訂）"


@pytest.mark.parametrize("publisher", BEFORE_THE_FLIP)
def test_half_a_version_is_seen_by_nobody(
    quick_assistant: Assistant, reader: Reader, today: date, publisher: type[Publisher]
) -> None:
    publish_text(quick_assistant, OLD, since=date(2025, 4, 1))
    before = quick_assistant.library.manuals(reader=reader, as_of=today)
    with pytest.raises(PowerCut):
        publish_text(quick_assistant, NEW, OTHER, since=date(2026, 4, 1), publisher=publisher)
    assert quick_assistant.library.manuals(reader=reader, as_of=today) == before
    assert _found(quick_assistant, reader, today) == [OLD]
    [staged] = _staged(quick_assistant)
    assert quick_assistant.library.version(staged, reader=reader) is None
    assert quick_assistant.library.pages(staged, reader=reader) == []
    assert quick_assistant.library.original(staged, reader=reader) is None


@pytest.mark.parametrize("publisher", BEFORE_THE_FLIP)
def test_half_a_version_is_removed_at_the_next_start(
    quick_assistant: Assistant, reader: Reader, today: date, publisher: type[Publisher]
) -> None:
    publish_text(quick_assistant, OLD)
    with pytest.raises(PowerCut):
        publish_text(quick_assistant, NEW, OTHER, publisher=publisher)
    report = mend(quick_assistant.library)
    assert report["half_versions_removed"] == 1
    assert _staged(quick_assistant) == []
    assert _count(quick_assistant, tables.chunk) == 1
    assert _count(quick_assistant, tables.page) == 1
    again = mend(quick_assistant.library)
    assert again["keyword_rows"] == {"added": 0, "removed": 0}
    assert {sum(role.values()) for role in again["collections"].values()} == {0}
    assert _found(quick_assistant, reader, today) == [OLD]


@pytest.mark.parametrize("publisher", BEFORE_THE_FLIP)
def test_publishing_again_after_a_crash_succeeds(
    quick_assistant: Assistant, reader: Reader, today: date, publisher: type[Publisher]
) -> None:
    with pytest.raises(PowerCut):
        publish_text(quick_assistant, NEW, publisher=publisher)
    publish_text(quick_assistant, NEW)
    assert _found(quick_assistant, reader, today) == [NEW]
    mend(quick_assistant.library)
    assert _found(quick_assistant, reader, today) == [NEW]


def test_a_crash_after_the_flip_leaves_the_new_version_in_force(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, OLD, since=date(2025, 4, 1))
    with pytest.raises(PowerCut):
        publish_text(quick_assistant, NEW, since=date(2026, 4, 1), publisher=DiesBeforeRetiring)
    assert _found(quick_assistant, reader, today) == [NEW]
    mend(quick_assistant.library)
    assert _found(quick_assistant, reader, today) == [NEW]
    assert _found(quick_assistant, reader, date(2025, 5, 1)) == [OLD]
    assert len(quick_assistant.library.index_contents("archive_bodies")) == 1


def test_what_a_stopped_process_left_is_mended_when_the_directory_is_opened(
    settings: Any, quick_encoder: Any, reader: Reader, today: date
) -> None:
    with open_assistant(settings, encoder=quick_encoder) as first:
        publish_text(first, OLD)
        with pytest.raises(PowerCut):
            publish_text(first, NEW, OTHER, publisher=DiesHalfIndexed)
    with open_assistant(settings, encoder=quick_encoder) as second:
        assert _staged(second) == []
        assert _found(second, reader, today) == [OLD]


def test_a_batch_is_published_as_a_whole_or_not_at_all(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    items = [prepared_manual(NEW, manual_id="a"), prepared_manual(OTHER, manual_id="b")]
    with pytest.raises(PowerCut):
        DiesAtTheFlip(quick_assistant.library).publish_all(items)
    assert quick_assistant.library.manuals(reader=reader, as_of=today) == []
    Publisher(quick_assistant.library).publish_all(items)
    assert len(quick_assistant.library.manuals(reader=reader, as_of=today)) == 2


def test_missing_keyword_rows_and_vectors_are_made_again(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, NEW, OTHER)
    with quick_assistant.database.write() as connection:
        connection.execute(tables.vector.delete())
        connection.exec_driver_sql("DELETE FROM keyword_row")
    report = mend(quick_assistant.library)
    assert report["keyword_rows"] == {"added": 2, "removed": 0}
    assert report["vectors_made"] == 4
    [best, _] = quick_assistant.retriever.search(NEW, reader=reader, as_of=today)
    assert best.chunk.text == NEW
    assert min(best.signals.values()) > 0


def test_a_version_whose_end_has_passed_moves_to_the_archive(
    quick_assistant: Assistant, reader: Reader
) -> None:
    yesterday = calendar.today() - timedelta(days=1)
    publish_text(quick_assistant, OLD, since=date(2025, 4, 1))
    publish_text(quick_assistant, NEW, since=yesterday)
    roles = ("bodies", "archive_bodies")
    assert [len(quick_assistant.library.index_contents(role)) for role in roles] == [1, 1]
    assert mend(quick_assistant.library)["collections"]["archive_bodies"]["added"] == 0
    assert _found(quick_assistant, reader, yesterday - timedelta(days=1)) == [OLD]


def _staged(assistant: Assistant) -> list[str]:
    with assistant.database.read() as connection:
        query = select(tables.manual_version.c.id).where(tables.manual_version.c.state == "staged")
        return list(connection.execute(query).scalars())


def _swap_names(assistant: Assistant, on: date) -> None:
    """Have 総務課 and 人事課 change their names with each other."""
    rows = [
        {"takes_effect": on, "old": old, "new": new, "heir": True}
        for old, new in (("総務課", "人事課"), ("人事課", "総務課"))
    ]
    with assistant.database.write() as connection:
        connection.execute(insert(tables.section_change), rows)
        grow_revision(connection)


@pytest.mark.parametrize(("from_sheet", "reads"), [(True, "人事課"), (False, "総務課")])
def test_a_section_named_again_is_today_s_but_an_old_list_means_that_of_its_day(
    quick_assistant: Assistant, monkeypatch: pytest.MonkeyPatch, from_sheet: bool, reads: str
) -> None:
    version = publish_text(quick_assistant, "秘密の文です。", audience="section:総務課")
    library, today = quick_assistant.library, calendar.today()
    _swap_names(quick_assistant, today + timedelta(days=1))
    tomorrow = calendar.now() + timedelta(days=1)
    monkeypatch.setattr(calendar, "now", lambda: tomorrow)
    listing = library.version(version.id, reader=Reader("1", "人事課"))
    assert listing is not None
    said_again = replace(listing.manual, audience="section:総務課", owner_section="契約検査課")
    Publisher(library).update_manual(said_again, by=OPERATOR_ACTOR, from_sheet=from_sheet)
    may = [s for s in ("総務課", "人事課") if library.readable([version.id], reader=Reader("1", s))]
    assert may == [reads]
