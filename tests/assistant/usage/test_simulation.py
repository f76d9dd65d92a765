"""A simulation fills everything that 利用状況 shows, and is replaced by the next one."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.usage.effects import Effects, read_effects
from assistant.usage.figures import read_usage
from assistant.usage.ledger import Ledger
from assistant.usage.simulation import simulate
from assistant.usage.summaries import FIGURES, read_figures
from assistant.usage.survey import BETWEEN
from assistant.usage.verification import verify

NOW = datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: NOW)


def _simulate(database: Database) -> None:
    simulate(database, weeks=30, staff=200, seed=5, progress=lambda _: None)


def _effects(database: Database) -> Effects:
    with database.read() as connection:
        return read_effects(connection, [w.key for w in read_usage(database, now=NOW).closed])


def test_every_figure_of_the_page_is_filled(database: Database) -> None:
    _simulate(database)
    weeks = [week.key for week in read_usage(database, now=NOW).closed]
    with database.read() as connection:
        for figure in FIGURES:
            assert read_figures(connection, figure, weeks=weeks).total() > 0, figure
    found = _effects(database)
    assert found.judged > 0.99 * found.questions
    assert 0 < found.resolved < found.answered < found.questions
    assert found.rates == (0.1,)
    assert found.replies >= 30
    assert found.hours is not None
    assert found.hours.low < found.hours.expected < found.hours.high
    assert "契約検査課" in found.avoided
    assert found.avoided.total() == found.resolved


def test_nobody_is_asked_twice_in_thirty_days(database: Database) -> None:
    _simulate(database)
    survey = tables.usage_survey.c
    with database.read() as connection:
        rows = connection.execute(
            select(survey.person_id, survey.offered_at).order_by(
                survey.person_id, survey.offered_at
            )
        ).all()
    for one, after in pairwise(rows):
        assert one.person_id != after.person_id or after.offered_at - one.offered_at >= BETWEEN


def test_the_next_simulation_takes_the_place_of_the_last(database: Database) -> None:
    _simulate(database)
    before = _effects(database)
    _simulate(database)
    assert _effects(database) == before
    assert verify(database).problems == ()


def test_real_use_is_never_replaced(database: Database, ledger: Ledger, event: Any) -> None:
    _simulate(database)
    ledger.append(event("p1"))
    with pytest.raises(UsageError, match="実際の利用"):
        _simulate(database)
