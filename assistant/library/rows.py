"""Rows of the database to values of the domain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, ScalarSelect, Select, func, select

from assistant import tables
from assistant.domain import Chunk, Manual, ManualVersion, Source, Span
from assistant.library.drafts import ChunkDraft
from assistant.people.sections.lineage import Lineage

VERSION = tables.manual_version.c
CHUNK = tables.chunk.c
VERSION_COLUMNS = (
    "id", "manual_id", "number", "revision", "state", "effective_from", "effective_to",
    "file_name", "sha256", "uploaded_by", "published_at", "publish_on", "counted_by",
    "transition_note", "change_note", "uploaded_at", "published_by", "withdrawn_at",
    "withdrawn_by", "withdrawn_reason", "origin",
)  # fmt: skip
MANUAL_COLUMNS = (
    "title", "category", "owner_section", "owner_extension", "audience", "review_on",
)  # fmt: skip
INDEXED: Final = ("draft", "ready", "published")
"""States of the versions that stand in the indexes."""
_DESCRIBED = (*MANUAL_COLUMNS, "described_on")


def versions_with_manuals() -> Select[Any]:
    """Select versions joined with their manuals; read the rows as mappings."""
    return select(tables.manual_version, *(tables.manual.c[n] for n in _DESCRIBED)).join(
        tables.manual, tables.manual.c.id == VERSION.manual_id
    )


def with_sections_of(today: date, lineage: Lineage, row: Any) -> dict[str, Any]:
    """Return a mapping of `versions_with_manuals` with the sections that stand today."""
    said = row["described_on"]
    owner = lineage.heir(row["owner_section"], said=said, today=today, manual_id=row["manual_id"])
    audience = lineage.audience(row["audience"], said=said, today=today)
    return {**row, "owner_section": owner, "audience": audience}


def indexed_ids() -> ScalarSelect[Any]:
    """Select the ids of all versions that a search may lead to: of drafts, their editors'."""
    return select(VERSION.id).where(VERSION.state.in_(INDEXED)).scalar_subquery()


def version_of(row: Any) -> ManualVersion:
    """Return the version in a mapping of `versions_with_manuals`."""
    return ManualVersion(*(row[name] for name in VERSION_COLUMNS))


def manual_of(row: Any) -> Manual:
    """Return the manual in a mapping of `versions_with_manuals`."""
    return Manual(row["manual_id"], *(row[name] for name in MANUAL_COLUMNS))


def source_of(row: Any, end: date | None = None) -> Source:
    """Return what a citation prints from a mapping of `versions_with_manuals`.

    `end` is the day on which the version is no longer in force.
    """
    return Source(
        manual_id=row["manual_id"],
        manual=row["title"],
        category=row["category"],
        owner_section=row["owner_section"],
        owner_extension=row["owner_extension"],
        version_id=row["id"],
        version=row["number"],
        file=row["file_name"],
        effective_from=row["effective_from"],
        effective_to=end,
        revision=row["revision"],
    )


def chunk_of(row: Any) -> Chunk:
    """Return the chunk in a row of the chunk table."""
    return Chunk(
        id=row.id,
        version_id=row.version_id,
        ordinal=row.ordinal,
        heading_path=tuple(json.loads(row.heading_path)),
        first_page=row.first_page,
        last_page=row.last_page,
        kind=row.kind,
        text=row.text,
        text_hash=row.text_hash,
        spans=tuple(Span(*span) for span in json.loads(row.spans)),
    )


def draft_of(row: Any) -> ChunkDraft:
    """Return a chunk row as a draft: for embedding it again."""
    chunk = chunk_of(row)
    return ChunkDraft(
        chunk.heading_path, chunk.first_page, chunk.last_page, chunk.kind, chunk.text, chunk.spans
    )


def keyword_text(row: Any) -> str:
    """Return what the keyword index holds for a chunk row: its headings, then its text."""
    return draft_keyword_text(json.loads(row.heading_path), str(row.text))


def draft_keyword_text(heading_path: Sequence[str], text: str) -> str:
    """Return what the keyword index holds for a chunk: its headings, then its text."""
    return " ".join(heading_path) + "\n" + text


def count_of(connection: Connection, table: Any, version_id: str) -> int:
    """Return how many rows of a table belong to a version."""
    query = select(func.count()).select_from(table).where(table.c.version_id == version_id)
    return int(connection.execute(query).scalar_one())
