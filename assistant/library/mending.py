"""Putting right at start-up whatever an interruption left in the library."""

from __future__ import annotations

import json
import logging
from typing import Any

from sqlalchemy import select

from assistant import tables
from assistant.library.drafts import store_vectors
from assistant.library.reading import ManualLibrary
from assistant.library.rows import CHUNK, VERSION, draft_of, indexed_ids, keyword_text
from assistant.library.staging import forget, remove_partial_originals
from assistant.search.vector_index import ROLES

logger = logging.getLogger(__name__)


def mend(library: ManualLibrary) -> dict[str, Any]:
    """Put right what an interruption left: halves of versions and files, wrong index rows."""
    with library.database.write() as connection:
        staged = list(
            connection.execute(select(VERSION.id).where(VERSION.state == "staged")).scalars()
        )
        for version_id in staged:
            forget(connection, library.keywords, version_id)
        expected = set(
            connection.execute(
                select(CHUNK.key).where(CHUNK.version_id.in_(indexed_ids()))
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
        "half_originals_removed": remove_partial_originals(library.originals),
        "keyword_rows": {"added": len(absent), "removed": len(present - expected)},
        "vectors_made": embedded,
        "collections": library.index.mend(),
    }
    logger.info("library mended: %s", json.dumps(report, ensure_ascii=False))
    return report


def tidy_indexes(library: ManualLibrary) -> dict[str, dict[str, int]]:
    """Bring the vector index to what is in force today, while everything goes on.

    A version that ended at midnight goes to the archive; until then the search leaves it out by
    its dates. Returns for each collection how much was put right.
    """
    return library.index.mend()


def _embed_missing(library: ManualLibrary) -> int:
    """Embed indexed chunks whose vectors are missing (another model, or lost rows)."""
    wanted = {text_hash for role in ROLES for _, text_hash in library.index_contents(role).values()}
    missing = library.vectors.missing(wanted)
    if not missing:
        return 0
    with library.database.read() as connection:
        rows = connection.execute(
            select(tables.chunk).where(
                CHUNK.version_id.in_(indexed_ids()),
            )
        ).all()
    drafts = [draft_of(row) for row in rows]
    store_vectors(library.vectors, library.encoder, drafts)
    return len(missing)
