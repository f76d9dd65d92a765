"""Publishing versions so that a crash at any point loses nothing and shows nobody half a manual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from assistant import calendar, tables
from assistant.domain import Manual, ManualVersion, VersionState
from assistant.errors import AssistantError
from assistant.japanese.joined_forms import joined_forms
from assistant.library.in_force import out_on
from assistant.library.reading import ManualLibrary
from assistant.library.rows import (
    CHUNK,
    VERSION,
    draft_keyword_text,
    keyword_text,
)
from assistant.library.staging import (
    PreparedManual,
    described_manual,
    forget,
    keep_original,
    save_manual,
    stage,
)
from assistant.people.audit.trail import Actor, append_event
from assistant.search.keyword_index import KeywordIndex

__all__ = ["PreparedManual", "Publisher", "flip", "grow_revision"]


class Publisher:
    """Brings new versions into the library, as drafts or at once in force; see Lifecycle."""

    def __init__(self, library: ManualLibrary):
        self._library = library

    def publish(self, prepared: PreparedManual) -> ManualVersion:
        """Put one version in force; see `publish_all`."""
        return self.publish_all([prepared])[0]

    def publish_all(self, prepared: Sequence[PreparedManual]) -> list[ManualVersion]:
        """Put versions in force: staged, indexed, then shown by one transaction.

        An `effective_from` that no published version of the manual has makes a new version: it
        ends the version in force before it on that day, and ends itself where a later one begins.
        The same date, or none, makes a revision that supersedes the version it corrects. The
        vectors of the drafts must be stored already.
        """
        with self._staged(prepared) as versions, self._library.database.write() as connection:
            for item, version in zip(prepared, versions, strict=True):
                self._flip(connection, version.id, item.uploaded_by)
            grow_revision(connection)
        for version in versions:
            if (version.number, version.revision) != (1, 1):
                self._retire_from_indexes(version.manual_id)
        return versions

    def draft(self, prepared: PreparedManual) -> ManualVersion:
        """Keep one version as a draft for its editors; an earlier draft of its date gives way.

        The vectors of the drafts must be stored already.
        """
        return self._unseen(prepared, "draft", replacing=True)

    def hold(self, prepared: PreparedManual) -> ManualVersion:
        """Keep one version until question sets have been asked of it; see Lifecycle.hold."""
        return self._unseen(prepared, "ready")

    def _unseen(
        self, prepared: PreparedManual, state: VersionState, *, replacing: bool = False
    ) -> ManualVersion:
        staged = self._staged([prepared], replacing=replacing)
        with staged as [version], self._library.database.write() as connection:
            connection.execute(
                update(tables.manual_version).where(VERSION.id == version.id).values(state=state)
            )
            append_event(
                connection,
                prepared.uploaded_by,
                "manual.draft",
                prepared.manual.title,
                _said_of(version),
            )
            grow_revision(connection)
        return version

    def update_manual(self, manual: Manual, *, by: Actor, from_sheet: bool = False) -> None:
        """Change a manual's title, category, owner, audience or next review; effective at once.

        `from_sheet`: a list says so, whose section names are as old as the list.
        """
        with self._library.database.write() as connection:
            save_manual(connection, manual, by, from_sheet=from_sheet)
            grow_revision(connection)

    @contextmanager
    def _staged(
        self, prepared: Sequence[PreparedManual], *, replacing: bool = False
    ) -> Iterator[list[ManualVersion]]:
        """Write versions that nobody can see yet, and index them, for the caller to show."""
        library = self._library
        for item in prepared:
            keep_original(library.originals, item)
        # Outside the transaction: a thousand pages take Sudachi longer than others should wait.
        forms = [_forms_of(item) for item in prepared]
        failed = list(library.failed_versions)
        gone: list[str] = []
        with library.database.write() as connection:
            for version_id in failed:
                gone += forget(connection, library.keywords, version_id)
            for item in prepared if replacing else ():
                for version_id in _replaced_drafts(connection, item):
                    gone += forget(connection, library.keywords, version_id)
            versions = [
                stage(connection, library.keywords, item, found)
                for item, found in zip(prepared, forms, strict=True)
            ]
        library.failed_versions.difference_update(failed)
        try:
            for role in ("bodies", "headings"):
                library.index.remove(role, gone)
            self._index([version.id for version in versions])
            yield versions
        except AssistantError:  # a full disk takes no deletion either: the next one does it
            library.failed_versions.update(version.id for version in versions)
            raise

    def _index(self, version_ids: Sequence[str]) -> None:
        index_versions(self._library, version_ids)

    def _flip(self, connection: Connection, version_id: str, by: Actor) -> None:
        flip(connection, self._library.keywords, version_id, by)

    def _retire_from_indexes(self, manual_id: str) -> None:
        retire_from_indexes(self._library, manual_id)


def index_versions(library: ManualLibrary, version_ids: Sequence[str]) -> None:
    """Add the chunks of versions to the vector index; adding them again changes nothing."""
    rows: list[Any] = []
    with library.database.read() as connection:
        for version_id in version_ids:
            query = select(CHUNK.id, CHUNK.version_id, CHUNK.text_hash, CHUNK.heading_hash)
            rows += connection.execute(query.where(CHUNK.version_id == version_id)).all()
    library.index.add("bodies", {r.id: (r.version_id, r.text_hash) for r in rows})
    library.index.add("headings", {r.id: (r.version_id, r.heading_hash) for r in rows})


def flip(connection: Connection, keywords: KeywordIndex, version_id: str, by: Actor) -> None:
    """Publish a version whose chunks stand in the vector index, within the caller's transaction.

    The revision that it corrects is superseded. What the version says of its manual holds from
    now on, unless it is an older version registered late.
    """
    row = connection.execute(select(tables.manual_version).where(VERSION.id == version_id)).one()
    others = (VERSION.manual_id == row.manual_id) & (VERSION.id != version_id)
    corrected = list(
        connection.execute(
            select(VERSION.id).where(
                others, VERSION.number == row.number, VERSION.state.in_(("published", "ready"))
            )
        ).scalars()
    )
    for other in corrected:
        change = update(tables.manual_version).where(VERSION.id == other)
        connection.execute(change.values(state="superseded", publish_on=None))
        keywords.remove(connection, _keys_of(connection, other))
    if row.state in ("superseded", "withdrawn"):  # taken out of the keyword index then
        add_keywords(connection, keywords, version_id)
    connection.execute(
        update(tables.manual_version)
        .where(VERSION.id == version_id)
        .values(
            state="published",
            published_at=calendar.now().isoformat(),
            published_by=by.person_id,
            publish_on=None,
            withdrawn_at=None,
            withdrawn_by="",
            withdrawn_reason="",
            description="",
        )
    )
    _describe(connection, row, others, by)


def _describe(connection: Connection, row: Any, others: Any, by: Actor) -> None:
    """Keep what a version just published says of its manual, and record the publication."""
    said = described_manual(connection, row.manual_id, row.description)
    later = (
        row.effective_from is not None
        and connection.execute(
            select(VERSION.id).where(
                others, out_on(calendar.today()), VERSION.effective_from > row.effective_from
            )
        ).first()
    )
    if said is not None and not later:
        manual, from_sheet = said
        save_manual(connection, manual, by, from_sheet=from_sheet)
    title = connection.execute(
        select(tables.manual.c.title).where(tables.manual.c.id == row.manual_id)
    ).scalar_one()
    append_event(connection, by, "manual.publish", title, _said_of(row))


def _said_of(version: Any) -> dict[str, Any]:
    """Return what the audit trail tells of a version."""
    return {
        "manual": version.manual_id,
        "version": version.number,
        "revision": version.revision,
        "effective_from": version.effective_from,
        "file": version.file_name,
        "sha256": version.sha256,
    }


def retire_from_indexes(library: ManualLibrary, manual_id: str) -> None:
    """Move what has ended to the archive collections; drop what nobody asks for any more."""
    with library.database.read() as connection:
        rows = connection.execute(
            select(CHUNK.id, CHUNK.version_id, CHUNK.text_hash, CHUNK.heading_hash, VERSION.state)
            .join(tables.manual_version, VERSION.id == CHUNK.version_id)
            .where(VERSION.manual_id == manual_id)
        ).all()
    ended = library.ended_versions()
    kept = [r for r in rows if r.version_id in ended]
    dropped = [r.id for r in rows if r.state in ("superseded", "withdrawn")]
    # A version that had ended is in force once more where the one after it was withdrawn.
    unended = [r.id for r in rows if r.version_id not in ended]
    library.index.add("archive_bodies", {r.id: (r.version_id, r.text_hash) for r in kept})
    library.index.add("archive_headings", {r.id: (r.version_id, r.heading_hash) for r in kept})
    for role in ("bodies", "headings"):
        library.index.remove(role, [*dropped, *(r.id for r in kept)])
        library.index.remove(f"archive_{role}", unended)


def add_keywords(connection: Connection, keywords: KeywordIndex, version_id: str) -> None:
    """Add a version's chunks to the keyword index within the caller's transaction."""
    rows = connection.execute(select(tables.chunk).where(CHUNK.version_id == version_id)).all()
    keywords.remove(connection, [row.key for row in rows])
    keywords.add(connection, [(row.key, keyword_text(row)) for row in rows])


def grow_revision(connection: Connection) -> None:
    """Say within the caller's transaction that what readers see has changed."""
    statement = upsert(tables.counter).values(name="library", value=1)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": tables.counter.c.value + 1}
        )
    )


def _keys_of(connection: Connection, version_id: str) -> list[int]:
    query = select(CHUNK.key).where(CHUNK.version_id == version_id)
    return list(connection.execute(query).scalars())


def _forms_of(prepared: PreparedManual) -> list[str]:
    return joined_forms([draft_keyword_text(d.heading_path, d.text) for d in prepared.drafts])


def _replaced_drafts(connection: Connection, prepared: PreparedManual) -> list[str]:
    """Return the drafts that a new one takes the place of: those for the same 施行日."""
    rows = connection.execute(
        select(VERSION.id, VERSION.number, VERSION.effective_from, VERSION.state).where(
            VERSION.manual_id == prepared.manual.id,
            VERSION.state.in_(("draft", "ready", "published")),
        )
    ).all()
    out = [row for row in rows if row.state != "draft"]
    drafts = [row for row in rows if row.state == "draft"]
    found = {d.id for d in drafts if d.effective_from == prepared.effective_from}
    if prepared.effective_from is None and out:
        newest = max(out, key=lambda e: e.effective_from or calendar.SINCE_EVER)
        found |= {d.id for d in drafts if d.number == newest.number}
    return sorted(found)
