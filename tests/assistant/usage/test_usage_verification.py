"""Whoever holds the file can change it; verification says what, a printed head says the rest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant import calendar
from assistant.append_only import BEGINNING
from assistant.database import Database
from assistant.errors import UsageError
from assistant.usage.book import entry_hash
from assistant.usage.freezing import freeze
from assistant.usage.ledger import Ledger
from assistant.usage.sealing import printed_head
from assistant.usage.verification import verify

FIRST = datetime(2026, 11, 4, 3, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 0, 0, tzinfo=calendar.TOKYO)


@contextmanager
def unguarded(database: Database) -> Iterator[sqlite3.Connection]:
    """Give what an owner of the file can do: no triggers; afterwards they stand as before."""
    raw = sqlite3.connect(database.path, isolation_level=None)
    guards = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'usage%'"
    ).fetchall()
    for name, _ in guards:
        raw.execute(f"DROP TRIGGER {name}")
    yield raw
    for _, sql in guards:
        raw.execute(sql)
    raw.close()


def rebuild(raw: sqlite3.Connection) -> None:
    """Link every entry anew, as an owner who knows how would."""
    raw.row_factory = sqlite3.Row
    rows = raw.execute("SELECT * FROM usage_entry ORDER BY id").fetchall()
    raw.execute("UPDATE usage_entry SET previous = 'x' || id")
    previous = BEGINNING
    for row in rows:
        values = {**dict(row), "previous": previous}
        digest = entry_hash(values)
        raw.execute(
            "UPDATE usage_entry SET previous = ?, hash = ? WHERE id = ?",
            (previous, digest, row["id"]),
        )
        previous = digest


@pytest.fixture
def kept(ledger: Ledger, database: Database, event: Any) -> Database:
    """Three weeks of three people, frozen, one late event, and a week that is still open."""
    for week in range(4):
        for person in ("p1", "p2", "p3"):
            ledger.append(event(person, occurred_at=FIRST + timedelta(days=7 * week)))
    freeze(database, now=NOW)
    ledger.append(event("p4", occurred_at=FIRST))
    freeze(database, now=NOW)
    return database


def test_an_untouched_ledger_is_right(kept: Database) -> None:
    head = printed_head(kept)
    found = verify(kept, head=head.hash)
    assert found.problems == ()
    assert found.right
    assert (found.weeks, found.events, found.open_events) == (3, 13, 0)
    assert found.printed is not None
    assert found.printed.state == "current"


def test_events_that_nothing_covers_yet_are_counted(kept: Database) -> None:
    assert verify(kept).open_events == 3


def test_a_printed_head_is_found_after_more_was_written(kept: Database, event: Any) -> None:
    head = printed_head(kept)
    Ledger(kept).append(event("p9", occurred_at=FIRST + timedelta(days=21)))
    later = printed_head(kept)
    assert later != head
    found = verify(kept, head=head.hash.upper())
    assert found.right
    assert found.printed is not None
    assert (found.printed.state, found.printed.entry) == ("earlier", head.id)


def test_printing_again_adds_nothing_where_nothing_is_new(kept: Database) -> None:
    assert printed_head(kept) == printed_head(kept)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        pytest.param("UPDATE usage_event SET person_id='p1' WHERE id=2", "2026-W45", id="person"),
        pytest.param("UPDATE usage_event SET seconds=1.5 WHERE id=5", "2026-W46", id="seconds"),
        pytest.param("DELETE FROM usage_event WHERE id=9", "2026-W47", id="deleted"),
        pytest.param("DELETE FROM usage_event WHERE id=12", "2026-W48", id="deleted, open week"),
        pytest.param("UPDATE usage_event SET manual='x' WHERE id=10", "2026-W48", id="open week"),
        pytest.param("UPDATE usage_event SET section='x' WHERE id=13", "2026-W45", id="late"),
        pytest.param(
            "UPDATE usage_event SET week='2026-W46' WHERE id=1", "その週でない", id="moved"
        ),
        pytest.param("UPDATE usage_event SET qualifying=0 WHERE id=1", "印が正しくない", id="flag"),
        pytest.param("UPDATE usage_entry SET body='{}' WHERE id=1", "登録 1", id="body"),
        pytest.param("UPDATE usage_entry SET body='x' WHERE id=2", "読めません", id="no json"),
        pytest.param("UPDATE usage_entry SET at='' WHERE id=3", "登録 3", id="time"),
        pytest.param("DELETE FROM usage_entry WHERE id=2", "登録 2 がありません", id="entry gone"),
        pytest.param("DELETE FROM usage_entry WHERE id=5", "登録 5 がありません", id="last gone"),
        pytest.param("DELETE FROM usage_week_person", "集計表", id="summary"),
        pytest.param("UPDATE usage_week_person SET section='x'", "集計表", id="summary section"),
        pytest.param(
            "UPDATE usage_week_figure SET questions=9 WHERE figure='mode'",
            "質問の内訳",
            id="figure",
        ),
        pytest.param(
            "DELETE FROM usage_week_figure WHERE figure='hour'", "質問の内訳", id="figure gone"
        ),
        pytest.param(
            "INSERT INTO usage_week_figure VALUES ('2026-W46', 'manual', 'x', 5)",
            "2026-W46 の集計表の質問の内訳",
            id="figure added",
        ),
        pytest.param(
            "INSERT INTO usage_week_person VALUES ('2026-W30', 'p9', 'chonai', '', 1, 1, 0)",
            "2026-W30 の集計表の利用者の内訳",
            id="summary of no week",
        ),
    ],
)
def test_tampering_with_any_row_is_found(kept: Database, statement: str, words: str) -> None:
    head = printed_head(kept)
    with unguarded(kept) as raw:
        assert raw.execute(statement).rowcount > 0
    found = verify(kept, head=head.hash)
    assert not found.right
    assert any(words in problem for problem in found.problems), found.problems


def test_a_changed_count_is_found_even_with_a_hash_that_fits(kept: Database) -> None:
    with unguarded(kept) as raw:
        [body] = raw.execute("SELECT body FROM usage_entry WHERE id = 3").fetchone()
        said = json.dumps({**json.loads(body), "active": 200}, ensure_ascii=False, sort_keys=True)
        raw.execute("UPDATE usage_entry SET body = ? WHERE id = 3", (said,))
        rebuild(raw)
    found = verify(kept)
    assert any("登録では 200、数え直すと 3" in problem for problem in found.problems)


def test_a_chain_rebuilt_whole_is_found_with_a_printed_head_only(kept: Database) -> None:
    head = printed_head(kept)
    with unguarded(kept) as raw:
        raw.execute("UPDATE usage_entry SET actor = '別の人' WHERE id = 1")
        rebuild(raw)
    assert verify(kept).right
    found = verify(kept, head=head.hash)
    assert not found.right
    assert found.printed is not None
    assert found.printed.state == "unknown"


def test_guards_that_were_taken_away_are_named(kept: Database) -> None:
    raw = sqlite3.connect(kept.path)
    raw.execute("DROP TRIGGER usage_entry_refuses_update")
    raw.close()
    assert any("usage_entry_refuses_update が外されています" in p for p in verify(kept).problems)


def test_a_head_that_cannot_be_one_is_wrong_usage(kept: Database) -> None:
    with pytest.raises(UsageError, match="64桁"):
        verify(kept, head="abc")
