"""Runs over question sets in the database: what was asked, under which conditions, what came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor

RunState = Literal["running", "stopped", "done"]
_RUN: Final = tables.evaluation_run.c
_RESULT: Final = tables.evaluation_result.c


@dataclass(frozen=True)
class NewRun:
    """A run to be kept: its set, what it is to be repeated with, and its cases in order.

    `set_version` is None for a set that is a file. `rows` are the cases as question set files
    say them.
    """

    set_name: str
    set_version: int | None
    set_hash: str
    conditions: Mapping[str, Any]
    sample: int | None
    seed: int
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class KeptRun:
    """A run and how far it is; instants are naive UTC."""

    id: int
    set_name: str
    set_version: int | None
    set_hash: str
    state: RunState
    conditions: Mapping[str, Any]
    sample: int | None
    seed: int
    started_at: datetime
    started_by_name: str
    ended_at: datetime | None
    stop_requested: bool
    questions: int
    answered: int


@dataclass(frozen=True)
class KeptResult:
    """A case of a run as it was asked, and what came of it (None: not asked yet)."""

    case_id: str
    row: Mapping[str, Any]
    result: Mapping[str, Any] | None


class EvaluationRuns:
    """Reads and writes runs; a result is kept as soon as it is there."""

    def __init__(self, database: Database):
        self._database = database

    def begin(self, run: NewRun, *, by: Actor) -> KeptRun:
        """Keep a new run with all its cases, none of them asked yet."""
        values = {
            "set_name": run.set_name, "set_version": run.set_version, "set_hash": run.set_hash,
            "state": "running", "conditions": _dumped(run.conditions), "sample": run.sample,
            "seed": run.seed, "started_at": calendar.stored_now(), "started_by_name": by.name,
        }  # fmt: skip
        with self._database.write() as connection:
            key = int(connection.execute(insert(tables.evaluation_run), values).lastrowid)
            rows = [
                {"run_id": key, "case_id": str(row["id"]), "ordinal": n, "row": _dumped(row)}
                for n, row in enumerate(run.rows)
            ]
            connection.execute(insert(tables.evaluation_result), rows)
            return _known(connection, key)

    def all(self) -> list[KeptRun]:
        """Return all runs, the latest first."""
        with self._database.read() as connection:
            return _runs(connection)

    def get(self, run_id: int) -> KeptRun:
        """Return a run; raises UsageError where there is none."""
        with self._database.read() as connection:
            return _known(connection, run_id)

    def results(self, run_id: int) -> list[KeptResult]:
        """Return the cases of a run in order with what came of them."""
        query = (
            select(_RESULT.case_id, _RESULT.row, _RESULT.result)
            .where(_RESULT.run_id == run_id)
            .order_by(_RESULT.ordinal)
        )
        with self._database.read() as connection:
            return [
                KeptResult(
                    row.case_id,
                    json.loads(row.row),
                    None if row.result is None else json.loads(row.result),
                )
                for row in connection.execute(query)
            ]

    def latest_like(self, run: NewRun) -> KeptRun | None:
        """Return the latest run of the same set under the same conditions, None without one."""
        asked = [str(row["id"]) for row in run.rows]
        for known in self.all():
            same = (known.set_hash, known.conditions, known.sample, known.seed) == (
                run.set_hash, run.conditions, run.sample, run.seed,
            )  # fmt: skip
            if same and [result.case_id for result in self.results(known.id)] == asked:
                return known
        return None

    def resume(self, run_id: int) -> KeptRun:
        """Let a run go on where it was stopped or broken off; raises UsageError."""
        self.get(run_id)
        self._change(run_id, state="running", ended_at=None, stop_requested=False)
        return self.get(run_id)

    def take_up(self, run_id: int) -> None:
        """Say that a run is under way; a wish to stop it stays."""
        self._change(run_id, state="running", ended_at=None)

    def keep(self, run_id: int, case_id: str, result: Mapping[str, Any]) -> None:
        """Keep what came of a case."""
        with self._database.write() as connection:
            connection.execute(
                update(tables.evaluation_result)
                .where(_RESULT.run_id == run_id, _RESULT.case_id == case_id)
                .values(result=_dumped(result), answered_at=calendar.stored_now())
            )

    def request_stop(self, run_id: int) -> None:
        """Ask a run to stop after the case it is at; raises UsageError where there is none."""
        if self.get(run_id).state != "running":
            raise UsageError(f"評価 {run_id} は動いていません。")
        self._change(run_id, stop_requested=True)

    def stop_requested(self, run_id: int) -> bool:
        """Tell whether somebody asked the run to stop."""
        return self.get(run_id).stop_requested

    def end(self, run_id: int, state: RunState) -> None:
        """Keep that a run is over for now: `done` or `stopped`."""
        self._change(run_id, state=state, ended_at=calendar.stored_now())

    def _change(self, run_id: int, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(tables.evaluation_run).where(_RUN.id == run_id).values(**values)
            )


def _dumped(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)


def _runs(connection: Connection, run_id: int | None = None) -> list[KeptRun]:
    counted = select(_RESULT.run_id, func.count(), func.count(_RESULT.result))
    query = select(tables.evaluation_run).order_by(_RUN.id.desc())
    if run_id is not None:
        counted = counted.where(_RESULT.run_id == run_id)
        query = query.where(_RUN.id == run_id)
    counts = {
        row[0]: (row[1], row[2]) for row in connection.execute(counted.group_by(_RESULT.run_id))
    }
    found = []
    for row in connection.execute(query):
        kept = {**row._mapping, "conditions": json.loads(row.conditions)}
        questions, answered = counts.get(row.id, (0, 0))
        found.append(KeptRun(**kept, questions=int(questions), answered=int(answered)))
    return found


def _known(connection: Connection, run_id: int) -> KeptRun:
    found = _runs(connection, run_id)
    if not found:
        raise UsageError(
            f"評価 {run_id} の記録はありません。chonai eval runs list で番号を確かめてください。"
        )
    return found[0]
