"""Where the four packages meet: which jobs there are, who does them, and what is done again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from assistant import calendar
from assistant.jobs.records import Job
from assistant.jobs.schedule import Recurring, Schedule
from assistant.jobs.worker import Handler, JobContext, JobWorker
from assistant.library.mending import tidy_indexes
from assistant.opening import Assistant
from assistant.people.audit.retention import keep_house
from assistant.publications import PUBLICATION
from assistant.usage.freezing import freeze
from assistant.usage.question_retention import forget_questions
from ingest.jobs import INGEST, Secrets, ingest_handler
from ingest.process.reading_process import READING_PROCESS
from ui.job_handlers.conditions import (
    CONDITIONS_DAY,
    CONDITIONS_NIGHT,
    night_handler,
    notice_handler,
)
from ui.job_handlers.drafting import DRAFTING, drafting_handler
from ui.job_handlers.evaluation import EVALUATION, evaluation_handler
from ui.job_handlers.glossary_trial import GLOSSARY_TRIAL, glossary_handler
from ui.job_handlers.judgement import JUDGEMENT, judgement_handler
from ui.job_handlers.publication import publication_handler, settle_publications, try_on_the_day
from ui.upload_desk import UploadDesk

logger = logging.getLogger(__name__)
Progress = Callable[[str], None]

LIBRARY_DAY: Final = "library_day"
AUDIT_DAY: Final = "audit_day"
USAGE_DAY: Final = "usage_day"
JOBS_DAY: Final = "jobs_day"
RECURRING: Final = (
    Recurring(LIBRARY_DAY, "公開予約の反映と検索索引の整理", "day"),
    Recurring(AUDIT_DAY, "監査記録の封印と保存期間の整理", "day"),
    Recurring(USAGE_DAY, "利用状況の週の確定と調整", "day"),
    Recurring(CONDITIONS_DAY, "モデルと設定の変更の確認", "day"),
    Recurring(JOBS_DAY, "終わった処理の記録の整理", "day"),
)
KIND_WORDS: Final = {
    INGEST: "マニュアルの取込み",
    PUBLICATION: "マニュアルの確認と公開",
    GLOSSARY_TRIAL: "用語の確認と採用",
    EVALUATION: "回答の評価",
    JUDGEMENT: "審査モデルの判定",
    DRAFTING: "質問の下書き",
    CONDITIONS_NIGHT: "モデルと設定の確認（夜間）",
    **{r.kind: r.title for r in RECURRING},
}
_JOBS_KEPT: Final = timedelta(days=90)
_LOOK_SECONDS: Final = 0.3


class Background:
    """The workers of one data directory: files, what is quick, and evaluations, a thread each."""

    def __init__(self, assistant: Assistant):
        self._assistant = assistant
        self.secrets = Secrets()
        self.desk = UploadDesk(assistant, self.secrets, wake=self.wake)
        self._files = JobWorker(
            assistant.jobs,
            {INGEST: ingest_handler(assistant, self.secrets)},
            name="jobs-files",
            on_stop=READING_PROCESS.close,
        )
        quick = {
            GLOSSARY_TRIAL: glossary_handler(assistant),
            PUBLICATION: publication_handler(assistant),
            CONDITIONS_DAY: notice_handler(assistant),
            **_daily(assistant, self.desk),
        }
        self._quick = JobWorker(assistant.jobs, quick, name="jobs-quick")
        evaluating = {
            EVALUATION: evaluation_handler(assistant),
            JUDGEMENT: judgement_handler(assistant),
            DRAFTING: drafting_handler(assistant),
            CONDITIONS_NIGHT: night_handler(assistant),
        }
        self._evaluations = JobWorker(assistant.jobs, evaluating, name="jobs-evaluations")
        self._schedule = Schedule(assistant.jobs, RECURRING, added=self._quick.wake)
        self._running = False

    def start(self) -> None:
        """Begin to work; from now on the commands' jobs are done here too."""
        self._running = True
        self._files.start()
        self._quick.start()
        self._evaluations.start()
        settle_publications(self._assistant)
        self._schedule.start()
        self._assistant.runner = self

    def close(self) -> None:
        """End the work; what is under way is taken up again at the next start."""
        self._assistant.runner = None
        self._running = False
        self.secrets.clear()
        for part in (self._schedule, self._files, self._quick, self._evaluations):
            part.close()

    def wake(self) -> None:
        """Look for work now: something has been added, or is no longer wanted."""
        self._files.wake()
        self._quick.wake()
        self._evaluations.wake()

    def keep_secret(self, job_id: str, secret: str) -> None:
        """Keep the password of a job's file in memory until the work on it begins."""
        self.secrets.keep(job_id, secret)

    def do(self, job_ids: Sequence[str], *, say: Progress) -> list[Job]:
        """Return the jobs once they are over; without a server they are done in this thread."""
        if not self._running:
            self._files.run(job_ids, say=say)
            self._evaluations.run(job_ids, say=say)
            return self._quick.run(job_ids, say=say)
        self.wake()
        told: dict[str, str] = {}
        while True:
            jobs = [job for key in job_ids if (job := self._assistant.jobs.get(key)) is not None]
            for job in jobs:
                words = step_words(job)
                if words and told.get(job.id) != words:
                    told[job.id] = words
                    say(f"  {job.title}: {words}")
            if not any(job.is_open for job in jobs):
                return jobs
            time.sleep(_LOOK_SECONDS)


def step_words(job: Job) -> str:
    """Return how far a job is: 読取り 12/340ページ."""
    if not job.step or job.total < 1:
        return job.step
    return f"{job.step} {job.done:,}/{job.total:,}"


def _daily(assistant: Assistant, desk: UploadDesk) -> dict[str, Handler]:
    def library(context: JobContext) -> Mapping[str, Any]:
        published = assistant.lifecycle.publish_due()
        if published:
            context.log(f"公開日が来た {len(published)} 件を公開済みにしました。")
            try_on_the_day(assistant, published, context)
        settle_publications(assistant)
        report = tidy_indexes(assistant.library)
        changed = sum(sum(numbers.values()) for numbers in report.values())
        context.log(f"検索索引を確かめました（直したところ {changed:,} か所）。")
        return {"published": published, "collections": report}

    def audit(context: JobContext) -> Mapping[str, Any]:
        keep_house(assistant.database, assistant.settings)
        context.log("監査記録を確かめ、終わった月を封印しました。")
        return {}

    def usage(context: JobContext) -> Mapping[str, Any]:
        done = freeze(assistant.database, now=calendar.now())
        context.log(f"{len(done.frozen):,} 週を確定し、{len(done.adjusted):,} 週を調整しました。")
        gone = forget_questions(assistant.database, days=assistant.settings.question_days)
        if gone:
            context.log(f"保存期間を過ぎた質問 {gone:,} 件の文を消しました。")
        return {"frozen": list(done.frozen), "adjusted": list(done.adjusted), "forgotten": gone}

    def jobs(context: JobContext) -> Mapping[str, Any]:
        old = assistant.jobs.ended_before(calendar.stored_now() - _JOBS_KEPT)
        assistant.jobs.forget(job.id for job in old)
        gone = desk.remove_old_files()
        context.log(f"記録 {len(old):,} 件と、使わないファイル {gone:,} 件を消しました。")
        return {"jobs": len(old), "files": gone}

    return {LIBRARY_DAY: library, AUDIT_DAY: audit, USAGE_DAY: usage, JOBS_DAY: jobs}
