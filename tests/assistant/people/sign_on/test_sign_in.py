from __future__ import annotations

import json
import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant import calendar, tables
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.sign_on.sign_in import FREE_FAILURES, LONGEST_WAIT

PASSWORD = "tanuki-ringo-hashigo-7"
OTHER = "kasutera-mado-tsuru-3"


@pytest.fixture
def clerk(quick_assistant: Assistant) -> Member:
    accounts = quick_assistant.accounts
    accounts.add("1001", name="山田 花子", section="総務課", by=OPERATOR_ACTOR)
    member = accounts.member("1001")
    quick_assistant.local_sign_in.set_password(member, PASSWORD, by=OPERATOR_ACTOR)
    return member


class Clock:
    """A clock that a test moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._began, self._passed = calendar.now(), timedelta()
        monkeypatch.setattr(calendar, "now", lambda: self._began + self._passed)

    def move(self, by: timedelta) -> None:
        self._passed += by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.mark.parametrize("number", ["1001", " 1001 ", "１００１"])
def test_a_number_and_its_password_let_in(
    quick_assistant: Assistant, clerk: Member, number: str
) -> None:
    verdict = quick_assistant.local_sign_in.attempt(number, PASSWORD)
    assert verdict.member == clerk
    assert not verdict.must_change


def test_every_failure_looks_the_same(quick_assistant: Assistant, clerk: Member) -> None:
    quick_assistant.accounts.add("2002", name="鈴木 一郎", section="契約課", by=OPERATOR_ACTOR)
    quick_assistant.accounts.add("3003", name="佐藤 次郎", section="契約課", by=OPERATOR_ACTOR)
    disabled = quick_assistant.accounts.member("3003")
    quick_assistant.local_sign_in.set_password(disabled, OTHER, by=OPERATOR_ACTOR)
    quick_assistant.accounts.disable("3003", by=OPERATOR_ACTOR)
    sign_in = quick_assistant.local_sign_in
    verdicts = {
        sign_in.attempt("1001", "wrong"),
        sign_in.attempt("1001", ""),
        sign_in.attempt("2002", "no password is set"),
        sign_in.attempt("3003", OTHER),
        sign_in.attempt("9999", PASSWORD),
        sign_in.attempt("'; DROP TABLE person; --", PASSWORD),
        sign_in.attempt("", ""),
        sign_in.attempt("山" * 5000, PASSWORD),
    }
    assert len(verdicts) == 1


def test_an_unknown_number_takes_as_long_as_a_wrong_password(
    quick_assistant: Assistant, clerk: Member
) -> None:
    def seconds(numbers: list[str]) -> float:
        taken = []
        for number in numbers:
            began = time.perf_counter()
            quick_assistant.local_sign_in.attempt(number, "wrong")
            taken.append(time.perf_counter() - began)
        return statistics.median(taken)

    for n in range(2, 14):
        quick_assistant.accounts.add(f"5{n:03}", name="職員", section="課", by=OPERATOR_ACTOR)
        member = quick_assistant.accounts.member(f"5{n:03}")
        quick_assistant.local_sign_in.set_password(member, PASSWORD, by=OPERATOR_ACTOR)
    known = seconds([f"5{n:03}" for n in range(2, 14)])
    unknown = seconds([f"8{n:03}" for n in range(2, 14)])
    # A ratio, not a time: without the work on a dummy hash it is about a tenth.
    assert 0.4 < unknown / known < 2.5


def test_failures_delay_more_and_more_also_for_numbers_that_nobody_has(
    quick_assistant: Assistant, clerk: Member, clock: Clock
) -> None:
    for number in ("1001", "9999"):
        waits = []
        for _ in range(FREE_FAILURES + 12):
            verdict = quick_assistant.local_sign_in.attempt(number, "wrong")
            waits.append(verdict.wait_seconds)
            clock.move(timedelta(seconds=verdict.wait_seconds))
        assert waits[:FREE_FAILURES] == [0] * FREE_FAILURES
        assert waits[FREE_FAILURES : FREE_FAILURES + 4] == [2, 4, 8, 16]
        assert waits[-1] == LONGEST_WAIT.total_seconds()


def test_during_the_delay_even_the_right_password_does_not_let_in_and_afterwards_it_does(
    quick_assistant: Assistant, clerk: Member, clock: Clock
) -> None:
    sign_in = quick_assistant.local_sign_in
    for _ in range(FREE_FAILURES + 1):
        wait = sign_in.attempt("1001", "wrong").wait_seconds
    refused = sign_in.attempt("１００１", PASSWORD)
    assert (refused.member, refused.wait_seconds) == (None, wait)
    clock.move(timedelta(seconds=wait))
    assert sign_in.attempt("1001", PASSWORD).member == clerk
    assert sign_in.attempt("1001", "wrong").wait_seconds == 0  # success forgets the failures


def test_failures_of_yesterday_are_forgotten(
    quick_assistant: Assistant, clerk: Member, clock: Clock
) -> None:
    for _ in range(FREE_FAILURES):
        quick_assistant.local_sign_in.attempt("1001", "wrong")
    clock.move(timedelta(days=1, minutes=1))
    assert quick_assistant.local_sign_in.attempt("1001", "wrong").wait_seconds == 0


def test_a_reset_gives_a_password_once_that_must_be_changed_and_ends_all_sessions(
    quick_assistant: Assistant, clerk: Member
) -> None:
    token = quick_assistant.sessions.open_session(clerk, "local")
    first = quick_assistant.local_sign_in.reset_password(clerk, by=OPERATOR_ACTOR)
    assert quick_assistant.sessions.find(token) is None
    assert quick_assistant.local_sign_in.attempt("1001", PASSWORD).member is None
    verdict = quick_assistant.local_sign_in.attempt("1001", first)
    assert (verdict.member, verdict.must_change) == (clerk, True)
    with pytest.raises(UsageError, match="今と同じ"):
        quick_assistant.local_sign_in.set_password(clerk, first, by=clerk.actor)
    quick_assistant.local_sign_in.set_password(clerk, OTHER, by=clerk.actor)
    verdict = quick_assistant.local_sign_in.attempt("1001", OTHER)
    assert (verdict.member, verdict.must_change) == (clerk, False)


def test_changing_the_password_ends_the_sessions_elsewhere(
    quick_assistant: Assistant, clerk: Member
) -> None:
    here, elsewhere = (quick_assistant.sessions.open_session(clerk, "local") for _ in range(2))
    session = quick_assistant.sessions.find(here)
    assert session is not None
    quick_assistant.local_sign_in.set_password(
        clerk, OTHER, by=clerk.actor, keep_session=session.id
    )
    assert quick_assistant.sessions.find(here) is not None
    assert quick_assistant.sessions.find(elsewhere) is None


def test_a_pin_is_no_password_and_a_password_no_pin(
    quick_assistant: Assistant, clerk: Member
) -> None:
    quick_assistant.local_sign_in.set_pin(clerk, "702918", by=clerk.actor)
    assert quick_assistant.local_sign_in.attempt_pin("1001", "702918").member == clerk
    assert quick_assistant.local_sign_in.attempt("1001", "702918").member is None
    assert quick_assistant.local_sign_in.attempt_pin("1001", PASSWORD).member is None
    assert quick_assistant.local_sign_in.attempt("1001", PASSWORD).member == clerk


def test_guessing_pins_is_delayed_as_guessing_passwords_is(
    quick_assistant: Assistant, clerk: Member
) -> None:
    for _ in range(FREE_FAILURES):
        quick_assistant.local_sign_in.attempt("1001", "wrong")
    assert quick_assistant.local_sign_in.attempt_pin("1001", "000000").wait_seconds == 2


def test_neither_password_nor_what_was_typed_as_a_number_is_kept_in_clear(
    quick_assistant: Assistant, clerk: Member
) -> None:
    quick_assistant.local_sign_in.attempt("himitsu-in-the-wrong-field", "chigau-himitsu")
    quick_assistant.local_sign_in.set_pin(clerk, "702918", by=clerk.actor)
    with quick_assistant.database.read() as connection:
        rows = [
            json.dumps(list(row), default=str, ensure_ascii=False)
            for table in tables.metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    kept = "\n".join(rows)
    for secret in (PASSWORD, "himitsu", "702918"):
        assert secret not in kept
