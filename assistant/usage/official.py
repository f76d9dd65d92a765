"""The official value: which number leads every report, decided once and dated; and the target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeVar

from sqlalchemy import Connection

from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor
from assistant.usage.book import Entry
from assistant.usage.decisions import checked_text, enter, sources
from assistant.usage.ledger import SOURCE

Method = Literal["mean_of_closed_weeks", "mean_of_march", "last_week"]
Reading = Literal["active", "sustained", "three_of_four"]
Choice = TypeVar("Choice", Method, Reading)
METHOD_WORDS: Final[dict[Method, str]] = {
    "mean_of_closed_weeks": "年度の確定した週の平均",
    "mean_of_march": "3月の週の平均",
    "last_week": "年度の最後に確定した週",
}
READING_WORDS: Final[dict[Reading, str]] = {
    "active": "その週に利用した人",
    "sustained": "直近4週のすべてで利用した人",
    "three_of_four": "直近4週のうち3週以上で利用した人",
}
FINAL_TARGET: Final = 200
FINAL_YEAR: Final = 2029
UNDECIDED: Final = "（未決定。初期設定）"
_FIRST_TARGETS: Final = {2026: 50, 2027: 100, 2028: 150, FINAL_YEAR: FINAL_TARGET}
FIRST_YEAR: Final = min(_FIRST_TARGETS)
MOST_PEOPLE: Final = 100_000


@dataclass(frozen=True)
class OfficialSetting:
    """Of which weeks, reading and systems the official value is made, from a day on.

    `quotations` tells whether people count for whom no model wrote; `decision` is the number of
    the decision, `entry` that of the entry, 0 where nothing was decided yet.
    """

    since: date
    method: Method
    reading: Reading
    sources: tuple[str, ...]
    quotations: bool
    decision: str
    entry: int = 0


@dataclass(frozen=True)
class Target:
    """How many people each fiscal year wants, and the decision that says so."""

    people: Mapping[int, int]
    decision: str
    entry: int = 0


DEFAULT_SETTING: Final = OfficialSetting(
    date(2026, 4, 1), "mean_of_closed_weeks", "active", (SOURCE,), True, UNDECIDED
)


def official_setting(entries: Iterable[Entry], *, day: date) -> OfficialSetting:
    """Return the setting that holds on a day: the latest that has begun, of these the last made."""
    begun = [s for e in entries if e.kind == "official" and (s := _setting(e)).since <= day]
    return max(begun, key=lambda s: (s.since, s.entry), default=DEFAULT_SETTING)


def target(entries: Iterable[Entry]) -> Target:
    """Return the target line as it was decided last."""
    decided = [entry for entry in entries if entry.kind == "target"]
    if not decided:
        return Target(_FIRST_TARGETS, UNDECIDED)
    last = decided[-1]
    people = {int(year): int(number) for year, number in last.body["people"].items()}
    return Target(dict(sorted(people.items())), str(last.body["decision"]), last.id)


def decide_official(
    database: Database,
    *,
    since: date,
    method: str,
    reading: str,
    source_ids: Iterable[str],
    quotations: bool,
    decision: str,
    by: Actor,
) -> OfficialSetting:
    """Enter of what the official value is made from a day on; raises UsageError."""
    chosen = tuple(dict.fromkeys(source_ids))
    with database.read() as connection:
        _require_known_sources(connection, chosen)
    known_method: Method = _one_of(method, METHOD_WORDS, "公式の値の作り方")
    known_reading: Reading = _one_of(reading, READING_WORDS, "数え方")
    decision = checked_text(decision, "決定の番号")
    body = {
        "from": since.isoformat(),
        "method": known_method,
        "reading": known_reading,
        "sources": list(chosen),
        "quotations": quotations,
        "decision": decision,
    }
    entry = enter(database, "official", since.isoformat(), body, by=by)
    return OfficialSetting(since, known_method, known_reading, chosen, quotations, decision, entry)


def decide_target(
    database: Database, people: Mapping[int, int], *, decision: str, by: Actor
) -> Target:
    """Enter the target line, people by fiscal year; raises UsageError."""
    if not people:
        raise UsageError("目標が一つもありません。2029=200 のように年度と人数を指定してください。")
    for year, number in people.items():
        if not 2020 <= year <= 2100:
            raise UsageError(f"年度 {year} を使えません。2026 のように西暦で指定してください。")
        if not 1 <= number <= MOST_PEOPLE:
            raise UsageError(
                f"{year}年度の目標 {number} 人は使えません。1人以上で指定してください。"
            )
    wanted = dict(sorted(people.items()))
    decision = checked_text(decision, "決定の番号")
    body = {"people": {str(year): number for year, number in wanted.items()}, "decision": decision}
    return Target(wanted, decision, enter(database, "target", "", body, by=by))


def setting_words(setting: OfficialSetting, names: Mapping[str, str]) -> str:
    """Return of what the official value is made and from when on, in one line."""
    counted = "引用だけの人を含む" if setting.quotations else "引用だけの人を含まない"
    systems = "＋".join(names.get(source, source) for source in setting.sources)
    return (
        f"{METHOD_WORDS[setting.method]}／{READING_WORDS[setting.reading]}／利用元：{systems}／"
        f"{counted}／決定：{setting.decision}（{setting.since}から）"
    )


def _setting(entry: Entry) -> OfficialSetting:
    body = entry.body
    return OfficialSetting(
        date.fromisoformat(body["from"]), body["method"], body["reading"],
        tuple(body["sources"]), bool(body["quotations"]), str(body["decision"]), entry.id,
    )  # fmt: skip


def _require_known_sources(connection: Connection, chosen: tuple[str, ...]) -> None:
    known = sources(connection)
    unknown = [source for source in chosen if source not in known]
    if unknown or not chosen:
        names = "、".join(f"{source}（{name}）" for source, name in known.items())
        raise UsageError(
            f"利用元「{'、'.join(unknown) or '（なし）'}」は登録されていません。{names} から"
            "選んでください。"
        )


def _one_of(given: str, words: Mapping[Choice, str], what: str) -> Choice:
    for name, said in words.items():
        if given in (name, said):
            return name
    names = "、".join(f"{name}（{said}）" for name, said in words.items())
    raise UsageError(f"{what}「{given[:40]}」はありません。{names} から選んでください。")
