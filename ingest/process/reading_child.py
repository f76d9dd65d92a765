"""The child process that reads files: forks once a file, so that each is read under limits alone.

Run as `python -m ingest.process.reading_child`. A request on standard input is a line of JSON
{name, bytes, seconds, megabytes, password} followed by the file's bytes. The answer on standard
output is a line "pages DONE TOTAL" now and then while a file with pages is read, then a line with
the number of bytes that follow, and those, as `ingest.process.reading_frames` writes them. Ends
when standard input ends. Its priority is low: people with a question go first.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import select
import signal
import struct
import sys
import time
from dataclasses import replace
from typing import Any, BinaryIO, Literal

from assistant.background import give_way_as_process
from assistant.errors import PasswordRequired, UnreadableManual
from ingest.page_progress import PageProgress, pages_heard_by
from ingest.process.reading_frames import Outcome, packed, page_line
from ingest.protection import without_password
from ingest.readers import read_document
from ingest.readers.old_office import NeedsConversion

logger = logging.getLogger("ingest.process.reading_child")
_CHUNK = 1 << 20
_MOST_ANSWER = 512 << 20  # bytes of one answer
# A library that gets no memory ends the process, often long before the limit: it asks for twice
# as much as it has. From this share of the limit on memory is why, below it damage.
_MEMORY_SHARE = 0.25
_NO_MEMORY = 3  # exit status
_PAGES = struct.Struct("=II")  # done, total: short enough to come through a pipe whole


def main() -> int:
    """Answer requests until standard input ends."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    give_way_as_process()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer

    def tell(done: int, total: int) -> None:
        answers.write(page_line(done, total))
        answers.flush()

    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["bytes"])
        answer = _answer(request, content, tell)
        answers.write(f"{len(answer)}\n".encode() + answer)
        answers.flush()
    return 0


def _answer(request: dict[str, Any], content: bytes, tell: PageProgress) -> bytes:
    """Fork a process for one file and return what it wrote, or why it wrote nothing."""
    source, sink = os.pipe()
    pages, page_sink = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(source)
        os.close(pages)
        _read_and_leave(request, content, sink, page_sink)
    os.close(sink)
    os.close(page_sink)
    with (
        os.fdopen(source, "rb", buffering=0) as answer,
        os.fdopen(pages, "rb", buffering=0) as heard,
    ):
        written, over = _until(answer, heard, tell, began + request["seconds"])
    if over:
        os.kill(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    if over:
        return packed(Outcome(stopped=over))
    if os.WIFSIGNALED(status):
        logger.warning("reading died of signal %d", os.WTERMSIG(status))
        if os.WTERMSIG(status) == signal.SIGXCPU:
            return packed(Outcome(stopped="time"))
        grown = used.ru_maxrss * 1024 - _memory("resident")
        much = grown > _MEMORY_SHARE * request["megabytes"] * 1_000_000
        return packed(Outcome(stopped="memory" if much else "died"))
    if os.WEXITSTATUS(status) == _NO_MEMORY:
        return packed(Outcome(stopped="memory"))
    return written or packed(Outcome(stopped="died"))


def _until(
    answer: BinaryIO, heard: BinaryIO, tell: PageProgress, deadline: float
) -> tuple[bytes, Literal["", "time", "memory"]]:
    """Return all that is answered, and which limit it went over, "" for none.

    Of the pages that were heard of in the meantime only the latest are told.
    """
    parts: list[bytes] = []
    size = 0
    pipes = [answer, heard]
    while (left := deadline - time.monotonic()) > 0:
        ready = select.select(pipes, [], [], left)[0]
        if heard in ready:
            records = heard.read(_CHUNK)
            if len(records) >= _PAGES.size:
                tell(*_PAGES.unpack(records[-_PAGES.size :]))
            elif not records:
                pipes.remove(heard)
        if answer in ready:
            part = answer.read(_CHUNK)
            if not part:
                return b"".join(parts), ""
            parts.append(part)
            size += len(part)
            if size > _MOST_ANSWER:
                return b"", "memory"
    return b"", "time"


def _read_and_leave(request: dict[str, Any], content: bytes, sink: int, page_sink: int) -> None:
    """Read one file in the forked process, write the outcome to `sink`, and end the process."""
    status = 1
    try:
        _limit(request)
        with os.fdopen(sink, "wb") as out, pages_heard_by(_writer(page_sink)):
            out.write(packed(_outcome(content, request["name"], request["password"])))
        status = 0
    except MemoryError:
        status = _NO_MEMORY
    except Exception:
        logger.exception("what was read cannot be said")
    finally:
        os._exit(status)


def _writer(sink: int) -> PageProgress:
    def write(done: int, total: int) -> None:
        os.write(sink, _PAGES.pack(done, total))

    return write


def _outcome(content: bytes, name: str, password: str | None) -> Outcome:
    opened = content
    try:
        opened = without_password(content, name, password)
        document = read_document(opened, name)
        if opened is not content:
            document = replace(document, opened=opened)
        return Outcome(document=document)
    except PasswordRequired as refusal:
        return Outcome(refused=str(refusal), asks_password=True)
    except NeedsConversion as old:
        return Outcome(
            refused=str(old),
            convert_to=old.target,
            opened=None if opened is content else opened,
        )
    except UnreadableManual as refusal:
        return Outcome(refused=str(refusal))
    except MemoryError:
        return Outcome(stopped="memory")
    except Exception as error:
        logger.exception("unexpected failure while reading %s", ascii(name))
        return Outcome(failed=type(error).__name__)


def _limit(request: dict[str, Any]) -> None:
    """Take away what reading never needs: more memory and time, files, other processes' input."""
    taken = _memory("addresses")
    memory = taken + int(request["megabytes"]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # Of all threads together: a page is recognised on each processor at once.
    seconds = int(request["seconds"] * len(os.sched_getaffinity(0))) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # a library that prints must not spoil the answers


def _memory(kind: Literal["addresses", "resident"]) -> int:
    """Return the bytes this process has already (libraries, mostly)."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - after a fork, as little as possible
        pages = statm.read().split()[kind == "resident"]
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
