"""Puts a staff list into the directory: planned, looked at, then applied wholly or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, insert

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.changes import add_person, rename_person, transfer_person
from assistant.people.numbers import set_last_day
from assistant.people.sign_on.passwords import hashed, initial_password
from assistant.people.staff.register import Register
from assistant.people.staff.staff_list import CHANGE_KINDS, StaffChange, StaffPlan, StaffRow
from assistant.people.staff.staff_planning import make_plan

_FARTHEST: Final = timedelta(days=366)
# A hash takes 30 ms and one of the few places that people signing in wait for: leave them some.
_AT_ONCE: Final = min(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class FirstPassword:
    """A row of the slips for people who are new: shown or written once, kept only as its hash."""

    number: str
    name: str
    section: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class FirstPasswords:
    """First passwords for the people whom a plan adds, and the hashes by number."""

    rows: tuple[FirstPassword, ...] = ()
    hashes: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def plan_staff_list(
    database: Database,
    rows: Sequence[StaffRow],
    *,
    day: date,
    complete: bool = False,
    same_person: frozenset[tuple[str, str]] = frozenset(),
) -> StaffPlan:
    """Return what a list as of a day would change in the directory as it is now.

    Raises UsageError for a day more than a year away, and for pairs that contradict the list.
    """
    if abs(day - calendar.today()) > _FARTHEST:
        raise UsageError(
            f"名簿の基準日 {day} が今日から1年より離れています。日付を確かめてください。"
        )
    with database.read() as connection:
        return make_plan(connection, rows, day=day, complete=complete, same_person=same_person)


def first_passwords(
    plan: StaffPlan, *, progress: Callable[[str], None] = lambda _: None
) -> FirstPasswords:
    """Return random first passwords for the people whom a plan adds; takes some 30 ms each."""
    added = plan.of("add")
    rows = tuple(FirstPassword(c.number, c.name, c.section, initial_password()) for c in added)
    hashes = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done, secret in enumerate(pool.map(hashed, (row.password for row in rows)), 1):
            hashes.append((rows[done - 1].number, secret))
            if done % 500 == 0 or done == len(rows):
                progress(f"初期パスワードを作っています（{done}/{len(rows)}）")
    return FirstPasswords(rows, tuple(hashes))


def apply_plan(
    database: Database,
    plan: StaffPlan,
    *,
    by: Actor,
    sha256: str = "",
    passwords: FirstPasswords | None = None,
) -> None:
    """Change the directory as planned, in one transaction; `sha256` is that of the list's file.

    Raises UsageError, and changes nothing, where the directory has changed so that another plan
    would follow, and where nobody would be left to manage people.
    """
    hashes = dict(passwords.hashes) if passwords else {}
    with database.write() as connection:
        now = make_plan(
            connection, plan.rows, day=plan.day, complete=plan.complete,
            same_person=plan.same_person,
        )  # fmt: skip
        if now != plan:
            raise UsageError(
                "確かめた後で、利用者か課の登録が変わりました。何も反映していません。"
                "もう一度、名簿から確かめ直してください。"
            )
        if plan.leaves_no_administrator:
            raise UsageError(
                "この名簿を反映すると、利用者を管理できる人がいなくなります。何も反映していません。"
                "管理者を名簿に入れるか、ほかの職員へ先に管理者の役割を付けてください。"
            )
        register = Register(connection)
        for change in sorted(plan.changes, key=lambda change: CHANGE_KINDS.index(change.kind)):
            _carry_out(connection, register, change, hashes, by)
        append_event(
            connection, by, "staff.import", str(plan.day),
            {
                **plan.counts, "rows": len(plan.rows), "complete": plan.complete,
                "sha256": sha256, "first_passwords": len(hashes),
            },
        )  # fmt: skip


def _carry_out(
    connection: Connection,
    register: Register,
    change: StaffChange,
    hashes: dict[str, str],
    by: Actor,
) -> None:
    number, person_id = change.number, change.person_id
    if change.kind in ("leave", "last_day"):
        set_last_day(connection, number, person_id, last_day=change.last_day, by=by)
    elif change.kind in ("rename", "transfer"):
        member = register.member(register.last_term(number, person_id), change.on)
        if change.kind == "rename":
            rename_person(connection, member, change.name, by=by)
        else:
            transfer_person(
                connection, member, change.section, on=change.on, by=by,
                employment=change.employment,
            )  # fmt: skip
    else:
        until = None if change.last_day is None else change.last_day + timedelta(days=1)
        added = add_person(
            connection, number, name=change.name, section=change.section, by=by,
            employment=change.employment or "", valid_from=change.on, valid_to=until,
            person_id=person_id or None,
        )  # fmt: skip
        if not person_id and number in hashes:
            _keep_first_password(connection, added, number, hashes[number], by)


def _keep_first_password(
    connection: Connection, person_id: str, number: str, secret: str, by: Actor
) -> None:
    connection.execute(
        insert(tables.credential),
        {
            "person_id": person_id, "password_hash": secret, "must_change": True,
            "changed_at": calendar.stored_now(),
        },
    )  # fmt: skip
    append_event(connection, by, "password.reset", number)
