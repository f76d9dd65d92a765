"""Work that gives way to people with a question: it computes only where nobody else would."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOWEST = 19
# A tenth of a processor that others want all of. At the lowest it would be a 70th: beside a model
# that writes a long answer, reading a manual would run into its limit of time.
_LOW = 10
_TURN = 0.0005  # seconds that a thread may compute in Python while another waits; Python's: 0.005
# Where Linux groups processes by session, priorities count within a group only.
_GROUP = Path("/proc/self/autogroup")


def give_way() -> None:
    """Let the calling thread, and what it starts from now on, run at the lowest priority for good.

    For threads that hold no lock for long: one that waits for a processor keeps what it holds.
    """
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        _lower(threading.get_native_id(), _LOWEST)


def give_way_as_process() -> None:
    """Let the whole process, with the session if it leads one, run at a low priority for good."""
    _lower(os.getpid(), _LOW)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            _GROUP.write_text(str(_LOW))


def _lower(task: int, niceness: int) -> None:
    with suppress(OSError):  # it runs at a lower one already
        os.setpriority(os.PRIO_PROCESS, task, niceness)


@contextmanager
def short_turns() -> Iterator[None]:
    """Let the threads of this process take turns often in the meantime.

    A search asks for its turn a dozen times; each time it waits while another thread computes in
    Python, as indexing does where it cuts a manual into chunks.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
