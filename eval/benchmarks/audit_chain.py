"""Measures how long it takes to verify, read and export an audit trail of many events.

Usage: python -m eval.benchmarks.audit_chain [--events N]
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.database import Database
from assistant.people.audit.export import export_events
from assistant.people.audit.records import AuditFilter, count_events, read_events
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor, append_event
from assistant.people.audit.verification import verify

_AT_ONCE = 1_000  # events appended in one transaction


def audit_chain(folder: Path, *, events: int) -> dict[str, Any]:
    """Return seconds for a trail of so many events in an empty folder.

    "append" is the mean of one event within a transaction, "append_alone" with its own.
    """
    database = Database(folder / "chonai.db")
    append = _seconds(lambda: _append(database, events))
    found = verify(database)
    if not found.right or found.events != events:
        raise AssertionError(found.problems)
    figures = {
        "events": events,
        "append": append / events,
        "append_alone": _seconds(lambda: _append(database, 1)),
        "verify": _seconds(lambda: verify(database)),
        "verify_with_head": _seconds(lambda: verify(database, head=found.head)),
        "newest_page": _seconds(lambda: read_events(database, AuditFilter(), limit=100)),
        "count_by_text": _seconds(lambda: count_events(database, AuditFilter(text="編集"))),
        "export_csv": _seconds(lambda: _export(database, "csv")),
        "export_xlsx": _seconds(lambda: _export(database, "xlsx")),
        "megabytes": database.path.stat().st_size / 1e6,
    }
    database.close()
    return figures


def _append(database: Database, count: int) -> None:
    for start in range(0, count, _AT_ONCE):
        with database.write() as connection:
            for number in range(start, min(start + _AT_ONCE, count)):
                actor = Actor(f"{number % 2000:032x}", str(number % 2000))
                detail = {"method": "local", "session": f"{number:016x}", "terminal": ""}
                append_event(connection, actor, "sign_in", actor.name, detail)


def _export(database: Database, format_: Any) -> None:
    export_events(database, AuditFilter(), format_=format_, by=SYSTEM_ACTOR, file=io.BytesIO())


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        figures = audit_chain(Path(folder), events=given.events)
    rounded = {name: round(value, 6) for name, value in figures.items()}
    sys.stdout.write(json.dumps(rounded) + "\n")


if __name__ == "__main__":
    main()
