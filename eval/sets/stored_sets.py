"""Question sets of the office: brought in from files, written to files, taken by their names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from assistant.database import Database
from assistant.errors import UnreadableManual, UnusableList, UsageError
from assistant.evaluations.sets import KeptCase, KeptSet, QuestionSets, rows_hash
from assistant.people.audit.trail import Actor
from eval.sets.case_rows import (
    case_of,
    exported_row,
    jsonl_rows,
    kept_cases,
    row_of_case,
    with_kind,
)
from eval.sets.question_set import Case, read_question_set
from eval.sets.set_sheet import read_set_sheet, write_set_sheet

SUFFIXES: Final = (".jsonl", ".xlsx", ".csv")
_NAMED: Final = re.compile(r"^(?P<name>[^@]+?)(?:@(?P<version>\d+))?$")


@dataclass(frozen=True)
class ChosenSet:
    """The cases that are asked: of a file (`version` None) or of a stored set."""

    name: str
    version: int | None
    hash: str
    cases: tuple[Case, ...]


def import_set(database: Database, path: Path, *, name: str, by: Actor) -> KeptSet:
    """Make the cases of a file (.jsonl, .xlsx, .csv) those of the set `name`, all or none.

    Raises UsageError for a file that cannot be read, UnusableList with every bad line.
    """
    return QuestionSets(database).replace(name, read_cases(path), by=by)


def read_cases(path: Path) -> list[KeptCase]:
    """Return the cases of a file; raises UsageError, UnreadableManual, UnusableList."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"{path.name} は質問集として読めません。{'、'.join(SUFFIXES)} のファイルを"
            "指定してください。"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"質問集 {path} を読めません。場所と読み取りの権限を確かめてください。"
        ) from error
    try:
        return kept_cases(jsonl_rows(content)) if suffix == ".jsonl" else read_set_sheet(content)
    except UnusableList as error:
        what = f"{path.name}: 質問集に直すところがあります（何も取り込んでいません）。"
        raise UnusableList(what, error.problems) from error
    except UnreadableManual as error:
        raise UnreadableManual(f"{path.name}: {error}") from error


def export_set(database: Database, named: str, suffix: str, file: BinaryIO) -> KeptSet:
    """Write a stored set to an open file, as `.jsonl` or `.xlsx`; raises UsageError."""
    sets = QuestionSets(database)
    kept = named_set(database, named)
    cases = sets.cases(kept.id)
    if suffix == ".jsonl":
        lines = (json.dumps(exported_row(case), ensure_ascii=False) for case in cases)
        file.write("".join(f"{line}\n" for line in lines).encode())
    elif suffix == ".xlsx":
        write_set_sheet(cases, file)
    else:
        raise UsageError("書き出すファイルの名前は .jsonl か .xlsx で終わるようにしてください。")
    return kept


def named_set(database: Database, named: str) -> KeptSet:
    """Return the stored set of a name, or name@2 for its second version; raises UsageError."""
    found = _NAMED.match(named.strip())
    if found is None:
        raise UsageError(f"質問集の名前「{named}」を読めません。名前か、名前@版 で書いてください。")
    version = int(found["version"]) if found["version"] else None
    return QuestionSets(database).get(found["name"].strip(), version)


def chosen_set(database: Database, path: Path, named: str) -> ChosenSet:
    """Return the cases of a file, or of the stored set that is named so; raises UsageError.

    A file is taken where there is one. Of a stored set only the approved cases are asked.
    """
    known = {kept.name for kept in QuestionSets(database).all()}
    if path.exists() or named.partition("@")[0].strip() not in known:
        cases = read_question_set(path)
        rows = [with_kind(row_of_case(case)) for case in cases]
        return ChosenSet(path.stem, None, rows_hash(rows), tuple(cases))
    return stored_set(database, named)


def stored_set(database: Database, named: str) -> ChosenSet:
    """Return the approved cases of a stored set; raises UsageError where there are none."""
    kept = named_set(database, named)
    cases = [
        case_of(case) for case in QuestionSets(database).cases(kept.id) if case.state == "approved"
    ]
    if not cases:
        raise UsageError(
            f"質問集「{kept.name}」には承認した質問がありません。下書きを確かめて承認してください。"
        )
    return ChosenSet(kept.name, kept.version, kept.hash, tuple(cases))


def latest_sets(database: Database) -> list[ChosenSet]:
    """Return the latest version of each stored set that has approved cases."""
    versions = {kept.name: kept for kept in reversed(QuestionSets(database).all())}
    return [stored_set(database, kept.name) for kept in versions.values() if kept.approved]
