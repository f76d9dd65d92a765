from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from audit_tools import (
    COLUMNS,
    Clock,
    append,
    events_of,
    forget_ids,
    rebuild,
    unguarded,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import calendar
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.records import read_head
from assistant.people.audit.retention import remove_expired, seal
from assistant.people.audit.trail import BEGINNING
from assistant.people.audit.verification import verify

EVENTS = 12
FIRST_OPEN = 9  # events 1 to 8 are in two sealed months


@pytest.fixture(scope="module")
def kept() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, kept: pytest.MonkeyPatch) -> Database:
    """Twelve events: four of September, four of October, two that sealed them, two of November."""
    database = Database(tmp_path_factory.mktemp("audit") / "chonai.db")
    clock = Clock(kept, datetime(2026, 9, 10, tzinfo=calendar.TOKYO))
    append(database, 4)
    clock.set(2026, 10, 10)
    append(database, 4)
    clock.set(2026, 11, 10)
    assert [s.month for s in seal(database)] == ["2026-09", "2026-10"]
    append(database, 2)
    assert verify(database).right
    return database


@pytest.fixture
def database(original: Database, tmp_path: Path) -> Database:
    """A copy that a test may spoil."""
    with original.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(original.path, tmp_path / "chonai.db")
    return Database(tmp_path / "chonai.db")


def test_a_trail_that_nobody_touched_is_right(original: Database) -> None:
    found = verify(original)
    assert (found.right, found.events, found.first_id, found.last_id) == (True, EVENTS, 1, EVENTS)
    assert found.head == read_head(original).hash
    assert (found.segments, found.removed, found.printed) == (2, None, None)


def test_an_empty_trail_is_right(tmp_path: Path) -> None:
    found = verify(Database(tmp_path / "chonai.db"), head=BEGINNING)
    assert (found.right, found.events, found.head) == (True, 0, BEGINNING)


@pytest.mark.parametrize("number", [1, 4, 5, 8, 9, 10, EVENTS])
@pytest.mark.parametrize("column", [*COLUMNS, "hash"])
def test_a_changed_column_of_any_event_is_found_and_named(
    database: Database, number: int, column: str
) -> None:
    before = events_of(database)[number - 1][column]
    with unguarded(database) as raw:
        changed = "f" * 64 if column == "hash" else f"{before} "
        raw.execute(f"UPDATE audit_event SET {column} = ? WHERE id = ?", (changed, number))
    found = verify(database)
    assert not found.right
    assert found.problems[0].id == number
    assert f"記録 {number}（" in found.problems[0].text
    if number == EVENTS:  # no later event tells which of its columns it was
        assert found.problems[0].kind == "unconnected"
    else:
        assert found.problems[0].kind == ("hash" if column == "hash" else "changed")
        assert [p for p in found.problems if p.kind != "segment"] == [found.problems[0]]


@settings(max_examples=100, deadline=None)
@given(
    number=st.integers(1, EVENTS),
    column=st.sampled_from([*COLUMNS, "hash", "id"]),
    value=st.one_of(
        st.text(st.characters(exclude_categories=["Cs"])), st.binary(), st.integers(-50, 50)
    ),
)
def test_no_other_value_of_any_column_goes_unseen(
    original: Database, number: int, column: str, value: str | bytes | int
) -> None:
    """One database for all examples: what was changed is put back."""
    before = events_of(original)[number - 1][column]
    taken = range(1, EVENTS + 1)
    if column == "id" and (not isinstance(value, int) or value in taken):
        return
    if value == before:
        return
    with unguarded(original) as raw:
        raw.execute(f"UPDATE audit_event SET {column} = ? WHERE id = ?", (value, number))
    try:
        found = verify(original)
        assert not found.right
        if column != "id":
            assert found.problems[0].id == number
    finally:
        now = value if column == "id" else number
        with unguarded(original) as raw:
            raw.execute(f"UPDATE audit_event SET {column} = ? WHERE id = ?", (before, now))
            forget_ids(raw)
    assert verify(original).right


@pytest.mark.parametrize("number", [1, 3, 4, 8, FIRST_OPEN, 11])
def test_a_removed_event_is_missed(database: Database, number: int) -> None:
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event WHERE id = ?", (number,))
    found = verify(database)
    assert (found.problems[0].kind, found.problems[0].id) == ("missing", number)
    assert found.problems[0].text == f"記録 {number}（1件）がありません。"


def test_removed_events_are_named_by_their_range(database: Database) -> None:
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event WHERE id BETWEEN 2 AND 7")
    assert verify(database).problems[0].text == "記録 2〜7（6件）がありません。"


