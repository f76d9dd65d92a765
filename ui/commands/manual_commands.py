"""What the `chonai manuals` commands do: list, show, publish, withdraw, compare and discard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant import calendar
from assistant.errors import UsageError
from assistant.japanese.days import read_day
from assistant.jobs.worker import JobFailed
from assistant.library.comparison import compare
from assistant.library.library_export import write_library
from assistant.library.library_list import (
    LibraryRow,
    in_force,
    library_rows,
    people_names,
    version_chunks,
    version_words,
)
from assistant.library.preparedness import wanted_standings
from assistant.library.shelf import Shelf
from assistant.library.trials import last_trial
from assistant.library.wanted import WantedManuals
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from ui.commands.manual_choice import (
    before,
    chosen_manual,
    chosen_version,
    edition,
    newest,
    version_to_publish,
)
from ui.commands.manual_words import (
    comparison_document,
    comparison_lines,
    history_document,
    history_lines,
    manual_document,
    manual_lines,
    row_line,
    title_words,
    version_document,
)
from ui.commands.trial_words import trial_document, trial_lines
from ui.composition import Background
from ui.private_file import new_private_file


def _list(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    as_of = _day(arguments, "as_of", "--as-of")
    rows = _rows(assistant, as_of=as_of)
    shown = rows if arguments.get("all") else in_force(rows)
    document: dict[str, Any] = {
        "as_of": as_of.isoformat(),
        "manuals": [_document(row) for row in shown],
    }
    lines = [row_line(row) for row in shown]
    if not shown:
        lines = [f"{as_of} に施行中のマニュアルはありません。" + ("" if not rows else _HIDDEN)]
    if arguments.get("xlsx"):
        path = Path(arguments["xlsx"])
        _write_xlsx(assistant, rows, path, as_of)
        document["xlsx"] = str(path)
        lines.append(f"{path} に書き出しました（施行中の一覧、すべての版、整備したいマニュアル）。")
    return CommandResult(0, document, tuple(lines))


_HIDDEN = "下書きなどは chonai manuals list --all で並べられます。"


def _show(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    as_of = _day(arguments, "as_of", "--as-of")
    rows = chosen_manual(_rows(assistant, as_of=as_of), arguments["manual"])
    names = people_names(assistant.database)
    held = next(iter(in_force(rows)), None)
    document: dict[str, Any] = {
        "as_of": as_of.isoformat(),
        **manual_document(rows[0]),
        "in_force": version_document(held) if held else None,
        "versions": [history_document(row, names) for row in rows],
    }
    lines = manual_lines(rows[0])
    lines.append(f"  {as_of} に施行中: {version_words(held.version) if held else 'なし'}")
    for row, version in zip(rows, document["versions"], strict=True):
        trial = last_trial(assistant.database, row.version.id)
        version["trial"] = None if trial is None else trial_document(trial)
        lines += ["", *history_lines(row, names)]
        lines += [] if trial is None else [f"  {line}" for line in trial_lines(trial)]
    return CommandResult(0, document, tuple(lines))


def _publish(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    row = version_to_publish(_rows(assistant), arguments["which"])
    on = _day(arguments, "on", "--on") if arguments.get("on") else None
    reason = str(arguments.get("reason") or "")
    job = assistant.publications.publish(row.version.id, by=OPERATOR_ACTOR, on=on, reason=reason)
    if job is not None:
        runner = assistant.runner or Background(assistant)
        [ended] = runner.do([job.id], say=progress)
        if ended.state != "done":
            raise JobFailed(ended.error or _CANCELLED, ended.result)
    shown = Shelf(assistant.library, None).version(row.version.id)
    words = "を公開しました。"
    if shown is not None and shown.version.publish_on is not None:
        words = f"は、{shown.version.publish_on} に公開します。"
    done = _after(assistant, [row], words)
    trial = last_trial(assistant.database, row.version.id) if job is not None else None
    if trial is None:
        return done
    return replace(done, lines=(*done.lines, *trial_lines(trial)))


_CANCELLED = "質問集での確認が途中で中止されたため、公開していません。もう一度実行してください。"


def _withdraw(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    rows = chosen_manual(_rows(assistant), arguments["manual"])
    number, reason = arguments.get("version"), arguments.get("reason") or ""
    manual_id, lifecycle = rows[0].manual.id, assistant.lifecycle
    if number is None:
        gone = lifecycle.withdraw(manual_id, by=OPERATOR_ACTOR, reason=reason)
    else:
        chosen = [
            row.version.id
            for row in rows
            if row.version.number == number and row.version.state in ("published", "ready")
        ]
        if not chosen:
            edition(rows, str(number))  # says which versions there are
            raise UsageError(
                f"第{number}版は公開していません。chonai manuals show で状態を確かめてください。"
            )
        gone = [
            done
            for version_id in chosen
            for done in lifecycle.withdraw(
                manual_id, by=OPERATOR_ACTOR, reason=reason, version_id=version_id
            )
        ]
    return _after(assistant, [r for r in rows if r.version.id in gone], "を取り下げました。")


def _roll_back(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    rows = chosen_manual(_rows(assistant), arguments["manual"])
    done = assistant.lifecycle.roll_back(
        rows[0].manual.id, by=OPERATOR_ACTOR, reason=arguments.get("reason") or ""
    )
    taken_back = [row for row in rows if row.version.id == done.id]
    return _after(assistant, taken_back, "を取り消し、その前の状態に戻しました。")


def _diff(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    rows = chosen_manual(_rows(assistant), arguments["manual"])
    first, last = arguments.get("from") or "", arguments.get("to") or ""
    after = edition(rows, last) if last else newest(rows)
    earlier = edition(rows, first) if first else before(rows, after)
    if earlier.version.id == after.version.id:
        raise UsageError(
            "同じ版どうしは比べられません。--from と --to に別の版を指定してください。"
        )
    found = compare(*(version_chunks(assistant.database, r.version.id) for r in (earlier, after)))
    document = {
        "manual_id": after.manual.id,
        "manual": after.manual.title,
        "from": version_document(earlier),
        "to": version_document(after),
        **comparison_document(found),
    }
    head = f"『{after.manual.title}』 {title_words(rows, earlier)} → {title_words(rows, after)}"
    return CommandResult(0, document, (head, *comparison_lines(found)))


def _discard(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    row = chosen_version(_rows(assistant), arguments["version_id"])
    assistant.lifecycle.discard(row.version.id, by=OPERATOR_ACTOR)
    line = f"『{row.manual.title}』{version_words(row.version)}の下書きを破棄しました。"
    return CommandResult(0, {"discarded": _document(row)}, (line,))


def _after(assistant: Assistant, rows: Sequence[LibraryRow], words: str) -> CommandResult:
    """Return versions as they are after an action, and what is in force today."""
    today, ids = calendar.today(), {row.version.id for row in rows}
    known = library_rows(assistant.library, as_of=today, today=today, manual_id=rows[0].manual.id)
    changed = [row for row in known if row.version.id in ids]
    held = next(iter(in_force(known)), None)
    lines = [f"『{row.manual.title}』{version_words(row.version)}{words}" for row in changed]
    lines.append(
        f"今日（{today}）施行中なのは{version_words(held.version)}です。"
        if held
        else f"今日（{today}）施行中の版はありません。"
    )
    document = {
        "changed": [_document(row) for row in changed],
        "in_force": version_document(held) if held else None,
    }
    return CommandResult(0, document, tuple(lines))


def _rows(assistant: Assistant, *, as_of: date | None = None) -> list[LibraryRow]:
    today = calendar.today()
    return library_rows(assistant.library, as_of=as_of or today, today=today)


def _document(row: LibraryRow) -> dict[str, Any]:
    return {**manual_document(row), **version_document(row)}


def _day(arguments: dict[str, Any], name: str, option: str) -> date:
    given = str(arguments.get(name) or "")
    try:
        return read_day(given) if given else calendar.today()
    except ValueError as error:
        raise UsageError(
            f"{option} の日付「{given}」を読めません。2027-04-01 か 令和9年4月1日、R9.4.1 の形で"
            "指定してください。"
        ) from error


def _write_xlsx(assistant: Assistant, rows: Sequence[LibraryRow], path: Path, as_of: date) -> None:
    """Write a new file that only its owner may read; what could not be finished is not left."""
    if path.suffix.lower() != ".xlsx":
        raise UsageError("書き出すファイルの名前は .xlsx で終わるようにしてください。")
    today = calendar.today()
    wanted = wanted_standings(WantedManuals(assistant.database).all(today=today), rows, today=today)
    names = people_names(assistant.database)
    with new_private_file(path) as file:
        write_library(file, rows, wanted, as_of=as_of, names=names)


MANUAL_COMMANDS: dict[str, Callable[[Assistant, dict[str, Any], Progress], CommandResult]] = {
    "manuals-list": _list,
    "manuals-show": _show,
    "manuals-publish": _publish,
    "manuals-withdraw": _withdraw,
    "manuals-roll-back": _roll_back,
    "manuals-diff": _diff,
    "manuals-discard": _discard,
}
