"""The desk where uploaded files wait for their jobs; pages only watch."""

from __future__ import annotations

import os
import time
import unicodedata
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from assistant import calendar
from assistant.errors import DataDirectoryError, UsageError
from assistant.jobs.records import Job, NewJob
from assistant.opening import Assistant
from assistant.people.audit.trail import Actor
from assistant.people.directory import Member
from ingest.incoming import FileResult
from ingest.jobs import INGEST, Request, Secrets, request_of, result_of
from ingest.manual_sheet import SheetRow

_FOLDER: Final = "uploads"
_LONGEST_NAME: Final = 200
_MOST_SHOWN: Final = 200
_ALL: Final = 1_000_000
_FILES_KEPT: Final = timedelta(days=7)
_SAME_NAME: Final = (
    "「{name}」は、同じ名前のファイルを取り込んでいるところです。終わってから、"
    "もう一度選んでください。"
)


@dataclass(frozen=True)
class Upload:
    """One file at the desk: its job, what was said of it, and what became of it."""

    job: Job
    request: Request
    result: FileResult | None

    @property
    def id(self) -> str:
        """The id of the job."""
        return self.job.id

    @property
    def name(self) -> str:
        """The name under which the file was given."""
        return self.job.title

    @property
    def row(self) -> SheetRow:
        """What was said of the file."""
        return self.request.row

    @property
    def under_way(self) -> bool:
        """Whether the file waits for its turn or is being ingested."""
        return self.job.is_open

    @property
    def asks_password(self) -> bool:
        """Whether the file is kept until its password is given."""
        return self.job.state == "failed" and self.result is not None and self.result.asks_password

    @property
    def can_be_retried(self) -> bool:
        """Whether the same file can be given a second try."""
        return self.job.state in ("failed", "cancelled") and self.request.path.is_file()


class UploadDesk:
    """Keeps uploaded files until their jobs are done; a restart or a closed tab loses none.

    A file lies in the data directory under a name that is not its own: until it is ingested, or,
    where it could not be, until it is taken off the list or a week is over. A password is kept in
    memory alone, until the work on its file begins.
    """

    def __init__(self, assistant: Assistant, secrets: Secrets, *, wake: Callable[[], None]):
        self._jobs = assistant.jobs
        self._folder = assistant.settings.data_dir / _FOLDER
        self._secrets = secrets
        self._wake = wake

    def uploads(self, *, limit: int = _MOST_SHOWN) -> list[Upload]:
        """Return the files, the latest first."""
        found = self._jobs.recent(kinds=[INGEST], limit=limit)
        uploads = [Upload(job, request_of(job), result_of(job)) for job in found]
        return [upload for upload in uploads if upload.request.uploaded]

    def seen_by(self, member: Member) -> list[Upload]:
        """Return the files that a person may know of, the latest first: an editor their own."""
        everything = "manage_all_manuals" in member.tasks
        return [u for u in self.uploads() if everything or u.job.created_by == member.person_id]

    def add(
        self,
        name: str,
        content: bytes | memoryview,
        *,
        row: SheetRow,
        by: Actor,
        manual_id: str = "",
        correction: bool = False,
        as_draft: bool = False,
    ) -> None:
        """Put a file in line under its given name; an ended one of this name makes room for it.

        Raises UsageError where a file of this name is in line, DataDirectoryError where it cannot
        be written.
        """
        name = safe_name(name)
        same = [known for known in self.uploads() if known.name == name]
        if any(known.under_way for known in same):
            raise UsageError(_SAME_NAME.format(name=name))
        path = self._folder / uuid.uuid4().hex
        self._write(path, name, content)
        request = Request(
            path,
            row,
            uploaded=True,
            manual_id=manual_id,
            correction=correction,
            as_draft=as_draft,
        )
        try:
            self._jobs.add(NewJob(INGEST, name, request.arguments()), by=by)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self._forget(known for known in same if known.job.created_by == by.person_id)
        self._wake()

    def retry(self, upload_id: str, *, by: Member, password: str = "") -> None:
        """Put a file that the person may know of in line again, with its password if it has one."""
        upload = self._known(upload_id, by)
        if upload is None or not upload.can_be_retried or (upload.asks_password and not password):
            return
        if password:
            self._secrets.keep(upload_id, password)
        if not self._jobs.retry(upload_id):
            self._secrets.take(upload_id)
        self._wake()

    def cancel(self, upload_id: str, *, by: Member) -> None:
        """End the work on one of the person's files, under way or not."""
        if self._known(upload_id, by) is not None and self._jobs.cancel(upload_id):
            self._secrets.take(upload_id)
            self._wake()

    def stop(self, *, by: Member) -> None:
        """Take the person's waiting files out of the line; the one being ingested is finished."""
        for upload in self.seen_by(by):
            if upload.job.state == "waiting":
                self.cancel(upload.id, by=by)

    def clear(self, *, by: Member) -> None:
        """Take off the person's list what is not under way."""
        self._forget(upload for upload in self.seen_by(by) if not upload.under_way)

    def remove_old_files(self) -> int:
        """Delete files that nobody has wanted for a week, and those without a job; how many."""
        since = calendar.stored_now() - _FILES_KEPT
        kept = {
            u.request.path.name
            for u in self.uploads(limit=_ALL)
            if u.under_way or u.job.ended_at is None or u.job.ended_at > since
        }
        # One that has just been written may have its job in a moment.
        young = time.time() - _FILES_KEPT.total_seconds()
        gone = [
            path
            for path in self._folder.glob("*")
            if path.name not in kept and path.stat().st_mtime < young
        ]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _known(self, upload_id: str, by: Member) -> Upload | None:
        return next((u for u in self.seen_by(by) if u.id == upload_id), None)

    def _forget(self, uploads: Iterable[Upload]) -> None:
        gone = list(uploads)
        self._jobs.forget(upload.id for upload in gone)
        for upload in gone:
            upload.request.path.unlink(missing_ok=True)

    def _write(self, path: Path, name: str, content: bytes | memoryview) -> None:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except OSError as error:
            with suppress(OSError):  # the folder itself may be what is wrong
                path.unlink(missing_ok=True)
            raise DataDirectoryError(
                f"{name} を一時フォルダに置けません（{error.strerror}）。"
                "データフォルダの権限と空き容量を確かめてください。"
            ) from error


def safe_name(given: str) -> str:
    """Return the name that a browser gave without folders and control characters.

    Composed, because macOS sends が as か and a mark, and the name decides which manual it is.
    """
    base = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    name = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip()
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{suffix[:_LONGEST_NAME]}" or "名前なし"
