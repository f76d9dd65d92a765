"""What the library holds, as one reader may see it on one date."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.domain import (
    Chunk,
    Manual,
    ManualVersion,
    Page,
    Reader,
    ReferredChunk,
    Source,
)
from assistant.embeddings.encoder import Encoder
from assistant.library.in_force import Term, out_on, shown_on, terms
from assistant.library.references import references_of, resolved
from assistant.library.rows import (
    CHUNK,
    INDEXED,
    VERSION,
    chunk_of,
    count_of,
    manual_of,
    source_of,
    version_of,
    versions_with_manuals,
    with_sections_of,
)
from assistant.people.access import may_read
from assistant.people.sections.lineage import Lineage, lineage
from assistant.search.keyword_index import KeywordIndex
from assistant.search.stored_vectors import StoredVectors
from assistant.search.vector_index import VectorIndex


@dataclass(frozen=True)
class ManualListing:
    """A manual with its version in force and the counts of its pages and chunks."""

    manual: Manual
    version: ManualVersion
    pages: int
    chunks: int


@dataclass(frozen=True)
class Edition:
    """A version, the version of the reading steps that read it, and its manual."""

    version: ManualVersion
    reading: str
    manual: Manual


class ManualLibrary:
    """Manuals, versions, pages and chunks with their two indexes; see Publisher for changes."""

    def __init__(
        self, database: Database, folder: Path, encoder: Encoder, *, chroma_folder: Path, url: str
    ):
        self.database = database
        self.encoder = encoder
        self.keywords = KeywordIndex(database)
        self.vectors = StoredVectors(database, encoder.fingerprint)
        self.originals = folder
        self.failed_versions = set[str]()
        """Staged versions whose publication failed: the next one deletes them, or start-up."""
        self.originals.mkdir(parents=True, exist_ok=True)
        self.index = VectorIndex(
            database,
            chroma_folder,
            url=url,
            fingerprint=encoder.fingerprint,
            dimension=encoder.dimension,
            contents=self.index_contents,
            vectors=self.vectors.get,
        )
        self._sources = lru_cache(maxsize=64)(self._read_sources)
        self._audiences = lru_cache(maxsize=2)(self._read_audiences)
        self._lineage = lru_cache(maxsize=2)(self._read_lineage)
        self._terms = lru_cache(maxsize=2)(self._read_terms)

    def close(self) -> None:
        """Release the vector index."""
        self.index.close()

    def revision(self) -> int:
        """Return a number that grows with every change of the library."""
        query = select(tables.counter.c.value).where(tables.counter.c.name == "library")
        with self.database.read() as connection:
            return int(connection.execute(query).scalar() or 0)

    def sources(
        self, *, reader: Reader, as_of: date, draft: str | None = None
    ) -> dict[str, Source]:
        """Return, by version id, the versions in force on a date that the reader may read.

        `draft` is a version that takes the place of its manual's, published or not: the caller has
        checked that the reader is one of its editors.
        """
        sources = self._sources(self.revision(), as_of, calendar.today())
        found = {
            key: source for key, (source, audience) in sources.items() if may_read(audience, reader)
        }
        tried = self._source(draft) if draft is not None else None
        if tried is not None:
            found = {k: s for k, s in found.items() if s.manual_id != tried.manual_id}
            found[tried.version_id] = tried
        return found

    def terms(self) -> dict[str, Term]:
        """Return, by version id, when each published version is in force, as things stand today."""
        return self._terms(self.revision(), calendar.today())

    def ended_versions(self) -> set[str]:
        """Return the published versions that are not in force any more."""
        today = calendar.today()
        known = self.terms()
        with self.database.read() as connection:
            out = set(connection.execute(select(VERSION.id).where(out_on(today))).scalars())
        return {key for key in out if key not in known or known[key].over(today)}

    def readable(self, version_ids: Iterable[str], *, reader: Reader) -> set[str]:
        """Return those of some versions that the reader may read today, in force or not."""
        audiences = self._audiences(self.revision(), calendar.today())
        return {key for key in version_ids if key in audiences and may_read(audiences[key], reader)}

    def manuals(self, *, reader: Reader, as_of: date) -> list[ManualListing]:
        """Return the manuals in force that the reader may read, by category and title."""
        found = [
            self.version(key, reader=reader) for key in self.sources(reader=reader, as_of=as_of)
        ]
        listings = [listing for listing in found if listing is not None]
        return sorted(listings, key=lambda item: (item.manual.category, item.manual.title))

    def version(self, version_id: str, *, reader: Reader) -> ManualListing | None:
        """Return a version that is or was published, or None if the reader may not read it."""
        query = versions_with_manuals().where(VERSION.id == version_id, shown_on(calendar.today()))
        with self.database.read() as connection:
            found = connection.execute(query).mappings().first()
        row = None if found is None else self._settled(found)
        if row is None or not may_read(row["audience"], reader):
            return None
        return ManualListing(manual_of(row), version_of(row), *self.size(version_id))

    def pages(self, version_id: str, *, reader: Reader) -> list[Page]:
        """Return the pages of a version in order; empty if the reader may not read it."""
        if self.version(version_id, reader=reader) is None:
            return []
        table = tables.page.c
        query = select(tables.page).where(table.version_id == version_id).order_by(table.ordinal)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [Page(row.number, row.label, row.text, row.method) for row in rows]

    def page_labels(self, version_ids: Sequence[str]) -> dict[tuple[str, int], str]:
        """Return printed page labels by (version id, page number)."""
        table = tables.page.c
        query = select(table.version_id, table.number, table.label).where(
            table.version_id.in_(list(version_ids)),
            table.number.is_not(None),
            table.label.is_not(None),
        )
        with self.database.read() as connection:
            return {(r.version_id, r.number): r.label for r in connection.execute(query)}

    def original(self, version_id: str, *, reader: Reader) -> Path | None:
        """Return the path of a version's original file, or None."""
        listing = self.version(version_id, reader=reader)
        if listing is None:
            return None
        path = self.originals / listing.version.sha256
        return path if path.is_file() else None

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Return chunks by id; the caller has checked that they may be read."""
        with self.database.read() as connection:
            rows = connection.execute(select(tables.chunk).where(CHUNK.id.in_(list(ids)))).all()
        return {row.id: chunk_of(row) for row in rows}

    def text(self, version_id: str, *, reader: Reader) -> list[Chunk]:
        """Return the chunks of a version in order; empty if the reader may not read it."""
        if self.version(version_id, reader=reader) is None:
            return []
        query = select(tables.chunk).where(CHUNK.version_id == version_id).order_by(CHUNK.ordinal)
        with self.database.read() as connection:
            return [chunk_of(row) for row in connection.execute(query)]

    def neighbours(self, chunk: Chunk) -> list[Chunk]:
        """Return all chunks of the chunk's section in order, itself included."""
        query = (
            select(tables.chunk)
            .where(
                CHUNK.version_id == chunk.version_id,
                CHUNK.heading_path == json.dumps(chunk.heading_path, ensure_ascii=False),
                CHUNK.ordinal.between(chunk.ordinal - 2, chunk.ordinal + 2),
            )
            .order_by(CHUNK.ordinal)
        )
        with self.database.read() as connection:
            return [chunk_of(row) for row in connection.execute(query)]

    def referenced(
        self, chunk_ids: Sequence[str], *, reader: Reader, as_of: date
    ) -> dict[str, tuple[ReferredChunk, ...]]:
        """Return by chunk id the chunks that its words refer to, in the order of the words.

        Only what is in force on the date and the reader may read; a reference that leads nowhere
        else is left out.
        """
        sources = self.sources(reader=reader, as_of=as_of)
        references = references_of(self.database, chunk_ids, sources)
        places = resolved(self.database, references, sources) if references else {}
        chunks = self.chunks(sorted({key for keys in places.values() for key in keys}))
        labels = self.page_labels(sorted({chunk.version_id for chunk in chunks.values()}))
        found: dict[str, dict[tuple[str, str], ReferredChunk]] = {key: {} for key in chunk_ids}
        for reference, keys in places.items():
            for key in keys:
                chunk = chunks[key]
                page = chunk.first_page
                label = None if page is None else labels.get((chunk.version_id, page))
                referred = ReferredChunk(reference.text, chunk, sources[chunk.version_id], label)
                found[reference.chunk_id].setdefault((reference.text, key), referred)
        return {key: tuple(referred.values()) for key, referred in found.items()}

    def editions(self, manual_id: str) -> list[Edition]:
        """Return the versions of a manual that are out or wait for it, newest 施行日 first."""
        return self._editions(
            VERSION.manual_id == manual_id, VERSION.state.in_(("published", "ready"))
        )

    def known(self, manual_id: str) -> Manual | None:
        """Return a manual as it is described today, whatever became of its versions, or None."""
        query = versions_with_manuals().where(VERSION.manual_id == manual_id).limit(1)
        with self.database.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else manual_of(self._settled(row))

    def manual_of_file(self, file_name: str) -> str | None:
        """Return the id of the manual of which a file of this name was the latest version."""
        query = (
            select(VERSION.manual_id)
            .where(VERSION.file_name == file_name, VERSION.state != "staged")
            .order_by(VERSION.uploaded_at.desc())
            .limit(1)
        )
        with self.database.read() as connection:
            return connection.execute(query).scalar()

    def with_content(self, sha256: str) -> list[Edition]:
        """Return the versions of one content that are out, waiting or drafts."""
        return self._editions(VERSION.sha256 == sha256, VERSION.state.in_(INDEXED))

    def imported_from(self, origin: str) -> list[Edition]:
        """Return the versions that are out and were imported from a folder."""
        return self._editions(VERSION.origin == origin, out_on(calendar.today()))

    def drafts(self, manual_id: str) -> list[Edition]:
        """Return the drafts of a manual."""
        return self._editions(VERSION.manual_id == manual_id, VERSION.state == "draft")

    def size(self, version_id: str) -> tuple[int, int]:
        """Return how many numbered pages and chunks a version has."""
        query = select(func.count(tables.page.c.number)).where(
            tables.page.c.version_id == version_id
        )
        with self.database.read() as connection:
            pages = connection.execute(query).scalar_one()
            return pages, count_of(connection, tables.chunk, version_id)

    def counts(self) -> dict[str, int]:
        """Return how many manuals are published, and their chunks with those of old versions."""
        out = select(VERSION.id).where(out_on(calendar.today())).scalar_subquery()
        with self.database.read() as connection:
            return {
                "manuals": connection.execute(
                    select(func.count(func.distinct(VERSION.manual_id))).where(
                        out_on(calendar.today())
                    )
                ).scalar_one(),
                "chunks": connection.execute(
                    select(func.count()).where(CHUNK.version_id.in_(out))
                ).scalar_one(),
            }

    def _editions(self, *conditions: ColumnElement[bool]) -> list[Edition]:
        query = versions_with_manuals().where(*conditions)
        with self.database.read() as connection:
            rows = [self._settled(row) for row in connection.execute(query).mappings()]
        found = [Edition(version_of(row), str(row["reading"]), manual_of(row)) for row in rows]
        return sorted(found, key=lambda e: e.version.effective_from or date.min, reverse=True)

    def _settled(self, row: Any, today: date | None = None) -> dict[str, Any]:
        """Return a row with owner and audience as they are today."""
        lineage = self._lineage(self.revision())
        return with_sections_of(today or calendar.today(), lineage, row)

    def _read_lineage(self, revision: int) -> Lineage:
        del revision  # part of the cache key only
        return lineage(self.database)

    def _read_audiences(self, revision: int, today: date) -> dict[str, str]:
        del revision
        query = versions_with_manuals().where(shown_on(today))
        with self.database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return {row["id"]: str(self._settled(row, today)["audience"]) for row in rows}

    def _read_terms(self, revision: int, today: date) -> dict[str, Term]:
        del revision
        query = versions_with_manuals().where(out_on(today))
        with self.database.read() as connection:
            versions = [version_of(row) for row in connection.execute(query).mappings()]
        return terms(versions, today=today)

    def _read_sources(
        self, revision: int, as_of: date, today: date
    ) -> dict[str, tuple[Source, str]]:
        known = self._terms(revision, today)
        query = versions_with_manuals().where(out_on(today))
        with self.database.read() as connection:
            found = connection.execute(query).mappings().all()
        held = [row for row in found if row["id"] in known and known[row["id"]].holds(as_of)]
        rows = [self._settled(row, today) for row in held]
        return {
            row["id"]: (source_of(row, known[row["id"]].end), str(row["audience"])) for row in rows
        }

    def _source(self, version_id: str) -> Source | None:
        query = versions_with_manuals().where(VERSION.id == version_id)
        with self.database.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else source_of(self._settled(row), row["effective_to"])

    def index_contents(self, role: str) -> dict[str, tuple[str, str]]:
        """Return what a collection must hold: chunk id to (version id, text hash).

        Staged versions belong to it: a rebuild must not lose what is just being published.
        """
        hashed = CHUNK.text_hash if role.endswith("bodies") else CHUNK.heading_hash
        ended = self.ended_versions()
        query = (
            select(CHUNK.id, CHUNK.version_id, hashed)
            .join(tables.manual_version, VERSION.id == CHUNK.version_id)
            .where(VERSION.state.in_((*INDEXED, "staged")))
        )
        archived = role.startswith("archive")
        with self.database.read() as connection:
            return {
                row[0]: (row[1], row[2])
                for row in connection.execute(query)
                if (row[1] in ended) is archived
            }
