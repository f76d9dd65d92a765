"""The desk where uploaded files wait and are ingested one by one; pages only watch."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import unicodedata
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from assistant import calendar
from assistant.errors import DataDirectoryError
from assistant.opening import Assistant
from assistant.people.audit.trail import Actor
from assistant.people.directory import Member
from ingest.incoming import FileResult, Incoming
from ingest.manual_sheet import SheetRow
from ingest.pipeline import ingest_file
from ingest.process.reading_process import READING_PROCESS

logger = logging.getLogger(__name__)
State = Literal["waiting", "working", "ended", "stopped"]

_FOLDER: Final = "uploads"
_LONGEST_NAME: Final = 200
_MOST_ENDED: Final = 200
_NOT_ALLOWED: Final = (
    "マニュアルを登録する役割がなくなったため、取り込みませんでした。管理者に確かめてください。"
)
_SECONDS_TO_END: Final = 30.0


class _Closing(BaseException):
    """The desk closes: the work on a file ends between two steps."""


@dataclass(frozen=True)
class Upload:
    """One file at the desk: `step` says how far the work is, `result` what became of it."""

    id: str
    name: str
    row: SheetRow
    by: Actor
    state: State = "waiting"
    step: str = ""
    result: FileResult | None = None

    @property
    def under_way(self) -> bool:
        """Whether the file waits for its turn or is being ingested."""
        return self.state in ("waiting", "working")

    @property
    def asks_password(self) -> bool:
        """Whether the file is kept until its password is given."""
        return self.state == "ended" and self.result is not None and self.result.asks_password


class UploadDesk:
    """Ingests files in one thread of its own, so that a reload or a closed tab loses nothing.

    A file lies in the data directory, under a name that is not its own, only until it is ingested
    or refused; a protected one until its password is given or the list is cleared. A password is
    kept in memory alone, until the work on its file begins.
    """

    def __init__(self, assistant: Assistant):
        self._assistant = assistant
        self._folder = assistant.settings.data_dir / _FOLDER
        self._uploads: dict[str, Upload] = {}
        self._passwords: dict[str, str] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._worker: threading.Thread | None = None
        shutil.rmtree(self._folder, ignore_errors=True)  # what a dead process left

    def close(self) -> None:
        """Drop the files that wait and break off the current one, of which nothing is shown yet."""
        with self._changed:
            self._closing = True
            self._passwords.clear()
            self._changed.notify_all()
        if self._worker is not None:
            if any(upload.state == "working" for upload in self.uploads()):
                READING_PROCESS.close()
            self._worker.join(_SECONDS_TO_END)
        shutil.rmtree(self._folder, ignore_errors=True)

    def uploads(self) -> list[Upload]:
        """Return the files, the latest first."""
        with self._changed:
            return list(reversed(self._uploads.values()))

    def seen_by(self, member: Member) -> list[Upload]:
        """Return the files that a person may know of, the latest first: an editor their own."""
        everything = "manage_all_manuals" in member.tasks
        return [u for u in self.uploads() if everything or u.by.person_id == member.person_id]

    def add(self, name: str, content: bytes | memoryview, *, row: SheetRow, by: Actor) -> None:
        """Put a file in line under its given name; an ended one of this name makes room for it.

        Raises DataDirectoryError where it cannot be written.
        """
        upload = Upload(uuid.uuid4().hex, safe_name(name), row, by)
        same = [known for known in self.uploads() if known.name == upload.name]
        if any(known.under_way for known in same):
            problem = "同じ名前のファイルを取り込んでいます。終わってから、もう一度選んでください。"
            result = FileResult(upload.name, "rejected", problems=[problem])
            upload = replace(upload, state="ended", result=result)
        else:
            self._write(upload, content)
            self._forget(lambda known: known in same and known.by == by)
        with self._changed:
            self._uploads[upload.id] = upload
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="uploads", daemon=True)
                self._worker.start()
            self._changed.notify_all()

    def retry(self, upload_id: str, password: str, *, by: Member) -> None:
        """Put a protected file that the person may know of in line again, with its password."""
        known = {upload.id for upload in self.seen_by(by)}
        with self._changed:
            upload = self._uploads.get(upload_id) if upload_id in known else None
            if upload is not None and upload.asks_password and password:
                self._passwords[upload_id] = password
                self._uploads[upload_id] = replace(upload, state="waiting", result=None)
                self._changed.notify_all()

    def stop(self, *, by: Member) -> None:
        """Drop the person's files that wait; the one being ingested is finished."""
        known = {upload.id for upload in self.seen_by(by)}
        with self._changed:
            waiting = [u for u in self._uploads.values() if u.state == "waiting" and u.id in known]
            for upload in waiting:
                self._uploads[upload.id] = replace(upload, state="stopped")
                self._passwords.pop(upload.id, None)
        for upload in waiting:
            self._path(upload).unlink(missing_ok=True)

    def clear(self, *, by: Member) -> None:
        """Take off the person's list what is not under way."""
        known = {upload.id for upload in self.seen_by(by)}
        self._forget(lambda upload: not upload.under_way and upload.id in known)

    def _forget(self, chosen: Callable[[Upload], bool]) -> None:
        with self._changed:
            gone = [upload for upload in self._uploads.values() if chosen(upload)]
            for upload in gone:
                del self._uploads[upload.id]
        for upload in gone:
            self._path(upload).unlink(missing_ok=True)

    def _write(self, upload: Upload, content: bytes | memoryview) -> None:
        path = self._path(upload)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except OSError as error:
            with suppress(OSError):  # the folder itself may be what is wrong
                path.unlink(missing_ok=True)
            raise DataDirectoryError(
                f"{upload.name} を一時フォルダに置けません（{error.strerror}）。"
                "データフォルダの権限と空き容量を確かめてください。"
            ) from error

    def _path(self, upload: Upload) -> Path:
        return self._folder / upload.id

    def _work(self) -> None:
        with suppress(_Closing):
            while (taken := self._take()) is not None:
                upload, password = taken
                # Rights are looked at when the work begins: they may have gone while it waited.
                member = self._assistant.directory.member(
                    upload.by.person_id, today=calendar.today()
                )
                if member is None or not member.enabled or "manage_manuals" not in member.tasks:
                    problem = [_NOT_ALLOWED]
                    self._end(upload, FileResult(upload.name, "rejected", problems=problem))
                    continue
                incoming = Incoming(
                    self._path(upload),
                    upload.name,
                    upload.row,
                    row_is_partial=True,
                    password=password,
                    uploaded_by=upload.by,
                    owners=owners_of(member),
                )
                tell = self._teller(upload.id)
                self._end(upload, ingest_file(self._assistant, incoming, progress=tell))

    def _take(self) -> tuple[Upload, str | None] | None:
        """Wait for the next file in line and its password; None when the desk closes."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._next() is not None)
            upload = self._next()
            if self._closing or upload is None:
                return None
            upload = replace(upload, state="working", step="読んでいます")
            self._uploads[upload.id] = upload
            return upload, self._passwords.pop(upload.id, None)

    def _next(self) -> Upload | None:
        return next((u for u in self._uploads.values() if u.state == "waiting"), None)

    def _teller(self, upload_id: str) -> Callable[[str], None]:
        def tell(step: str) -> None:
            with self._changed:
                if self._closing:
                    raise _Closing
                self._uploads[upload_id] = replace(self._uploads[upload_id], step=step)

        return tell

    def _end(self, upload: Upload, result: FileResult) -> None:
        logger.info("%s: %s", upload.id, result.status)
        if not result.asks_password:
            self._path(upload).unlink(missing_ok=True)
        with self._changed:
            self._uploads[upload.id] = replace(upload, state="ended", step="", result=result)
            ended = [u.id for u in self._uploads.values() if not u.under_way]
        old = set(ended[:-_MOST_ENDED])
        self._forget(lambda known: known.id in old)


def owners_of(member: Member) -> frozenset[str] | None:
    """Return the sections whose manuals a person may change, None for all."""
    if "manage_all_manuals" in member.tasks:
        return None
    return member.sections_with("editor")


def safe_name(given: str) -> str:
    """Return the name that a browser gave without folders and control characters.

    Composed, because macOS sends が as か and a mark, and the name decides which manual it is.
    """
    base = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    name = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip()
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{suffix[:_LONGEST_NAME]}" or "名前なし"
