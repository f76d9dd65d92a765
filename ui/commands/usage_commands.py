"""What the `chonai usage` commands do: count, freeze, verify, take in and write out the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from assistant import calendar
from assistant.errors import UsageError
from assistant.kept_key import kept_key
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.definition import SIMULATED
from assistant.usage.export import Format, export_usage
from assistant.usage.freezing import freeze
from assistant.usage.importing import LogImport, import_log
from assistant.usage.simulation import simulate
from assistant.usage.verification import Verification, verify
from assistant.usage.weekly import simulated, weekly_table
from ingest.incoming import content_of
from ingest.usage_log import read_usage_log
from ui.commands.usage_decision_commands import USAGE_DECISION_COMMANDS
from ui.private_file import new_private_file
from ui.usage_reports import report_command

Command = Callable[[Assistant, dict[str, Any], Progress], CommandResult]
_FORMATS: Final[dict[str, Format]] = {".csv": "csv", ".xlsx": "xlsx"}
_STATES: Final = {"provisional": "速報", "frozen": "確定"}
_KEY_FILE: Final = "usage_pseudonym_key"
_MOST_WEEKS: Final = 520
_MOST_STAFF: Final = 20_000


def pseudonym_key(assistant: Assistant) -> bytes:
    """Return the key of the pseudonyms in exports; it never leaves the data directory."""
    return kept_key(assistant.settings.data_dir / _KEY_FILE)


def simulated_lines(assistant: Assistant) -> tuple[str, ...]:
    """Return the warning that all figures are made up, where they are."""
    return (SIMULATED,) if simulated(assistant.database) else ()


def _weekly(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    weeks = weekly_table(assistant.ledger, now=calendar.now())
    lines = [*simulated_lines(assistant), *(_week_words(week) for week in weeks)]
    marked = {"simulated": True} if simulated(assistant.database) else {}
    return CommandResult(0, {"weeks": weeks, **marked}, tuple(lines))


def _week_words(week: dict[str, Any]) -> str:
    words = f"{week['week']}（{week['start']}〜）: {week['active']} 人（{_STATES[week['state']]}"
    words += f"、除外 {week['excluded']} 人"
    if week["adjustments"]:
        words += f"、調整後 {week['adjusted']} 人・除外 {week['adjusted_excluded']} 人"
    if week["unresolved"]:
        words += f"、未解決の番号 {week['unresolved']}"
    return f"{words}）{week['special']}"


def _freeze(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    done = freeze(assistant.database, now=calendar.now(), by=OPERATOR_ACTOR)
    lines = [f"{key} を確定しました。" for key in done.frozen]
    lines += [f"{key} に調整を登録しました。" for key in done.adjusted]
    document = {"frozen": list(done.frozen), "adjusted": list(done.adjusted)}
    lines = lines or ["確定する週も、調整する週もありません。"]
    return CommandResult(0, document, tuple(lines))


def _verify(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    found = verify(assistant.database, head=arguments.get("head"))
    document = {**asdict(found), "right": found.right, "head": found.head.hash}
    return CommandResult(0 if found.right else 1, document, tuple(verification_words(found)))


def verification_words(found: Verification) -> list[str]:
    """Return what was verified, every problem, and what to do or to know."""
    if found.problems:
        lines = [f"利用の台帳に {len(found.problems)} 件の問題があります。", *found.problems]
        lines.append(
            "データフォルダには手を加えず、そのまま複製して保管し、情報セキュリティの担当に連絡して"
            "ください。"
        )
    else:
        lines = [
            f"確定した {found.weeks} 週を {found.events} 件の記録から数え直しました。すべて登録の"
            "とおりです。"
        ]
    if found.simulated:
        lines.insert(0, SIMULATED)
    if found.open_events:
        lines.append(f"まだ確定も印刷もされていない記録が {found.open_events} 件あります。")
    lines.append(_printed_words(found))
    lines.append(f"今の末尾: {found.head.id} 番 {found.head.hash}")
    return lines


def _printed_words(found: Verification) -> str:
    printed = found.printed
    if printed is None:
        return (
            "台帳全体の作り直しは、控えのハッシュ値と比べないと分かりません。報告や書き出しに"
            "印刷された値でも検証してください（--head）。"
        )
    if printed.state == "current":
        return "控えのハッシュ値は、今の末尾と一致します。"
    if printed.state == "earlier":
        return (
            f"控えのハッシュ値は、台帳の登録 {printed.entry} のものです。台帳は、その時点から書き"
            "足されただけです。"
        )
    return (
        "控えのハッシュ値は、この台帳のどこにもありません。台帳が作り直されたか、別のデータ"
        "フォルダの控えです。値の写し間違いがないか、控えの日付とデータフォルダを確かめてください。"
    )


def _import(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    progress("利用記録を読んでいます")
    content = content_of(Path(arguments["file"]), limit=assistant.settings.file_max_megabytes)
    log = read_usage_log(content)
    done = import_log(
        assistant.database, log.lines, source=arguments["source"],
        name=arguments.get("name") or "", sha256=log.sha256, by=OPERATOR_ACTOR,
    )  # fmt: skip
    document = {
        "source": done.source, "lines": done.lines, "added": done.added, "known": done.known,
        "unresolved": [
            {
                "number": n.number, "events": n.events, "first_day": n.first_day.isoformat(),
                "last_day": n.last_day.isoformat(),
            }
            for n in done.unresolved
        ],
        "adjusted": list(done.adjusted), "sha256": log.sha256,
    }  # fmt: skip
    return CommandResult(0, document, tuple(_import_words(done)))


def _import_words(done: LogImport) -> list[str]:
    lines = [f"{done.lines} 行のうち {done.added} 件を加えました（{done.known} 件は登録済み）。"]
    if done.unresolved:
        numbers = "、".join(n.number for n in done.unresolved[:20])
        lines.append(
            f"誰のものか分からない番号が {len(done.unresolved)} あります（{numbers}）。記録は残し、"
            "職員名簿で分かるまで数えません。"
        )
    if done.adjusted:
        lines.append(f"確定した週に調整を登録しました: {'、'.join(done.adjusted)}")
    return lines


def _export(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    path = Path(arguments["out"])
    format_ = _FORMATS.get(path.suffix.lower())
    if format_ is None:
        raise UsageError("書き出すファイルの名前は .csv か .xlsx で終わるようにしてください。")
    with new_private_file(path) as file:
        done = export_usage(
            assistant.database, key=pseudonym_key(assistant), format_=format_, by=OPERATOR_ACTOR,
            file=file,
        )  # fmt: skip
    document = {
        "file": str(path), "rows": done.rows, "head": done.head.hash, "simulated": done.simulated
    }  # fmt: skip
    lines = (
        *simulated_lines(assistant),
        f"{path} に {done.rows} 行を書き出しました。",
        f"後から次のように確かめられます: chonai usage verify --head {done.head.hash}",
    )
    return CommandResult(0, document, lines)


def _simulate(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    weeks, staff = arguments["weeks"], arguments["staff"]
    if not 1 <= weeks <= _MOST_WEEKS or not 1 <= staff <= _MOST_STAFF:
        raise UsageError(
            f"--weeks は 1〜{_MOST_WEEKS}、--staff は 1〜{_MOST_STAFF} で指定してください。"
        )
    done = simulate(
        assistant.database, weeks=weeks, staff=staff, seed=arguments["seed"], progress=progress
    )
    lines = (
        SIMULATED,
        f"{done.weeks} 週、職員 {done.staff} 人、質問 {done.events} 件を作り、{done.frozen} 週を"
        "確定しました。",
    )
    return CommandResult(0, asdict(done), lines)


USAGE_COMMANDS: dict[str, Command] = {
    "usage-weekly": _weekly,
    "usage-freeze": _freeze,
    "usage-verify": _verify,
    "usage-import": _import,
    "usage-export": _export,
    "usage-report": report_command,
    "usage-simulate": _simulate,
    **USAGE_DECISION_COMMANDS,
}
