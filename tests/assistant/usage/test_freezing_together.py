"""Two freezes at once, and one that is killed: nothing is lost, nothing is frozen twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant import calendar
from assistant.database import Database
from assistant.usage.book import read_entries
from assistant.usage.freezing import Freezing, freeze
from assistant.usage.ledger import Ledger, append_events
from assistant.usage.verification import verify

ROOT = Path(__file__).parents[3]
FIRST = datetime(2026, 1, 7, 3, 0, tzinfo=UTC)
NOW = calendar.midnight((FIRST + timedelta(days=7 * 40)).date())
CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from assistant.database import Database
from assistant.usage.freezing import freeze
database = Database(Path(sys.argv[1]))
print("ready", flush=True)
freeze(database, now=datetime.fromisoformat(sys.argv[2]))
"""


@pytest.fixture
def used(database: Database, event: Any) -> Database:
    with database.write() as connection:
        append_events(
            connection,
            [
                event(f"p{person}", occurred_at=FIRST + timedelta(days=7 * week))
                for week in range(36)
                for person in range(40)
            ],
        )
    return database


def _frozen(database: Database) -> list[str]:
    with database.read() as connection:
        return [entry.subject for entry in read_entries(connection, "week")]


def test_two_freezes_at_once_freeze_each_week_once(used: Database) -> None:
    done: list[Freezing] = []
    threads = [
        threading.Thread(target=lambda: done.append(freeze(used, now=NOW))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 3
    weeks = sorted(key for one in done for key in one.frozen)
    assert weeks == sorted(set(weeks)) == _frozen(used)
    assert all(one.adjusted == () for one in done)
    assert verify(used).right


def test_a_killed_freeze_is_finished_by_the_next(used: Database) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(used.path), NOW.isoformat()],
        stdout=subprocess.PIPE, env=environment,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    deadline = time.monotonic() + 60
    while not _frozen(used) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert verify(used).right
    freeze(used, now=NOW)
    assert len(_frozen(used)) == 40
    assert verify(used).right
    assert len(Ledger(used).weeks()) == 36
