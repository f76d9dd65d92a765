from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from audit_tools import Clock, append, events_of, unguarded

from assistant import calendar
from assistant.database import Database
from assistant.people.audit.records import read_head
from assistant.people.audit.retention import keep_house, remove_expired, seal
from assistant.people.audit.verification import verify
from assistant.settings import Settings


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "chonai.db")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, datetime(2026, 9, 10, tzinfo=calendar.TOKYO))


def test_months_that_are_over_are_sealed_once_and_told(database: Database, clock: Clock) -> None:
    append(database, 3)
    clock.set(2026, 11, 1, 0, 0)
    sealed = seal(database)
    assert [(s.month, s.first_id, s.last_id, s.events) for s in sealed] == [("2026-09", 1, 3, 3)]
    last = events_of(database)[-1]
    assert (last["actor"], last["action"], last["subject"]) == ("system", "audit.seal", "2026-09")
    assert json.loads(last["detail"])["head"] == events_of(database)[2]["hash"] == sealed[0].head
    assert seal(database) == ()
    assert verify(database).right


def test_the_present_month_stays_open_until_midnight_in_tokyo(
    database: Database, clock: Clock
) -> None:
    clock.set(2026, 10, 31, 23, 59, 59)
    append(database)
    assert seal(database) == ()
    clock.set(2026, 11, 1, 0, 0, 0)
    assert [segment.month for segment in seal(database)] == ["2026-10"]


def test_an_event_belongs_to_its_month_in_tokyo_not_in_utc(
    database: Database, clock: Clock
) -> None:
    clock.set(2026, 10, 1, 8, 0)  # the last of September in UTC
    append(database)
    clock.set(2026, 12, 1)
    assert [segment.month for segment in seal(database)] == ["2026-10"]


def test_months_without_events_have_nothing_to_seal(database: Database, clock: Clock) -> None:
    append(database)
    clock.set(2026, 12, 20)
    append(database)
    clock.set(2027, 2, 1)
    assert [segment.month for segment in seal(database)] == ["2026-09", "2026-12"]
    assert verify(database).right


def test_a_clock_that_was_set_back_shortens_no_time_of_keeping(
    database: Database, clock: Clock
) -> None:
    append(database)
    clock.set(2026, 10, 1, 0, 0, 1)
    append(database)
    clock.set(2026, 9, 30, 23, 59, 59)
    append(database)
    clock.set(2026, 11, 1)
    assert [(s.month, s.first_id, s.last_id) for s in seal(database)] == [
        ("2026-09", 1, 1),
        ("2026-10", 2, 3),
    ]
    assert verify(database).right


def test_a_clock_that_ran_ahead_closes_no_month_for_good(database: Database, clock: Clock) -> None:
    append(database)
    clock.set(2099, 1, 1)
    append(database)
    clock.set(2026, 9, 20)
    append(database)
    clock.set(2026, 10, 20)
    append(database)
    clock.set(2026, 11, 20)
    assert [(s.month, s.first_id, s.last_id) for s in seal(database)] == [
        ("2026-09", 1, 3),
        ("2026-10", 4, 4),
    ]
    assert verify(database).right


def _three_months(database: Database, clock: Clock) -> None:
    for month in (9, 10, 11):
        clock.set(2026, month, 10)
        append(database, 3)
    clock.set(2026, 12, 1)
    assert len(seal(database)) == 3


def test_only_whole_months_kept_for_the_years_are_removed(database: Database, clock: Clock) -> None:
    _three_months(database, clock)
    head = read_head(database).hash
    clock.set(2031, 9, 30, 23, 59)
    assert remove_expired(database, 5) == ()
    clock.set(2031, 10, 1, 0, 0)
    assert [segment.month for segment in remove_expired(database, 5)] == ["2026-09"]
    clock.set(2031, 11, 30)
    assert [segment.month for segment in remove_expired(database, 5)] == ["2026-10"]
    rows = events_of(database)
    assert rows[0]["id"] == 7
    told = [json.loads(r["detail"]) for r in rows if r["action"] == "audit.remove"]
    assert [(one["first"], one["last"], one["events"]) for one in told] == [(1, 3, 3), (4, 6, 3)]
    found = verify(database, head=head)
    assert found.right
    assert found.printed is not None
    assert found.printed.state == "earlier"


def test_a_month_that_is_not_sealed_is_never_removed(database: Database, clock: Clock) -> None:
    append(database)
    clock.set(2050, 1, 1)
    assert remove_expired(database, 5) == ()
    assert len(events_of(database)) == 1


def test_the_trail_goes_on_after_all_of_it_was_removed(database: Database, clock: Clock) -> None:
    append(database, 3)
    clock.set(2026, 10, 1)
    sealed = seal(database)
    clock.set(2026, 11, 1)
    seal(database)
    clock.set(2040, 1, 1)
    assert len(remove_expired(database, 5)) == 2
    assert [row["action"] for row in events_of(database)] == ["audit.seal", *["audit.remove"] * 2]
    append(database, 2)
    found = verify(database, head=sealed[0].head)
    assert (found.right, found.printed and found.printed.state) == (True, "removed")


def test_an_event_appended_to_an_emptied_table_continues_the_last_segment(
    database: Database, clock: Clock
) -> None:
    append(database, 3)
    clock.set(2026, 10, 1)
    seal(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE audit_segment SET removed_at = 'x'")
        connection.exec_driver_sql("DELETE FROM audit_event WHERE id <= 3")
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event")
    append(database)
    (row,) = events_of(database)
    assert row["id"] == 5
    assert read_head(database).hash == row["hash"]


def test_a_removal_that_fails_removes_nothing(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _three_months(database, clock)
    clock.set(2040, 1, 1)

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("assistant.people.audit.retention.append_event", fail)
    with pytest.raises(RuntimeError):
        remove_expired(database, 5)
    monkeypatch.undo()
    found = verify(database)
    assert (found.right, found.first_id, found.removed) == (True, 1, None)


def test_keeping_house_seals_and_removes(database: Database, clock: Clock, tmp_path: Path) -> None:
    append(database, 3)
    settings = Settings(data_dir=tmp_path, audit_years=1)
    clock.set(2026, 10, 2)
    assert [s.month for s in keep_house(database, settings).sealed] == ["2026-09"]
    append(database)
    clock.set(2027, 10, 2)
    house = keep_house(database, settings)
    assert [segment.month for segment in house.sealed] == ["2026-10"]
    assert [segment.month for segment in house.removed] == ["2026-09"]
    assert keep_house(database, settings).removed == ()
    assert verify(database).right


def test_years_of_keeping_house_leave_a_trail_that_verifies(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, audit_years=1)
    heads = []
    for month in range(30):
        clock.set(2026 + month // 12, month % 12 + 1, 3)
        keep_house(database, settings)
        append(database, 2)
        heads.append(read_head(database).hash)
        assert verify(database).right
    found = verify(database, head=heads[-12])
    assert (found.right, found.removed and found.removed.month) == (True, "2027-05")


def test_a_segment_whose_month_was_made_unreadable_is_kept(
    database: Database, clock: Clock
) -> None:
    _three_months(database, clock)
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_segment SET month = 'いつか' WHERE id = 1")
    clock.set(2040, 1, 1)
    assert remove_expired(database, 5) == ()
    assert any("いつか の封印" in problem.text for problem in verify(database).problems)
