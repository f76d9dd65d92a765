"""Files on their way in: which there are, what they may be called, and what became of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from assistant.errors import UnreadableManual, UsageError
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from ingest.manual_sheet import SHEET_NAME, SheetRow, read_sheet
from ingest.readers.handing_over import UNSEEN

Status = Literal["indexed", "unchanged", "rejected"]


@dataclass(frozen=True)
class FileResult:
    """What became of one file; `problems` are for people, in Japanese.

    `asks_password`: rejected until its password is given.
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


@dataclass(frozen=True)
class Incoming:
    """One file on its way in: where it lies, its name, what is said of it, who brought it.

    With `row_is_partial` an empty field of the row leaves a manual that is known as it is. The
    password opens the file if it is protected, and is kept nowhere. `owners` are the sections whose
    manuals may be changed, None all.
    """

    path: Path
    name: str
    row: SheetRow = field(default_factory=SheetRow)
    row_is_partial: bool = False
    password: str | None = field(default=None, repr=False)
    uploaded_by: Actor = OPERATOR_ACTOR
    owners: frozenset[str] | None = None


def files_in(paths: Sequence[Path]) -> list[tuple[Path, SheetRow]]:
    """Return the files of some paths, each with what a manuals.csv beside it says of it.

    A folder with a manuals.csv gives the files named there; any other folder all its files. Raises
    UsageError for a path that is neither.
    """
    files: list[tuple[Path, SheetRow]] = []
    for path in paths:
        if not _exists(path):
            name = printable(str(path))
            raise UsageError(f"{name} が見つかりません。場所と名前を確かめてください。")
        if not path.is_file() and not path.is_dir():
            name = printable(str(path))
            raise UsageError(
                f"{name} はファイルでもフォルダでもありません。場所を確かめてください。"
            )
        if path.is_file():
            sheet = path.parent / SHEET_NAME
            rows = read_sheet(sheet) if sheet.is_file() else {}
            files.append((path, rows.get(path.name, SheetRow())))
        elif (path / SHEET_NAME).is_file():
            files += [(path / name, row) for name, row in read_sheet(path / SHEET_NAME).items()]
        else:
            files += [
                (file, SheetRow()) for file in sorted(path.rglob("*")) if _is_wanted(file, path)
            ]
    return files


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
