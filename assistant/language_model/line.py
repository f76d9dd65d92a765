"""The line before a model that writes few answers at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.errors import AssistantError


class StoppedWaiting(AssistantError):
    """The person stopped the answer."""


class Line:
    """First come, first served, for at most `at_once` at a time."""

    def __init__(self, at_once: int):
        self._at_once = at_once
        self._tickets: list[str] = []
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, ticket: str, cancelled: threading.Event) -> Iterator[None]:
        """Wait for a turn and hold it; raises StoppedWaiting as soon as `cancelled` is set."""
        with self._changed:
            self._tickets.append(ticket)
        try:
            with self._changed:
                while self._tickets.index(ticket) >= self._at_once:
                    if cancelled.is_set():
                        raise StoppedWaiting("停止しました。")
                    self._changed.wait(timeout=0.2)
            yield
        finally:
            with self._changed:
                self._tickets.remove(ticket)
                self._changed.notify_all()

    def position(self, ticket: str) -> int:
        """Return how many are before a ticket that still waits; 0 when it has its turn."""
        with self._changed:
            if ticket not in self._tickets:
                return 0
            return max(0, self._tickets.index(ticket) - self._at_once + 1)
