"""Changed models and settings: noticed by day, measured on the stored sets by night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from assistant import calendar
from assistant.jobs.records import NewJob
from assistant.jobs.worker import Handler, JobContext
from assistant.opening import Assistant
from assistant.people.audit.trail import SYSTEM_ACTOR
from eval.runs.condition_watch import due_sets, regressions, run_watch

CONDITIONS_DAY: Final = "conditions_day"
CONDITIONS_NIGHT: Final = "conditions_night"
_TITLE: Final = "モデルと設定の確認"
_NIGHT: Final = time(1)  # in Tokyo: after the daily work, before anybody comes
_STEP: Final = "質問集の回答"


def notice_handler(assistant: Assistant) -> Handler:
    """Return what looks whether models or settings have changed, and plans the night."""

    def notice(context: JobContext) -> Mapping[str, Any]:
        if assistant.settings.quality_gate == "off":
            return {"sets": []}
        names = [chosen.name for chosen in due_sets(assistant)]
        if names:
            new = NewJob(CONDITIONS_NIGHT, _TITLE, dedup=CONDITIONS_NIGHT, run_after=_next_night())
            assistant.jobs.add(new, by=SYSTEM_ACTOR)
            context.log(f"モデルか設定が変わったため、夜に確かめます: {'、'.join(names)}")
        return {"sets": names}

    return notice


def night_handler(assistant: Assistant) -> Handler:
    """Return what runs the stored sets that are due, and says what got worse."""

    def measure(context: JobContext) -> Mapping[str, Any]:
        runs = []
        for chosen in due_sets(assistant):
            told = context.counting(f"{_STEP}（{chosen.name}）", len(chosen.cases))
            runs.append(run_watch(assistant, chosen, progress=told))
        worse = regressions(assistant)
        for found in worse:
            context.log(found.words)
            for line in found.lines():
                context.log(line)
        return {"runs": runs, "worse": {found.set_name: list(found.questions) for found in worse}}

    return measure


def _next_night() -> datetime:
    """Return the next start of the night, as the job table keeps instants."""
    now = calendar.now().astimezone(calendar.TOKYO)
    night = datetime.combine(now.date(), _NIGHT, tzinfo=calendar.TOKYO)
    if night <= now:
        night += timedelta(days=1)
    return calendar.stored(night)
