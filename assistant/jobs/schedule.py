"""What is to be done again and again: each day or hour once, whenever the server starts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from assistant import calendar
from assistant.errors import AssistantError
from assistant.jobs.records import Jobs, NewJob
from assistant.people.audit.trail import SYSTEM_ACTOR

logger = logging.getLogger(__name__)
_LOOK_EVERY: Final = 30.0  # seconds


@dataclass(frozen=True)
class Recurring:
    """Work that is done once a day, or once an hour, in Tokyo; at a start too if not yet done."""

    kind: str
    title: str
    every: Literal["day", "hour"]

    def period(self, now: datetime) -> str:
        """Return the name of the period of an instant: 2026-11-27, 2026-11-27T09."""
        local = now.astimezone(calendar.TOKYO)
        return local.strftime("%Y-%m-%d" if self.every == "day" else "%Y-%m-%dT%H")


class Schedule:
    """A thread that puts recurring work in line when its time has come."""

    def __init__(self, jobs: Jobs, recurring: Sequence[Recurring], *, added: Callable[[], None]):
        self._jobs = jobs
        self._recurring = recurring
        self._added = added
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look at the clock."""
        self._thread = threading.Thread(target=self._work, name="schedule", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(_LOOK_EVERY)

    def look(self) -> int:
        """Put in line what this period lacks; returns how many jobs."""
        count = 0
        for work in self._recurring:
            period = work.period(calendar.now())
            if any(
                job.arguments.get("period") == period and (job.is_open or job.state == "done")
                for job in self._jobs.recent(kinds=[work.kind], limit=5)
            ):
                continue
            if self._is_failing(work, period):
                continue
            new = NewJob(work.kind, work.title, {"period": period}, dedup=period)
            count += self._jobs.add(new, by=SYSTEM_ACTOR) is not None
        if count:
            self._added()
        return count

    def _is_failing(self, work: Recurring, period: str) -> bool:
        """Tell whether a failed one of this period is too fresh to be tried again."""
        failed = [
            job
            for job in self._jobs.recent(kinds=[work.kind], limit=5)
            if job.arguments.get("period") == period and job.state in ("failed", "cancelled")
        ]
        if not failed or failed[0].ended_at is None:
            return False
        return (calendar.stored_now() - failed[0].ended_at).total_seconds() < 3600

    def _work(self) -> None:
        while True:
            try:
                self.look()
            except AssistantError as error:  # a full disk, for instance: tried again
                logger.error("schedule: %s", error)
            except Exception:
                logger.exception("schedule failed")
            if self._closing.wait(_LOOK_EVERY):
                return
