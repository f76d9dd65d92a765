"""Reads a file in a child process with limits: a hostile file harms nothing but itself."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess  # nosec B404 - our own interpreter and module, no shell
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import IO

from assistant.errors import PasswordRequired, UnreadableManual
from assistant.settings import Settings
from ingest.document import ReadDocument
from ingest.page_progress import PageProgress
from ingest.process.office_conversion import converted, converter
from ingest.process.reading_frames import Outcome, pages_said, unpacked
from ingest.readers.old_office import NeedsConversion

_COMMAND = (sys.executable, "-m", "ingest.process.reading_child")
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class ReadingLimits:
    """What one file may take: seconds of time, megabytes of memory beyond the libraries'."""

    seconds: float
    megabytes: int


class ReadingProcess:
    """A child that forks once a file; started at the first file, and again when it has died.

    The readers are loaded once, in the child: a file costs a fork (some 10 ms), not an import.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def read(
        self,
        content: bytes,
        file_name: str,
        limits: ReadingLimits,
        *,
        password: str | None = None,
        progress: PageProgress | None = None,
    ) -> ReadDocument:
        """Read one file; raises UnreadableManual with the next step, limits reached included.

        PasswordRequired where a password protects the file and none or a wrong one is given.
        `progress` hears how many pages are read while a PDF is; what it raises ends the reading.
        """
        outcome = self.outcome(content, file_name, limits, password=password, progress=progress)
        return _document(outcome, limits)

    def outcome(
        self,
        content: bytes,
        file_name: str,
        limits: ReadingLimits,
        *,
        password: str | None = None,
        progress: PageProgress | None = None,
    ) -> Outcome:
        """Return what the child says of a file; what `progress` raises ends the child."""
        request = {
            "name": file_name,
            "bytes": len(content),
            "seconds": limits.seconds,
            "megabytes": limits.megabytes,
            "password": password,
        }
        head = json.dumps(request).encode() + b"\n"
        with self._lock:
            try:
                frame = self._asked(head + content, progress)
            except BaseException:  # what the child still says would be taken for the next file's
                self._end()
                raise
            if frame is None:
                self._end()
                return Outcome(stopped="died")
            return unpacked(frame)

    def close(self) -> None:
        """End the child and what it reads; it is started again when another file is read."""
        self._kill()
        with self._lock:
            self._end()

    def _asked(self, request: bytes, progress: PageProgress | None) -> bytes | None:
        """Return the child's answer, None where it has died."""
        child = self._running()
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child has no pipes")
        try:
            child.stdin.write(request)
            child.stdin.flush()
        except OSError:
            return None
        line = _line_of(child.stdout)
        while pages := pages_said(line):
            if progress is not None:
                progress(*pages)
            line = _line_of(child.stdout)
        return _frame_of(child.stdout, line)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(  # nosec B603
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **_ONE_THREAD},
                start_new_session=True,  # so that what it forked ends with it
            )
        return self._child

    def _end(self) -> None:
        if self._child is None:
            return
        self._kill()
        self._child.communicate()
        self._child = None

    def _kill(self) -> None:
        child = self._child
        if child is not None and child.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def read_under_limits(
    content: bytes,
    file_name: str,
    settings: Settings,
    *,
    password: str | None = None,
    progress: PageProgress | None = None,
) -> ReadDocument:
    """Read one file in the child under the limits of the settings; raises UnreadableManual.

    `progress` hears how many pages are read while a PDF is; what it raises ends the reading. An old
    Office file is converted first, outside the child: a converter has to write files.
    """
    limits = ReadingLimits(settings.reading_seconds, settings.reading_megabytes)
    try:
        return READING_PROCESS.read(
            content, file_name, limits, password=password, progress=progress
        )
    except NeedsConversion as old:
        program = converter()
        if program is None:
            raise
        given = content if old.opened is None else old.opened
        new = converted(given, old.target, limits.seconds, limits.megabytes, program)
        new_name = str(PurePath(file_name).with_suffix(old.target))
        return replace(READING_PROCESS.read(new, new_name, limits), opened=old.opened)


READING_PROCESS = ReadingProcess()
"""The one child of this process; ends with it."""
atexit.register(READING_PROCESS.close)


def _line_of(pipe: IO[bytes]) -> bytes:
    try:
        return pipe.readline()
    except (OSError, ValueError):  # ended by another thread
        return b""


def _frame_of(pipe: IO[bytes], line: bytes) -> bytes | None:
    """Return the bytes whose number a line tells, None where it does not or they are too few."""
    try:
        size = int(line)
        frame = pipe.read(size) if size >= 0 else None
    except (OSError, ValueError):
        return None
    return frame if frame is not None and len(frame) == size else None


def _document(outcome: Outcome, limits: ReadingLimits) -> ReadDocument:
    if outcome.document is not None:
        return outcome.document
    if outcome.convert_to:
        raise NeedsConversion(outcome.refused, outcome.convert_to, outcome.opened)
    if outcome.asks_password:
        raise PasswordRequired(outcome.refused)
    if outcome.refused:
        raise UnreadableManual(outcome.refused)
    if outcome.failed:
        raise UnreadableManual(
            f"読み込み中に思わぬ失敗がありました（{outcome.failed}）。"
            "元のソフトで PDF に保存し直して、もう一度登録してください。"
        )
    if outcome.stopped == "time":
        raise UnreadableManual(
            f"読み込みが {limits.seconds:g} 秒で終わらないため中止しました。"
            "ファイルを分けるか、ASSISTANT_READING_SECONDS を上げて、もう一度登録してください。"
        )
    if outcome.stopped == "memory":
        raise UnreadableManual(
            f"読み込みに {limits.megabytes} MB を超えるメモリーが要るため中止しました。"
            "小さいのにこうなるファイルは、壊れているか細工の恐れがあります。"
            "元のソフトで保存し直すかファイルを分け、それでも足りなければ"
            " ASSISTANT_READING_MEGABYTES を上げて、もう一度登録してください。"
        )
    raise UnreadableManual(
        "読み取りの途中で部品が異常終了しました（壊れたファイルです）。"
        "元のソフトで PDF に保存し直して、もう一度登録してください。"
    )
