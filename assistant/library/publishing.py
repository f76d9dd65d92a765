"""Publishing versions so that a crash at any point loses nothing and shows nobody half a manual."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from assistant import calendar, tables
from assistant.domain import Manual, ManualVersion, Page
from assistant.errors import DataDirectoryError
from assistant.library.drafts import ChunkDraft, content_hash
from assistant.library.reading import ManualLibrary
from assistant.library.references import insert_references
from assistant.library.rows import (
    CHUNK,
    MANUAL_COLUMNS,
    VERSION,
    VERSION_COLUMNS,
    keyword_text,
    with_sections_of,
)
from assistant.people.audit.trail import Actor, append_event
from assistant.people.sections.lineage import read_lineage

_SECTIONS_NAMED = ("owner_section", "audience")


@dataclass(frozen=True)
class PreparedManual:
    """A manual read, cut into drafts and embedded: everything that publishing needs.

    `reading` names the version of the reading steps, so that a better reader is noticed. `opened`
    is what is kept as the original in place of a `content` that a password protects. `from_sheet`:
    a list says whose the manual is, in section names as old as the list.
    """

    manual: Manual
    content: bytes
    file_name: str
    reading: str
    pages: Sequence[Page]
    drafts: Sequence[ChunkDraft]
    effective_from: date | None
    uploaded_by: Actor
    opened: bytes | None = None
    from_sheet: bool = False

    @property
    def sha256(self) -> str:
        """Hash of the original file, as it was given."""
        return hashlib.sha256(self.content).hexdigest()


class Publisher:
    """The only writer of manuals and versions."""

    def __init__(self, library: ManualLibrary):
        self._library = library

    def publish(self, prepared: PreparedManual) -> ManualVersion:
        """Put one version in force; see `publish_all`."""
        return self.publish_all([prepared])[0]

    def publish_all(self, prepared: Sequence[PreparedManual]) -> list[ManualVersion]:
        """Put versions in force: staged, indexed, then shown by one transaction.

        An `effective_from` that no published version of the manual has makes a new version: it
        ends the version in force before it on that day, and ends itself where a later one begins.
        The same date, or none, makes a revision that replaces the version it revises. The vectors
        of the drafts must be stored already.
        """
        for item in prepared:
            self._keep_original(item)
        with self._library.database.write() as connection:
            versions = [self._stage(connection, item) for item in prepared]
        self._index([version.id for version in versions])
        with self._library.database.write() as connection:
            for item, version in zip(prepared, versions, strict=True):
                self._flip(connection, item, version)
            grow_revision(connection)
        for version in versions:
            if (version.number, version.revision) != (1, 1):
                self._retire_from_indexes(version.manual_id)
        return versions

    def update_manual(self, manual: Manual, *, by: Actor, from_sheet: bool = False) -> None:
        """Change a manual's title, category, owner or audience; effective at once.

        `from_sheet`: a list says so, whose section names are as old as the list.
        """
        with self._library.database.write() as connection:
            _save_manual(connection, manual, by, from_sheet=from_sheet)
            grow_revision(connection)

    def _keep_original(self, prepared: PreparedManual) -> None:
        target = self._library.originals / prepared.sha256
        if target.exists():
            return
        partial = target.with_name(f".{prepared.sha256}.{uuid.uuid4().hex[:8]}")
        try:
            partial.write_bytes(prepared.content if prepared.opened is None else prepared.opened)
            partial.replace(target)
        except OSError as error:
            with suppress(OSError):  # the folder itself may be what is wrong
                partial.unlink(missing_ok=True)
            raise DataDirectoryError(
                f"原本を {target.parent} に保存できません。"
                "フォルダの権限と空き容量を確かめてください。"
            ) from error

    def _stage(self, connection: Connection, prepared: PreparedManual) -> ManualVersion:
        manual = prepared.manual
        number, revision, start = _next_number(connection, manual.id, prepared.effective_from)
        version = ManualVersion(
            id=content_hash(manual.id, str(number), str(revision), uuid.uuid4().hex)[:16],
            manual_id=manual.id,
            number=number,
            revision=revision,
            state="staged",
            effective_from=start,
            effective_to=None,
            file_name=prepared.file_name,
            sha256=prepared.sha256,
            uploaded_by=prepared.uploaded_by.person_id,
            published_at=None,
        )
        if not connection.execute(
            select(tables.manual.c.id).where(tables.manual.c.id == manual.id)
        ).scalar():
            _save_manual(connection, manual, prepared.uploaded_by, from_sheet=prepared.from_sheet)
        values = {name: getattr(version, name) for name in VERSION_COLUMNS}
        connection.execute(insert(tables.manual_version), {**values, "reading": prepared.reading})
        pages = [
            {
                "version_id": version.id,
                "ordinal": ordinal,
                "number": page.number,
                "label": page.label,
                "text": page.text,
                "method": page.method,
            }
            for ordinal, page in enumerate(prepared.pages)
        ]
        if pages:
            connection.execute(insert(tables.page), pages)
        self._insert_chunks(connection, version, prepared.drafts)
        return version

    def _insert_chunks(
        self, connection: Connection, version: ManualVersion, drafts: Sequence[ChunkDraft]
    ) -> None:
        edition = (version.manual_id, str(version.number), str(version.revision))
        rows = [
            {
                "id": content_hash(*edition, str(ordinal))[:24],
                "version_id": version.id,
                "ordinal": ordinal,
                "heading_path": json.dumps(draft.heading_path, ensure_ascii=False),
                "first_page": draft.first_page,
                "last_page": draft.last_page,
                "kind": draft.kind,
                "text": draft.text,
                "text_hash": draft.text_hash,
                "heading_hash": draft.heading_hash,
                "spans": json.dumps([[s.start, s.end, s.page, s.label] for s in draft.spans]),
            }
            for ordinal, draft in enumerate(drafts)
        ]
        if not rows:
            return
        connection.execute(insert(tables.chunk), rows)
        ids = [str(row["id"]) for row in rows]
        insert_references(connection, version.id, dict(zip(ids, drafts, strict=True)))
        inserted = connection.execute(
            select(tables.chunk).where(CHUNK.version_id == version.id)
        ).all()
        self._library.keywords.add(connection, [(row.key, keyword_text(row)) for row in inserted])

    def _index(self, version_ids: Sequence[str]) -> None:
        rows: list[Any] = []
        with self._library.database.read() as connection:
            for version_id in version_ids:
                query = select(CHUNK.id, CHUNK.version_id, CHUNK.text_hash, CHUNK.heading_hash)
                rows += connection.execute(query.where(CHUNK.version_id == version_id)).all()
        self._library.index.add("bodies", {r.id: (r.version_id, r.text_hash) for r in rows})
        self._library.index.add("headings", {r.id: (r.version_id, r.heading_hash) for r in rows})

    def _flip(
        self, connection: Connection, prepared: PreparedManual, version: ManualVersion
    ) -> None:
        manual = prepared.manual
        published = (VERSION.manual_id == version.manual_id) & (VERSION.state == "published")
        connection.execute(
            update(tables.manual_version)
            .where(published, VERSION.number == version.number)
            .values(state="replaced")
        )
        end = None
        if version.effective_from is not None:
            start = version.effective_from
            end = connection.execute(
                select(func.min(VERSION.effective_from)).where(
                    published, VERSION.effective_from > start
                )
            ).scalar()
            began_before = VERSION.effective_from.is_(None) | (VERSION.effective_from < start)
            still_on = VERSION.effective_to.is_(None) | (VERSION.effective_to > start)
            connection.execute(
                update(tables.manual_version)
                .where(published, began_before, still_on)
                .values(effective_to=start)
            )
        connection.execute(
            update(tables.manual_version)
            .where(VERSION.id == version.id)
            .values(state="published", effective_to=end, published_at=calendar.now().isoformat())
        )
        if end is None:  # an older version registered late says nothing about the manual today
            _save_manual(connection, manual, prepared.uploaded_by, from_sheet=prepared.from_sheet)
        append_event(
            connection,
            prepared.uploaded_by,
            "manual.publish",
            manual.title,
            {
                "manual": manual.id,
                "version": version.number,
                "revision": version.revision,
                "effective_from": version.effective_from,
                "file": version.file_name,
                "sha256": version.sha256,
            },
        )

    def _retire_from_indexes(self, manual_id: str) -> None:
        """Move what has ended to the archive collections; drop what was replaced."""
        with self._library.database.read() as connection:
            rows = connection.execute(
                select(
                    CHUNK.id,
                    CHUNK.version_id,
                    CHUNK.text_hash,
                    CHUNK.heading_hash,
                    VERSION.state,
                    VERSION.effective_to,
                )
                .join(tables.manual_version, VERSION.id == CHUNK.version_id)
                .where(VERSION.manual_id == manual_id)
            ).all()
        today = calendar.today()
        ended = [r for r in rows if r.effective_to and r.effective_to <= today]
        kept = [r for r in ended if r.state == "published"]
        gone = [r.id for r in rows if r.state != "published"]
        self._library.index.add("archive_bodies", {r.id: (r.version_id, r.text_hash) for r in kept})
        self._library.index.add(
            "archive_headings", {r.id: (r.version_id, r.heading_hash) for r in kept}
        )
        for role in ("bodies", "headings"):
            self._library.index.remove(role, [*gone, *(r.id for r in kept)])


def _next_number(
    connection: Connection, manual_id: str, effective_from: date | None
) -> tuple[int, int, date | None]:
    """Return number, revision and start of a manual's next version."""
    editions = connection.execute(
        select(VERSION.number, VERSION.effective_from).where(
            VERSION.manual_id == manual_id, VERSION.state == "published"
        )
    ).all()
    newest = max(editions, key=lambda e: e.effective_from or date.min, default=None)
    revised = next((e for e in editions if e.effective_from == effective_from), None)
    if effective_from is None:  # even where an older version has no date either
        revised = newest
    if revised is not None:
        number, start = revised.number, revised.effective_from
    else:
        number, start = max((e.number for e in editions), default=0) + 1, effective_from
    used = connection.execute(
        select(func.max(VERSION.revision)).where(
            VERSION.manual_id == manual_id, VERSION.number == number
        )
    ).scalar()
    return number, (used or 0) + 1, start


