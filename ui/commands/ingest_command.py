"""`chonai ingest`: each file is a job, done in the background of a server or here and now."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from assistant.jobs.worker import Runner
from assistant.library.shelf import Shelf
from assistant.library.trials import last_trial
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from ingest.importing import ImportPlan, plan_import, preview
from ingest.incoming import FileResult, Incoming
from ingest.jobs import ingest_job, result_of
from ingest.pipeline import said_of
from ui.composition import Background

_STATUS: Final = {
    "indexed": "取り込みました",
    "unchanged": "変更なし",
    "rejected": "取り込めません",
}
_PROSPECTS: Final = {
    "new": "新しいマニュアル",
    "version": "新しい版",
    "correction": "同じ施行日の修正",
    "unchanged": "変更なし",
    "rejected": "取り込めません",
}
_VANISHED: Final = (
    "『{manual}』第{version}版のファイル {file} が、前に取り込んだフォルダにありません。"
    "使わせないときは chonai manuals withdraw で取り下げてください（今は公開したままです）。"
)


def ingest(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    """Ingest files and folders, or say what that would do."""
    sheet = arguments.get("sheet")
    plan = plan_import(
        assistant.library,
        [Path(path) for path in arguments["paths"]],
        sheet=None if sheet is None else Path(sheet),
        password=arguments.get("password"),
        as_draft=bool(arguments.get("draft")),
    )
    if arguments.get("preview"):
        return _previewed(assistant, plan)
    correction = bool(arguments.get("correction"))
    runner = assistant.runner or Background(assistant)
    results: list[FileResult] = []
    for position, item in enumerate(plan.files, 1):
        if isinstance(item, Incoming):
            place = f"[{position}/{len(plan.files)}] {item.name}"
            progress(f"{place} を読んでいます")
            result = _done(assistant, runner, replace(item, correction=correction), progress)
            progress(f"{place}: {said_of(result)}（{result.seconds:.1f} 秒）")
        else:
            result = item
        results.append(result)
    lines = [f"{r.file}: {_STATUS[r.status]} {' '.join(r.problems)}".rstrip() for r in results]
    embedded, reused = sum(r.embedded for r in results), sum(r.reused for r in results)
    if embedded or reused:
        lines.append(f"索引: 新しく計算 {embedded:,} 件、再利用 {reused:,} 件")
    document = {"files": [_file_document(result) for result in results], **_about(plan)}
    rejected = any(result.status == "rejected" for result in results)
    return CommandResult(1 if rejected else 0, document, (*lines, *_notices(plan)))


def _done(
    assistant: Assistant, runner: Runner, incoming: Incoming, progress: Progress
) -> FileResult:
    """Have one file ingested by a job and return what became of it."""
    job = assistant.jobs.add(ingest_job(incoming), by=OPERATOR_ACTOR)
    if job is None:
        raise RuntimeError("an ingest job has no other of its kind")
    if incoming.password is not None:
        runner.keep_secret(job.id, incoming.password)
    [ended] = runner.do([job.id], say=progress)
    result = result_of(ended)
    if result is not None:
        return _tried(assistant, runner, result, progress)
    stopped = "途中で中止されました。もう一度実行してください。"
    return FileResult(incoming.name, "rejected", problems=[stopped])


def _tried(
    assistant: Assistant, runner: Runner, result: FileResult, progress: Progress
) -> FileResult:
    """Wait for the question sets where the version does; return what became of it."""
    job = assistant.publications.job_of(result.version_id) if result.state == "ready" else None
    if job is None:
        return result
    [ended] = runner.do([job.id], say=progress)
    listing = Shelf(assistant.library, None).version(result.version_id)
    trial = last_trial(assistant.database, result.version_id)
    said = [trial.words] if trial is not None and trial.warns else []
    return replace(
        result,
        state=result.state if listing is None else listing.version.state,
        problems=[*result.problems, *([ended.error] if ended.error else said)],
    )


def _previewed(assistant: Assistant, plan: ImportPlan) -> CommandResult:
    found = preview(assistant.library, plan, megabytes=assistant.settings.file_max_megabytes)
    lines = []
    for item in found:
        parts = [_PROSPECTS[item.prospect], f"『{item.title}』" if item.title else ""]
        if item.row.effective_from is not None:
            parts.append(f"施行日 {item.row.effective_from}")
        parts += [*item.changes, *item.problems]
        lines.append(f"{item.file}: " + " ".join(part for part in parts if part))
    documents = [
        {
            "file": item.file,
            "prospect": item.prospect,
            "manual": item.title,
            "effective_from": item.row.effective_from and str(item.row.effective_from),
            "owner_section": item.row.owner_section,
            "category": item.row.category,
            "audience": item.row.audience,
            "changes": list(item.changes),
            "problems": list(item.problems),
        }
        for item in found
    ]
    lines.append("確かめただけで、何も取り込んでいません。")
    rejected = any(item.prospect == "rejected" for item in found)
    document = {"preview": documents, **_about(plan)}
    return CommandResult(1 if rejected else 0, document, (*lines, *_notices(plan)))


def _about(plan: ImportPlan) -> dict[str, Any]:
    return {"vanished": [asdict(gone) for gone in plan.vanished], "unlisted": list(plan.unlisted)}


def _notices(plan: ImportPlan) -> list[str]:
    lines = [_VANISHED.format(**asdict(gone)) for gone in plan.vanished]
    if plan.unlisted:
        shown = "、".join(plan.unlisted[:10])
        more = f" ほか {len(plan.unlisted) - 10} 件" if len(plan.unlisted) > 10 else ""
        lines.append(f"対応表にないファイルは取り込んでいません: {shown}{more}")
    return lines


def _file_document(result: FileResult) -> dict[str, Any]:
    document = asdict(result)
    del document["asks_password"]  # its problem says so; the keys are a contract
    return document
