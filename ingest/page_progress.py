"""How far a file is read: readers say it page by page, whoever started the reading hears it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

PageProgress = Callable[[int, int], None]
"""Hears how many pages are done, and of how many."""

_listener: ContextVar[PageProgress | None] = ContextVar("page progress", default=None)


def say_pages_read(done: int, total: int) -> None:
    """Say how many pages of a file are read, and of how many."""
    listener = _listener.get()
    if listener is not None:
        listener(done, total)


@contextmanager
def pages_heard_by(listener: PageProgress) -> Iterator[None]:
    """Let the listener hear what readers say in the meantime."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
