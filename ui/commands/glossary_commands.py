"""What the `chonai glossary` commands do: list, propose, decide, remove, import and export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.errors import OperationError, UsageError
from assistant.jobs.worker import JobFailed
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.understanding.glossary import Entry, Glossary
from assistant.understanding.proposals import (
    STATE_WORDS,
    Proposal,
    Proposals,
    written_entries,
)
from ingest.glossary_sheet import read_glossary_sheet
from ui.composition import Background
from ui.job_handlers.glossary_trial import trial_job
from ui.private_file import new_private_file


def _list(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    text = (arguments.get("text") or "").strip()
    entries = [e for e in Glossary(assistant.database).entries() if text in e.term + e.meaning]
    proposals = [
        proposal
        for proposal in Proposals(assistant.database).all()
        if text in proposal.entry.term + proposal.entry.meaning
    ]
    if arguments.get("only_proposals"):
        entries = []
    lines = [f"{entry.term} → {entry.meaning}" for entry in entries]
    lines += [_line(proposal) for proposal in proposals]
    document = {
        "entries": [asdict(entry) for entry in entries],
        "proposals": [_document(proposal) for proposal in proposals],
    }
    return CommandResult(0, document, tuple(lines or ["該当する用語はありません。"]))


def _propose(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    entry = Entry(arguments["term"], arguments["meaning"])
    note = arguments.get("note") or ""
    return _told(Proposals(assistant.database).propose(entry, note=note, by=OPERATOR_ACTOR))


def _accept(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    proposals = Proposals(assistant.database)
    proposal = proposals.undecided(arguments["proposal"])
    reason = arguments.get("reason") or ""
    job = assistant.jobs.add(trial_job(proposal, reason=reason), by=OPERATOR_ACTOR)
    if job is None:
        raise UsageError(f"提案 {proposal.id} は確認中です。chonai jobs で終わりを待ってください。")
    runner = assistant.runner or Background(assistant)
    [ended] = runner.do([job.id], say=progress)
    if ended.state != "done":
        raise JobFailed(ended.error or "中止されました。もう一度実行してください。")
    return _told(proposals.get(proposal.id))


def _decline(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    reason = arguments.get("reason") or ""
    proposals = Proposals(assistant.database)
    return _told(proposals.decline(arguments["proposal"], reason=reason, by=OPERATOR_ACTOR))


def _remove(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    reason = arguments.get("reason") or ""
    proposals = Proposals(assistant.database)
    gone = proposals.remove(arguments["term"], reason=reason, by=OPERATOR_ACTOR)
    lines = [f"{entry.term} → {entry.meaning} を削除しました。" for entry in gone]
    return CommandResult(0, {"removed": [asdict(entry) for entry in gone]}, tuple(lines))


def _export(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    path, entries = Path(arguments["out"]), Glossary(assistant.database).entries()
    if path.suffix.lower() != ".csv":
        raise UsageError("書き出すファイルの名前は .csv で終わるようにしてください。")
    with new_private_file(path) as file:
        file.write(written_entries(entries).encode())
    document = {"file": str(path), "entries": len(entries)}
    return CommandResult(0, document, (f"{path} に {len(entries):,} 件を書き出しました。",))


def _import(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    path = Path(arguments["file"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OperationError(f"{path} を読めません。場所を確かめてください。") from error
    entries = read_glossary_sheet(content)
    added = Proposals(assistant.database).propose_all(entries, by=OPERATOR_ACTOR)
    known = len(entries) - len(added)
    line = f"{len(added):,} 件を提案しました。{known:,} 件はすでにあります。"
    document = {"proposals": [_document(proposal) for proposal in added], "known": known}
    return CommandResult(0, document, (line,))


def _told(proposal: Proposal) -> CommandResult:
    return CommandResult(0, _document(proposal), (_line(proposal),))


def _line(proposal: Proposal) -> str:
    entry = proposal.entry
    parts = [
        f"提案 {proposal.id}（{STATE_WORDS[proposal.state]}） {entry.term} → {entry.meaning}",
        f"提案者 {proposal.proposed_by_name}",
        f"理由 {proposal.note}" if proposal.note else "",
        f"決定 {proposal.decided_by_name} {proposal.reason}".rstrip()
        if proposal.decided_by_name
        else "",
        str((proposal.trial or {}).get("words", "")),
    ]
    return "  ".join(part for part in parts if part)


def _document(proposal: Proposal) -> dict[str, Any]:
    decided = proposal.decided_at
    return {
        "id": proposal.id, "term": proposal.entry.term, "meaning": proposal.entry.meaning,
        "state": proposal.state, "note": proposal.note,
        "proposed_by": proposal.proposed_by_name,
        "proposed_at": proposal.proposed_at.isoformat(timespec="seconds") + "Z",
        "decided_by": proposal.decided_by_name,
        "decided_at": decided and decided.isoformat(timespec="seconds") + "Z",
        "reason": proposal.reason, "trial": proposal.trial,
    }  # fmt: skip


GLOSSARY_COMMANDS: dict[str, Callable[[Assistant, dict[str, Any], Progress], CommandResult]] = {
    "glossary-list": _list,
    "glossary-propose": _propose,
    "glossary-accept": _accept,
    "glossary-decline": _decline,
    "glossary-remove": _remove,
    "glossary-export": _export,
    "glossary-import": _import,
}
