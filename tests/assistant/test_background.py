"""Work in the background gives way; the rest of the process keeps its priority."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from assistant.background import give_way, short_turns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="priorities are Linux's")


def _priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_thread_gives_way_alone() -> None:
    before = _priority()
    found: list[int] = []

    def work() -> None:
        give_way()
        found.append(_priority())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [19]
    assert _priority() == before


def test_short_turns_end_with_what_asked_for_them() -> None:
    before = sys.getswitchinterval()
    with short_turns():
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() == before
