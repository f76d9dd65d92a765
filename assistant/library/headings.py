"""What the sections of versions are called, in their order, and which versions came out lately."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from assistant import calendar
from assistant.database import Database
from assistant.library.rows import CHUNK, VERSION

HeadingPath = tuple[str, ...]


def headings_of(
    database: Database, version_ids: Iterable[str]
) -> dict[str, tuple[HeadingPath, ...]]:
    """Return by version id the headings of its sections in order, each once.

    The caller has checked that the versions may be read.
    """
    query = (
        select(CHUNK.version_id, CHUNK.heading_path)
        .where(CHUNK.version_id.in_(list(version_ids)))
        .group_by(CHUNK.version_id, CHUNK.heading_path)
        .order_by(CHUNK.version_id, func.min(CHUNK.ordinal))
    )
    found: dict[str, list[HeadingPath]] = {}
    with database.read() as connection:
        for row in connection.execute(query):
            found.setdefault(row.version_id, []).append(tuple(json.loads(row.heading_path)))
    return {version: tuple(paths) for version, paths in found.items()}


def published_since(
    database: Database, version_ids: Iterable[str], day: date
) -> list[tuple[str, date]]:
    """Return those of some versions published on a day or later, with their day, newest first.

    The caller has checked that the versions may be read. Days are those of Tokyo.
    """
    since = calendar.midnight(day).astimezone(UTC).isoformat()
    query = (
        select(VERSION.id, VERSION.published_at)
        .where(VERSION.id.in_(list(version_ids)), VERSION.published_at >= since)
        .order_by(VERSION.published_at.desc(), VERSION.id)
    )
    with database.read() as connection:
        return [(row.id, _day(row.published_at)) for row in connection.execute(query)]


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(calendar.TOKYO).date()
