"""The staff of a day: how many people could have used the assistant, by section."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import Connection, or_

from assistant import calendar, tables
from assistant.people.directory import members
from assistant.usage.register import Register

_PERSON = tables.person.c


def staff_by_section(connection: Connection, register: Register, *, day: date) -> dict[str, int]:
    """Return how many enabled people each section had at the end of a day, by its name then."""
    sections = staff_people(connection, register, day=day)
    return dict(sorted(Counter(sections.values()).items()))


def staff_people(connection: Connection, register: Register, *, day: date) -> dict[str, str]:
    """Return the enabled people at the end of a day, each with their section.

    Accounts that the register leaves out are none of the staff; people who are one count once.
    """
    over = calendar.stored(calendar.midnight(day + timedelta(days=1)))
    sections: dict[str, str] = {}
    enabled = or_(_PERSON.disabled_at.is_(None), _PERSON.disabled_at >= over)
    for member in members(connection, day, enabled):
        if not register.is_excluded(member.person_id, day):
            sections.setdefault(register.person(member.person_id), member.section)
    return sections