def test_a_removed_event_is_found_where_the_later_ones_were_renumbered(
    database: Database,
) -> None:
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event WHERE id = 10")
        raw.execute("UPDATE audit_event SET id = id - 1 WHERE id > 10")
        forget_ids(raw)
    found = verify(database)
    assert (found.problems[0].kind, found.problems[0].id) == ("changed", 10)
    assert "その直前の記録が取り除かれています" in found.problems[0].text


@pytest.mark.parametrize("hash_", ["copied", "invented", "right"])
def test_an_inserted_event_is_named(database: Database, hash_: str) -> None:
    """With the hash of the event before, any, or one that continues from the event before."""
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_event SET id = id + 100 WHERE id >= 11")
        raw.execute("UPDATE audit_event SET id = id - 99 WHERE id >= 111")
        raw.execute(
            "INSERT INTO audit_event SELECT 11, at, actor, actor_name, action, 'x', detail, hash"
            " FROM audit_event WHERE id = 10"
        )
        if hash_ == "invented":
            raw.execute("UPDATE audit_event SET hash = ? WHERE id = 11", ("e" * 64,))
        if hash_ == "right":
            hashes = [row["hash"] for row in events_of(database)]
            rebuild(raw)
            raw.executemany(
                "UPDATE audit_event SET hash = ? WHERE id = ?",
                [(h, i) for i, h in enumerate(hashes, 1) if i > 11],
            )
    found = verify(database)
    assert (found.problems[0].kind, found.problems[0].id) == ("stranger", 11)
    assert found.problem_count == 1


def test_an_event_before_the_first_is_a_stranger(database: Database) -> None:
    with unguarded(database) as raw:
        raw.execute(
            "INSERT INTO audit_event SELECT -5, at, actor, actor_name, action, subject, detail,"
            " hash FROM audit_event WHERE id = 1"
        )
    (problem,) = verify(database).problems
    assert (problem.kind, problem.id) == ("stranger", -5)


@pytest.mark.parametrize(("one", "other"), [(9, 10), (2, 7), (11, 12), (1, 12)])
def test_events_that_changed_places_are_found(database: Database, one: int, other: int) -> None:
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_event SET id = 1000 WHERE id = ?", (one,))
        raw.execute("UPDATE audit_event SET id = ? WHERE id = ?", (one, other))
        raw.execute("UPDATE audit_event SET id = ? WHERE id = 1000", (other,))
        forget_ids(raw)
    found = verify(database)
    assert not found.right
    assert found.problems[0].id == one


@pytest.mark.parametrize(("hash_", "kind"), [("hash", "stranger"), ("'x'", "unconnected")])
def test_an_event_appended_with_a_wrong_hash_is_found(
    database: Database, hash_: str, kind: str
) -> None:
    with unguarded(database) as raw:
        raw.execute(
            "INSERT INTO audit_event (at, actor, actor_name, action, subject, detail, hash)"
            f" SELECT at, actor, actor_name, action, subject, detail, {hash_} FROM audit_event"
            " WHERE id = 12"
        )
    found = verify(database)
    assert (found.problems[0].kind, found.problems[0].id) == (kind, 13)


def test_cut_off_events_are_missed_by_their_count(database: Database) -> None:
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event WHERE id > 10")
    assert verify(database).problems[0].text == "記録 11〜12（2件）がありません。"


def test_cut_off_events_leave_a_gap_when_the_next_is_appended(database: Database) -> None:
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event WHERE id > 10")
    append(database)
    (problem,) = verify(database).problems
    assert (problem.kind, problem.id) == ("missing", 11)


def test_a_careful_cut_shows_only_against_a_printed_head(database: Database) -> None:
    """Without one it cannot be told: what is left is a trail as it once was."""
    printed = verify(database).head
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event WHERE id > 10")
        forget_ids(raw)
    assert verify(database).right
    found = verify(database, head=printed)
    assert not found.right
    assert found.printed is not None
    assert (found.printed.state, found.problems) == ("unknown", ())


def test_a_cut_into_a_sealed_month_shows_without_a_printed_head(database: Database) -> None:
    with unguarded(database) as raw:
        raw.execute("DELETE FROM audit_event WHERE id > 6")
        forget_ids(raw)
    assert verify(database).problems[0].text == "記録 7〜8（2件）がありません。"


def test_a_trail_that_was_rebuilt_whole_shows_only_against_a_printed_head(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path / "chonai.db")
    append(database, 5)
    printed = verify(database).head
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_event SET subject = '1002' WHERE id = 2")
        rebuild(raw)
    assert verify(database).right
    assert not verify(database, head=printed).right


