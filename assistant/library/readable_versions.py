"""The versions of a manual as its readers see them: drafts and withdrawn ones are not there."""

from __future__ import annotations

from datetime import date

from assistant.domain import Reader
from assistant.library.library_list import LibraryRow, library_rows
from assistant.library.reading import ManualLibrary


def readable_versions(
    library: ManualLibrary, manual_id: str, *, reader: Reader, today: date
) -> list[LibraryRow]:
    """Return the versions that the reader may read, the newest 施行日 first; empty if none."""
    rows = library_rows(library, as_of=today, today=today, manual_id=manual_id)
    allowed = library.readable([row.version.id for row in rows], reader=reader)
    return [row for row in rows if row.version.id in allowed]


def version_to_read(rows: list[LibraryRow], version_id: str = "") -> LibraryRow | None:
    """Return the version asked for; without one that in force, else the newest that was or comes.

    None where the version asked for is not among the rows.
    """
    if version_id:
        return next((row for row in rows if row.version.id == version_id), None)
    held = [row for row in rows if row.standing == "in_force"]
    return next(iter(held or rows), None)
