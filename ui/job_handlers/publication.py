"""Publishing a version as a job: the question sets are asked first, then it is decided."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from assistant import calendar
from assistant.errors import AssistantError
from assistant.jobs.records import Job
from assistant.jobs.worker import Handler, JobContext, JobFailed
from assistant.library.in_force import is_out
from assistant.library.library_list import version_words
from assistant.library.shelf import Shelf
from assistant.library.trials import VersionTrial, last_trial
from assistant.opening import Assistant
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor
from eval.trials.publication_trial import try_version

logger = logging.getLogger(__name__)
_STEP: Final = "質問集での確認"
_STOPPED: Final = "質問集での確認が、途中で止まりました。"
_CANCELLED: Final = "質問集での確認が中止されました。"
_BLOCKED: Final = (
    "{words}このため、公開していません。マニュアルか質問集を直してもう一度公開するか、"
    "理由を付けて公開してください。"
)


def publication_handler(assistant: Assistant) -> Handler:
    """Return what does these jobs; one that is taken up again after a crash does the rest."""

    def publish(context: JobContext) -> Mapping[str, Any]:
        job = context.job
        version_id = str(job.arguments["version"])
        listing = Shelf(assistant.library, None).version(version_id)
        waits = listing is not None and listing.version.state == "ready"
        if not waits or (listing and is_out(listing.version, today=calendar.today())):
            context.log("公開を待っている版ではなくなったため、何もしませんでした。")
            return {"version": version_id, "trial": None}
        trial = _tried(assistant, version_id, context, by=job.actor, reason=_reason(job))
        context.log(trial.words)
        for case in trial.document.get("worse", ()):
            context.log(f"悪くなる質問: {case['set_name']} の {case['id']}")
        return _decide(assistant, job, trial)

    return publish


def settle_publications(assistant: Assistant) -> int:
    """Have the versions that wait for a trial which nobody does any more go on; returns how many.

    The process ended before the job was in line, or again and again while it was done.
    """
    count = 0
    for version in assistant.lifecycle.held():
        job = assistant.publications.job_of(version.id)
        known = last_trial(assistant.database, version.id)
        asks = assistant.publications.asks_first()
        told = asks and known is not None and known.decision == "waiting"
        if told or (job is not None and job.is_open):
            continue
        count += 1
        try:
            if job is None or job.state == "done" or not asks:
                assistant.publications.publish(version.id, by=SYSTEM_ACTOR)
            elif job.state == "cancelled":  # somebody does not want it published, or not now
                trial = VersionTrial("failed", _CANCELLED)
                assistant.lifecycle.keep_trial(version.id, trial, "waiting", by=job.actor)
            else:
                trial = VersionTrial("failed", f"{_STOPPED}{job.error}", {}, _reason(job))
                _decide(assistant, job, trial)
        except AssistantError as error:
            logger.warning("version %s is not published yet: %s", version.id, error)
    return count


def try_on_the_day(assistant: Assistant, version_ids: Sequence[str], context: JobContext) -> None:
    """Ask the question sets again of versions whose day has come; what came is kept with them.

    They hold from that day on, whatever the sets say: a rule does not wait for them.
    """
    if not assistant.publications.asks_first():
        return
    shelf = Shelf(assistant.library, None)
    for version_id in version_ids:
        listing = shelf.version(version_id)
        shelved = None if listing is None else shelf.manual(listing.manual.id)
        before = None if shelved is None else shelved.before(version_id)
        if listing is None or before is None:
            continue  # a first version: there is none to compare with
        trial = _tried(assistant, version_id, context, by=SYSTEM_ACTOR, against=before.version.id)
        assistant.lifecycle.keep_trial(version_id, trial, "published", by=SYSTEM_ACTOR)
        context.log(f"『{listing.manual.title}』{version_words(listing.version)}: {trial.words}")


def _tried(
    assistant: Assistant,
    version_id: str,
    context: JobContext,
    *,
    by: Actor,
    reason: str = "",
    against: str | None = None,
) -> VersionTrial:
    """Return what the question sets say; that they could not be asked is an outcome too."""
    try:
        trial = try_version(
            assistant,
            version_id,
            against=against,
            by=by,
            progress=lambda done, total: context.tell(_STEP, done, total),
        )
    except Exception as error:
        logger.exception("the trial of version %s failed", version_id)
        said = str(error) if isinstance(error, AssistantError) else type(error).__name__
        words = f"質問集で確かめられませんでした（{said.rstrip('。')}）。"
        return VersionTrial("failed", words, {}, reason)
    return trial.verdict(reason=reason)


def _decide(assistant: Assistant, job: Job, trial: VersionTrial) -> dict[str, Any]:
    """Publish a version, or let it wait for a reason; raises JobFailed."""
    version_id, on = str(job.arguments["version"]), job.arguments.get("on")
    document = {"outcome": trial.outcome, "words": trial.words, **trial.document}
    result = {"version": version_id, "trial": document}
    if trial.warns and assistant.settings.quality_gate == "block" and not trial.reason:
        assistant.lifecycle.keep_trial(version_id, trial, "waiting", by=job.actor)
        raise JobFailed(_BLOCKED.format(words=trial.words), result)
    day = None if on is None else date.fromisoformat(on)
    assistant.lifecycle.release(version_id, by=job.actor, on=day, trial=trial)
    return result


def _reason(job: Job) -> str:
    return str(job.arguments.get("reason") or "")
