"""The report of a month or a fiscal year: its figures, put together once for every format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from assistant import calendar
from assistant.append_only import ChainHead
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.records import tokyo_time
from assistant.people.audit.trail import Actor, append_event
from assistant.usage.book import read_entries
from assistant.usage.decisions import latest_number
from assistant.usage.definition import SIMULATED
from assistant.usage.effects import GOAL_HOURS, Effects, read_effects
from assistant.usage.figures import ClosedWeek, OfficialValue, UsageFigures, usage_figures
from assistant.usage.official import FINAL_TARGET, FINAL_YEAR, setting_words
from assistant.usage.register import exclusion_words
from assistant.usage.remarks import read_remarks
from assistant.usage.resolving import read_register
from assistant.usage.sealing import head_lines, seal
from assistant.usage.sections import SectionTable, section_table
from assistant.usage.weeks import frozen_weeks

_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_YEAR: Final = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Period:
    """A month (2026-11) or a fiscal year (2026) of weeks, those whose Thursday is in it."""

    key: str

    @property
    def title(self) -> str:
        """The period in words: 2026年11月, 2026年度."""
        found = _MONTH.fullmatch(self.key)
        return f"{found[1]}年{int(found[2])}月" if found else f"{self.key}年度"

    @property
    def last_day(self) -> date:
        """The last day of the month or of the fiscal year."""
        found = _MONTH.fullmatch(self.key)
        if not found:
            return date(int(self.key) + 1, 3, 31)
        year, month = int(found[1]), int(found[2])
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    @property
    def fiscal_year(self) -> int:
        """The fiscal year that it is, or in which it is."""
        found = _MONTH.fullmatch(self.key)
        if not found:
            return int(self.key)
        return int(found[1]) - (int(found[2]) < 4)

    def has(self, week: str) -> bool:
        """Tell whether a week belongs to it."""
        monday = calendar.week_start(week)
        if _MONTH.fullmatch(self.key):
            return f"{monday + timedelta(days=3):%Y-%m}" == self.key
        return calendar.fiscal_year(monday) == int(self.key)


@dataclass(frozen=True)
class Report:
    """All figures of a period; `head` covers every event that was there when it was made.

    `weeks` are the closed weeks of the period, `figures` those up to its end, `year` the official
    value of its fiscal year up to its end.
    """

    period: Period
    figures: UsageFigures
    year: OfficialValue
    weeks: tuple[ClosedWeek, ...]
    sections: SectionTable
    effects: Effects
    exclusions: tuple[Mapping[str, str], ...]
    adjustments: tuple[Mapping[str, Any], ...]
    remarks: Mapping[str, str]
    head: ChainHead
    made_at: str
    made_by: str

    @property
    def title(self) -> str:
        """What stands above it."""
        return f"庁内アシスタント 利用状況報告（{self.period.title}）"

    @property
    def warning(self) -> str:
        """What must be known before anything else, "" for real figures."""
        return SIMULATED if self.figures.simulated else ""

    @property
    def lines(self) -> tuple[tuple[str, str, float | int | None, str], ...]:
        """The figures outside the tables: name, item, value (None: not to be had), unit."""
        last, moved = self.weeks[-1], self.figures.movements[-1]
        hours = self.effects.hours
        return (
            (f"公式の値（{self.year.fiscal_year}年度）", "", self.year.value, "人"),
            (f"{FINAL_YEAR}年度の目標", "", FINAL_TARGET, "人"),
            ("目標まで", "あと", self.year.missing, "人"),
            (
                f"{self.year.fiscal_year}年度の目安", "",
                self.figures.target.people.get(self.year.fiscal_year), "人",
            ),
            ("公式の値の週の除外", "延べ", self.year.excluded, "人"),
            ("最後の週に利用した人", last.key, last.active, "人"),
            ("直近4週のすべてで利用した人", last.key, last.sustained, "人"),
            ("直近4週のうち3週以上で利用した人", last.key, last.three_of_four, "人"),
            ("在籍（最後の日）", last.key, last.staff, "人"),
            ("新規", last.key, moved.new, "人"),
            ("継続", last.key, moved.continuing, "人"),
            ("復帰", last.key, moved.returning, "人"),
            ("休眠", last.key, moved.dormant, "人"),
            ("引用だけの人（全利用元）", last.key, int(last.week.now["quotations_only"]), "人"),
            ("除外した人", last.key, last.excluded, "人"),
            ("除外した人（全利用元）", last.key, int(last.week.now["excluded"]), "人"),
            ("未解決の番号（全利用元）", last.key, int(last.week.now["unresolved"]), "件"),
            ("期間に利用した人（市全体）", self.period.key, self.sections.active, "人"),
            ("期間に除外した人（市全体）", self.period.key, self.sections.excluded, "人"),
            ("質問", self.period.key, self.effects.questions, "件"),
            ("解決した質問", self.period.key, self.effects.resolved, "件"),
            ("解決を判定した質問", self.period.key, self.effects.judged, "件"),
            ("時間の回答", self.period.key, self.effects.replies, "件"),
            ("年間の削減時間", "見込み", hours.expected if hours else None, "時間"),
            ("年間の削減時間", "下限（95%）", hours.low if hours else None, "時間"),
            ("年間の削減時間", "上限（95%）", hours.high if hours else None, "時間"),
            ("削減時間の目標", "", GOAL_HOURS, "時間"),
        )  # fmt: skip

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """Who made it, of what the official value is made, and how to check it."""
        setting = setting_words(self.figures.setting, self.figures.names)
        return (
            *((("注意", self.warning),) if self.warning else ()),
            ("作成した日時（日本時間）", tokyo_time(self.made_at)),
            ("作成した人", self.made_by),
            ("公式の値の作り方", setting),
            ("目安の決定", self.figures.target.decision),
            *head_lines(self.head),
        )


def read_period(text: str, *, today: date) -> Period:
    """Return the period that a text names; "" is the fiscal year of today; raises UsageError."""
    plain = text.strip()
    if not plain:
        monday = today - timedelta(days=today.weekday())
        return Period(str(calendar.fiscal_year(monday)))
    month = _MONTH.fullmatch(plain)
    if (month and 1 <= int(month[2]) <= 12) or _YEAR.fullmatch(plain):
        return Period(plain)
    raise UsageError(
        f"期間「{text[:40]}」を読めません。2026（年度）か 2026-11（月）の形で指定してください。"
    )


def make_report(database: Database, period: Period, *, now: datetime, by: Actor) -> Report:
    """Put the report of a period together; raises UsageError where no week of it is closed."""
    with database.write() as connection:
        keys = [key for key in _closed(connection) if period.has(key)]
        if not keys:
            raise UsageError(
                f"{period.title}には、確定した週がありません。週は、翌週の水曜日0時に確定します。"
                "chonai usage weekly で確かめてください。"
            )
        append_event(connection, by, "export", f"利用状況報告 {period.key}", {})
        head = seal(connection, by=by)
    with database.read() as connection:
        connection.exec_driver_sql("BEGIN")
        day = min(period.last_day, now.astimezone(calendar.TOKYO).date())
        figures = usage_figures(connection, now=now, until=keys[-1], day=day)
        return Report(
            period=period,
            figures=figures,
            year=figures.official(period.fiscal_year),
            weeks=tuple(week for week in figures.closed if week.key in keys),
            sections=section_table(connection, keys),
            effects=read_effects(connection, keys),
            exclusions=tuple(_exclusions(connection)),
            adjustments=tuple(_adjustments(figures, keys)),
            remarks=read_remarks(connection, period.key),
            head=head,
            made_at=now.isoformat(),
            made_by=by.name,
        )


def _closed(connection: Connection) -> list[str]:
    return list(frozen_weeks(read_entries(connection, "week", "adjustment")))


def _exclusions(connection: Connection) -> list[dict[str, str]]:
    return [
        {
            "登録": str(one.entry),
            "種類": exclusion_words(one.kind),
            "開始": one.first.isoformat(),
            "終了": "" if one.end is None else (one.end - timedelta(days=1)).isoformat(),
            "理由": one.reason,
            "職員番号": latest_number(connection, one.person_id),
        }
        for one in read_register(connection).exclusions
    ]


def _adjustments(figures: UsageFigures, keys: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "週": row["week"],
            "登録": change["entry"],
            "日時": tokyo_time(change["at"]),
            "人数": change["active"],
            "除外": change["excluded"],
            "遅れて届いた質問": change["late_events"],
            "決定": "、".join(map(str, change["decisions"])),
        }
        for row in reversed(figures.rows)
        if row["week"] in keys
        for change in row["adjustments"]
    ]
