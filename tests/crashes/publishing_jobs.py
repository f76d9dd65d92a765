"""Job handlers that publish through the library's own classes, each doing its work only once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from hashed_encoder import HashedEncoder
from shelf import Action
from small_manuals import prepared_manual
from sqlalchemy import select

from assistant import tables
from assistant.jobs.records import Job, Jobs, NewJob
from assistant.jobs.worker import Handler, JobContext, JobWorker, is_dead
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.lifecycle import Dates, Lifecycle
from assistant.opening import Assistant, open_assistant
from assistant.settings import Settings

_VERSION = tables.manual_version.c


def open_directory(folder: Path) -> Assistant:
    """Open a data directory with the small encoder."""
    settings = Settings(data_dir=folder, models_dir=folder / "models", mode="extractive")
    return open_assistant(settings, encoder=HashedEncoder())


def job_of(action: Action) -> NewJob:
    """Return an action as a job."""
    return NewJob(action.kind, f"{action.manual} {action.kind}", action.arguments())


def do_open_jobs(assistant: Assistant) -> list[Job]:
    """Take up again what a dead process held, and do all open jobs here and now."""
    jobs = Jobs(assistant.database)
    worker = JobWorker(jobs, handlers(assistant))
    jobs.take_up_again(worker.id, is_dead=is_dead)
    return worker.run(reversed([job.id for job in jobs.recent(only_open=True)]))


def handlers(assistant: Assistant) -> Mapping[str, Handler]:
    """Return the handlers of all kinds of actions."""
    doing = _Doing(assistant)
    return {
        "publish": doing.publish,
        "draft": doing.draft,
        "release": doing.release,
        "withdraw": doing.withdraw,
        "roll_back": doing.roll_back,
        "amend": doing.amend,
    }


class _Doing:
    """One method a kind; what a job before the kill has done already is not done again."""

    def __init__(self, assistant: Assistant):
        self._library = assistant.library
        self._lifecycle = Lifecycle(assistant.library)

    def publish(self, context: JobContext) -> dict[str, Any]:
        return self._bring_in(context, as_draft=False)

    def draft(self, context: JobContext) -> dict[str, Any]:
        return self._bring_in(context, as_draft=True)

    def release(self, context: JobContext) -> None:
        version_id, state = self._target(context)
        if state != "published":
            self._lifecycle.release(version_id, by=context.job.actor)

    def withdraw(self, context: JobContext) -> None:
        version_id, state = self._target(context)
        if state != "withdrawn":
            manual = context.job.arguments["manual"]
            self._lifecycle.withdraw(manual, by=context.job.actor, version_id=version_id)

    def roll_back(self, context: JobContext) -> None:
        version_id, state = self._target(context)
        if state != "withdrawn":
            manual = context.job.arguments["manual"]
            undone = self._lifecycle.roll_back(manual, by=context.job.actor)
            assert undone.id == version_id

    def amend(self, context: JobContext) -> None:
        version_id, _ = self._target(context)
        said = context.job.arguments
        dates = Dates(date.fromisoformat(said["since"]), date.fromisoformat(said["ends"]))
        self._lifecycle.amend(version_id, dates, by=context.job.actor)

    def _bring_in(self, context: JobContext, *, as_draft: bool) -> dict[str, Any]:
        said = context.job.arguments
        since = date.fromisoformat(said["since"])
        prepared = prepared_manual(
            *said["passages"], manual_id=said["manual"], title=said["manual"], since=since
        )
        if self._versions(prepared.sha256):
            return {"status": "unchanged"}
        context.tell("索引づけ")
        store_vectors(self._library.vectors, self._library.encoder, prepared.drafts)
        context.tell("登録")
        publisher = Publisher(self._library)
        version = publisher.draft(prepared) if as_draft else publisher.publish(prepared)
        return {"version": version.id, "sha256": hashlib.sha256(prepared.content).hexdigest()}

    def _versions(self, sha256: str) -> list[tuple[str, str]]:
        query = select(_VERSION.id, _VERSION.state).where(
            _VERSION.sha256 == sha256, _VERSION.state != "staged"
        )
        with self._library.database.read() as connection:
            return [(row.id, row.state) for row in connection.execute(query)]

    def _target(self, context: JobContext) -> tuple[str, str]:
        [found] = self._versions(context.job.arguments["target"])
        return found
