"""Changes to people within a caller's transaction, each with its line in the audit trail."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Connection, delete, insert, update

from assistant import calendar, tables
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.directory import Member
from assistant.people.names import checked_name
from assistant.people.numbers import checked_number, require_free

_PERSON = tables.person.c
_POSTING = tables.posting.c


def add_person(
    connection: Connection,
    number: str,
    *,
    name: str,
    section: str,
    by: Actor,
    employment: str = "",
    valid_from: date,
    valid_to: date | None = None,
    person_id: str | None = None,
) -> str:
    """Add a person within the caller's transaction; with `person_id` only a number for them."""
    number = checked_number(number)
    if valid_to is not None and valid_to <= valid_from:
        raise UsageError(f"{number} の有効期間の終わりが始まりより前です。日付を確かめてください。")
    require_free(connection, number, valid_from, valid_to)
    if person_id is None:
        person_id = uuid.uuid4().hex
        connection.execute(
            insert(tables.person),
            {
                "id": person_id, "created_at": calendar.stored_now(),
                "name": checked_name(name, "氏名"),
            },
        )  # fmt: skip
    connection.execute(
        insert(tables.identity),
        {
            "sign_in_name": number, "valid_from": valid_from, "valid_to": valid_to,
            "person_id": person_id,
        },
    )  # fmt: skip
    _post(connection, person_id, section, valid_from, employment)
    append_event(
        connection, by, "person.add", number,
        {"section": section, "employment": employment, "from": valid_from, "to": valid_to},
    )  # fmt: skip
    return person_id


def rename_person(connection: Connection, person: Member, name: str, *, by: Actor) -> None:
    """Change a person's name within the caller's transaction."""
    name = checked_name(name, "氏名")
    connection.execute(
        update(tables.person).where(_PERSON.id == person.person_id).values(name=name)
    )
    append_event(connection, by, "person.change", person.number, {"name": "変更"})


def transfer_person(
    connection: Connection,
    person: Member,
    section: str,
    *,
    on: date,
    by: Actor,
    employment: str | None = None,
) -> None:
    """Transfer a person within the caller's transaction; postings planned for later fall away."""
    connection.execute(
        delete(tables.posting).where(
            _POSTING.person_id == person.person_id, _POSTING.valid_from >= on
        )
    )
    kept = person.employment if employment is None else employment
    _post(connection, person.person_id, section, on, kept)
    append_event(
        connection, by, "person.transfer", person.number,
        {"from": person.section, "to": section, "on": on, "employment": kept},
    )  # fmt: skip


def _post(connection: Connection, person_id: str, section: str, on: date, employment: str) -> None:
    connection.execute(
        delete(tables.posting).where(_POSTING.person_id == person_id, _POSTING.valid_from == on)
    )
    connection.execute(
        insert(tables.posting),
        {
            "person_id": person_id, "valid_from": on, "section": section.strip(),
            "employment": employment.strip(),
        },
    )  # fmt: skip
