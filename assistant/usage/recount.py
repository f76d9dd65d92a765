"""Counts frozen weeks again as each entry of the book says they were counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, case, func, select

from assistant import calendar, tables
from assistant.usage.book import COUNTED_BY, Entry
from assistant.usage.counting import WeekUse, week_use
from assistant.usage.ledger import (
    QUALIFYING_CHANNELS,
    QUALIFYING_OUTCOMES,
    event_weeks,
    newest_event,
    week_uses,
)
from assistant.usage.register import Register
from assistant.usage.rows_hash import rows_hash
from assistant.usage.summaries import all_figures, read_people, week_figures

_EVENT: Final = tables.usage_event.c
_FIGURE_WORDS: Final = {
    "active": "アクティブユーザー数",
    "excluded": "除外した人数",
    "quotations_only": "引用だけの人数",
    "unresolved": "未解決の番号の数",
    "events": "質問の数",
    "sources": "利用元ごとの数",
}
_UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)


class Recount:
    """Takes the entries in their order; what does not come to the same is added to the problems."""

    def __init__(self, connection: Connection, problems: list[str]):
        self._connection = connection
        self._problems = problems
        self._register = Register()
        self._last: dict[str, tuple[WeekUse, int]] = {}
        self._hashes: dict[tuple[str, int], str] = {}
        self._covered: dict[str, int] = {}
        self.weeks = 0
        self.events = 0
        self.simulated = False

    def take(self, entry: Entry) -> None:
        """Let a decision count, or count the week again of which the entry speaks."""
        try:
            if entry.kind in COUNTED_BY:
                self._register.take(entry)
            elif entry.kind == "week":
                self.weeks += 1
                self._check(entry, entry.body)
            elif entry.kind == "adjustment":
                self._check(entry, entry.body["after"])
            elif entry.kind == "seal":
                last = int(entry.body["last_event"])
                for week, expected in entry.body["weeks"].items():
                    self._check_rows(entry, week, last, expected)
            elif entry.kind == "simulation":
                self.simulated = True
        except _UNREADABLE:
            self._problems.append(
                f"台帳の登録 {entry.id}（{entry.kind}）の内容が正しくありません。"
            )

    def finish(self) -> int:
        """Compare the summaries that pages show; returns how many events nothing covers yet."""
        self._compare_summaries()
        open_events = 0
        for week in event_weeks(self._connection):
            query = select(func.count()).where(
                _EVENT.week == week, _EVENT.id > self._covered.get(week, 0)
            )
            open_events += int(self._connection.execute(query).scalar_one())
        self.events = int(
            self._connection.execute(
                select(func.count()).select_from(tables.usage_event)
            ).scalar_one()
        )
        return open_events

    def _compare_summaries(self) -> None:
        people, figures = read_people(self._connection), all_figures(self._connection)
        for week in sorted({*people, *figures, *self._last}):
            use, last = self._last.get(week, (None, 0))
            if tuple(people.get(week, ())) != (use.people if use else ()):
                self._add_summary(week, "利用者の内訳")
            counted = week_figures(self._connection, week, up_to=last) if use else {}
            if not _same(figures.get(week, {}), counted):
                self._add_summary(week, "質問の内訳（時間帯・区分・作り方など）")

    def _add_summary(self, week: str, what: str) -> None:
        self._problems.append(
            f"{week} の集計表の{what}が、台帳から数え直した結果と違います。画面と報告の内訳は信頼"
            "できません。"
        )

    def _check(self, entry: Entry, told: Mapping[str, Any]) -> None:
        key, last = entry.subject, int(entry.body["last_event"])
        self._check_rows(entry, key, last, entry.body["rows"])
        apart = self._register.accounts_left_out
        uses = week_uses(self._connection, key, apart=apart, up_to=last)
        use = week_use(uses, self._register)
        self._last[key] = use, last
        counted = use.document()
        for name, value in counted.items():
            if told[name] != value:
                said = f"登録では {told[name]}、数え直すと {value}"
                self._problems.append(
                    f"{key} の{_FIGURE_WORDS[name]}が違います（{said}。登録 {entry.id}）。"
                )

    def _check_rows(self, entry: Entry, week: str, last: int, expected: str) -> None:
        newest = newest_event(self._connection, week, up_to=last)
        if (week, newest) not in self._hashes:  # a report's seal and the freeze see the same rows
            self._hashes[week, newest] = rows_hash(self._connection, week, up_to=newest)
        if self._hashes[week, newest] != expected:
            self._problems.append(
                f"{week} の利用の記録が、{entry.at} の登録 {entry.id} のときから書き換え・削除・"
                "追加されています。"
            )
        self._covered[week] = max(last, self._covered.get(week, 0))


def _same(kept: Mapping[Any, Mapping[str, int]], counted: Mapping[Any, Mapping[str, int]]) -> bool:
    names = {*kept, *counted}
    return all(dict(kept.get(name, {})) == dict(counted.get(name, {})) for name in names)


def _stored(day: date) -> str:
    """Return the first instant of a day in Tokyo as events carry it; such text sorts by time."""
    return calendar.stored(calendar.midnight(day)).isoformat()


def problems_of_events(connection: Connection) -> list[str]:
    """Say which events do not fit what they say of themselves: their week, whether they qualify."""
    qualifies = (
        _EVENT.shown.is_(True)
        & _EVENT.channel.in_(sorted(QUALIFYING_CHANNELS))
        & _EVENT.outcome.in_(sorted(QUALIFYING_OUTCOMES))
    )
    wrong = case(
        (_EVENT.qualifying.is_(True) & qualifies, 0),
        (_EVENT.qualifying.is_(False) & ~qualifies, 0),
        else_=1,
    )
    query = select(
        _EVENT.week, func.min(_EVENT.occurred_at), func.max(_EVENT.occurred_at), func.sum(wrong)
    ).group_by(_EVENT.week)
    problems = []
    misjudged = 0
    for week, first, last, number in connection.execute(query):
        misjudged += number
        problems += _problems_of_week(week, first, last)
    if misjudged:
        problems.append(f"利用と数えるかどうかの印が正しくない記録が {misjudged} 件あります。")
    return problems


def _problems_of_week(week: str, first: str, last: str) -> list[str]:
    try:
        monday = calendar.week_start(week)
        begins, ends = (_stored(monday + timedelta(days=days)) for days in (0, 7))
    except ValueError:
        return [f"記録に、ありえない週「{week}」があります。"]
    if begins <= first and last < ends:
        return []
    return [f"{week} の記録に、その週でない日時のものがあります。"]
