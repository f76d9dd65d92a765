"""What `chonai users import` does: a staff list is looked at, then put into the directory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from assistant import calendar
from assistant.errors import OperationError, UsageError
from assistant.japanese.days import read_day
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.numbers import checked_number
from assistant.people.staff.password_slips import password_slips
from assistant.people.staff.staff_import import (
    FirstPassword,
    apply_plan,
    first_passwords,
    plan_staff_list,
)
from assistant.people.staff.staff_list import CHANGE_KINDS, CHANGE_WORDS, StaffPlan
from ingest.incoming import content_of
from ingest.staff_sheet import StaffSheet, read_staff_sheet

_SHOWN: Final = 50  # of each kind; --json names all
FORWARD: Final = "内容を確かめ、よければ --apply を付けて実行してください。"


def day_argument(arguments: dict[str, Any]) -> date:
    """Return the day given with --on, or today; raises UsageError."""
    given = str(arguments.get("on") or "")
    try:
        return read_day(given) if given else calendar.today()
    except ValueError as error:
        raise UsageError(
            f"--on の日付「{given}」を読めません。2027-04-01 か R9.4.1 の形で指定してください。"
        ) from error


def import_staff(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Show what a staff list would change; with `apply` change it, but for what is in doubt."""
    slips, applied = arguments.get("passwords"), bool(arguments.get("apply"))
    if slips and not applied:
        raise UsageError("--passwords は --apply と一緒に指定してください。")
    progress("名簿を読んでいます")
    sheet = read_staff_sheet(list_content(assistant, arguments["file"]))
    plan = plan_staff_list(
        assistant.database,
        sheet.rows,
        day=day_argument(arguments),
        complete=bool(arguments.get("complete")),
        same_person=_pairs(arguments.get("same_person") or []),
    )
    if applied:
        _apply(assistant, plan, sheet, Path(slips) if slips else None, progress)
    document = {
        "applied": applied,
        "passwords": slips,
        "sha256": sheet.sha256,
        **_plan_document(plan),
    }
    lines = [*_plan_lines(plan), "反映しました。" if applied else FORWARD]
    if slips:
        lines.append(f"初期パスワードを {slips} に書きました。配ったら必ず消してください。")
    return CommandResult(1 if applied and plan.doubts else 0, document, tuple(lines))


def list_content(assistant: Assistant, file: str) -> bytes:
    """Return the bytes of a list's file; raises UnreadableManual."""
    return content_of(Path(file), limit=assistant.settings.file_max_megabytes)


def _pairs(given: Sequence[str]) -> frozenset[tuple[str, str]]:
    pairs = [text.partition("=") for text in given]
    wrong = [text for text, (old, _, new) in zip(given, pairs, strict=True) if not (old and new)]
    if wrong:
        raise UsageError(
            f"--same-person「{wrong[0]}」を読めません。「前の番号=新しい番号」で書いてください。"
        )
    return frozenset((checked_number(old), checked_number(new)) for old, _, new in pairs)


def _apply(
    assistant: Assistant, plan: StaffPlan, sheet: StaffSheet, slips: Path | None, progress: Progress
) -> None:
    if slips is None:
        apply_plan(assistant.database, plan, by=OPERATOR_ACTOR, sha256=sheet.sha256)
        return
    with _new_private_file(slips) as handle:
        passwords = first_passwords(plan, progress=progress)
        # On the disk before the change is made: a full disk must not lose passwords that hold.
        _write_slips(handle, passwords.rows)
        apply_plan(
            assistant.database, plan, by=OPERATOR_ACTOR, sha256=sheet.sha256, passwords=passwords
        )


@contextmanager
def _new_private_file(path: Path) -> Iterator[int]:
    """Give a new file that only its owner may read; it goes again where the block fails."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path} はもうあります。上書きしません。別の名前を指定してください。"
        ) from error
    except OSError as error:
        raise UsageError(f"{path} を作れません。場所と権限を確かめてください。") from error
    try:
        yield handle
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(handle)


def _write_slips(handle: int, rows: Sequence[FirstPassword]) -> None:
    try:
        with open(handle, "wb", closefd=False) as file:
            file.write(password_slips(rows))
            file.flush()
            os.fsync(handle)
    except OSError as error:
        raise OperationError(
            "初期パスワードのファイルを書けません。空き容量を確かめてください。"
            "何も反映していません。"
        ) from error


def _plan_document(plan: StaffPlan) -> dict[str, Any]:
    shown = ("kind", "number", "name", "on", "before", "after")
    return {
        "day": str(plan.day),
        "complete": plan.complete,
        "counts": dict(plan.counts),
        "changes": [{name: plain(getattr(c, name)) for name in shown} for c in plan.changes],
        "suspected": [
            {**asdict(suspicion), "roles": list(suspicion.roles)} for suspicion in plan.suspected
        ],
        "doubts": [asdict(doubt) for doubt in plan.doubts],
        "notices": list(plan.notices),
        "leaves_no_administrator": plan.leaves_no_administrator,
    }


def _plan_lines(plan: StaffPlan) -> list[str]:
    scope = "全職員" if plan.complete else "一部の職員"
    lines = [f"{plan.day} の名簿（{scope}、{len(plan.rows)} 行）"]
    for kind in reversed(CHANGE_KINDS):
        lines += listed(CHANGE_WORDS[kind], [change.words for change in plan.of(kind)])
    lines.append(f"変わらない人: {plan.unchanged} 人")
    lines += listed("同じ人の疑い", [suspicion.words for suspicion in plan.suspected])
    if plan.suspected:
        lines.append("  同じ人なら --same-person 前の番号=新しい番号 を付けてください。")
    lines += listed("反映しない行", [doubt.words for doubt in plan.doubts])
    lines += [f"注意: {notice}" for notice in plan.notices]
    if plan.leaves_no_administrator:
        lines.append("注意: 利用者を管理できる人がいなくなるため、このままでは反映できません。")
    return lines


def listed(title: str, words: Sequence[str]) -> list[str]:
    """Return a title with its number, and the first of some words."""
    more = len(words) - _SHOWN
    rest = [f"  ほか {more} 件（--json ですべて表示）"] if more > 0 else []
    return [f"{title}: {len(words)} 件", *(f"  {text}" for text in words[:_SHOWN]), *rest]


def plain(value: object) -> object:
    """Return a value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value
