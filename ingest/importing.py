"""What an import would do: which files, what is known of them, what has gone since the last one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assistant.errors import UnreadableManual
from assistant.library import ManualLibrary
from assistant.library.library_list import described_changes
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from ingest.incoming import (
    FileResult,
    Incoming,
    content_of,
    files_in,
    printable,
    problem_of_name,
    unlisted_files,
)
from ingest.manual_sheet import SheetRow, sheet_in
from ingest.placing import placed, twins

Prospect = Literal["new", "version", "correction", "unchanged", "rejected"]


@dataclass(frozen=True)
class Vanished:
    """A manual in force whose file is no longer in the folder from which it was imported."""

    file: str
    manual: str
    version: int


@dataclass(frozen=True)
class ImportPlan:
    """The files of an import in order, those that cannot go by their names as results already.

    `vanished` are reported and stay in force: only a person withdraws a manual. `unlisted` are
    files of the folder that its sheet does not name.
    """

    files: tuple[Incoming | FileResult, ...]
    vanished: tuple[Vanished, ...] = ()
    unlisted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What an import would do with one file; `changes` are what it would change of the manual."""

    file: str
    prospect: Prospect
    title: str = ""
    row: SheetRow = field(default_factory=SheetRow)
    changes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def plan_import(
    library: ManualLibrary,
    paths: Sequence[Path],
    *,
    sheet: Path | None = None,
    password: str | None = None,
    uploaded_by: Actor = OPERATOR_ACTOR,
    as_draft: bool = False,
) -> ImportPlan:
    """Return what there is to import at some paths; raises UsageError for what cannot be meant.

    A folder with a sheet gives the files named there; any other folder all its files.
    """
    work = files_in(paths, sheet)
    folders = [path for path in paths if path.is_dir()]
    seen: dict[str, Path] = {}
    files: list[Incoming | FileResult] = []
    for path, row in work:
        name = printable(path.name)
        problem = problem_of_name(path, name, seen)
        if problem:
            files.append(FileResult(name, "rejected", problems=[problem]))
            continue
        files.append(
            Incoming(
                path,
                name,
                row,
                password=password,
                uploaded_by=uploaded_by,
                as_draft=as_draft,
                origin=_origin(path, folders),
            )
        )
    return ImportPlan(
        tuple(files),
        tuple(gone for folder in folders for gone in _vanished(library, folder, seen)),
        tuple(
            file.relative_to(folder).as_posix()
            for folder in folders
            if (used := sheet or sheet_in(folder)) is not None
            for file in unlisted_files(
                folder, [_inside(path, folder) for path, _ in work], sheet=used
            )
        ),
    )


def preview(library: ManualLibrary, plan: ImportPlan, *, megabytes: int) -> list[Preview]:
    """Return what an import would do, by what the files are and what the sheet says of them."""
    return [
        _preview(library, item, megabytes)
        if isinstance(item, Incoming)
        else Preview(item.file, "rejected", problems=tuple(item.problems))
        for item in plan.files
    ]


def _preview(library: ManualLibrary, incoming: Incoming, megabytes: int) -> Preview:
    row = incoming.row
    try:
        content = content_of(incoming.path, limit=megabytes)
        place = placed(library, incoming)
    except UnreadableManual as error:
        return Preview(incoming.name, "rejected", row.title, row, problems=(str(error),))
    sha256 = hashlib.sha256(content).hexdigest()
    prospect: Prospect = "version" if place.editions else "new"
    if place.same_content(sha256) is not None:
        prospect = "unchanged"
    elif place.start is not None and place.revised is not None:
        prospect = "correction"
    changes = () if place.known is None else described_changes(place.known, place.manual)
    problems = twins(library, incoming, place.manual.id, sha256)
    return Preview(
        incoming.name, prospect, place.manual.title, row, tuple(changes), tuple(problems)
    )


def _origin(path: Path, folders: Sequence[Path]) -> str:
    for folder in folders:
        if path.is_relative_to(folder):
            return str(folder.resolve())
    return ""


def _inside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _vanished(library: ManualLibrary, folder: Path, seen: dict[str, Path]) -> list[Vanished]:
    """Return the manuals that came from a folder and of which no file is there any more."""
    found: dict[tuple[str, int], Vanished] = {}
    for edition in library.imported_from(str(folder.resolve())):
        version = edition.version
        if version.file_name not in seen:
            key = (version.manual_id, version.number)
            found[key] = Vanished(version.file_name, edition.manual.title, version.number)
    return sorted(found.values(), key=lambda gone: (gone.manual, gone.version))
