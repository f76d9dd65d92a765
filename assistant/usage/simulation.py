"""Fills an empty data directory with made-up staff and use, marked as such, to try pages out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import OPERATOR_ACTOR, SYSTEM_ACTOR, append_event
from assistant.usage.book import append_entry, read_entries
from assistant.usage.freezing import freeze
from assistant.usage.ledger import append_events
from assistant.usage.simulated_answers import PREFIX
from assistant.usage.simulated_use import RENAMED, MadeUp, make_up

_LEDGER = (
    tables.usage_week_person, tables.usage_week_figure, tables.usage_event, tables.usage_entry,
)  # fmt: skip


@dataclass(frozen=True)
class Simulation:
    """What was made up: weeks, staff and questions, and how many weeks were frozen."""

    weeks: int
    staff: int
    seed: int
    events: int
    frozen: int


def simulate(
    database: Database, *, weeks: int, staff: int, seed: int, progress: Callable[[str], None]
) -> Simulation:
    """Make up `weeks` weeks of use that end with the present one; the same seed, the same use.

    Raises UsageError where anybody has used the assistant, or staff is registered (but for its
    administrators). What an earlier simulation made is replaced.
    """
    today = calendar.today()
    monday = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    progress(f"職員 {staff} 人、{weeks} 週の利用を作っています")
    made = make_up(monday, today=today, staff=staff, seed=seed)
    with database.write() as connection:
        _require_empty(connection)
        _clear(connection)
        body = {"weeks": weeks, "staff": staff, "seed": seed}
        append_entry(connection, "simulation", PREFIX, body, by=OPERATOR_ACTOR)
        append_event(connection, OPERATOR_ACTOR, "usage.simulate", "", body)
        _write_rows(connection, made)
        for kind, subject, said in made.entries:
            append_entry(connection, kind, subject, said, by=SYSTEM_ACTOR)
        events = append_events(connection, made.events)
    done = freeze(database, now=calendar.now())
    progress(f"{len(done.frozen)} 週を確定しました")
    with database.write() as connection:
        append_events(connection, made.late_events)
    freeze(database, now=calendar.now())
    return Simulation(weeks, staff, seed, events + len(made.late_events), len(done.frozen))


def _require_empty(connection: Connection) -> None:
    simulated = bool(read_entries(connection, "simulation"))
    event, person = tables.usage_event.c, tables.person.c
    real = select(func.count()).where(~event.answer_id.startswith(PREFIX))
    people = select(func.count()).where(
        ~person.id.startswith(PREFIX),
        ~select(tables.role_grant.c.person_id)
        .where(
            tables.role_grant.c.person_id == person.id,
            tables.role_grant.c.role == "administrator",
        )
        .exists(),
    )
    answers = select(func.count()).where(~tables.answer.c.id.startswith(PREFIX))
    used = any(int(connection.execute(query).scalar_one()) for query in (real, people, answers))
    if used or (not simulated and read_entries(connection)):
        raise UsageError(
            "このデータフォルダには実際の利用か職員が登録されています。模擬データは、空のデータ"
            "フォルダにだけ作れます。ASSISTANT_DATA_DIR で別の場所を指定してください。"
        )


def _clear(connection: Connection) -> None:
    """Remove what an earlier simulation made; the guards are taken away for that and put back."""
    query = text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
        "AND tbl_name IN ('usage_event', 'usage_entry')"
    )
    guards = connection.execute(query).all()
    for guard in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {guard.name}")
    for table in _LEDGER:
        connection.execute(delete(table))
    for name in ("usage_event", "usage_entry"):
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
    for guard in guards:
        connection.exec_driver_sql(guard.sql)
    for table, id_ in (
        (tables.usage_survey, tables.usage_survey.c.answer_id),
        (tables.feedback, tables.feedback.c.answer_id),
        (tables.answer, tables.answer.c.id),
        (tables.conversation, tables.conversation.c.id),
        (tables.manual, tables.manual.c.id),
    ):
        connection.execute(delete(table).where(id_.startswith(PREFIX)))
    for simulated in (tables.identity, tables.posting):
        connection.execute(delete(simulated).where(simulated.c.person_id.startswith(PREFIX)))
    connection.execute(delete(tables.person).where(tables.person.c.id.startswith(PREFIX)))
    change = tables.section_change.c
    renamed = [old for old, _ in RENAMED]
    connection.execute(delete(tables.section_change).where(change.old.in_(renamed)))


def _write_rows(connection: Connection, made: MadeUp) -> None:
    rows: tuple[tuple[Table, list[dict[str, object]]], ...] = (
        (tables.person, made.people),
        (tables.identity, made.identities),
        (tables.posting, made.postings),
        (tables.section_change, made.section_changes),
        (tables.manual, made.manuals),
        (tables.conversation, made.answers.conversations),
        (tables.answer, made.answers.answers),
        (tables.feedback, made.answers.feedback),
        (tables.usage_survey, made.answers.surveys),
    )
    for table, values in rows:
        if values:
            connection.execute(insert(table), values)
