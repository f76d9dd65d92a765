"""What the use comes to: resolved questions, hours saved with their interval, enquiries avoided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy
from sqlalchemy import ColumnElement, Connection, String, and_, case, func, select, true

from assistant import calendar, tables
from assistant.usage.ledger import SOURCE
from assistant.usage.register import Exclusion
from assistant.usage.resolving import read_register
from assistant.usage.survey import BANDS, SKIPPED

GOAL_HOURS: Final = 7_000
LEAST_ANSWERS: Final = 30
"""From fewer answers no hours are worked out."""
_RESAMPLES: Final = 4_000
_CONFIDENCE: Final = 95
METHOD: Final = (
    "解決した率：庁内アシスタントの質問のうち、回答が表示され、同じ会話で続けて質問されず、"
    "「しなかった」と評価されていないものの割合（会話が残っているものだけ）。"
    "時間：回答の後に無作為に選んだ職員へ、減った時間を7つの区分で尋ねた答えの平均（区分の中央の値。"
    "「1時間より多い」は60分）に、回答が表示された質問の数を掛け、1年あたりに直した値。"
    f"幅は答えを{_RESAMPLES:,}回取り直すブートストラップの{_CONFIDENCE}%区間。"
    f"答えが{LEAST_ANSWERS}件未満のときは計算しない。どちらも、除外したアカウントの質問と答えは"
    "含まない。"
)


@dataclass(frozen=True)
class Hours:
    """Hours saved a year, with the interval, and what they rest on."""

    expected: float
    low: float
    high: float
    mean_minutes: float

    @property
    def share_of_goal(self) -> float:
        """The share of the city's goal of 7,000 hours."""
        return self.expected / GOAL_HOURS


@dataclass(frozen=True)
class Effects:
    """The effects of some weeks; `judged` questions are those whose conversation is still there.

    `replies` of `offered` answered the question on minutes; `hours` is None from too few.
    `avoided` are resolved questions by the section that owns the manual.
    """

    questions: int
    answered: int
    judged: int
    resolved: int
    offered: int
    replies: int
    rates: tuple[float, ...]
    hours: Hours | None
    avoided: Counter[str]

    @property
    def resolved_rate(self) -> float | None:
        """The share of judged questions that were resolved, None without any."""
        return self.resolved / self.judged if self.judged else None


def read_effects(connection: Connection, weeks: Sequence[str]) -> Effects:
    """Return the effects of some weeks that follow one another, without excluded accounts."""
    left_out = read_register(connection).exclusions
    asked = _asked(connection, weeks, left_out)
    resolved: Counter[str] = Counter()
    owners = _owners(connection)
    for row in asked:
        if row.resolved:
            resolved[owners.get(row.manual) or "（担当課なし）"] += row.questions
    bands = _bands(connection, weeks, left_out)
    minutes = [BANDS[band][1] for band, _ in bands if band in BANDS]
    answered = sum(row.questions for row in asked if row.outcome == "answered")
    return Effects(
        questions=sum(row.questions for row in asked),
        answered=answered,
        judged=sum(row.questions for row in asked if row.judged),
        resolved=resolved.total(),
        offered=len(bands),
        replies=len(minutes),
        rates=tuple(sorted({rate for _, rate in bands})),
        hours=hours_saved(minutes, answered=answered, days=7 * len(weeks)),
        avoided=resolved,
    )


def hours_saved(minutes: Sequence[float], *, answered: int, days: int) -> Hours | None:
    """Return the hours that `answered` questions in so many days save a year; None if too few."""
    if len(minutes) < LEAST_ANSWERS or not days:
        return None
    a_year = answered / days * 365 / 60
    values = numpy.array(minutes)
    chance = numpy.random.default_rng(0)  # the same answers give the same interval
    picked = chance.integers(len(values), size=(_RESAMPLES, len(values)))
    means = values[picked].mean(axis=1)
    tail = (100 - _CONFIDENCE) / 2
    low, high = numpy.percentile(means, (tail, 100 - tail))
    mean = float(values.mean())
    return Hours(mean * a_year, float(low) * a_year, float(high) * a_year, mean)


def _asked(
    connection: Connection, weeks: Sequence[str], left_out: Sequence[Exclusion]
) -> list[Any]:
    """Return how many qualifying questions of this system there are by outcome and manual.

    `judged` are those whose conversation is still there, `resolved` those of them that were
    answered, not asked again in the same conversation, and not marked unhelpful.
    """
    event, answer, feedback = tables.usage_event.c, tables.answer.c, tables.feedback.c
    after = tables.answer.alias()
    later = (
        select(after.c.id)
        .where(
            after.c.conversation_id == answer.conversation_id, after.c.asked_at > answer.asked_at
        )
        .correlate(tables.answer)
        .exists()
    )
    judged = answer.id.is_not(None)
    unhelpful = func.coalesce(feedback.helpful, true()).is_(False)
    resolved = judged & (event.outcome == "answered") & ~unhelpful & ~later
    keys = (
        event.outcome,
        event.manual,
        case((judged, 1), else_=0).label("judged"),
        case((resolved, 1), else_=0).label("resolved"),
    )
    query = (
        select(*keys, func.count().label("questions"))
        .outerjoin(tables.answer, answer.id == event.answer_id)
        .outerjoin(
            tables.feedback,
            (feedback.answer_id == answer.id) & (feedback.person_id == answer.person_id),
        )
        .where(event.week.in_(list(weeks)), event.qualifying.is_(True), event.source == SOURCE)
        .group_by(*keys)
    )
    for one in left_out:
        query = query.where(~_covered(one, event.person_id, event.occurred_at))
    return list(connection.execute(query))


def _bands(
    connection: Connection, weeks: Sequence[str], left_out: Sequence[Exclusion]
) -> list[tuple[str | None, float]]:
    if not weeks:
        return []
    survey = tables.usage_survey.c
    first = calendar.week_start(min(weeks))
    last = calendar.week_start(max(weeks)) + timedelta(days=7)
    query = select(survey.band, survey.rate).where(
        survey.offered_at >= _stored(first), survey.offered_at < _stored(last)
    )
    for one in left_out:
        query = query.where(~_covered(one, survey.person_id, survey.offered_at))
    return [
        (row.band if row.band != SKIPPED else None, row.rate) for row in connection.execute(query)
    ]


def _covered(one: Exclusion, person: Any, at: Any) -> ColumnElement[bool]:
    """Return whether something of a person at an instant is of an account that is left out."""

    def limit(day: date) -> datetime | str:
        # Events carry instants as text, which sorts by time.
        return _stored(day).isoformat() if isinstance(at.type, String) else _stored(day)

    mine = [person == one.person_id, at >= limit(one.first)]
    if one.end is not None:
        mine.append(at < limit(one.end))
    return and_(*mine)


def _stored(day: date) -> datetime:
    return calendar.stored(calendar.midnight(day))


def _owners(connection: Connection) -> dict[str, str]:
    manual = tables.manual.c
    query = select(manual.title, manual.owner_section)
    return {row.title: row.owner_section for row in connection.execute(query)}