def test_a_rebuilt_trail_does_not_fit_its_sealed_months(database: Database) -> None:
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_event SET subject = '1002' WHERE id = 2")
        rebuild(raw)
    found = verify(database)
    assert {problem.kind for problem in found.problems} == {"segment"}
    assert "2026-09 の封印" in found.problems[0].text


@pytest.mark.parametrize(
    "name",
    [
        "audit_event_refuses_update",
        "audit_event_refuses_delete",
        "audit_segment_refuses_update",
        "audit_segment_refuses_delete",
    ],
)
def test_a_guard_that_was_dropped_is_named(database: Database, name: str) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    (problem,) = verify(database).problems
    assert problem.kind == "guard"
    assert f"{name} が外されています" in problem.text


def test_a_guard_that_guards_nothing_is_named(database: Database) -> None:
    name = "audit_event_refuses_update"
    with database.write() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON audit_event BEGIN SELECT 1; END"
        )
    assert f"{name} が作り替えられています" in verify(database).problems[0].text


def test_a_trigger_that_keeps_events_out_is_named(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER quiet BEFORE INSERT ON audit_event WHEN NEW.actor = 'p1' "
            "BEGIN SELECT RAISE(IGNORE); END"
        )
    append(database)
    (problem,) = verify(database).problems
    assert "quiet が知らないうちに加えられています" in problem.text


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_segment SET month = '2020-01' WHERE id = 1",
        "UPDATE audit_segment SET head = 'x' WHERE id = 2",
        "UPDATE audit_segment SET last_id = 3 WHERE id = 1",
        "UPDATE audit_segment SET first_id = 6 WHERE id = 2",
        "DELETE FROM audit_segment WHERE id = 1",
        "INSERT INTO audit_segment (month, first_id, last_id, head, sealed_at)"
        " SELECT '2026-11', 9, 10, hash, at FROM audit_event WHERE id = 10",
    ],
)
def test_a_segment_that_does_not_fit_is_found(database: Database, change: str) -> None:
    with unguarded(database) as raw:
        raw.execute(change)
    found = verify(database)
    assert {problem.kind for problem in found.problems} == {"segment"}


def test_events_taken_out_as_if_they_had_expired_are_found(database: Database) -> None:
    """Who removes a sealed month by hand leaves no event that tells of it."""
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE audit_segment SET removed_at = 'x' WHERE id = 1")
        connection.exec_driver_sql("DELETE FROM audit_event WHERE id <= 4")
    (problem,) = verify(database).problems
    assert "2026-09 の封印について、保存期間を過ぎて削除したという記録がありません" in problem.text


def test_a_later_month_cannot_go_before_an_older_one(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE audit_segment SET removed_at = 'x' WHERE id = 2")
        connection.exec_driver_sql("DELETE FROM audit_event WHERE id BETWEEN 5 AND 8")
    assert any("より古い月を残したまま" in problem.text for problem in verify(database).problems)


def test_every_hash_that_was_ever_a_head_is_recognised(database: Database) -> None:
    for row in events_of(database):
        found = verify(database, head=row["hash"])
        assert found.right
        assert found.printed is not None
        assert found.printed.id == row["id"]
        assert found.printed.state == ("current" if row["id"] == EVENTS else "earlier")


def test_a_printed_head_may_be_typed_with_spaces_and_capitals(database: Database) -> None:
    head = verify(database).head.upper()
    found = verify(database, head=f" {head[:32]} {head[32:]}\n")
    assert found.printed is not None
    assert found.printed.state == "current"


@pytest.mark.parametrize("head", ["", "abc", "g" * 64, "0" * 63])
def test_what_cannot_be_a_head_is_refused_with_what_to_do(database: Database, head: str) -> None:
    with pytest.raises(UsageError, match="64桁"):
        verify(database, head=head)


def test_heads_of_removed_months_are_recognised(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    september = events_of(database)[3]["hash"]
    within = events_of(database)[1]["hash"]
    Clock(monkeypatch, calendar.now()).set(2031, 10, 2)
    assert [segment.month for segment in remove_expired(database, 5)] == ["2026-09"]
    found = verify(database, head=september)
    assert found.right
    assert found.printed is not None
    assert (found.printed.state, found.printed.id) == ("removed", 4)
    assert (found.first_id, found.removed.month if found.removed else "") == (5, "2026-09")
    assert not verify(database, head=within).right


def test_of_very_many_problems_only_the_first_are_kept(tmp_path: Path) -> None:
    database = Database(tmp_path / "chonai.db")
    append(database, 300)
    with unguarded(database) as raw:
        raw.execute("UPDATE audit_event SET subject = 'x'")
    found = verify(database)
    assert (len(found.problems), found.problem_count) == (50, 300)
    assert found.problems[0].id == 1
