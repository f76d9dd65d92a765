"""Whatever happens in whatever order, weeks come to what a slow and plain reference says."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from usage_reference import Fact, World, fiscal_year_of, monday_of, tokyo_day

from assistant import calendar, tables
from assistant.database import Database
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.book import append_entry, read_entries
from assistant.usage.freezing import freeze
from assistant.usage.importing import LogLine, import_log
from assistant.usage.ledger import Ledger, UsageEvent
from assistant.usage.register import Register
from assistant.usage.sealing import printed_head
from assistant.usage.verification import verify
from assistant.usage.weekly import weekly_table
from assistant.usage.weeks import frozen_weeks

PEOPLE = ("p0", "p1", "p2", "p3")
# p0 has two sign-in names; p1 was re-hired with a new number, which nobody knew to be the same
# person; n9 is nobody's until somebody is hired; n4 changes hands in the middle of a week.
NUMBERS = ("n0", "n0b", "n1", "n2", "n4", "n9")
# Around the turn of the fiscal year, the 53rd week of 2026, the new year after it, and summer.
STARTS = (date(2026, 3, 16), date(2026, 12, 21), date(2027, 12, 27), date(2026, 8, 3))
ZONES = (UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-10)))
OUTCOMES = ("answered", "refused", "clarify", "failed")
CHANNELS = ("screen", "screen", "screen", "command", "trial", "evaluation")
FAR = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, copied for each example."""
    path = tmp_path_factory.mktemp("template") / "chonai.db"
    database = Database(path)
    with database.write() as connection:
        connection.execute(
            insert(tables.person),
            [{"id": p, "created_at": datetime(2026, 1, 1), "name": p} for p in PEOPLE],
        )
    database.close()
    return path


@dataclass
class Both:
    """The real thing and the reference, side by side."""

    database: Database
    world: World
    start: date

    def __post_init__(self) -> None:
        self.frozen: dict[date, dict[str, int]] = {}
        first = self.start + timedelta(days=9)
        for number, since, end, person in (
            ("n0", date(2020, 1, 1), None, "p0"),
            ("n0b", date(2020, 1, 1), None, "p0"),
            ("n1", date(2020, 1, 1), first, "p1"),
            ("n4", date(2020, 1, 1), first, "p2"),
            ("n4", first, None, "p3"),
        ):
            self.hire(number, since, end, person)

    def hire(self, number: str, since: date, end: date | None, person: str) -> None:
        if self.world.holder(number, since) is not None:
            return
        values = {
            "sign_in_name": number, "valid_from": since, "valid_to": end, "person_id": person,
        }  # fmt: skip
        with self.database.write() as connection:
            connection.execute(insert(tables.identity), values)
        self.world.numbers.append((number, since, end, person))

    def instant(self, seconds: int, zone: timezone) -> datetime:
        base = datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)
        return (base - timedelta(hours=9) + timedelta(seconds=seconds)).astimezone(zone)

    def check(self) -> None:
        with self.database.read() as connection:
            weeks = frozen_weeks(read_entries(connection, "week", "adjustment"))
        for key, week in weeks.items():
            monday = date.fromisoformat(week.frozen["start"])
            assert key == "{}-W{:02d}".format(*monday.isocalendar())
            assert week.frozen["fiscal_year"] == fiscal_year_of(monday)
            now = self.world.count(monday)
            at_first = self.frozen.setdefault(monday, now)
            assert {name: week.frozen[name] for name in at_first} == at_first
            assert {name: week.now[name] for name in now} == now
            for source in ("chonai", "gpt"):
                apart = week.now["sources"].get(source)
                expected = self.world.count(monday, {source})
                assert apart == expected or (apart is None and not any(expected.values()))


def _seconds() -> st.SearchStrategy[int]:
    """Instants within three weeks, most of them within seconds of a midnight in Tokyo."""
    near = st.builds(lambda day, off: day * 86400 + off, st.integers(0, 21), st.integers(-2, 2))
    weeks = st.builds(lambda week, off: week * 604800 + off, st.integers(0, 3), st.integers(-2, 2))
    return st.one_of(near, weeks, st.integers(0, 21 * 86400))


