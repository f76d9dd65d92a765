"""What the `chonai jobs` commands do: list, show, cancel and retry work in the background."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from assistant.errors import UsageError
from assistant.jobs.records import Job, JobState
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.records import tokyo_time

_MOST_LISTED: Final = 200
_MOST_SEARCHED: Final = 100_000
_MOST_NAMED: Final = 20
_SHORT: Final = 8  # characters of an id in a list
STATE_WORDS: Final[dict[JobState, str]] = {
    "waiting": "待ち",
    "running": "進行中",
    "done": "完了",
    "failed": "失敗",
    "cancelled": "中止",
}


def _list(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    only_open = bool(arguments.get("open"))
    found = assistant.jobs.recent(limit=_MOST_LISTED + 1, only_open=only_open)
    shown = found[:_MOST_LISTED]
    lines = [_line(job) for job in shown]
    if not shown:
        lines = ["終わっていない処理はありません。" if only_open else "処理はまだありません。"]
    if len(found) > _MOST_LISTED:
        lines.append(f"新しいものから {_MOST_LISTED} 件です。")
    document = {"jobs": [_document(job) for job in shown], "more": len(found) > _MOST_LISTED}
    return CommandResult(0, document, tuple(lines))


def _show(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    job = _chosen(assistant, arguments["job"])
    log = assistant.jobs.lines(job.id)
    document = {
        **_document(job),
        "log": [{"at": _iso(line.at), "text": line.text} for line in log],
    }
    lines = [_line(job), f"  ID: {job.id}"]
    lines += [f"  {_time(line.at)}  {line.text}" for line in log]
    return CommandResult(0, document, tuple(lines))


def _cancel(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    job = _chosen(assistant, arguments["job"])
    if not assistant.jobs.cancel(job.id):
        raise UsageError(
            f"「{job.title}」は終わっているため（{STATE_WORDS[job.state]}）、中止できません。"
            "chonai jobs show で結果を確かめてください。"
        )
    now = assistant.jobs.get(job.id) or job
    words = (
        "を中止しました。"
        if now.state == "cancelled"
        else "の中止を求めました。まもなく止まります。"
    )
    return CommandResult(0, _document(now), (f"「{job.title}」{words}",))


def _retry(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    job = _chosen(assistant, arguments["job"])
    if not assistant.jobs.retry(job.id):
        raise UsageError(
            f"「{job.title}」は{STATE_WORDS[job.state]}です。もう一度実行できるのは、失敗または中止した"
            "処理です。chonai jobs show で状態を確かめてください。"
        )
    now = assistant.jobs.get(job.id) or job
    line = f"「{job.title}」をもう一度実行します。サーバーが動いていれば、まもなく始まります。"
    return CommandResult(0, _document(now), (line,))


def _chosen(assistant: Assistant, given: str) -> Job:
    """Return the job with an id, or the only one whose id begins so; raises UsageError."""
    start = given.strip().lower()
    known = assistant.jobs.get(start)
    if known is not None:
        return known
    recent = assistant.jobs.recent(limit=_MOST_SEARCHED)
    found = [job for job in recent if start and job.id.startswith(start)]
    if not found:
        raise UsageError(f"ID「{given}」の処理はありません。chonai jobs で ID を確かめてください。")
    if len(found) > 1:
        lines = "\n".join(f"{job.id}  {job.title}" for job in found[:_MOST_NAMED])
        raise UsageError(
            f"「{given}」で始まる処理が {len(found)} 件あります。もう何文字か書いてください。"
            f"\n{lines}"
        )
    return found[0]


def _document(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "step": job.step,
        "done": job.done,
        "total": job.total,
        "attempts": job.attempts,
        "cancel_requested": job.cancel_requested,
        "created_at": _iso(job.created_at),
        "created_by": job.created_by_name,
        "run_after": _iso(job.run_after),
        "started_at": _iso(job.started_at),
        "ended_at": _iso(job.ended_at),
        "result": None if job.result is None else dict(job.result),
        "error": job.error,
    }


def _line(job: Job) -> str:
    state = STATE_WORDS[job.state]
    if job.is_open and job.cancel_requested:
        state += "（中止を求めています）"
    how_far = f"{job.step} {job.done}/{job.total}" if job.total else job.step
    parts = (
        job.id[:_SHORT], _time(job.created_at), state, job.title, how_far, job.created_by_name,
        job.error,
    )  # fmt: skip
    return "  ".join(part.strip() for part in parts if part.strip())


def _iso(instant: datetime | None) -> str | None:
    return instant.replace(tzinfo=UTC).isoformat() if instant else None


def _time(instant: datetime) -> str:
    return tokyo_time(instant.replace(tzinfo=UTC).isoformat())


JOB_COMMANDS: dict[str, Callable[[Assistant, dict[str, Any], Progress], CommandResult]] = {
    "jobs-list": _list,
    "jobs-show": _show,
    "jobs-cancel": _cancel,
    "jobs-retry": _retry,
}
