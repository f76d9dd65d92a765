"""A load on a real server: people open the page, ask once a minute and leave it open."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import httpx
from websockets.exceptions import WebSocketException

from assistant.errors import AssistantError
from eval.benchmarks.asking_person import Asked, ask
from eval.benchmarks.load_figures import figures
from eval.benchmarks.page_session import open_page
from eval.benchmarks.process_memory import megabytes
from eval.benchmarks.server_process import ServerProcess, sign_in

ANSWERING_AT_ONCE: Final = 10
_MINUTE: Final = 60.0
_MEMORY_EVERY: Final = 5.0  # seconds
_SIGNING_IN_AT_ONCE: Final = 4  # each check of a password takes a core and 64 MB for a moment


@dataclass(frozen=True)
class Load:
    """How much is asked of the server."""

    sessions: int
    minutes: float
    questions: Sequence[str]

    def begins(self, number: int) -> float:
        """Return the seconds after which a person's first question is asked, evenly spread."""
        return _MINUTE * min(1.0, self.minutes) * number / self.sessions


def signed_in(server: ServerProcess, numbers: Sequence[str], password: str) -> list[str]:
    """Sign everybody in by the form; return the cookies as a header has them."""

    def cookie(number: str) -> str:
        with httpx.Client(trust_env=False, timeout=60) as client:
            sign_in(client, server.base, number=number, password=password)
            return "; ".join(f"{name}={value}" for name, value in client.cookies.items())

    with ThreadPoolExecutor(_SIGNING_IN_AT_ONCE) as signing_in:
        return list(signing_in.map(cookie, numbers))


def under_load(server: ServerProcess, load: Load, cookies: Sequence[str]) -> dict[str, Any]:
    """Put the load on a server, one person a cookie, and return its figures."""
    free = threading.BoundedSemaphore(ANSWERING_AT_ONCE)
    begins = time.monotonic()
    ends = begins + _MINUTE * load.minutes
    with ThreadPoolExecutor(load.sessions + 1) as people:
        memory = people.submit(_memory, server.process_id, begins, ends)
        pages = [
            people.submit(_person, server.base, cookie, number, load, begins, free)
            for number, cookie in enumerate(cookies)
        ]
        found = [page.result() for page in pages]
        samples = memory.result()
    ready = [seconds for seconds, _ in found if seconds is not None]
    return figures(ready, [asked for _, all_asked in found for asked in all_asked], samples)


def _person(
    base: str,
    cookie: str,
    number: int,
    load: Load,
    begins: float,
    free: threading.BoundedSemaphore,
) -> tuple[float | None, list[Asked]]:
    """Open the page at this person's time, ask each minute; return seconds to ready and results."""
    first = begins + load.begins(number)
    asked: list[Asked] = []
    _wait_until(first)
    began = time.monotonic()
    try:
        httpx.get(f"{base}/", headers={"Cookie": cookie}, trust_env=False).raise_for_status()
        with open_page(base, cookie=cookie) as page:
            for _ in page.run():
                pass
            ready = time.monotonic() - began
            for minute in range(max(1, round(load.minutes))):
                _wait_until(first + _MINUTE * minute)
                with free:
                    place = minute * load.sessions + number
                    asked.append(ask(page, load.questions[place % len(load.questions)]))
            _wait_until(begins + _MINUTE * load.minutes)  # the page stays open, as people leave it
            return ready, asked
    except (AssistantError, WebSocketException, httpx.HTTPError, OSError) as error:
        failed = Asked(
            "failed", time.monotonic() - began, problem=f"{type(error).__name__}: {error}"
        )
        return None, [*asked, failed]


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _memory(process_id: int, begins: float, ends: float) -> list[tuple[float, float]]:
    """Return (minute, megabytes) of the server, every few seconds of the load."""
    samples = []
    moment = begins
    while moment <= ends:
        _wait_until(moment)
        samples.append(((moment - begins) / _MINUTE, round(megabytes(process_id), 1)))
        moment += _MEMORY_EVERY
    return samples
