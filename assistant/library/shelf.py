"""The library as its keepers see it: all versions of the manuals of their sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from sqlalchemy import select

from assistant import calendar, tables
from assistant.domain import Chunk, Manual, ManualVersion, Page
from assistant.library.in_force import is_out, terms
from assistant.library.library_list import LibraryRow, library_rows, version_chunks
from assistant.library.reading import ManualLibrary, ManualListing
from assistant.library.rows import (
    VERSION,
    manual_of,
    version_of,
    versions_with_manuals,
    with_sections_of,
)
from assistant.library.staging import described_manual
from assistant.people.sections.lineage import read_lineage


@dataclass(frozen=True)
class ShelvedManual:
    """A manual with all its versions, the newest 施行日 first; those being written are left out."""

    manual: Manual
    rows: tuple[LibraryRow, ...]

    @property
    def in_force(self) -> LibraryRow | None:
        """The version that is in force today, None if there is none."""
        return next((row for row in self.rows if row.standing == "in_force"), None)

    @property
    def prepared(self) -> tuple[LibraryRow, ...]:
        """The drafts, and the versions that wait for the day on which they are published."""
        return tuple(row for row in self.rows if row.standing in ("draft", "waiting"))

    @property
    def overdue(self) -> bool:
        """Whether the next review was to be before today."""
        return any(row.overdue for row in self.rows)

    def row(self, version_id: str) -> LibraryRow | None:
        """Return one version, None if it is none of this manual's."""
        return next((row for row in self.rows if row.version.id == version_id), None)

    def before(self, version_id: str) -> LibraryRow | None:
        """Return the version that one takes the place of, or took: what readers knew before it.

        Of a correction it is the text that is corrected, else the version with the 施行日 before.
        """
        row = self.row(version_id)
        if row is None:
            return None
        shown = [r for r in self.rows if r.standing not in ("draft", "waiting", "withdrawn")]
        same = [r for r in shown if r.version.number == row.version.number]
        earlier = [r for r in same if r.version.revision < row.version.revision]
        if earlier:
            return max(earlier, key=lambda r: r.version.revision)
        start = row.version.effective_from or date.min
        others = [
            r
            for r in shown
            if r.standing != "superseded"
            and r.version.number != row.version.number
            and (r.version.effective_from or date.min) <= start
        ]
        return max(others, key=lambda r: r.version.effective_from or date.min, default=None)

    def in_force_after(
        self, gone: ManualVersion, restored: ManualVersion | None = None
    ) -> ManualVersion | None:
        """Return what would be in force today without one version, with a corrected one back."""
        back = [] if restored is None else [replace(restored, state="published")]
        versions = [row.version for row in self.rows]
        kept = [v for v in versions if v.id not in (gone.id, *(b.id for b in back))]
        today = calendar.today()
        known = terms([*kept, *back], today=today)
        return next((v for v in [*kept, *back] if v.id in known and known[v.id].holds(today)), None)

    def last_published(self) -> ManualVersion | None:
        """Return the version that a roll-back takes back, None where there is nothing before it."""
        out = [row.version for row in self.rows if is_out(row.version, today=calendar.today())]
        if not out:
            return None
        latest = max(out, key=lambda v: (v.published_at or "", v.number, v.revision))
        return latest if len(out) > 1 or self.corrected_by(latest) is not None else None

    def corrected_by(self, version: ManualVersion) -> ManualVersion | None:
        """Return the text that a correction took the place of, None if it is no correction."""
        found = [
            row.version
            for row in self.rows
            if row.standing == "superseded"
            and row.version.number == version.number
            and row.version.revision < version.revision
        ]
        return max(found, key=lambda v: v.revision, default=None)


@dataclass(frozen=True)
class Shelf:
    """What the keepers of some sections may see and change; `owners` None is the whole library.

    The owner section counts as it is today, after all reorganisations. Whatever lies outside is
    answered like what never was.
    """

    library: ManualLibrary
    owners: frozenset[str] | None

    def rows(self, manual_id: str | None = None) -> list[LibraryRow]:
        """Return all versions, by category and title, the newest first."""
        today = calendar.today()
        return library_rows(
            self.library, as_of=today, today=today, owners=self.owners, manual_id=manual_id
        )

    def manuals(self) -> list[ShelvedManual]:
        """Return all manuals by category and title."""
        return _shelved(self.rows())

    def manual(self, manual_id: str) -> ShelvedManual | None:
        """Return one manual, or None."""
        return next(iter(_shelved(self.rows(manual_id))), None)

    def version(self, version_id: str) -> ManualListing | None:
        """Return a version in any state but that of being written, or None."""
        query = versions_with_manuals().where(VERSION.id == version_id, VERSION.state != "staged")
        with self.library.database.read() as connection:
            found = connection.execute(query).mappings().first()
            if found is None:
                return None
            row = with_sections_of(calendar.today(), read_lineage(connection), found)
        manual = manual_of(row)
        if self.owners is not None and manual.owner_section not in self.owners:
            return None
        return ManualListing(manual, version_of(row), *self.library.size(version_id))

    def described(self, version_id: str) -> Manual | None:
        """Return what a version says of its manual, which holds once it is published, or None."""
        if self.version(version_id) is None:
            return None
        query = select(VERSION.manual_id, VERSION.description).where(VERSION.id == version_id)
        with self.library.database.read() as connection:
            row = connection.execute(query).one()
            said = described_manual(connection, row.manual_id, row.description)
        return None if said is None else said[0]

    def pages(self, version_id: str) -> list[Page]:
        """Return the pages of a version in order; empty if it is not on the shelf."""
        if self.version(version_id) is None:
            return []
        table = tables.page.c
        query = select(tables.page).where(table.version_id == version_id).order_by(table.ordinal)
        with self.library.database.read() as connection:
            rows = connection.execute(query).all()
        return [Page(row.number, row.label, row.text, row.method) for row in rows]

    def chunks(self, version_id: str) -> list[Chunk]:
        """Return the chunks of a version in order; empty if it is not on the shelf."""
        if self.version(version_id) is None:
            return []
        return version_chunks(self.library.database, version_id)

    def original(self, version_id: str) -> Path | None:
        """Return the path of a version's original file, or None."""
        listing = self.version(version_id)
        if listing is None:
            return None
        path = self.library.originals / listing.version.sha256
        return path if path.is_file() else None


def _shelved(rows: Sequence[LibraryRow]) -> list[ShelvedManual]:
    by_manual = [tuple(group) for _, group in groupby(rows, key=lambda row: row.manual.id)]
    return [ShelvedManual(group[0].manual, group) for group in by_manual]
