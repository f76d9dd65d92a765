"""Weekly active users: people with at least one qualifying question in an ISO week of Tokyo."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from assistant import calendar
from assistant.usage.ledger import SOURCE, Exclusion, Ledger

TARGET = 200


def weekly_table(ledger: Ledger, *, now: datetime) -> list[dict[str, Any]]:
    """Return one row a week from the first event to the present week, newest first.

    `active` counts people, `excluded` those left out by the register; `state` is provisional
    until weeks are frozen; `hash` is a SHA-256 over the week's rows of the ledger.
    """
    exclusions = ledger.exclusions()
    return [_row(ledger, key, exclusions) for key in week_keys(ledger, now=now)]


def week_keys(ledger: Ledger, *, now: datetime) -> list[str]:
    """Return the weeks from the first event to the present one, newest first, without a gap."""
    known = ledger.weeks()
    current = calendar.week_key(now)
    monday = calendar.week_start(min([*known, current]))
    keys: list[str] = []
    while monday <= calendar.week_start(max([*known, current])):
        year, week, _ = monday.isocalendar()
        keys.append(f"{year}-W{week:02d}")
        monday += timedelta(days=7)
    return keys[::-1]


def _row(ledger: Ledger, key: str, exclusions: Sequence[Exclusion]) -> dict[str, Any]:
    events = ledger.qualifying(key)
    active = {
        person
        for person, instant in events
        if not is_excluded(person, instant.astimezone(calendar.TOKYO).date(), exclusions)
    }
    excluded = {person for person, _ in events} - active
    rows = ledger.rows(key)
    joined = "\n".join("\t".join(row) for row in rows)
    start = calendar.week_start(key)
    return {
        "week": key,
        "start": start.isoformat(),
        "fiscal_year": calendar.fiscal_year(start),
        "active": len(active),
        "excluded": len(excluded),
        "source": SOURCE,
        "state": "provisional",
        "hash": hashlib.sha256(joined.encode()).hexdigest(),
    }


def is_excluded(person: str, day: date, exclusions: Sequence[Exclusion]) -> bool:
    """Tell whether the register leaves a person out on a day."""
    return any(
        person == name and start <= day and (end is None or day < end)
        for name, start, end in exclusions
    )
