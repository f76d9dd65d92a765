"""Accepting a word for the glossary: a job that asks the question sets first, then decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assistant.evaluations.sets import QuestionSets
from assistant.jobs.records import NewJob
from assistant.jobs.worker import Handler, JobContext, JobFailed
from assistant.opening import Assistant
from assistant.understanding.proposals import Proposal, Proposals
from eval.trials.glossary_trial import try_entry

GLOSSARY_TRIAL: Final = "glossary_trial"
_WORSE: Final = (
    "質問集の結果が悪くなるため、採用しませんでした（{words}）。"
    "それでも採用するときは、理由を付けてもう一度実行してください。"
)


def trial_job(proposal: Proposal, *, reason: str) -> NewJob:
    """Return the job that accepts a proposal unless the question sets say otherwise.

    A `reason` accepts it even then, and stands in the audit trail.
    """
    return NewJob(
        GLOSSARY_TRIAL,
        proposal.entry.term,
        {"proposal": proposal.id, "reason": reason.strip()},
        dedup=str(proposal.id),
    )


def glossary_handler(assistant: Assistant) -> Handler:
    """Return what does these jobs."""
    proposals = Proposals(assistant.database)

    def accept(context: JobContext) -> Mapping[str, Any]:
        arguments = context.job.arguments
        reason = str(arguments["reason"])
        proposal = proposals.undecided(int(arguments["proposal"]))
        trial = try_entry(
            assistant,
            proposal.entry,
            progress=lambda done, total: context.tell("質問集での確認", done, total),
        )
        why = f"用語「{proposal.entry.term}」の確認に使用"
        for name in trial.used:
            QuestionSets(assistant.database).freeze(name, reason=why, by=context.job.actor)
        document = trial.document()
        proposals.keep_trial(proposal.id, document)
        context.log(trial.words)
        for question in trial.worse:
            context.log(f"悪くなった質問: {question}")
        if trial.regressed and not reason:
            raise JobFailed(_WORSE.format(words=trial.words.rstrip("。")), document)
        proposals.accept(proposal.id, reason=reason, by=context.job.actor)
        return document

    return accept
