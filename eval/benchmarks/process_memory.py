"""The memory that a process and all its child processes take together, on Linux."""

from __future__ import annotations

import re
import subprocess  # nosec B404 - our own interpreter, no shell
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.errors import UsageError

_PROC = Path("/proc")
_PAUSE = 0.05  # seconds between two looks


def peak_megabytes(command: Sequence[str]) -> float:
    """Run a command to its end and return its peak memory in megabytes (10^6 bytes).

    Counted is the proportional set size of the process and its descendants, so that memory which a
    forked child shares with its parent counts once. Raises UsageError where /proc has none, and
    CalledProcessError when the command fails.
    """
    _check_system()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # nosec B603
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_kilobytes, _family(process.pid))))
        time.sleep(_PAUSE)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most * 1024 / 1e6


def megabytes(process: int) -> float:
    """Return what a process and its descendants take now, in megabytes (10^6 bytes).

    Counted like the peak. Raises UsageError where /proc has no such figure.
    """
    _check_system()
    return sum(map(_kilobytes, _family(process))) * 1024 / 1e6


def reset_peak() -> None:
    """Let VmHWM begin anew (Linux; see proc_pid_clear_refs(5))."""
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5")


def own_megabytes(name: str) -> int | None:
    """Return a figure of this process's resident memory in 10^6 bytes; None but on Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6) if found else None


def _check_system() -> None:
    if not (_PROC / "self" / "smaps_rollup").exists():
        raise UsageError("メモリーの測定は Linux（/proc/PID/smaps_rollup）でだけできます。")


def _family(process: int) -> Iterator[int]:
    """Yield a process and its descendants."""
    yield process
    try:
        for task in (_PROC / str(process) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
    except (FileNotFoundError, ProcessLookupError):
        return  # it has ended meanwhile


def _kilobytes(process: int) -> int:
    try:
        lines = (_PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has ended meanwhile
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
