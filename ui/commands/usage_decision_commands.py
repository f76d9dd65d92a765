"""What the `chonai usage` commands decide: who is left out, who is one, the official value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, Final

from assistant import calendar
from assistant.errors import UsageError
from assistant.japanese.days import read_day
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.book import read_entries
from assistant.usage.decisions import (
    end_exclusion,
    exclude,
    latest_number,
    same_person,
    sources,
)
from assistant.usage.freezing import adjust
from assistant.usage.official import (
    OfficialSetting,
    Target,
    decide_official,
    decide_target,
    official_setting,
    setting_words,
    target,
)
from assistant.usage.register import Exclusion, exclusion_words
from assistant.usage.resolving import read_register, unresolved_numbers

Command = Callable[[Assistant, dict[str, Any], Progress], CommandResult]
_TARGET: Final = re.compile(r"(\d{4})(?:年度)?\s*[=:]\s*(-?\d{1,6})人?")


def _exclude(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    made = exclude(
        assistant.database, arguments["number"], kind=arguments["kind"],
        first=_day(arguments, "from") or calendar.today(), last=_day(arguments, "to"),
        reason=arguments["reason"], by=OPERATOR_ACTOR,
    )  # fmt: skip
    return _decided(assistant, made, f"除外を登録しました（登録番号 {made.entry}）。")


def _end_exclusion(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    last = _day(arguments, "to") or calendar.today()
    made = end_exclusion(assistant.database, arguments["entry"], last=last, by=OPERATOR_ACTOR)
    return _decided(assistant, made, f"登録番号 {made.entry} の除外を {last} までにしました。")


def _decided(assistant: Assistant, made: Exclusion, words: str) -> CommandResult:
    adjusted = adjust(assistant.database)
    with assistant.database.read() as connection:
        document = {**_exclusion_document(connection, made), "adjusted": list(adjusted)}
    return CommandResult(0, document, (words, *adjusted_words(adjusted)))


def adjusted_words(adjusted: tuple[str, ...]) -> tuple[str, ...]:
    """Return which frozen weeks got an adjustment, nothing where none did."""
    return (f"確定した週に調整を登録しました: {'、'.join(adjusted)}",) if adjusted else ()


def _exclusions(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del arguments, progress
    with assistant.database.read() as connection:
        register = read_register(connection)
        found = [_exclusion_document(connection, one) for one in register.exclusions]
    lines = [
        f"{one['entry']}  {one['number'] or '（番号なし）'}  {one['kind_words']}  "
        f"{one['from']}〜{one['to'] or ''}  {one['reason']}"
        for one in found
    ]
    return CommandResult(0, {"exclusions": found}, tuple(lines) or ("除外の登録はありません。",))


def _exclusion_document(connection: Any, one: Exclusion) -> dict[str, Any]:
    last = None if one.end is None else one.end - timedelta(days=1)
    return {
        "entry": one.entry,
        "number": latest_number(connection, one.person_id),
        "kind": one.kind,
        "kind_words": exclusion_words(one.kind),
        "from": one.first.isoformat(),
        "to": None if last is None else last.isoformat(),
        "reason": one.reason,
    }


def _same_person(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    number, kept = arguments["number"], arguments["kept"]
    same_person(assistant.database, number, kept, reason=arguments["reason"], by=OPERATOR_ACTOR)
    adjusted = adjust(assistant.database)
    words = f"{number} の利用を、これから {kept} と同じ人として数えます。"
    document = {"number": number, "kept": kept, "adjusted": list(adjusted)}
    return CommandResult(0, document, (words, *adjusted_words(adjusted)))


def _unresolved(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del arguments, progress
    with assistant.database.read() as connection:
        found = unresolved_numbers(connection)
    document = [
        {
            "source": n.source, "number": n.number, "events": n.events,
            "first_day": n.first_day.isoformat(), "last_day": n.last_day.isoformat(),
        }
        for n in found
    ]  # fmt: skip
    lines = [
        f"{n.source}  {n.number}  {n.events} 件  {n.first_day}〜{n.last_day}" for n in found
    ] or ["誰のものか分からない番号はありません。"]
    return CommandResult(0, {"unresolved": document}, tuple(lines))


def _official(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    if arguments.get("decision"):
        setting = decide_official(
            assistant.database,
            since=_day(arguments, "from") or calendar.today(),
            method=arguments["method"],
            reading=arguments["reading"],
            source_ids=[s.strip() for s in arguments["sources"].split(",") if s.strip()],
            quotations=arguments["quotations"],
            decision=arguments["decision"],
            by=OPERATOR_ACTOR,
        )
    else:
        with assistant.database.read() as connection:
            entries = read_entries(connection, "official")
        setting = official_setting(entries, day=calendar.today())
    with assistant.database.read() as connection:
        words = setting_words(setting, sources(connection))
    return CommandResult(0, _setting_document(setting), (f"{setting.since} から: {words}",))


def _setting_document(setting: OfficialSetting) -> dict[str, Any]:
    return {
        **asdict(setting), "since": setting.since.isoformat(), "sources": list(setting.sources)
    }  # fmt: skip


def _target(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    if arguments["people"]:
        people = dict(_year_and_people(text) for text in arguments["people"])
        decided = decide_target(
            assistant.database, people, decision=arguments["decision"], by=OPERATOR_ACTOR
        )
    else:
        with assistant.database.read() as connection:
            decided = target(read_entries(connection, "target"))
    document = {"people": dict(decided.people), "decision": decided.decision}
    return CommandResult(0, document, tuple(_target_words(decided)))


def _target_words(decided: Target) -> list[str]:
    lines = [f"{year}年度: {number} 人" for year, number in decided.people.items()]
    return [*lines, f"決定: {decided.decision}"]


def _year_and_people(text: str) -> tuple[int, int]:
    found = _TARGET.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise UsageError(
            f"目標「{text[:40]}」を読めません。2029=200 のように、年度=人数 で指定してください。"
        )
    return int(found[1]), int(found[2])


def _day(arguments: dict[str, Any], name: str) -> date | None:
    given = str(arguments.get(name) or "")
    if not given:
        return None
    try:
        return read_day(given)
    except ValueError as error:
        raise UsageError(
            f"--{name} の日付「{given[:40]}」を読めません。2026-04-01 か 令和8年4月1日 の形で"
            "指定してください。"
        ) from error


USAGE_DECISION_COMMANDS: dict[str, Command] = {
    "usage-exclude": _exclude,
    "usage-end-exclusion": _end_exclusion,
    "usage-exclusions": _exclusions,
    "usage-same-person": _same_person,
    "usage-unresolved": _unresolved,
    "usage-official": _official,
    "usage-target": _target,
}
