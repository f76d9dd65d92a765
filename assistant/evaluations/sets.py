"""Question sets in the database: open ones change, frozen ones get a next version instead."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event

SetState = Literal["open", "frozen"]
CaseState = Literal["draft", "approved"]
LONGEST_NAME: Final = 60
MOST_CASES: Final = 5_000
_SET: Final = tables.evaluation_set.c
_CASE: Final = tables.evaluation_case.c


@dataclass(frozen=True)
class KeptCase:
    """A case of a stored set; `row` is what a line of a question set file says.

    `origin` tells in Japanese where a draft comes from. Only an approved case is asked.
    """

    case_id: str
    row: Mapping[str, Any]
    state: CaseState = "approved"
    origin: str = field(default="", compare=False)
    approved_by_name: str = field(default="", compare=False)
    approved_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class KeptSet:
    """One version of a stored set; `hash` is over its approved cases, instants are naive UTC."""

    id: int
    name: str
    version: int
    state: SetState
    hash: str
    created_at: datetime
    created_by_name: str
    frozen_at: datetime | None
    frozen_by_name: str
    frozen_reason: str
    approved: int
    drafts: int


def rows_hash(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 (hexadecimal) over cases as JSON objects, whatever order their keys have.

    The order of the cases does not matter: a set stays the same where its lines change places.
    """
    lines = sorted(json.dumps(dict(row), ensure_ascii=False, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class QuestionSets:
    """Reads and writes the stored sets; each change stands in the audit trail."""

    def __init__(self, database: Database):
        self._database = database

    def all(self) -> list[KeptSet]:
        """Return all versions of all sets, by name, the latest version first."""
        with self._database.read() as connection:
            return _sets(connection)

    def get(self, name: str, version: int | None = None) -> KeptSet:
        """Return a version of a set, the latest if none is named; raises UsageError."""
        with self._database.read() as connection:
            return _known(connection, name, version)

    def cases(self, set_id: int) -> list[KeptCase]:
        """Return the cases of a version in order, drafts too."""
        with self._database.read() as connection:
            return _cases(connection, set_id)

    def cases_of_all_versions(self, name: str) -> list[KeptCase]:
        """Return the cases of every version of a set, none where there is no such set."""
        with self._database.read() as connection:
            ids = [kept.id for kept in _sets(connection) if kept.name == name]
            return [case for set_id in ids for case in _cases(connection, set_id)]

    def replace(self, name: str, cases: Sequence[KeptCase], *, by: Actor) -> KeptSet:
        """Make these the cases of a set, which is made if there is none; raises UsageError.

        A set that is frozen gets a next version, one that says the same already stays as it is.
        """
        name = checked_name(name)
        with self._database.write() as connection:
            return _put(connection, name, list(cases), by)

    def add(self, name: str, cases: Sequence[KeptCase], *, by: Actor) -> KeptSet:
        """Add cases to a set, which is made if there is none; raises UsageError for a known id."""
        name = checked_name(name)
        with self._database.write() as connection:
            latest = _latest(connection, name)
            known = [] if latest is None else _cases(connection, latest.id)
            ids = {case.case_id for case in known}
            if twice := [case.case_id for case in cases if case.case_id in ids]:
                raise UsageError(
                    f"質問集「{name}」に、同じ ID の質問があります（{'、'.join(twice[:5])}）。"
                    "ID を変えてください。"
                )
            return _put(connection, name, [*known, *cases], by)

    def change(self, name: str, case: KeptCase, *, by: Actor) -> KeptSet:
        """Put a case in the place of the one with its id; raises UsageError where there is none."""
        with self._database.write() as connection:
            cases = _cases(connection, _known(connection, name, None).id)
            if case.case_id not in {known.case_id for known in cases}:
                raise UsageError(f"質問集「{name}」に ID {case.case_id} の質問はありません。")
            changed = [case if known.case_id == case.case_id else known for known in cases]
            return _put(connection, name, changed, by)

    def remove(self, name: str, case_ids: Sequence[str], *, by: Actor) -> KeptSet:
        """Take cases out of a set: drafts that are of no use, questions that have become wrong."""
        gone = set(case_ids)
        with self._database.write() as connection:
            cases = _cases(connection, _known(connection, name, None).id)
            kept = [case for case in cases if case.case_id not in gone]
            return _put(connection, name, kept, by)

    def approve(self, name: str, case_ids: Sequence[str], *, by: Actor) -> KeptSet:
        """Approve drafts, so that they are asked from now on; raises UsageError."""
        with self._database.write() as connection:
            latest = _known(connection, name, None)
            cases = _cases(connection, latest.id)
            drafts = {case.case_id for case in cases if case.state == "draft"}
            if unknown := [key for key in case_ids if key not in drafts]:
                raise UsageError(
                    f"下書きの中に {'、'.join(unknown[:5])} はありません。"
                    f"chonai eval sets show {name} で確かめてください。"
                )
            wanted = set(case_ids)
            now = calendar.stored_now()
            changed = [
                replace(case, state="approved", approved_by_name=by.name, approved_at=now)
                if case.case_id in wanted
                else case
                for case in cases
            ]
            return _put(connection, name, changed, by)

    def freeze(self, name: str, *, reason: str, by: Actor) -> KeptSet:
        """Let the latest version of a set never change again; frozen twice is no error."""
        with self._database.write() as connection:
            latest = _known(connection, name, None)
            if latest.state == "frozen":
                return latest
            if not latest.approved:
                raise UsageError(
                    f"質問集「{name}」には承認した質問がありません。承認してから凍結してください。"
                )
            values = {
                "state": "frozen", "frozen_at": calendar.stored_now(), "frozen_by_name": by.name,
                "frozen_reason": reason.strip(),
            }  # fmt: skip
            connection.execute(
                update(tables.evaluation_set).where(_SET.id == latest.id).values(values)
            )
            detail = {"version": latest.version, "state": "frozen", "reason": reason.strip()}
            append_event(connection, by, "evaluation.set", name, detail)
            return _known(connection, name, latest.version)


def checked_name(name: str) -> str:
    """Return the name of a set as it is kept; raises UsageError."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise UsageError(f"質問集の名前は1〜{LONGEST_NAME}文字で書いてください。")
    if "@" in plain or "/" in plain or "\\" in plain:
        raise UsageError("質問集の名前に @ / \\ は使えません（名前@2 は2番目の版を表します）。")
    return plain


def _put(connection: Connection, name: str, cases: list[KeptCase], by: Actor) -> KeptSet:
    if len(cases) > MOST_CASES:
        raise UsageError(f"1つの質問集は{MOST_CASES:,}問までです。分けてください。")
    latest = _latest(connection, name)
    before = [] if latest is None else _cases(connection, latest.id)
    if latest is not None and before == cases:
        return latest
    known = {case.case_id: case for case in before}
    # Who approved a case stays known where an import says the same of it.
    cases = [known[c.case_id] if known.get(c.case_id) == c else c for c in cases]
    hash_ = rows_hash(case.row for case in cases if case.state == "approved")
    if latest is None or latest.state == "frozen":
        version = 1 if latest is None else latest.version + 1
        values = {
            "name": name, "version": version, "state": "open", "hash": hash_,
            "created_at": calendar.stored_now(), "created_by_name": by.name,
        }  # fmt: skip
        key = int(connection.execute(insert(tables.evaluation_set), values).lastrowid)
    else:
        key, version = latest.id, latest.version
        connection.execute(update(tables.evaluation_set).where(_SET.id == key).values(hash=hash_))
    connection.execute(delete(tables.evaluation_case).where(_CASE.set_id == key))
    rows = [_row(key, ordinal, case) for ordinal, case in enumerate(cases)]
    if rows:
        connection.execute(insert(tables.evaluation_case), rows)
    detail = {"version": version, "cases": len(cases), "hash": hash_}
    append_event(connection, by, "evaluation.set", name, detail)
    return _known(connection, name, version)


def _row(set_id: int, ordinal: int, case: KeptCase) -> dict[str, Any]:
    return {
        "set_id": set_id, "ordinal": ordinal, "case_id": case.case_id, "state": case.state,
        "origin": case.origin, "row": json.dumps(dict(case.row), ensure_ascii=False),
        "approved_by_name": case.approved_by_name, "approved_at": case.approved_at,
    }  # fmt: skip


def _cases(connection: Connection, set_id: int) -> list[KeptCase]:
    query = select(tables.evaluation_case).where(_CASE.set_id == set_id).order_by(_CASE.ordinal)
    return [
        KeptCase(r.case_id, json.loads(r.row), r.state, r.origin, r.approved_by_name, r.approved_at)
        for r in connection.execute(query)
    ]


def _sets(connection: Connection, name: str | None = None) -> list[KeptSet]:
    counted = select(_CASE.set_id, _CASE.state, func.count()).group_by(_CASE.set_id, _CASE.state)
    counts = {(row[0], row[1]): int(row[2]) for row in connection.execute(counted)}
    query = select(tables.evaluation_set).order_by(_SET.name, _SET.version.desc())
    if name is not None:
        query = query.where(_SET.name == name)
    return [
        KeptSet(
            **row._mapping,
            approved=counts.get((row.id, "approved"), 0),
            drafts=counts.get((row.id, "draft"), 0),
        )
        for row in connection.execute(query)
    ]


def _latest(connection: Connection, name: str) -> KeptSet | None:
    return next(iter(_sets(connection, name)), None)


def _known(connection: Connection, name: str, version: int | None) -> KeptSet:
    found = [one for one in _sets(connection, name) if version in (None, one.version)]
    if not found:
        number = "" if version is None else f" の第{version}版"
        raise UsageError(
            f"質問集「{name}」{number}はありません。chonai eval sets list で確かめてください。"
        )
    return found[0]