def _days() -> st.SearchStrategy[int]:
    return st.integers(-1, 22)


ASK = st.tuples(
    st.just("ask"), st.sampled_from(PEOPLE), _seconds(), st.sampled_from(ZONES),
    st.sampled_from(CHANNELS), st.sampled_from(OUTCOMES), st.sampled_from((True, True, False)),
    st.booleans(),
)  # fmt: skip
LOG = st.tuples(
    st.just("log"), st.sampled_from(NUMBERS), _seconds(), st.sampled_from(ZONES),
    st.booleans(), st.booleans(),
)  # fmt: skip
DECIDE = st.one_of(
    st.tuples(st.just("exclude"), st.sampled_from(PEOPLE), _days(), st.none() | st.integers(1, 20)),
    st.tuples(st.just("end"), st.integers(0, 2), st.integers(0, 20)),
    st.tuples(st.just("same"), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)),
    st.tuples(
        st.just("hire"), st.sampled_from(("n9", "n2", "n1")), _days(), st.sampled_from(PEOPLE)
    ),
    st.tuples(st.just("forget"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("print")),
)
FREEZE = st.tuples(st.just("freeze"), st.integers(-5, 40))


@st.composite
def _histories(draw: st.DrawFn, rounds: int) -> list[tuple[Any, ...]]:
    """Some rounds of much use, some decisions and a freeze, each part in any order."""
    found: list[tuple[Any, ...]] = []
    for _ in range(draw(st.integers(1, rounds))):
        found += draw(st.lists(ASK | LOG, min_size=4, max_size=12))
        found += draw(st.lists(DECIDE | ASK, max_size=4))
        found.append(draw(FREEZE))
    return found


def _ask(both: Both, number: int, who: str, seconds: int, zone: Any, *rest: Any) -> None:
    channel, outcome, shown, wrote = rest
    at = both.instant(seconds, zone)
    Ledger(both.database).append(
        UsageEvent(f"a{number}", who, "課", channel, at, outcome, "extractive", wrote, shown)
    )
    counts = shown and channel == "screen" and outcome != "failed"
    both.world.events.append(Fact(at, "chonai", who, "", counts, wrote))


def _log(both: Both, number: int, name: str, seconds: int, zone: Any, *rest: Any) -> None:
    answered, wrote = rest
    at = both.instant(seconds, zone)
    line = LogLine(1, name, at, f"k{number}", answered, wrote)
    import_log(both.database, [line, line], source="gpt", sha256="0", by=OPERATOR_ACTOR)
    person = both.world.holder(name, tokyo_day(at))
    both.world.events.append(Fact(at, "gpt", person, name, answered, wrote))
    both.world.look_for_people()


def _exclude(both: Both, number: int, who: str, day: int, length: int | None) -> None:
    first = both.start + timedelta(days=day)
    end = None if length is None else first + timedelta(days=length)
    body = {"kind": "test", "from": str(first), "to": end and str(end), "reason": "試験"}
    with both.database.write() as connection:
        entry = append_entry(connection, "exclusion", who, body, by=OPERATOR_ACTOR)
    both.world.exclusions[entry.id] = (who, first, end)


def _end(both: Both, number: int, which: int, length: int) -> None:
    known = list(both.world.exclusions.items())
    if which < len(known):
        entry, (who, first, _) = known[which]
        end = first + timedelta(days=length)
        with both.database.write() as connection:
            append_entry(
                connection, "exclusion_end", who, {"entry": entry, "to": str(end)},
                by=OPERATOR_ACTOR,
            )  # fmt: skip
        both.world.exclusions[entry] = (who, first, end)


def _same(both: Both, number: int, one: str, other: str) -> None:
    one, other = both.world.really(one), both.world.really(other)
    if one != other:
        with both.database.write() as connection:
            body = {"is": other, "reason": "再任用"}
            append_entry(connection, "same_person", one, body, by=OPERATOR_ACTOR)
        both.world.is_really[one] = other


