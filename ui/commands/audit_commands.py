"""What the `chonai audit` commands do: verify, list, export and seal the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from assistant.errors import UsageError
from assistant.japanese.days import read_day
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.export import Export, Format, export_events
from assistant.people.audit.records import (
    AuditFilter,
    action_words,
    checked_filter,
    count_events,
    read_events,
    read_head,
    tokyo_time,
)
from assistant.people.audit.retention import seal
from assistant.people.audit.trail import OPERATOR_ACTOR, AuditEvent
from assistant.people.audit.verification import verify
from assistant.people.audit.words import detail_words
from ui.components.chain_words import verification_document, verification_lines
from ui.private_file import new_private_file

_MOST_LISTED: Final = 10_000
_RECORDED: Final = "書き出そうとしたことは監査記録に残っています。"
_FORMATS: Final[dict[str, Format]] = {".csv": "csv", ".xlsx": "xlsx"}


def _verify(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    found = verify(assistant.database, head=arguments.get("head"))
    lines = (*verification_lines(found), f"今の末尾: {found.last_id} 番 {found.head}")
    return CommandResult(0 if found.right else 1, verification_document(found), lines)


def _list(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    wanted, limit = _filter(arguments), arguments["limit"]
    if not 1 <= limit <= _MOST_LISTED:
        raise UsageError(f"--limit は 1 から {_MOST_LISTED} の間で指定してください。")
    events = read_events(assistant.database, wanted, limit=limit)
    count = count_events(assistant.database, wanted)
    head = read_head(assistant.database)
    document = {
        "count": count,
        "head": {"id": head.id, "hash": head.hash},
        "events": [asdict(event) for event in events],
    }
    lines = [_line(event) for event in events]
    lines.append(f"{count} 件のうち、新しいものから {len(events)} 件です。")
    return CommandResult(0, document, tuple(lines))


def _line(event: AuditEvent) -> str:
    parts = (
        str(event.id), tokyo_time(event.at), event.actor_name, action_words(event.action),
        event.subject, detail_words(event.detail),
    )  # fmt: skip
    return "  ".join(part for part in parts if part)


def _export(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    path = Path(arguments["out"])
    format_ = _FORMATS.get(path.suffix.lower())
    if format_ is None:
        raise UsageError("書き出すファイルの名前は .csv か .xlsx で終わるようにしてください。")
    export = _written(assistant, _filter(arguments), path, format_)
    document = {"file": str(path), **asdict(export)}
    lines = (
        f"{path} に {export.events} 件を書き出しました。",
        f"この記録は、後から次のように確かめられます: chonai audit verify --head {export.head}",
    )
    return CommandResult(0, document, lines)


def _written(assistant: Assistant, wanted: AuditFilter, path: Path, format_: Format) -> Export:
    """Write a new file that only its owner may read; what could not be finished is not left."""
    with new_private_file(path, unfinished=_RECORDED) as file:
        return export_events(
            assistant.database, wanted, format_=format_, by=OPERATOR_ACTOR, file=file
        )


def _seal(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    sealed = seal(assistant.database, by=OPERATOR_ACTOR)
    lines = [f"{s.month} を封印しました（{s.events} 件、{s.head}）。" for s in sealed]
    if not sealed:
        lines = ["封印する月はありません。終わった月はすべて封印されています。"]
    return CommandResult(0, {"sealed": [asdict(segment) for segment in sealed]}, tuple(lines))


def _filter(arguments: dict[str, Any]) -> AuditFilter:
    return checked_filter(
        first_day=_day(arguments.get("from")),
        last_day=_day(arguments.get("to")),
        actor=arguments.get("actor") or "",
        action=arguments.get("action") or "",
        text=arguments.get("text") or "",
    )


def _day(given: str | None) -> date | None:
    if not given:
        return None
    try:
        return read_day(given)
    except ValueError as error:
        raise UsageError(
            f"日付「{given}」を読めません。2026-04-01 か 令和8年4月1日 の形で指定してください。"
        ) from error


AUDIT_COMMANDS: dict[str, Callable[[Assistant, dict[str, Any], Progress], CommandResult]] = {
    "audit-verify": _verify,
    "audit-list": _list,
    "audit-export": _export,
    "audit-seal": _seal,
}
