"""Putting right at start-up whatever an interruption left in the library."""

from __future__ import annotations

import json
import logging
from typing import Any

from sqlalchemy import Connection, delete, select

from assistant import tables
from assistant.library.drafts import store_vectors
from assistant.library.reading import ManualLibrary
from assistant.library.rows import CHUNK, VERSION, draft_of, keyword_text, published_ids
from assistant.search.vector_index import ROLES

logger = logging.getLogger(__name__)


def mend(library: ManualLibrary) -> dict[str, Any]:
    """Put right what an interruption left: half versions, index rows missing or too many."""
    with library.database.write() as connection:
        staged = list(
            connection.execute(select(VERSION.id).where(VERSION.state == "staged")).scalars()
        )
        for version_id in staged:
            _forget(library, connection, version_id)
        expected = set(
            connection.execute(
                select(CHUNK.key).where(CHUNK.version_id.in_(published_ids()))
            ).scalars()
        )
        present = library.keywords.keys(connection)
        library.keywords.remove(connection, present - expected)
        absent = expected - present
        if absent:
            rows = connection.execute(select(tables.chunk).where(CHUNK.key.in_(absent))).all()
            library.keywords.add(connection, [(row.key, keyword_text(row)) for row in rows])
    embedded = _embed_missing(library)
    report: dict[str, Any] = {
        "half_versions_removed": len(staged),
        "keyword_rows": {"added": len(absent), "removed": len(present - expected)},
        "vectors_made": embedded,
        "collections": library.index.mend(),
    }
    logger.info("library mended: %s", json.dumps(report, ensure_ascii=False))
    return report


def _embed_missing(library: ManualLibrary) -> int:
    """Embed published chunks whose vectors are missing (another model, or lost rows)."""
    wanted = {text_hash for role in ROLES for _, text_hash in library.index_contents(role).values()}
    missing = library.vectors.missing(wanted)
    if not missing:
        return 0
    with library.database.read() as connection:
        rows = connection.execute(
            select(tables.chunk).where(
                CHUNK.version_id.in_(published_ids()),
            )
        ).all()
    drafts = [draft_of(row) for row in rows]
    store_vectors(library.vectors, library.encoder, drafts)
    return len(missing)


def _forget(library: ManualLibrary, connection: Connection, version_id: str) -> None:
    keys = connection.execute(select(CHUNK.key).where(CHUNK.version_id == version_id)).scalars()
    library.keywords.remove(connection, list(keys))
    connection.execute(delete(tables.chunk).where(CHUNK.version_id == version_id))
    connection.execute(delete(tables.page).where(tables.page.c.version_id == version_id))
    connection.execute(delete(tables.manual_version).where(VERSION.id == version_id))
