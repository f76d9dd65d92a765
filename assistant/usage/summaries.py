"""What pages and reports show of frozen weeks, worked out once: people by source, and questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select

from assistant import calendar, tables
from assistant.usage.counting import WeekPerson, WeekUse

Figure = Literal["hour", "mode", "outcome", "category", "manual", "latency", "source"]
FIGURES: Final[tuple[Figure, ...]] = get_args(Figure)
LATENCIES: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Upper bounds in seconds of the classes of latency; the last class has none."""
_EVENT: Final = tables.usage_event.c
_PERSON: Final = tables.usage_week_person.c
_FIGURE: Final = tables.usage_week_figure.c


def write_summary(connection: Connection, week: str, use: WeekUse) -> None:
    """Put a week's summary in place of the one that was there, in the caller's transaction."""
    connection.execute(delete(tables.usage_week_person).where(_PERSON.week == week))
    connection.execute(delete(tables.usage_week_figure).where(_FIGURE.week == week))
    people = [
        {
            "week": week, "person_id": person.person_id, "source": person.source,
            "section": person.section, "events": person.events, "written": person.written,
            "excluded": person.excluded,
        }
        for person in use.people
    ]  # fmt: skip
    if people:
        connection.execute(insert(tables.usage_week_person), people)
    figures = [
        {"week": week, "figure": figure, "item": item, "questions": number}
        for figure, items in week_figures(connection, week).items()
        for item, number in items.items()
    ]
    if figures:
        connection.execute(insert(tables.usage_week_figure), figures)


def week_figures(
    connection: Connection, week: str, *, up_to: int | None = None
) -> dict[Figure, Counter[str]]:
    """Return the qualifying questions of a week by hour, mode, outcome, manual and so on.

    `hour` has items such as 1-09 (Monday is 1), `latency` the class of the first evidence.
    Excluded accounts are in it: these are figures of questions, not of people.
    """
    found: dict[Figure, Counter[str]] = {figure: Counter() for figure in FIGURES}
    mine = (_EVENT.week == week) & _EVENT.qualifying.is_(True)
    if up_to is not None:
        mine &= _EVENT.id <= up_to
    for hour, questions in _grouped(connection, mine, func.substr(_EVENT.occurred_at, 1, 13)):
        local = datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(calendar.TOKYO)
        found["hour"][f"{local.isoweekday()}-{local.hour:02d}"] += questions
    for outcome, source, mode, questions in _grouped(
        connection, mine, _EVENT.outcome, _EVENT.source, _EVENT.mode
    ):
        found["outcome"][outcome] += questions
        found["source"][source] += questions
        if mode:
            found["mode"][mode] += questions
    for manual, category, questions in _grouped(connection, mine, _EVENT.manual, _EVENT.category):
        if manual:
            found["manual"][manual] += questions
            found["category"][category or "（区分なし）"] += questions
    bounds = [(_EVENT.evidence_seconds <= bound, place) for place, bound in enumerate(LATENCIES)]
    latency = case((_EVENT.evidence_seconds.is_(None), None), *bounds, else_=len(LATENCIES))
    for place, questions in _grouped(connection, mine, latency):
        if place is not None:
            found["latency"][str(place)] += questions
    return found


def _grouped(connection: Connection, mine: ColumnElement[bool], *keys: Any) -> list[Any]:
    query = select(*keys, func.count()).where(mine).group_by(*keys)
    return list(connection.execute(query))


def read_people(
    connection: Connection, *, weeks: Iterable[str] | None = None
) -> dict[str, list[WeekPerson]]:
    """Return who used it in each frozen week, by week."""
    query = select(
        _PERSON.week, _PERSON.person_id, _PERSON.source, _PERSON.section, _PERSON.events,
        _PERSON.written, _PERSON.excluded,
    ).order_by(_PERSON.week, _PERSON.person_id, _PERSON.source)  # fmt: skip
    if weeks is not None:
        query = query.where(_PERSON.week.in_(list(weeks)))
    found: dict[str, list[WeekPerson]] = defaultdict(list)
    for week, *values in connection.execute(query).all():
        found[week].append(WeekPerson(*values))
    return dict(found)


def all_figures(connection: Connection) -> dict[str, dict[Figure, Counter[str]]]:
    """Return what is kept of the questions of each week, as `week_figures` has them."""
    found: dict[str, dict[Figure, Counter[str]]] = {}
    query = select(_FIGURE.week, _FIGURE.figure, _FIGURE.item, _FIGURE.questions)
    for week, figure, item, questions in connection.execute(query):
        mine = found.setdefault(week, {known: Counter() for known in FIGURES})
        mine.setdefault(figure, Counter())[item] = questions
    return found


def read_figures(connection: Connection, figure: Figure, *, weeks: Iterable[str]) -> Counter[str]:
    """Return the questions of some frozen weeks by the items of a figure."""
    query = select(_FIGURE.item, _FIGURE.questions).where(
        _FIGURE.figure == figure, _FIGURE.week.in_(list(weeks))
    )
    found: Counter[str] = Counter()
    for item, questions in connection.execute(query):
        found[item] += questions
    return found
