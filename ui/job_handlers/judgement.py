"""The judge model's verdicts on a run as a job: done in the background, failures tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.jobs.records import NewJob
from assistant.jobs.worker import Handler, JobContext
from assistant.opening import Assistant
from eval.runs.model_judge import judge_run

JUDGEMENT: Final = "judgement"
_STEP: Final = "審査モデルの判定"


def judgement_job(run: KeptRun) -> NewJob:
    """Return the job that has the judge model judge what it has not judged yet."""
    return NewJob(JUDGEMENT, run.set_name, {"run": run.id}, dedup=str(run.id))


def judgement_handler(assistant: Assistant) -> Handler:
    """Return what does these jobs: each verdict is kept at once, so that none is lost."""

    def judge(context: JobContext) -> Mapping[str, Any]:
        run_id = int(context.job.arguments["run"])
        total = EvaluationRuns(assistant.database).get(run_id).answered
        judged = judge_run(assistant, run_id, progress=context.counting(_STEP, total))
        context.log(f"{len(judged.verdicts):,} 問を判定しました。")
        for failed in judged.failed:
            context.log(f"判定できなかった質問 {failed.case_id}: {failed.error}")
        return {"run": run_id, "judged": len(judged.verdicts), "failed": len(judged.failed)}

    return judge
