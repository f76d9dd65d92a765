"""The way of a version to its readers: at once, or after question sets have been asked of it."""

from __future__ import annotations

from datetime import date
from typing import Final

from assistant.database import Database
from assistant.evaluations.sets import QuestionSets
from assistant.jobs.records import Job, Jobs, NewJob
from assistant.library.lifecycle import Lifecycle
from assistant.people.audit.trail import Actor
from assistant.settings import Settings

PUBLICATION: Final = "publication"
"""The kind of the job that asks the question sets, then publishes; done in ui/job_handlers."""
_MOST_JOBS: Final = 500
UNTRIED: Final = (
    "承認した質問のある質問集がないか、確認をしない設定のため、確かめずに公開しました。"
)


class Publications:
    """Publishes versions; where question sets are to be asked first, a job does both."""

    def __init__(
        self, database: Database, settings: Settings, lifecycle: Lifecycle, jobs: Jobs
    ) -> None:
        self._sets = QuestionSets(database)
        self._settings = settings
        self._lifecycle = lifecycle
        self._jobs = jobs

    def asks_first(self) -> bool:
        """Tell whether question sets are asked before a publication, and there are any."""
        if self._settings.quality_gate == "off":
            return False
        return any(kept.approved for kept in self._sets.all())

    def publish(
        self, version_id: str, *, by: Actor, on: date | None = None, reason: str = ""
    ) -> Job | None:
        """Publish a version, now or from a day on; raises UsageError.

        Returns the job that does so once it has asked the question sets, None where it is done. A
        `reason` publishes whatever they say.
        """
        if not self.asks_first():
            self._lifecycle.release(version_id, by=by, on=on)
            return None
        version = self._lifecycle.hold(version_id, by=by)
        arguments = {
            "version": version.id,
            "on": None if on is None else on.isoformat(),
            "reason": reason.strip(),
        }
        new = NewJob(PUBLICATION, version.file_name, arguments, dedup=version.id)
        return self._jobs.add(new, by=by) or self.job_of(version.id)

    def job_of(self, version_id: str) -> Job | None:
        """Return the latest job that was to publish a version, None without one."""
        jobs = self._jobs.recent(kinds=[PUBLICATION], limit=_MOST_JOBS)
        return next((job for job in jobs if job.arguments["version"] == version_id), None)
