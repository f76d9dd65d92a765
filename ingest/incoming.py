"""Files on their way in: which there are, what they may be called, and what became of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from assistant.domain import Reader
from assistant.errors import UnreadableManual, UsageError
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from ingest.manual_sheet import SHEET_NAMES, SheetRow, file_key, read_sheet, sheet_in
from ingest.readers import SUPPORTED
from ingest.readers.handing_over import UNSEEN

Status = Literal["indexed", "unchanged", "rejected"]


@dataclass(frozen=True)
class FileResult:
    """What became of one file; `problems` are for people, in Japanese.

    Of the texts whose vectors the version needs, `embedded` were computed and `reused` were known.
    `state` is that of the version: published, ready, draft. `asks_password`: rejected until its
    password is given.
    """

    file: str
    status: Status
    manual: str | None = None
    version: int | None = None
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    asks_password: bool = False
    embedded: int = 0
    reused: int = 0
    state: str = ""
    version_id: str = ""
    manual_id: str = ""


@dataclass(frozen=True)
class Incoming:
    """One file on its way in: where it lies, its name, what is said of it, who brought it.

    With `row_is_partial` an empty field of the row leaves a manual that is known as it is. The
    password opens the file if it is protected, and is kept nowhere. `owners` are the sections whose
    manuals may be changed, None all. `manual_id` says whose version it is, "" leaves that to the
    name; a `correction` has no 施行日 of its own. `as_draft` keeps it from readers until somebody
    publishes it. `origin` is the folder from which it is imported. What `reader` may not read is
    not told about.
    """

    path: Path
    name: str
    row: SheetRow = field(default_factory=SheetRow)
    row_is_partial: bool = False
    password: str | None = field(default=None, repr=False)
    uploaded_by: Actor = OPERATOR_ACTOR
    owners: frozenset[str] | None = None
    manual_id: str = ""
    correction: bool = False
    as_draft: bool = False
    origin: str = ""
    reader: Reader = OPERATOR


def files_in(paths: Sequence[Path], sheet: Path | None = None) -> list[tuple[Path, SheetRow]]:
    """Return the files of some paths, each with what the sheet beside it says of it.

    A folder with a sheet gives the files named there; any other folder all its files. With `sheet`
    the paths are one folder, and that sheet is used instead of its own. Raises UsageError for a
    path that is neither and for a sheet that cannot be used.
    """
    for path in paths:
        _require_place(path)
    if sheet is not None:
        return _named_files(_only_folder(paths), _required_sheet(sheet))
    files: list[tuple[Path, SheetRow]] = []
    beside: dict[Path, dict[str, SheetRow]] = {}
    for path in paths:
        if path.is_file():
            if path.parent not in beside:
                own_sheet = sheet_in(path.parent)
                rows = read_sheet(own_sheet) if own_sheet else {}
                beside[path.parent] = {file_key(name): row for name, row in rows.items()}
            files.append((path, beside[path.parent].get(file_key(path.name), SheetRow())))
        elif own_sheet := sheet_in(path):
            files += _named_files(path, own_sheet)
        else:
            files += [
                (file, SheetRow()) for file in sorted(path.rglob("*")) if _is_wanted(file, path)
            ]
    return files


def unlisted_files(folder: Path, rows: Iterable[str], *, sheet: Path | None = None) -> list[Path]:
    """Return the files of a folder that could be manuals and that the rows of a sheet do not name.

    `rows` are what `read_sheet` returns, or paths inside the folder with either slash; `sheet` is
    the one in use where it has a name of its own.
    """
    named = {file_key(name) for name in rows}
    return [
        file
        for file in sorted(folder.rglob("*"))
        if _is_wanted(file, folder)
        and file.suffix.lower() in SUPPORTED
        and not (file.parent == folder and file.name.lower() in SHEET_NAMES)
        and not (sheet is not None and sheet.exists() and file.samefile(sheet))
        and file_key(file.relative_to(folder).as_posix()) not in named
    ]


def _require_place(path: Path) -> None:
    name = printable(str(path))
    if not _exists(path):
        raise UsageError(f"{name} が見つかりません。場所と名前を確かめてください。")
    if not path.is_file() and not path.is_dir():
        raise UsageError(f"{name} はファイルでもフォルダでもありません。場所を確かめてください。")


def _only_folder(paths: Sequence[Path]) -> Path:
    if len(paths) != 1 or not paths[0].is_dir():
        raise UsageError("マニュアルの一覧を指定するときは、フォルダを1つだけ指定してください。")
    return paths[0]


def _required_sheet(sheet: Path) -> Path:
    if not _exists(sheet) or not sheet.is_file():
        name = printable(str(sheet))
        raise UsageError(f"一覧のファイル {name} が見つかりません。場所と名前を確かめてください。")
    return sheet


def _named_files(folder: Path, sheet: Path) -> list[tuple[Path, SheetRow]]:
    """Return the files that a sheet names, where they lie, under the names that they have there."""
    rows = read_sheet(sheet)
    places = {name: folder / name for name in rows}
    absent = [name for name, place in places.items() if not _exists(place)]
    if absent:
        inside = {file_key(f.relative_to(folder).as_posix()): f for f in folder.rglob("*")}
        places |= {name: inside.get(file_key(name), places[name]) for name in absent}
    true_names = {file_key(place.name): place.name for place in places.values()}
    return [
        (
            places[name],
            replace(row, edition_of=true_names.get(file_key(row.edition_of), row.edition_of)),
        )
        for name, row in rows.items()
    ]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than any file may have
        return False


def _is_wanted(file: Path, folder: Path) -> bool:
    """Skip folders, what is hidden inside the given folder, and Office's lock files."""
    inside = file.relative_to(folder).parts
    return file.is_file() and not any(part.startswith((".", "~$")) for part in inside)


def problem_of_name(path: Path, name: str, seen: dict[str, Path]) -> str:
    """Return why a file cannot go by its name, "" if it can; adds it to those seen."""
    if seen.setdefault(path.name, path) != path:
        return (
            f"同じ名前のファイルがもう一つあります（{printable(str(seen[path.name]))}）。"
            "名前を変えてから登録してください。"
        )
    if name != path.name:
        return (
            "ファイル名に、文字コードが読めないか、改行や目に見えない文字があります。"
            "名前を付け直してから登録してください。"
        )
    return ""


def content_of(path: Path, *, limit: int) -> bytes:
    """Return the bytes of a file of at most `limit` megabytes; raises UnreadableManual."""
    try:
        if not path.is_file() and path.exists():  # a pipe would keep its reader waiting for ever
            raise UnreadableManual(
                "ファイルではありません（フォルダか装置です）。ファイルの場所を確かめてください。"
            )
        with path.open("rb") as file:
            content = file.read(limit * 1_000_000 + 1)
    except OSError as error:
        raise UnreadableManual(
            "ファイルを開けません。場所と読み取りの権限を確かめてください。"
        ) from error
    if len(content) > limit * 1_000_000:
        raise UnreadableManual(
            f"{limit} MB を超えるファイルです。分割するか、"
            "ASSISTANT_FILE_MAX_MEGABYTES を上げてください。"
        )
    return content


def printable(name: str) -> str:
    """Return a file name on one line, U+FFFD for bytes that are no UTF-8 and what cannot be seen.

    A line break, a control code or a mark that turns the direction would deceive who reads it.
    """
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join("\ufffd" if unicodedata.category(c) in UNSEEN else c for c in text)
