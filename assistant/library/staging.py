"""Writing a version's rows while nobody may see it: numbers, pages, chunks, keywords."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from assistant import calendar, tables
from assistant.domain import CountedBy, Manual, ManualVersion, Page
from assistant.errors import DataDirectoryError
from assistant.library.drafts import ChunkDraft, content_hash
from assistant.library.references import insert_references
from assistant.library.rows import (
    CHUNK,
    MANUAL_COLUMNS,
    VERSION,
    VERSION_COLUMNS,
    manual_of,
    with_sections_of,
)
from assistant.people.audit.trail import Actor, append_event
from assistant.people.sections.lineage import read_lineage
from assistant.search.keyword_index import KeywordIndex

_PARTIAL: Final = re.compile(r"\.[0-9a-f]{64}\.[0-9a-f]{8}")
_SECTIONS_NAMED: Final = ("owner_section", "audience")


@dataclass(frozen=True)
class PreparedManual:
    """A manual read, cut into drafts and embedded: everything that publishing needs.

    `reading` names the version of the reading steps, so that a better reader is noticed. `opened`
    is what is kept as the original in place of a `content` that a password protects. `from_sheet`:
    a list says whose the manual is, in section names as old as the list. `origin` is the folder
    from which the file was imported.
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
    effective_to: date | None = None
    counted_by: CountedBy = ""
    transition_note: str = ""
    change_note: str = ""
    origin: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the original file, as it was given."""
        return hashlib.sha256(self.content).hexdigest()


def keep_original(folder: Path, prepared: PreparedManual) -> None:
    """Keep the file under its hash; raises DataDirectoryError."""
    target = folder / prepared.sha256
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
            f"原本を {target.parent} に保存できません。フォルダの権限と空き容量を確かめてください。"
        ) from error


def remove_partial_originals(folder: Path) -> int:
    """Delete what `keep_original` had half written when its process ended; returns how many."""
    partial = [path for path in folder.iterdir() if _PARTIAL.fullmatch(path.name)]
    for path in partial:
        with suppress(OSError):  # it is in nobody's way
            path.unlink(missing_ok=True)
    return len(partial)


def stage(
    connection: Connection,
    keywords: KeywordIndex,
    prepared: PreparedManual,
    forms: Sequence[str],
) -> ManualVersion:
    """Write a version's rows in the state `staged`; `forms` are its drafts' search forms."""
    manual = prepared.manual
    number, revision, start = next_number(connection, manual.id, prepared.effective_from)
    version = ManualVersion(
        id=content_hash(manual.id, str(number), str(revision), uuid.uuid4().hex)[:16],
        manual_id=manual.id,
        number=number,
        revision=revision,
        state="staged",
        effective_from=start,
        effective_to=prepared.effective_to,
        file_name=prepared.file_name,
        sha256=prepared.sha256,
        uploaded_by=prepared.uploaded_by.person_id,
        published_at=None,
        counted_by=prepared.counted_by,
        transition_note=prepared.transition_note,
        change_note=prepared.change_note,
        uploaded_at=calendar.now().isoformat(),
        origin=prepared.origin,
    )
    values = {name: getattr(version, name) for name in VERSION_COLUMNS}
    description = json.dumps(_description(connection, prepared), ensure_ascii=False, default=str)
    connection.execute(
        insert(tables.manual_version),
        {**values, "reading": prepared.reading, "description": description},
    )
    _insert_pages(connection, version, prepared.pages)
    _insert_chunks(connection, keywords, version, prepared.drafts, forms)
    return version


def _insert_pages(connection: Connection, version: ManualVersion, pages: Sequence[Page]) -> None:
    rows = [
        {
            "version_id": version.id,
            "ordinal": ordinal,
            "number": page.number,
            "label": page.label,
            "text": page.text,
            "method": page.method,
        }
        for ordinal, page in enumerate(pages)
    ]
    if rows:
        connection.execute(insert(tables.page), rows)


def _insert_chunks(
    connection: Connection,
    keywords: KeywordIndex,
    version: ManualVersion,
    drafts: Sequence[ChunkDraft],
    forms: Sequence[str],
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
    query = select(CHUNK.key).where(CHUNK.version_id == version.id).order_by(CHUNK.ordinal)
    keys = connection.execute(query).scalars()
    keywords.add_forms(connection, zip(keys, forms, strict=True))


def next_number(
    connection: Connection, manual_id: str, effective_from: date | None
) -> tuple[int, int, date | None]:
    """Return number, revision and start of a manual's next version.

    A 施行日 that no version of the manual has makes a new number; the same one, or none, makes a
    revision of the version that has it, or of the newest.
    """
    query = select(VERSION.number, VERSION.revision, VERSION.effective_from, VERSION.state).where(
        VERSION.manual_id == manual_id, VERSION.state != "staged"
    )
    known = connection.execute(query).all()
    editions = [row for row in known if row.state in ("published", "ready")]
    newest = max(editions, key=lambda e: e.effective_from or date.min, default=None)
    revised = next((e for e in editions if e.effective_from == effective_from), None)
    if effective_from is None:  # even where an older version has no date either
        revised = newest
    if revised is not None:
        number, start = revised.number, revised.effective_from
    else:
        number, start = max((e.number for e in known), default=0) + 1, effective_from
    used = connection.execute(
        select(func.max(VERSION.revision)).where(
            VERSION.manual_id == manual_id, VERSION.number == number
        )
    ).scalar()
    return number, (used or 0) + 1, start


def forget(connection: Connection, keywords: KeywordIndex, version_id: str) -> list[str]:
    """Delete a version that nobody has been shown, with all its rows; returns its chunk ids."""
    rows = connection.execute(
        select(CHUNK.key, CHUNK.id).where(CHUNK.version_id == version_id)
    ).all()
    keywords.remove(connection, [row.key for row in rows])
    place = tables.chunk_place.c
    connection.execute(delete(tables.chunk_place).where(place.version_id == version_id))
    connection.execute(delete(tables.chunk).where(CHUNK.version_id == version_id))
    connection.execute(delete(tables.page).where(tables.page.c.version_id == version_id))
    trial = tables.version_trial.c
    connection.execute(delete(tables.version_trial).where(trial.version_id == version_id))
    connection.execute(delete(tables.manual_version).where(VERSION.id == version_id))
    return [row.id for row in rows]


def forget_manual_without_versions(connection: Connection, manual_id: str) -> None:
    """Delete a manual of which no version is left: it was never published."""
    left = select(VERSION.id).where(VERSION.manual_id == manual_id)
    if connection.execute(left.limit(1)).scalar() is None:
        change = tables.section_change.c
        if connection.execute(
            select(change.id).where(change.manual_id == manual_id).limit(1)
        ).scalar():
            return  # a reorganisation speaks of it
        connection.execute(delete(tables.manual).where(tables.manual.c.id == manual_id))


def save_manual(connection: Connection, manual: Manual, by: Actor, *, from_sheet: bool) -> None:
    """Keep what is said of a manual; a change of owner or audience stands in the audit trail.

    A section's name means the section that has it on the day it is said. A sheet that only says
    the same again was written on the day before; what a person says is said today.
    """
    table = tables.manual.c
    known = connection.execute(select(tables.manual).where(table.id == manual.id)).first()
    values = {name: getattr(manual, name) for name in MANUAL_COLUMNS}
    described_on = calendar.today()
    changed: dict[str, list[Any]] = {}
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


def known_manual(connection: Connection, manual_id: str) -> Manual | None:
    """Return a manual with the sections that stand today, or None."""
    query = select(tables.manual).where(tables.manual.c.id == manual_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    known = {**row, "manual_id": manual_id}
    return manual_of(with_sections_of(calendar.today(), read_lineage(connection), known))


def described_manual(
    connection: Connection, manual_id: str, description: str
) -> tuple[Manual, bool] | None:
    """Return a manual as it will be once a version is published, and whether a list says so.

    None where the version says nothing of its manual. What was said of the manual since the
    version came stays, unless a list says all of it.
    """
    said = json.loads(description) if description else {"changes": {}}
    changes = said["changes"]
    known = known_manual(connection, manual_id)
    if not changes or known is None:
        return None
    if changes.get("review_on"):
        changes["review_on"] = date.fromisoformat(changes["review_on"])
    return replace(known, **changes), bool(said["from_sheet"])


def _description(connection: Connection, prepared: PreparedManual) -> dict[str, Any]:
    """Return what a version says of its manual that is not so already; a new manual is kept."""
    manual = prepared.manual
    known = known_manual(connection, manual.id)
    if known is None:
        save_manual(connection, manual, prepared.uploaded_by, from_sheet=prepared.from_sheet)
    changes = {
        name: getattr(manual, name)
        for name in MANUAL_COLUMNS
        if known is not None
        and (prepared.from_sheet or getattr(manual, name) != getattr(known, name))
    }
    return {"changes": changes, "from_sheet": prepared.from_sheet}