def _save_manual(connection: Connection, manual: Manual, by: Actor, *, from_sheet: bool) -> None:
    """Keep what is said of a manual; a change of owner or audience stands in the audit trail.

    A section's name means the section that has it on the day it is said. A sheet that only says
    the same again was written on the day before; what a person says is said today.
    """
    table = tables.manual.c
    known = connection.execute(select(tables.manual).where(table.id == manual.id)).first()
    values = {name: getattr(manual, name) for name in MANUAL_COLUMNS}
    described_on = calendar.today()
    changed: dict[str, list[str]] = {}
    if known is not None:
        before = {**known._mapping, "manual_id": manual.id}
        if from_sheet and all(values[name] == before[name] for name in _SECTIONS_NAMED):
            described_on = known.described_on
        else:
            before = with_sections_of(described_on, read_lineage(connection), before)
        changed = {
            name: [before[name], value] for name, value in values.items() if before[name] != value
        }
    row = {"id": manual.id, **values, "described_on": described_on}
    statement = upsert(tables.manual).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))
    if changed:
        append_event(
            connection, by, "manual.change", manual.title, {"manual": manual.id, **changed}
        )


def grow_revision(connection: Connection) -> None:
    """Say within the caller's transaction that what readers see has changed."""
    statement = upsert(tables.counter).values(name="library", value=1)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": tables.counter.c.value + 1}
        )
    )
