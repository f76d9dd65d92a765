"""Who is asked how much time an answer saved, how often, and what comes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from assistant import calendar
from assistant.database import Database
from assistant.errors import UsageError
from assistant.usage.effects import LEAST_ANSWERS, hours_saved
from assistant.usage.survey import SKIPPED, Survey, is_drawn

START = datetime(2026, 4, 1, tzinfo=UTC)


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.moment = START
        monkeypatch.setattr(calendar, "now", lambda: self.moment)

    def go_on(self, days: float) -> None:
        self.moment += timedelta(days=days)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def survey(database: Database) -> Survey:
    return Survey(database, rate=1.0)


def test_nobody_is_asked_twice_within_thirty_days(survey: Survey, clock: Clock) -> None:
    assert survey.is_offered("a1", person_id="p1")
    survey.reply("a1", person_id="p1", band="to_5")
    clock.go_on(29.9)
    assert not survey.is_offered("a2", person_id="p1")
    assert survey.is_offered("a3", person_id="p2")
    clock.go_on(0.2)
    assert survey.is_offered("a4", person_id="p1")


def test_of_pages_that_ask_at_once_one_is_offered_it(database: Database, clock: Clock) -> None:
    together = Barrier(8)

    def ask(number: int) -> bool:
        together.wait()
        return Survey(database, rate=1.0).is_offered(f"a{number}", person_id="p1")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1


def test_an_offer_stands_until_it_is_answered(survey: Survey, clock: Clock) -> None:
    assert survey.is_offered("a1", person_id="p1")
    assert survey.is_offered("a1", person_id="p1")
    survey.reply("a1", person_id="p1", band=SKIPPED)
    assert not survey.is_offered("a1", person_id="p1")


@pytest.mark.parametrize("ignored", [True, False], ids=["ignored", "skipped"])
def test_after_two_skips_there_is_peace_for_ninety_days(
    survey: Survey, clock: Clock, ignored: bool
) -> None:
    for answer in ("a1", "a2"):
        assert survey.is_offered(answer, person_id="p1")
        if not ignored:
            survey.reply(answer, person_id="p1", band=SKIPPED)
        clock.go_on(31)
    assert not survey.is_offered("a3", person_id="p1")
    clock.go_on(58)
    assert not survey.is_offered("a4", person_id="p1")
    clock.go_on(2)
    assert survey.is_offered("a5", person_id="p1")


def test_only_a_band_can_be_said(survey: Survey, clock: Clock) -> None:
    survey.is_offered("a1", person_id="p1")
    with pytest.raises(UsageError):
        survey.reply("a1", person_id="p1", band="7分")


def test_chance_draws_the_share_that_is_set_and_stays_with_it(database: Database) -> None:
    drawn = [is_drawn(f"answer-{n}", 0.1) for n in range(5_000)]
    assert 400 < sum(drawn) < 600
    assert drawn == [is_drawn(f"answer-{n}", 0.1) for n in range(5_000)]
    assert not any(is_drawn(f"answer-{n}", 0.0) for n in range(1_000))
    assert all(is_drawn(f"answer-{n}", 1.0) for n in range(1_000))


def test_no_hours_come_from_few_answers() -> None:
    assert hours_saved([10.0] * (LEAST_ANSWERS - 1), answered=1000, days=28) is None


def test_hours_are_the_mean_times_the_questions_of_a_year() -> None:
    found = hours_saved([0.0, 10.0] * 30, answered=700, days=7)
    assert found is not None
    assert found.mean_minutes == 5.0
    assert found.expected == pytest.approx(700 / 7 * 365 * 5 / 60)
    assert found.low < found.expected < found.high
    assert found.share_of_goal == pytest.approx(found.expected / 7000)


def test_answers_that_agree_leave_no_doubt() -> None:
    found = hours_saved([10.0] * 40, answered=60, days=365)
    assert found is not None
    assert (found.low, found.expected, found.high) == (10.0, 10.0, 10.0)
