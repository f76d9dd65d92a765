"""Weekly active users: people with at least one qualifying question in an ISO week of Tokyo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from assistant import calendar
from assistant.database import Database
from assistant.usage.book import Entry, read_entries
from assistant.usage.freezing import counted_now
from assistant.usage.ledger import Ledger, event_weeks, last_event
from assistant.usage.register import Register
from assistant.usage.rows_hash import rows_hash
from assistant.usage.staff import staff_by_section
from assistant.usage.weeks import FrozenWeek, frozen_weeks, special_days, weeks_between


def weekly_table(ledger: Ledger, *, now: datetime) -> list[dict[str, Any]]:
    """Return one row a week from the first event to the present week, newest first.

    `active` counts people of all the systems in `source` together, each once; `excluded` those
    left out by the register. A frozen week keeps the count with which it was frozen; what came
    later stands in `adjusted` and `adjusted_excluded`, and `hash` is that of its entry in the
    chain. That of a provisional week is a SHA-256 over its rows of the ledger.
    """
    with ledger.database.read() as connection:
        entries = read_entries(connection)
        frozen, last = frozen_weeks(entries), last_event(connection)
        rows = weekly_rows(connection, entries, now=now)
        for row in rows:
            week = frozen.get(row["week"])
            row["hash"] = (
                week.entry.hash if week else rows_hash(connection, row["week"], up_to=last)
            )
        return rows


def weekly_rows(
    connection: Connection, entries: list[Entry], *, now: datetime, until: str | None = None
) -> list[dict[str, Any]]:
    """Return the rows of `weekly_table` up to a week, without their hashes; `entries` are all."""
    frozen, register = frozen_weeks(entries), Register(entries)
    return [
        _frozen_row(frozen[key]) if key in frozen else _provisional_row(connection, key, register)
        for key in reversed(week_keys(connection, entries, now=now))
        if until is None or key <= until
    ]


def week_keys(connection: Connection, entries: list[Entry], *, now: datetime) -> list[str]:
    """Return the weeks from the first to the present one, oldest first, without a gap."""
    current = calendar.week_key(now)
    known = [*event_weeks(connection), *frozen_weeks(entries), current]
    return weeks_between(min(known), max(known))


def is_simulated(entries: list[Entry]) -> bool:
    """Tell whether the figures are made up, for trying the pages out."""
    return any(entry.kind == "simulation" for entry in entries)


def simulated(database: Database) -> bool:
    """Tell whether a database holds made-up figures."""
    with database.read() as connection:
        return is_simulated(read_entries(connection, "simulation"))


def _frozen_row(week: FrozenWeek) -> dict[str, Any]:
    return {
        **_row(week.key, week.frozen, week.staff),
        "state": "frozen",
        "adjusted": week.now["active"],
        "adjusted_excluded": week.now["excluded"],
        "adjustments": [
            {
                "entry": entry.id, "at": entry.at, **entry.body["difference"],
                "late_events": entry.body["late_events"],
                "decisions": entry.body["decisions"],
            }
            for entry in week.adjustments
        ],
    }  # fmt: skip


def _provisional_row(connection: Connection, key: str, register: Register) -> dict[str, Any]:
    use = counted_now(connection, key, register)
    sunday = calendar.week_start(key) + timedelta(days=6)
    staff = sum(staff_by_section(connection, register, day=sunday).values())
    found = use.document()
    return {
        **_row(key, found, staff),
        "state": "provisional",
        "adjusted": found["active"],
        "adjusted_excluded": found["excluded"],
        "adjustments": [],
    }


def _row(key: str, figures: Mapping[str, Any], staff: int) -> dict[str, Any]:
    start = calendar.week_start(key)
    apart = figures["sources"]
    return {
        "week": key,
        "start": start.isoformat(),
        "fiscal_year": calendar.fiscal_year(start),
        "active": figures["active"],
        "excluded": figures["excluded"],
        "source": "+".join(apart) or "chonai",
        "quotations_only": figures["quotations_only"],
        "unresolved": figures["unresolved"],
        "staff": staff,
        "sources": {name: one["active"] for name, one in apart.items()},
        "special": special_days(key),
    }
