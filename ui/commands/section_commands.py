"""What `chonai users sections` does: reorganisations are looked at, recorded and withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.sections.lineage import SectionChange
from assistant.people.sections.reorganisation import (
    Consequence,
    RecordedChange,
    Reorganisation,
    preview_changes,
    record_changes,
    recorded_changes,
    withdraw_change,
)
from ingest.section_sheet import read_section_sheet
from ui.commands.staff_commands import FORWARD, day_argument, list_content, listed, plain


def sections(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    """List reorganisations, withdraw one, or show and record a new one."""
    del progress
    file, withdrawn = arguments.get("file"), arguments.get("withdraw")
    asked = (bool(file), bool(arguments.get("list")), withdrawn is not None)
    if sum(asked) != 1:
        raise UsageError("ファイル、--list、--withdraw のどれか1つを指定してください。")
    if file:
        return _change(assistant, arguments)
    return _list(assistant) if withdrawn is None else _withdraw(assistant, withdrawn)


def _list(assistant: Assistant) -> CommandResult:
    found = recorded_changes(assistant.database)
    lines = [_recorded_words(item) for item in found] or ["組織改正は登録されていません。"]
    return CommandResult(0, {"changes": [_recorded_document(item) for item in found]}, tuple(lines))


def _withdraw(assistant: Assistant, change_id: int) -> CommandResult:
    gone = withdraw_change(assistant.database, change_id, by=OPERATOR_ACTOR)
    lines = [f"取り消しました: {_change_words(change)}" for change in gone]
    return CommandResult(
        0, {"withdrawn": [_change_document(change) for change in gone]}, tuple(lines)
    )


def _change(assistant: Assistant, arguments: dict[str, Any]) -> CommandResult:
    """Show what a file's changes would bring; with `apply` record them."""
    if not arguments.get("on"):
        raise UsageError("施行日を --on で指定してください（例 --on 2027-04-01）。")
    day, applied = day_argument(arguments), bool(arguments.get("apply"))
    changes = read_section_sheet(list_content(assistant, arguments["file"]))
    preview = preview_changes(assistant.database, changes, day=day)
    if applied:
        record_changes(assistant.database, changes, day=day, by=OPERATOR_ACTOR)
    lines = [*_preview_lines(preview), "登録しました。" if applied else FORWARD]
    return CommandResult(0, {"applied": applied, **_preview_document(preview)}, tuple(lines))


def _preview_document(preview: Reorganisation) -> dict[str, Any]:
    return {
        "day": str(preview.day),
        "changes": [_change_document(change) for change in preview.changes],
        **{name: [asdict(item) for item in items] for name, _, items in _parts(preview)},
        "notices": list(preview.notices),
    }


def _preview_lines(preview: Reorganisation) -> list[str]:
    lines = listed("組織改正", [_change_words(change) for change in preview.changes])
    for _, words, items in _parts(preview):
        said = [f"{item.key} {item.name}: {item.before} → {item.after}" for item in items]
        lines += listed(words, said)
    return [*lines, *(f"注意: {notice}" for notice in preview.notices)]


def _parts(preview: Reorganisation) -> tuple[tuple[str, str, tuple[Consequence, ...]], ...]:
    return (
        ("people", "所属が変わる人", preview.people),
        ("manuals", "所管が変わるマニュアル", preview.manuals),
        ("audiences", "閲覧範囲が変わるマニュアル", preview.audiences),
        ("roles", "課が変わる役割", preview.roles),
    )


def _change_document(change: SectionChange) -> dict[str, Any]:
    return {name: plain(value) for name, value in asdict(change).items()}


def _change_words(change: SectionChange) -> str:
    what = f"（マニュアル {change.manual_id}）" if change.manual_id else ""
    heir = "" if change.heir or change.manual_id else "（承継しない）"
    return f"{change.takes_effect} 「{change.old}」→「{change.new}」{what}{heir}"


def _recorded_document(item: RecordedChange) -> dict[str, Any]:
    return {"id": item.id, "planned": item.is_planned, **_change_document(item.change)}


def _recorded_words(item: RecordedChange) -> str:
    return f"{item.id}. {_change_words(item.change)}{'' if item.is_planned else '（施行済み）'}"
