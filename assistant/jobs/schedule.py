"""What is to be done again and again: each day or hour once, whenever the server starts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from assistant import calendar
from assistant.errors import AssistantError
from assistant.jobs.records import Jobs, NewJob
from assistant.people.audit.trail import SYSTEM_ACTOR

logger = logging.getLogger(__name__)
_LOOK_EVERY: Final = 30.0  # seconds
_TRY_AGAIN: Final = timedelta(hours=1)


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
            if not self._is_due(work, period):
                continue
            new = NewJob(work.kind, work.title, {"period": period}, dedup=period)
            count += self._jobs.add(new, by=SYSTEM_ACTOR) is not None
        if count:
            self._added()
        return count

    def _is_due(self, work: Recurring, period: str) -> bool:
        """Tell whether a period's work is neither open nor done nor failed within the hour."""
        jobs = self._jobs.recent(kinds=[work.kind], limit=5)
        of_period = [job for job in jobs if job.arguments.get("period") == period]
        if any(job.is_open or job.state == "done" for job in of_period):
            return False
        since = calendar.stored_now() - _TRY_AGAIN
        return not any(job.ended_at is not None and job.ended_at > since for job in of_period)

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
