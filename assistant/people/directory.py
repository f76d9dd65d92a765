"""The directory: who somebody is today, where they work, which roles and groups they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from assistant import tables
from assistant.database import Database
from assistant.domain import Reader
from assistant.people.audit.trail import Actor
from assistant.people.roles import RoleGrant, Task, tasks_of
from assistant.people.sections.lineage import Lineage, read_lineage

_PERSON = tables.person.c
_IDENTITY = tables.identity.c
_POSTING = tables.posting.c


@dataclass(frozen=True)
class Member:
    """A person of the staff as of one day; `number` is the 職員番号 valid on it.

    `section` is where the person works ("" if nothing is known), `until` the last day of the
    number, None without an end.
    """

    person_id: str
    number: str
    name: str
    section: str
    employment: str
    enabled: bool
    grants: tuple[RoleGrant, ...] = ()
    groups: tuple[str, ...] = ()
    until: date | None = None

    @property
    def tasks(self) -> frozenset[Task]:
        """What the person may do."""
        return tasks_of((RoleGrant("staff"), *self.grants))

    @property
    def reader(self) -> Reader:
        """The person as searches and pages take them: what may be read."""
        roles = dict.fromkeys(("staff", *(grant.role for grant in self.grants)))
        return Reader(self.person_id, self.section or None, self.groups, tuple(roles))

    @property
    def actor(self) -> Actor:
        """The person as the audit trail names them."""
        return Actor(self.person_id, self.number)

    def sections_with(self, role: str) -> frozenset[str]:
        """Return the sections for which the person holds a role."""
        return frozenset(g.section for g in self.grants if g.role == role and g.section)


class Directory:
    """Finds people; see Accounts for changes."""

    def __init__(self, database: Database):
        self._database = database

    def member(self, person_id: str, *, today: date) -> Member | None:
        """Return a person whose number is valid today, disabled or not, or None."""
        return next(iter(self._members(today, _PERSON.id == person_id)), None)

    def member_by_number(self, number: str, *, today: date) -> Member | None:
        """Return the person who has a number today, disabled or not, or None."""
        return next(iter(self._members(today, _IDENTITY.sign_in_name == number)), None)

    def members(self, *, today: date) -> list[Member]:
        """Return everybody whose number is valid today, by section and number."""
        found = self._members(today)
        return sorted(found, key=lambda member: (member.section, member.number))

    def disabled(self, person_ids: Iterable[str], *, today: date) -> set[str]:
        """Return those of some people who may not come in any more."""
        wanted = set(person_ids)
        if not wanted:
            return set()
        with self._database.read() as connection:
            query = select(_PERSON.id).where(_PERSON.id.in_(wanted), ~may_come_in(today))
            return set(connection.execute(query).scalars())

    def has_administrator(self, *, today: date) -> bool:
        """Tell whether anybody could manage people today."""
        return any(
            member.enabled and "manage_people" in member.tasks for member in self._members(today)
        )

    def _members(self, today: date, *conditions: Any) -> list[Member]:
        with self._database.read() as connection:
            return members(connection, today, *conditions)


def may_come_in(today: date) -> Any:
    """Return the condition on the person table that somebody may use the assistant today."""
    return _PERSON.disabled_at.is_(None) & (
        select(_IDENTITY.person_id)
        .where(_IDENTITY.person_id == _PERSON.id, valid_on(today))
        .exists()
    )


def valid_on(today: date) -> Any:
    """Return the condition on the identity table that a number is valid on a day."""
    ends = _IDENTITY.valid_to
    return (_IDENTITY.valid_from <= today) & (ends.is_(None) | (ends > today))


def members(connection: Connection, today: date, *conditions: Any) -> list[Member]:
    """Read the people who fulfil conditions on person and identity, as of a day."""
    rows = connection.execute(
        select(
            _PERSON.id, _PERSON.name, _PERSON.disabled_at, _IDENTITY.sign_in_name,
            _IDENTITY.valid_to,
        )
        .join(tables.identity, _IDENTITY.person_id == _PERSON.id)
        .where(valid_on(today), *conditions)
        .order_by(_IDENTITY.valid_from.desc())
    ).all()  # fmt: skip
    newest = {row.id: row for row in reversed(rows)}
    lineage = read_lineage(connection) if newest else Lineage()
    some = list(newest) if conditions else None
    postings = _postings(connection, today, lineage, some)
    grants = _grants(connection, today, lineage, some)
    groups = _groups(connection, some)
    return [
        Member(
            person_id=key,
            number=row.sign_in_name,
            name=row.name,
            section=postings.get(key, ("", ""))[0],
            employment=postings.get(key, ("", ""))[1],
            enabled=row.disabled_at is None,
            grants=tuple(sorted(grants.get(key, ()), key=lambda g: (g.role, g.section))),
            groups=tuple(sorted(groups.get(key, ()))),
            until=None if row.valid_to is None else row.valid_to - timedelta(days=1),
        )
        for key, row in newest.items()
    ]


def _postings(
    connection: Connection, today: date, lineage: Lineage, some: list[str] | None
) -> dict[str, tuple[str, str]]:
    query = (
        select(_POSTING.person_id, _POSTING.valid_from, _POSTING.section, _POSTING.employment)
        .where(_POSTING.valid_from <= today)
        .order_by(_POSTING.valid_from)
    )
    if some is not None:
        query = query.where(_POSTING.person_id.in_(some))
    return {
        row.person_id: (
            lineage.heir(row.section, said=row.valid_from, today=today),
            row.employment,
        )
        for row in connection.execute(query)
    }


def _grants(
    connection: Connection, today: date, lineage: Lineage, some: list[str] | None
) -> dict[str, set[RoleGrant]]:
    grant = tables.role_grant.c
    query = select(grant.person_id, grant.role, grant.section, grant.granted_on)
    if some is not None:
        query = query.where(grant.person_id.in_(some))
    found: dict[str, set[RoleGrant]] = {}
    for row in connection.execute(query):
        section = row.section
        if section:
            section = lineage.heir(section, said=row.granted_on, today=today)
        found.setdefault(row.person_id, set()).add(RoleGrant(row.role, section))
    return found


def _groups(connection: Connection, some: list[str] | None) -> dict[str, set[str]]:
    member = tables.group_member.c
    query = select(member.person_id, member.name)
    if some is not None:
        query = query.where(member.person_id.in_(some))
    found: dict[str, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.person_id, set()).add(row.name)
    return found
