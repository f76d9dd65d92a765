"""Drafts in a model's words as a job: each kept at once, so that none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assistant.evaluations.sets import KeptCase, QuestionSets
from assistant.jobs.records import NewJob
from assistant.jobs.worker import Handler, JobContext, JobFailed
from assistant.opening import Assistant
from eval.sets.drafting import add_drafts
from eval.sets.model_drafts import draft_by_model, drafting_writer

DRAFTING: Final = "drafting"
_STEP: Final = "下書きの作成"


def drafting_job(assistant: Assistant, name: str, count: int) -> NewJob:
    """Return the job that has the model word drafts of a set; one a set is open at a time.

    It knows how many questions the set had, so that taken up again it makes only what lacks.
    """
    arguments = {"set": name, "count": count, "before": _questions(assistant, name)}
    return NewJob(DRAFTING, name, arguments, dedup=name)


def drafting_handler(assistant: Assistant) -> Handler:
    """Return what does these jobs; a model that fails is told with what was kept."""

    def draft(context: JobContext) -> Mapping[str, Any]:
        name, wanted = str(context.job.arguments["set"]), int(context.job.arguments["count"])
        had = max(0, _questions(assistant, name) - int(context.job.arguments["before"]))
        if had >= wanted:
            return {"set": name, "drafted": 0}
        writer, _ = drafting_writer(assistant, "model")
        if writer is None:
            raise JobFailed("モデルがありません。規則で下書きを作ってください。")
        context.tell(_STEP, had, wanted)

        def keep(case: KeptCase) -> None:
            add_drafts(assistant.database, name, [case], by=context.job.actor)

        made = draft_by_model(
            assistant,
            writer,
            count=wanted - had,
            known=QuestionSets(assistant.database).cases_of_all_versions(name),
            keep=keep,
            progress=lambda done, line: context.tell(_STEP, had + done, wanted),
        )
        for line in made.words():
            context.log(line)
        result = {"set": name, **made.document(), "words": made.words()}
        if made.error:
            raise JobFailed("".join(made.words()), result)
        return result

    return draft


def _questions(assistant: Assistant, name: str) -> int:
    latest = next((k for k in QuestionSets(assistant.database).all() if k.name == name), None)
    return 0 if latest is None else latest.approved + latest.drafts
