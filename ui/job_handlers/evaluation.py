"""A run over a question set as a job: done in the background, stopped and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.jobs.records import NewJob
from assistant.jobs.worker import Handler, JobContext
from assistant.opening import Assistant
from eval.runs.stored_runs import go_on

EVALUATION: Final = "evaluation"
_STEP: Final = "回答の評価"


def evaluation_job(run: KeptRun) -> NewJob:
    """Return the job that asks what a run has not asked yet; see `begin_run`."""
    return NewJob(EVALUATION, run.set_name, {"run": run.id}, dedup=str(run.id))


def evaluation_handler(assistant: Assistant) -> Handler:
    """Return what does these jobs: each result is kept at once, so that none is lost."""

    def evaluate(context: JobContext) -> Mapping[str, Any]:
        run_id = int(context.job.arguments["run"])
        runs = EvaluationRuns(assistant.database)
        total = runs.get(run_id).questions
        report = go_on(assistant, run_id, progress=context.counting(_STEP, total))
        ended = runs.get(run_id)
        context.log(f"{ended.answered:,}/{total:,} 問を測りました。")
        for failed in report.failed:
            context.log(f"回答できなかった質問 {failed.id}: {failed.error}")
        return {"run": run_id, "state": ended.state, "failed": len(report.failed)}

    return evaluate
