"""Reads a file in a child process with limits: a hostile file harms nothing but itself."""

from __future__ import annotations

import atexit
import json
import os
import subprocess  # nosec B404 - our own interpreter and module, no shell
import sys
import threading
from dataclasses import dataclass

from assistant.errors import UnreadableManual
from assistant.settings import Settings
from ingest.document import ReadDocument
from ingest.reading_frames import Outcome, unpacked

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

    def read(self, content: bytes, file_name: str, limits: ReadingLimits) -> ReadDocument:
        """Read one file; raises UnreadableManual with the next step, limits reached included."""
        request = {
            "name": file_name,
            "bytes": len(content),
            "seconds": limits.seconds,
            "megabytes": limits.megabytes,
        }
        head = json.dumps(request).encode() + b"\n"
        with self._lock:
            outcome = self._asked(head + content)
        return _document(outcome, limits)

    def close(self) -> None:
        """End the child; it is started again when another file is read."""
        with self._lock:
            self._end()

    def _asked(self, request: bytes) -> Outcome:
        child = self._running()
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child has no pipes")
        try:
            child.stdin.write(request)
            child.stdin.flush()
            size = int(child.stdout.readline() or b"-1")
            frame = child.stdout.read(size) if size >= 0 else b""
        except (OSError, ValueError):
            size, frame = -1, b""
        if size < 0 or len(frame) != size:
            self._end()
            return Outcome(stopped="died")
        return unpacked(frame)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(  # nosec B603
                [sys.executable, "-m", "ingest.reading_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **_ONE_THREAD},
            )
        return self._child

    def _end(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        self._child.communicate()
        self._child = None


def read_under_limits(content: bytes, file_name: str, settings: Settings) -> ReadDocument:
    """Read one file in the child under the limits of the settings; raises UnreadableManual."""
    limits = ReadingLimits(settings.reading_seconds, settings.reading_megabytes)
    return READING_PROCESS.read(content, file_name, limits)


READING_PROCESS = ReadingProcess()
"""The one child of this process; ends with it."""
atexit.register(READING_PROCESS.close)


def _document(outcome: Outcome, limits: ReadingLimits) -> ReadDocument:
    if outcome.document is not None:
        return outcome.document
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
            "ファイルを分けるか、ASSISTANT_READING_MEGABYTES を上げて、もう一度登録してください。"
        )
    raise UnreadableManual(
        "読み取りの途中で部品が異常終了しました（壊れたファイルか、大き過ぎるファイルです）。"
        "元のソフトで PDF に保存し直して、もう一度登録してください。"
    )
