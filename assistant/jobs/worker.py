"""Workers: threads that claim jobs, carry them out by their handlers, and keep how far they are."""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from assistant import calendar
from assistant.errors import AssistantError
from assistant.jobs.records import DEAD_AFTER, Job, Jobs, JobState

logger = logging.getLogger(__name__)
Progress = Callable[[str], None]

_IDLE_SECONDS: Final = 2.0
_BEAT_SECONDS: Final = 10.0
_TELL_EVERY: Final = 0.5  # seconds between two writes of how far a job is
_SAY_EVERY: Final = 5.0  # seconds between two lines at a terminal
_SECONDS_TO_END: Final = 30.0
_UNEXPECTED: Final = (
    "思わぬ失敗がありました（{error}）。もう一度実行し、続くときは管理者に知らせてください。"
)


class JobFailed(AssistantError):
    """A job could not be done; `result` is kept as what became of it."""

    def __init__(self, message: str, result: Mapping[str, Any] | None = None):
        super().__init__(message)
        self.result = result


class Interrupted(BaseException):
    """The work on a job ends between two steps: it was cancelled, or the process ends.

    No Exception: a handler that tells of every failure of its own must not take it for one.
    """


class JobContext:
    """What a handler gets: its job, and where it tells how far it is."""

    def __init__(self, job: Job, jobs: Jobs, worker: str, closing: threading.Event, say: Progress):
        self.job = job
        self._jobs = jobs
        self._worker = worker
        self._closing = closing
        self._say = say
        self._told_at = 0.0
        self._said_at = 0.0
        self._step = ""
        self._stopped = threading.Event()

    def tell(self, step: str, done: int = 0, total: int = 0) -> None:
        """Keep the step and how much of it is done; raises Interrupted if the job is to end."""
        if self._closing.is_set() or self._stopped.is_set():
            raise Interrupted
        now = time.monotonic()
        if step == self._step and now - self._told_at < _TELL_EVERY and done < total:
            return
        if step != self._step or now - self._said_at >= _SAY_EVERY:
            self._said_at = now
            self._say(f"  {self.job.title}: {step}" + (f" {done:,}/{total:,}" if total else ""))
        self._step, self._told_at = step, now
        if not self._jobs.tell(self.job.id, self._worker, step=step, done=done, total=total):
            self._stopped.set()
            raise Interrupted

    def counting(self, step: str, total: int) -> Callable[[str], None]:
        """Return what tells with each call that one more of a step is done."""
        done = 0

        def one_more(_line: str) -> None:
            nonlocal done
            done += 1
            self.tell(step, done, total)

        return one_more

    def log(self, text: str) -> None:
        """Add a line to the log that people read."""
        self._jobs.log(self.job.id, text)

    def stop(self) -> None:
        """Have the next `tell` end the work."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether the job is to end: cancelled, taken away, or the process ends."""
        return self._stopped.is_set() or self._closing.is_set()


Handler = Callable[[JobContext], Mapping[str, Any] | None]
"""Does one job; returns what became of it, raises JobFailed (or another AssistantError)."""


@dataclass(frozen=True)
class _End:
    """How a job ended."""

    job_id: str
    state: JobState
    result: Mapping[str, Any] | None = None
    error: str = ""


