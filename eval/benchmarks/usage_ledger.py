"""Measures counting, freezing and verifying a ledger of a million events, and opening its page.

Usage: python -m eval.benchmarks.usage_ledger [--events N] [--weeks N] [--no-page]
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant import calendar
from assistant.database import Database
from assistant.usage.figures import read_usage
from assistant.usage.freezing import freeze
from assistant.usage.ledger import Ledger
from assistant.usage.verification import verify
from assistant.usage.weekly import weekly_table
from eval.benchmarks.usage_page import add_people_and_answers, usage_page

_STAFF = 1_500
# Numbers 1 to N in the order of time: the same person every so many, the hour by the number.
_EVENTS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :per_week)
INSERT INTO usage_event (answer_id, person_id, section, source, channel, occurred_at, week,
  outcome, mode, model_wrote, shown, qualifying, evidence_seconds, seconds, number, manual,
  category, recorded_at)
SELECT :week || '-' || i, printf('%032d', (i * 7919 + :salt) % :staff), '課' || (i % 60),
  'chonai', 'screen',
  strftime('%Y-%m-%dT%H:%M:%S+00:00', :start, '+' || (i * 431000 / :per_week) || ' seconds'),
  :week, 'answered', CASE i % 2 WHEN 0 THEN 'local' ELSE 'extractive' END, i % 2 = 0, 1, 1,
  (i % 90) / 10.0, (i % 300) / 10.0, '', 'マニュアル' || (i % 40), '区分' || (i % 8),
  '2026-01-01T00:00:00+00:00'
FROM n
"""


def usage_ledger(folder: Path, *, events: int, weeks: int) -> dict[str, Any]:
    """Return seconds for a ledger of so many events in an empty folder.

    Its last week is the one that was frozen last.
    """
    database = Database(folder / "chonai.db")
    today = calendar.today() - timedelta(days=2)
    first = today - timedelta(days=today.weekday() + 7 * weeks)
    after = calendar.midnight(first + timedelta(days=7 * weeks + 2))
    filled = _seconds(lambda: _fill(database.path, events // weeks, first, range(weeks - 1)))
    frozen = _seconds(lambda: freeze(database, now=after - timedelta(days=7)))
    _fill(database.path, events // weeks, first, range(weeks - 1, weeks))
    works: dict[str, Callable[[], object]] = {
        "freeze_one_week": lambda: freeze(database, now=after),
        "freeze_nothing": lambda: freeze(database, now=after),
        "weekly_table": lambda: weekly_table(Ledger(database), now=after),
        "page_figures": lambda: read_usage(database, now=after),
        "verify": lambda: _verify(database),
    }
    figures = {
        "events": events // weeks * weeks,
        "weeks": weeks,
        "fill": filled,
        "freeze_all_before": frozen,
    }
    for name, work in works.items():
        busy = time.process_time()
        figures[name] = _seconds(work)
        figures[f"{name}_cpu"] = time.process_time() - busy  # beside other work it says more
    figures["megabytes"] = database.path.stat().st_size / 1e6
    database.close()
    return figures


def _fill(path: Path, per_week: int, first: date, weeks: range) -> None:
    raw = sqlite3.connect(path)
    for number in weeks:
        monday = first + timedelta(days=7 * number)
        start = calendar.midnight(monday).astimezone(UTC)
        values = {
            "per_week": per_week, "staff": _STAFF, "salt": number * 37,
            "week": calendar.week_key(start), "start": _text(start),
        }  # fmt: skip
        raw.execute(_EVENTS, values)
    raw.commit()
    raw.close()


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _verify(database: Database) -> None:
    found = verify(database)
    if not found.right:
        raise AssertionError(found.problems)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line for the ledger, and one for its page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--no-page", action="store_true", help="leave the page out")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        _print(usage_ledger(Path(folder), events=given.events, weeks=given.weeks))
        if not given.no_page:
            add_people_and_answers(Path(folder) / "chonai.db")
            _print(usage_page(Path(folder)))


def _print(figures: dict[str, Any]) -> None:
    rounded = {name: round(value, 3) for name, value in figures.items()}
    sys.stdout.write(json.dumps(rounded) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
