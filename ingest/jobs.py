"""Ingesting a file as a job: what is kept of it in the job table, and how it is carried out."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from assistant import calendar
from assistant.background import short_turns
from assistant.jobs.records import Job, NewJob
from assistant.jobs.worker import Handler, JobContext, JobFailed
from assistant.opening import Assistant
from assistant.people.directory import Member
from assistant.publications import UNTRIED
from ingest.incoming import FileResult, Incoming
from ingest.manual_sheet import SheetRow
from ingest.pipeline import ingest_file, said_of

INGEST: Final = "ingest"
_NOT_ALLOWED: Final = (
    "マニュアルを登録する役割がなくなったため、取り込みませんでした。管理者に確かめてください。"
)
_DAYS: Final = ("effective_from", "effective_to", "review_on")


class Secrets:
    """Passwords of files in line: in memory alone, each until the work on its file begins."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def keep(self, job_id: str, password: str) -> None:
        """Keep the password of a job's file."""
        with self._lock:
            self._known[job_id] = password

    def take(self, job_id: str) -> str | None:
        """Return a job's password once."""
        with self._lock:
            return self._known.pop(job_id, None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._known.clear()


@dataclass(frozen=True)
class Request:
    """What a job says of its file beside its name; `uploaded` lies in our own folder for uploads.

    What somebody uploads is bounded by their rights at the time the work begins; what the operator
    of the server names by a command is not.
    """

    path: Path
    row: SheetRow
    uploaded: bool = False
    manual_id: str = ""
    correction: bool = False
    as_draft: bool = False
    origin: str = ""

    def arguments(self) -> dict[str, Any]:
        """Return the request as the job table keeps it."""
        said = {**asdict(self), "path": str(self.path)}
        said["row"] = {k: str(v) if isinstance(v, date) else v for k, v in said["row"].items()}
        return said


def request_of(job: Job) -> Request:
    """Return what an ingest job says of its file."""
    said = dict(job.arguments)
    row = {k: v for k, v in said.pop("row").items() if k in {f.name for f in fields(SheetRow)}}
    for name in _DAYS:
        row[name] = None if row.get(name) in (None, "") else date.fromisoformat(row[name])
    return Request(**{**said, "path": Path(said["path"]), "row": SheetRow(**row)})


def result_of(job: Job) -> FileResult | None:
    """Return what became of a job's file, None as long as it is not known."""
    if job.result is not None and "status" in job.result:
        return FileResult(**job.result)
    if job.state == "failed":
        return FileResult(job.title, "rejected", problems=[job.error])
    return None


def ingest_job(incoming: Incoming) -> NewJob:
    """Return the job that ingests a file for the operator of the server."""
    request = Request(
        incoming.path,
        incoming.row,
        manual_id=incoming.manual_id,
        correction=incoming.correction,
        as_draft=incoming.as_draft,
        origin=incoming.origin,
    )
    return NewJob(INGEST, incoming.name, request.arguments())


def ingest_handler(assistant: Assistant, secrets: Secrets) -> Handler:
    """Return what carries out ingest jobs; an uploaded file is deleted once it is ingested."""

    def ingest(context: JobContext) -> Mapping[str, Any]:
        job, request = context.job, request_of(context.job)
        incoming = _incoming(assistant, job, request, secrets.take(job.id))
        with short_turns():  # questions are asked meanwhile
            result = ingest_file(assistant, incoming, progress=context.tell)
        context.log(said_of(result))
        if result.status == "indexed" and result.state == "published":
            context.log(UNTRIED)
        if result.status == "rejected":
            raise JobFailed(" ".join(result.problems), asdict(result))
        if request.uploaded:
            request.path.unlink(missing_ok=True)
        return asdict(result)

    return ingest


def _incoming(assistant: Assistant, job: Job, request: Request, password: str | None) -> Incoming:
    """Return the file as its person may bring it now; raises JobFailed."""
    incoming = Incoming(
        request.path,
        job.title,
        request.row,
        row_is_partial=request.uploaded,
        password=password,
        uploaded_by=job.actor,
        manual_id=request.manual_id,
        correction=request.correction,
        as_draft=request.as_draft,
        origin=request.origin,
    )
    if not request.uploaded:
        return incoming
    # Rights are looked at when the work begins: they may have gone while the file waited.
    member = assistant.directory.member(job.created_by, today=calendar.today())
    if member is None or not member.enabled or "manage_manuals" not in member.tasks:
        raise JobFailed(_NOT_ALLOWED)
    return replace(incoming, owners=owners_of(member), reader=member.reader)


def owners_of(member: Member) -> frozenset[str] | None:
    """Return the sections whose manuals a person may change, None for all."""
    if "manage_all_manuals" in member.tasks:
        return None
    return member.sections_with("editor")
