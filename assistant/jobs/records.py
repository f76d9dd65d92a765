"""The job table: what is to be done, how far it is, what became of it, and a log to read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from assistant import calendar, tables
from assistant.database import Database
from assistant.people.audit.trail import Actor

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
OPEN: Final = ("waiting", "running")
"""States of the jobs that are not over."""
MOST_ATTEMPTS: Final = 3
"""A job during which the process died this often is not begun again: it may be the cause."""
DEAD_AFTER: Final = timedelta(seconds=60)
"""Without a beat for this long a worker is taken for dead."""

_JOB: Final = tables.job.c
_LINE: Final = tables.job_line.c
_DIED: Final = (
    "処理の途中でサーバーが{count}回止まったため、中止しました。ファイルを確かめて、"
    "もう一度実行してください。"
)


@dataclass(frozen=True)
class Job:
    """One piece of work; `done` of `total` pages (or other steps) are done, 0 of 0 if unknown.

    `title` is what people call it (a file's name), `result` what its handler returned, `error` why
    it failed, in Japanese. Instants are UTC without a time zone.
    """

    id: str
    kind: str
    title: str
    arguments: Mapping[str, Any]
    state: JobState
    step: str
    done: int
    total: int
    attempts: int
    cancel_requested: bool
    created_at: datetime
    created_by: str
    created_by_name: str
    run_after: datetime | None
    claimed_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    result: Mapping[str, Any] | None
    error: str

    @property
    def is_open(self) -> bool:
        """Whether the job waits or runs."""
        return self.state in OPEN

    @property
    def actor(self) -> Actor:
        """Who asked for it."""
        return Actor(self.created_by, self.created_by_name)


@dataclass(frozen=True)
class JobLine:
    """One line of a job's log."""

    at: datetime
    text: str


@dataclass(frozen=True)
class NewJob:
    """A job to be added; of one `kind` and `dedup` (unless "") at most one is open at a time."""

    kind: str
    title: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    dedup: str = ""
    run_after: datetime | None = None


class Jobs:
    """Reads and writes the job table; safe for several workers, threads and processes."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, new: NewJob, *, by: Actor) -> Job | None:
        """Put a job in line and return it, None where the same work is open already."""
        row = {
            "id": uuid.uuid4().hex,
            "kind": new.kind,
            "title": new.title,
            "arguments": json.dumps(dict(new.arguments), ensure_ascii=False),
            "dedup": new.dedup,
            "state": "waiting",
            "created_at": calendar.stored_now(),
            "created_by": by.person_id,
            "created_by_name": by.name,
            "run_after": new.run_after,
        }
        try:
            with self._database.write() as connection:
                connection.execute(insert(tables.job), row)
                _log(connection, str(row["id"]), "受け付けました。")
        except IntegrityError:
            if new.dedup:
                return None
            raise
        return self.get(str(row["id"]))

    def get(self, job_id: str) -> Job | None:
        """Return a job, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(tables.job).where(_JOB.id == job_id)).first()
        return None if row is None else _job(row)

    def recent(
        self,
        *,
        limit: int = 200,
        kinds: Sequence[str] | None = None,
        created_by: str | None = None,
        only_open: bool = False,
    ) -> list[Job]:
        """Return jobs, the latest first: all, of some kinds, of one person, or the open ones."""
        query = select(tables.job)
        if kinds is not None:
            query = query.where(_JOB.kind.in_(kinds))
        if created_by is not None:
            query = query.where(_JOB.created_by == created_by)
        if only_open:
            query = query.where(_JOB.state.in_(OPEN))
        query = query.order_by(_JOB.created_at.desc(), _JOB.id).limit(limit)
        with self._database.read() as connection:
            return [_job(row) for row in connection.execute(query)]

    def lines(self, job_id: str) -> list[JobLine]:
        """Return a job's log, the oldest line first."""
        query = select(_LINE.at, _LINE.text).where(_LINE.job_id == job_id).order_by(_LINE.id)
        with self._database.read() as connection:
            return [JobLine(*row) for row in connection.execute(query)]

    def log(self, job_id: str, text: str) -> None:
        """Add a line to a job's log."""
        with self._database.write() as connection:
            _log(connection, job_id, text)

    def claim(
        self, worker: str, kinds: Iterable[str], *, only: Sequence[str] | None = None
    ) -> Job | None:
        """Take the job that has waited longest, for this worker alone; None if there is none.

        `only` limits to some jobs.
        """
        now = calendar.stored_now()
        wanted = (
            (_JOB.state == "waiting")
            & _JOB.kind.in_(list(kinds))
            & (_JOB.run_after.is_(None) | (_JOB.run_after <= now))
        )
        if only is not None:
            wanted &= _JOB.id.in_(list(only))
        query = select(_JOB.id, _JOB.attempts).where(wanted)
        query = query.order_by(_JOB.created_at, _JOB.id).limit(1)
        with self._database.read() as connection:
            if connection.execute(query).first() is None:
                return None  # the usual case needs no lock
        with self._database.write() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            values = {
                "state": "running", "claimed_by": worker, "beat_at": now, "started_at": now,
                "attempts": row.attempts + 1,
            }  # fmt: skip
            connection.execute(update(tables.job).where(_JOB.id == row.id).values(values))
            again = f"（{row.attempts + 1}回目）" if row.attempts else ""
            _log(connection, row.id, f"始めました{again}。")
        return self.get(row.id)

    def tell(self, job_id: str, worker: str, *, step: str, done: int, total: int) -> bool:
        """Keep how far a job is; False if it is to be cancelled or no longer this worker's."""
        return self._beat(job_id, worker, step=step, done=done, total=total)

    def beat(self, job_id: str, worker: str) -> bool:
        """Say that a job is being worked on; False if it is to be cancelled or was taken away."""
        return self._beat(job_id, worker)

    def _beat(self, job_id: str, worker: str, **values: Any) -> bool:
        kept = {**values, "beat_at": calendar.stored_now()}
        with self._database.write() as connection:
            change = update(tables.job).where(_held_by(job_id, worker)).values(kept)
            told = connection.execute(change).rowcount
            asked = select(_JOB.cancel_requested).where(_JOB.id == job_id)
            return bool(told) and not connection.execute(asked).scalar()

    def end(
        self,
        job_id: str,
        worker: str,
        state: JobState,
        *,
        result: Mapping[str, Any] | None = None,
        error: str = "",
    ) -> None:
        """Keep how a job of this worker ended."""
        own = _held_by(job_id, worker)
        said = None if result is None else json.dumps(dict(result), ensure_ascii=False)
        values = {
            "state": state, "result": said, "error": error, "claimed_by": None, "beat_at": None,
            "ended_at": calendar.stored_now(), "step": "",
        }  # fmt: skip
        words = {"done": "終わりました。", "cancelled": "中止しました。"}
        with self._database.write() as connection:
            if connection.execute(update(tables.job).where(own).values(values)).rowcount:
                _log(connection, job_id, words.get(state, f"できませんでした。{error}"))

    def put_back(self, job_id: str, worker: str) -> None:
        """Put a job back in line that its worker cannot finish: the process ends in good order."""
        own = _held_by(job_id, worker)
        with self._database.write() as connection:
            row = connection.execute(select(_JOB.attempts).where(own)).first()
            if row is not None:
                _wait_again(connection, job_id, attempts=row.attempts - 1)
                _log(connection, job_id, "サーバーを止めるため、途中で置きました。次に続けます。")

    def take_up_again(
        self, worker: str, *, is_dead: Callable[[str | None, datetime | None], bool]
    ) -> int:
        """Put back in line what dead workers hold; returns how many jobs.

        `is_dead(claimed_by, beat_at)` tells of a worker whether it is. A job that was asked to be
        cancelled is; one during which workers keep dying is given up.
        """
        query = select(tables.job).where(_JOB.state == "running")
        count = 0
        with self._database.write() as connection:
            for row in connection.execute(query).all():
                if row.claimed_by == worker or not is_dead(row.claimed_by, row.beat_at):
                    continue
                count += 1
                if row.cancel_requested or row.attempts >= MOST_ATTEMPTS:
                    error = "" if row.cancel_requested else _DIED.format(count=row.attempts)
                    state = "cancelled" if row.cancel_requested else "failed"
                    values = {
                        "state": state, "error": error, "claimed_by": None, "beat_at": None,
                        "ended_at": calendar.stored_now(), "step": "",
                    }  # fmt: skip
                    connection.execute(update(tables.job).where(_JOB.id == row.id).values(values))
                    _log(connection, row.id, error or "中止しました。")
                else:
                    _wait_again(connection, row.id, attempts=row.attempts)
                    _log(connection, row.id, "サーバーが止まったため、もう一度始めます。")
        return count

    def cancel(self, job_id: str) -> bool:
        """Cancel a job: at once if it waits, else at its next step; False if it is over."""
        with self._database.write() as connection:
            state = connection.execute(select(_JOB.state).where(_JOB.id == job_id)).scalar()
            if state not in OPEN:
                return False
            values: dict[str, Any] = {"cancel_requested": True}
            if state == "waiting":
                values |= {"state": "cancelled", "ended_at": calendar.stored_now()}
            connection.execute(update(tables.job).where(_JOB.id == job_id).values(values))
            _log(
                connection, job_id, "中止しました。" if state == "waiting" else "中止を求めました。"
            )
        return True

    def retry(self, job_id: str) -> bool:
        """Put a job that failed or was cancelled back in line.

        False if it is in no such state, or the same work is open already.
        """
        try:
            with self._database.write() as connection:
                state = connection.execute(select(_JOB.state).where(_JOB.id == job_id)).scalar()
                if state not in ("failed", "cancelled"):
                    return False
                _wait_again(connection, job_id, attempts=0)
                values = {
                    "ended_at": None,
                    "result": None,
                    "error": "",
                    "created_at": calendar.stored_now(),
                }
                connection.execute(update(tables.job).where(_JOB.id == job_id).values(values))
                _log(connection, job_id, "もう一度実行します。")
        except IntegrityError:  # the same work is open already, as another job
            return False
        return True

    def forget(self, job_ids: Iterable[str]) -> None:
        """Delete jobs that are over, with their logs."""
        over = _JOB.id.in_(list(job_ids)) & _JOB.state.not_in(OPEN)
        with self._database.write() as connection:
            chosen = list(connection.execute(select(_JOB.id).where(over)).scalars())
            connection.execute(delete(tables.job_line).where(_LINE.job_id.in_(chosen)))
            connection.execute(delete(tables.job).where(_JOB.id.in_(chosen)))

    def ended_before(self, instant: datetime) -> list[Job]:
        """Return the jobs that were over before an instant (UTC without a time zone)."""
        query = select(tables.job).where(_JOB.state.not_in(OPEN), _JOB.ended_at < instant)
        with self._database.read() as connection:
            return [_job(row) for row in connection.execute(query)]


def _held_by(job_id: str, worker: str) -> ColumnElement[bool]:
    return (_JOB.id == job_id) & (_JOB.claimed_by == worker) & (_JOB.state == "running")


def _log(connection: Connection, job_id: str, text: str) -> None:
    connection.execute(
        insert(tables.job_line), {"job_id": job_id, "at": calendar.stored_now(), "text": text}
    )


def _wait_again(connection: Connection, job_id: str, *, attempts: int) -> None:
    values = {
        "state": "waiting", "claimed_by": None, "beat_at": None, "step": "", "done": 0, "total": 0,
        "attempts": attempts, "cancel_requested": False,
    }  # fmt: skip
    connection.execute(update(tables.job).where(_JOB.id == job_id).values(values))


def _job(row: Any) -> Job:
    kept = {name: getattr(row, name) for name in Job.__dataclass_fields__}
    kept["arguments"] = json.loads(row.arguments)
    kept["result"] = None if row.result is None else json.loads(row.result)
    return Job(**kept)
