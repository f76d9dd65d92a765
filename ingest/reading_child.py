"""The child process that reads files: forks once a file, so that each is read under limits alone.

Run as `python -m ingest.reading_child`. A request on standard input is a line of JSON
{name, bytes, seconds, megabytes} followed by the file's bytes; the answer on standard output is
a line with the number of bytes that follow, and those: JSON as `ingest.reading_frames` writes it.
Ends when standard input ends.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import select
import signal
import sys
import time
from typing import Any

from assistant.errors import UnreadableManual
from ingest.readers import read_document
from ingest.reading_frames import Outcome, packed

logger = logging.getLogger("ingest.reading_child")
_CHUNK = 1 << 20
_MOST_ANSWER = 512 << 20  # bytes of one answer


def main() -> int:
    """Answer requests until standard input ends."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["bytes"])
        answer = _answer(request, content)
        answers.write(f"{len(answer)}\n".encode() + answer)
        answers.flush()
    return 0


def _answer(request: dict[str, Any], content: bytes) -> bytes:
    """Fork a process for one file and return what it wrote, or why it wrote nothing."""
    source, sink = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(source)
        _read_and_leave(request, content, sink)
    os.close(sink)
    with os.fdopen(source, "rb", buffering=0) as pipe:
        written = _until(pipe, began + request["seconds"])
    if written is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if written is None:
        return packed(Outcome(stopped="time"))
    if os.WIFSIGNALED(status):
        logger.warning("reading died of signal %d", os.WTERMSIG(status))
        return packed(Outcome(stopped="time" if os.WTERMSIG(status) == signal.SIGXCPU else "died"))
    return written or packed(Outcome(stopped="died"))


def _until(pipe: Any, deadline: float) -> bytes | None:
    """Return all that comes out of a pipe; None when it lasts longer or grows without end."""
    parts: list[bytes] = []
    size = 0
    while (left := deadline - time.monotonic()) > 0 and size < _MOST_ANSWER:
        if not select.select([pipe], [], [], left)[0]:
            return None
        part = pipe.read(_CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
    return None


def _read_and_leave(request: dict[str, Any], content: bytes, sink: int) -> None:
    """Read one file in the forked process, write the outcome to `sink`, and end the process."""
    status = 1
    try:
        _limit(request)
        with os.fdopen(sink, "wb") as out:
            out.write(packed(_outcome(content, request["name"])))
        status = 0
    except MemoryError:
        logger.warning("no memory left to say what was read")
    finally:
        os._exit(status)


def _outcome(content: bytes, name: str) -> Outcome:
    try:
        return Outcome(document=read_document(content, name))
    except UnreadableManual as refusal:
        return Outcome(refused=str(refusal))
    except MemoryError:
        return Outcome(stopped="memory")
    except Exception as error:
        logger.exception("unexpected failure while reading %s", ascii(name))
        return Outcome(failed=type(error).__name__)


def _limit(request: dict[str, Any]) -> None:
    """Take away what reading never needs: more memory and time, files, other processes' input."""
    taken = _address_space()
    memory = taken + int(request["megabytes"]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = int(request["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # a library that prints must not spoil the answers


def _address_space() -> int:
    """Return the bytes of address space this process has already (libraries, mostly)."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - after a fork, as little as possible
        pages = int(statm.read().split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