def _hire(both: Both, number: int, name: str, day: int, who: str) -> None:
    since = both.start + timedelta(days=day)
    taken = [first for known, first, _, _ in both.world.numbers if known == name and first >= since]
    if not taken:
        both.hire(name, since, None, who)


def _forget(both: Both, number: int, who: str) -> None:
    """Delete everything that is known of somebody, but for the ledger."""
    raw = sqlite3.connect(both.database.path)
    for table in ("identity", "posting", "answer", "conversation"):
        raw.execute(f"DELETE FROM {table} WHERE person_id = ?", (who,))
    raw.commit()
    raw.close()
    both.world.numbers = [row for row in both.world.numbers if row[3] != who]


def _freeze(both: Both, number: int, day: int) -> None:
    """Freeze by a clock that may be wrong: it jumps ahead and back."""
    both.world.look_for_people()
    now = calendar.midnight(both.start + timedelta(days=day))
    freeze(both.database, now=now)
    both.check()


def _print(both: Both, number: int) -> None:
    head = printed_head(both.database)
    assert verify(both.database, head=head.hash).right


DO: dict[str, Callable[..., None]] = {
    "ask": _ask, "log": _log, "exclude": _exclude, "end": _end, "same": _same, "hire": _hire,
    "forget": _forget, "freeze": _freeze, "print": _print,
}  # fmt: skip


def _run(template: Path, folder: Path, start: date, operations: list[tuple[Any, ...]]) -> None:
    shutil.copy(template, folder / "chonai.db")
    database = Database(folder / "chonai.db")
    both = Both(database, World(), start)
    try:
        for number, (name, *values) in enumerate(operations):
            DO[name](both, number, *values)
        _freeze(both, 0, 30)
        for row in weekly_table(Ledger(database), now=FAR - timedelta(days=1500)):
            if row["state"] == "provisional":
                monday = date.fromisoformat(row["start"])
                expected = both.world.count(monday)
                assert {name: row[name] for name in ("active", "excluded", "unresolved")} == {
                    name: expected[name] for name in ("active", "excluded", "unresolved")
                }
        head = printed_head(database)
        found = verify(database, head=head.hash)
        assert found.problems == ()
        assert found.right
        assert found.open_events == 0
    finally:
        database.close()


@pytest.fixture(autouse=True)
def _far(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(calendar, "now", lambda: FAR)
    return None


RELAXED = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}


@given(start=st.sampled_from(STARTS), operations=_histories(2))
@settings(max_examples=25, **RELAXED)
def test_weeks_come_to_what_the_reference_says(
    template: Path, tmp_path_factory: pytest.TempPathFactory, start: date, operations: list[Any]
) -> None:
    _run(template, tmp_path_factory.mktemp("example"), start, operations)


@pytest.mark.full
@pytest.mark.timeout(1200)  # a history takes a second on a busy machine
@given(start=st.sampled_from(STARTS), operations=_histories(4))
@settings(max_examples=250, **RELAXED)
def test_weeks_come_to_what_the_reference_says_again_and_again(
    template: Path, tmp_path_factory: pytest.TempPathFactory, start: date, operations: list[Any]
) -> None:
    _run(template, tmp_path_factory.mktemp("example"), start, operations)


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_every_day_is_in_one_week_of_one_fiscal_year(day: date) -> None:
    at = calendar.midnight(day)
    key = calendar.week_key(at)
    monday = calendar.week_start(key)
    assert monday == monday_of(day)
    assert calendar.fiscal_year(monday) == fiscal_year_of(monday)
    assert calendar.week_start(calendar.next_week(key)) == monday + timedelta(days=7)


def test_a_register_of_nothing_leaves_everybody_in() -> None:
    assert Register().person("p1") == "p1"
    assert not Register().is_excluded("p1", date(2026, 4, 1))