class JobWorker:
    """One thread that does the jobs of some kinds, one after the other, until it is closed.

    `on_stop` is called from another thread when the work under way is to end: for what cannot look
    at its context, such as a child process that reads a file.
    """

    def __init__(
        self,
        jobs: Jobs,
        handlers: Mapping[str, Handler],
        *,
        name: str = "jobs",
        on_stop: Callable[[], None] = lambda: None,
    ):
        self._jobs = jobs
        self._handlers = handlers
        self._name = name
        self._on_stop = on_stop
        self.id = f"{platform.node()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._current: JobContext | None = None
        self._unkept: _End | None = None
        self._thread: threading.Thread | None = None
        self._heart: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work in the background; what a dead process held is taken up again."""
        self._jobs.take_up_again(self.id, is_dead=is_dead)
        _LIVE.add(self.id)
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._heart = threading.Thread(target=self._beat, name=f"{self._name}-beat", daemon=True)
        self._thread.start()
        self._heart.start()

    def close(self) -> None:
        """End the work: the job under way is put back in line."""
        self._closing.set()
        self._wake.set()
        if self._current is not None:
            self._on_stop()
        for thread in (self._thread, self._heart):
            if thread is not None:
                thread.join(_SECONDS_TO_END)
        _LIVE.discard(self.id)

    def wake(self) -> None:
        """Look for work now: a job has been added, cancelled or asked for again."""
        self._wake.set()
        current = self._current
        if current is not None and self._is_cancelled(current.job.id):
            current.stop()
            self._on_stop()

    def run(self, job_ids: Iterable[str], *, say: Progress = lambda _: None) -> list[Job]:
        """Do these jobs here and now, in this thread, unless another worker does; return them."""
        _LIVE.add(self.id)
        wanted = list(job_ids)
        try:
            while self._do_next(say, only=wanted):
                pass
        finally:
            _LIVE.discard(self.id)
        found = [self._jobs.get(job_id) for job_id in wanted]
        return [job for job in found if job is not None]

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                if self._do_next(lambda _: None):
                    continue
                self._jobs.take_up_again(self.id, is_dead=is_dead)
            except AssistantError as error:  # a full disk, for instance: told, and tried again
                logger.error("%s: %s", self._name, error)
            except Exception:
                logger.exception("%s: looking for work failed", self._name)
            self._wake.wait(_IDLE_SECONDS)
            self._wake.clear()

    def _do_next(self, say: Progress, *, only: list[str] | None = None) -> bool:
        """Do the next job, if there is one; tell whether there was."""
        self._keep_end()
        job = self._jobs.claim(self.id, self._handlers, only=only)
        if job is None:
            return False
        context = JobContext(job, self._jobs, self.id, self._closing, say)
        self._current = context
        try:
            result = self._handlers[job.kind](context)
            self._end(_End(job.id, "done", result))
        except Interrupted:
            self._interrupted(job)
        except KeyboardInterrupt:  # whoever waits for it at a terminal has had enough
            self._end(_End(job.id, "cancelled"))
            raise
        except Exception as error:
            if context.stopped:  # what it was stopped by may have looked like a failure
                self._interrupted(job)
            else:
                self._failed(job, error)
        finally:
            self._current = None
        return True

    def _failed(self, job: Job, error: Exception) -> None:
        result = error.result if isinstance(error, JobFailed) else None
        words = str(error)
        if not isinstance(error, AssistantError):
            logger.error("job %s (%s) failed", job.id, job.kind, exc_info=error)
            words = _UNEXPECTED.format(error=type(error).__name__)
        self._end(_End(job.id, "failed", result, words))

    def _end(self, end: _End) -> None:
        """Keep how a job ended: now, or where the disk is full before the next one begins."""
        self._unkept = end
        try:
            self._keep_end()
        except AssistantError:
            logger.exception("job %s: its end could not be kept yet", end.job_id)
        except BaseException:
            self._unkept = None
            raise

    def _keep_end(self) -> None:
        end = self._unkept
        if end is not None:
            self._jobs.end(end.job_id, self.id, end.state, result=end.result, error=end.error)
            self._unkept = None

    def _interrupted(self, job: Job) -> None:
        if self._is_cancelled(job.id):
            self._end(_End(job.id, "cancelled"))
        else:
            self._jobs.put_back(job.id, self.id)

    def _is_cancelled(self, job_id: str) -> bool:
        job = self._jobs.get(job_id)
        return job is not None and job.cancel_requested

    def _beat(self) -> None:
        while not self._closing.wait(_BEAT_SECONDS):
            current = self._current
            try:
                if current is not None and not self._jobs.beat(current.job.id, self.id):
                    current.stop()
                    self._on_stop()
            except AssistantError as error:
                logger.error("%s: %s", self._name, error)


class Runner(Protocol):
    """Has jobs done, here or in the background, and waits for them."""

    def keep_secret(self, job_id: str, secret: str) -> None:
        """Keep what a job needs and the job table must not hold: in memory, until it begins."""

    def do(self, job_ids: Sequence[str], *, say: Progress) -> list[Job]:
        """Return the jobs once they are over; `say` hears how far they are."""


_LIVE: set[str] = set()
"""The workers of this process."""


def is_dead(worker: str | None, beat_at: datetime | None) -> bool:
    """Tell whether a worker is dead: known for one of this machine, else by its last beat."""
    if worker is None or beat_at is None:
        return True
    node, process, _ = worker.rsplit(":", 2)
    if node == platform.node():
        if int(process) == os.getpid():
            return worker not in _LIVE
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # it lives, as somebody else
    return calendar.stored_now() - beat_at > DEAD_AFTER
