"""People whom an outside directory vouches for: found here, added at first, kept up to date."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.accounts import Accounts
from assistant.people.audit.trail import Actor
from assistant.people.directory import Directory, Member
from assistant.people.names import LONGEST_NAME, plain_name
from assistant.people.numbers import checked_number
from assistant.people.roles import RoleGrant
from assistant.people.sections.known_sections import problem_of_section, section_name
from assistant.settings import Settings

logger = logging.getLogger(__name__)

Source = Literal["oidc", "ldap", "proxy"]
Refusal = Literal["no_number", "unknown", "not_today", "disabled"]

_IDENTITY = tables.identity.c
_POSTING = tables.posting.c


@dataclass(frozen=True)
class OutsidePerson:
    """A person as an outside source proved and described them.

    `name` and `section` are "" where the source does not say; `roles` are all that it gives.
    """

    number: str
    name: str
    section: str
    roles: frozenset[RoleGrant]
    source: Source


@dataclass(frozen=True)
class Admission:
    """Who came in, or why nobody did.

    no_number: the source gave none that can be one; unknown: nobody here, and none are added;
    not_today: the number was somebody's before or will be; disabled: let in no longer.
    """

    member: Member | None
    refusal: Refusal | None = None


def admit(person: OutsidePerson, *, database: Database, settings: Settings) -> Admission:
    """Return the member whom an outside source proved, with what it says of them taken over.

    A number that was anybody's before is never added again by itself: whoever has left stays out,
    though the outside directory may not know it yet.
    """
    try:
        number = checked_number(person.number)
    except UsageError:
        return Admission(None, "no_number")
    directory = Directory(database)
    member = directory.member_by_number(number, today=calendar.today())
    if member is None:
        known = _was_ever_anybodys(database, number)
        if not known and not settings.sign_on_creates:
            return Admission(None, "unknown")
        if not known:
            _add(person, number, database)
        # Also where it was known: another request may have added the same person just now.
        member = directory.member_by_number(number, today=calendar.today())
    if member is None or not member.enabled:
        return Admission(None, "not_today" if member is None else "disabled")
    _take_over(person, member, database)
    return Admission(directory.member(member.person_id, today=calendar.today()))


def member_from_proxy(number: str, *, database: Database, settings: Settings) -> Member | None:
    """Return the member whose number a trusted proxy gave, None if they may not come in.

    A proxy gives neither name, section nor roles: those are managed here.
    """
    person = OutsidePerson(number, "", "", frozenset(), "proxy")
    return admit(person, database=database, settings=settings).member


def _add(person: OutsidePerson, number: str, database: Database) -> None:
    with suppress(UsageError):  # taken: added by another request of the same person
        Accounts(database).add(
            number, name=_name(person) or number, section=_section(person),
            by=_actor(person),
        )  # fmt: skip


def _take_over(person: OutsidePerson, member: Member, database: Database) -> None:
    """Keep the name, section and roles that the source says now; the rest stays as it is."""
    accounts, by = Accounts(database), _actor(person)
    name, section = _name(person), _section(person)
    if name and name != member.name:
        accounts.rename(member.number, name, by=by)
    # A source may call a section by its old name for a while after a reorganisation.
    if section and section not in (member.section, _posted_section(database, member)):
        accounts.transfer(member.number, section, on=calendar.today(), by=by)
    if person.source != "proxy":
        accounts.set_roles_of(member.person_id, person.roles, source=person.source, by=by)


def _was_ever_anybodys(database: Database, number: str) -> bool:
    query = select(_IDENTITY.person_id).where(_IDENTITY.sign_in_name == number).limit(1)
    with database.read() as connection:
        return connection.execute(query).first() is not None


def _posted_section(database: Database, member: Member) -> str:
    """Return the section of a member's posting in the words of the day on which it began."""
    query = (
        select(_POSTING.section)
        .where(_POSTING.person_id == member.person_id, _POSTING.valid_from <= calendar.today())
        .order_by(_POSTING.valid_from.desc())
        .limit(1)
    )
    with database.read() as connection:
        return str(connection.execute(query).scalar() or "")


def _actor(person: OutsidePerson) -> Actor:
    return Actor("system", person.source)


def _name(person: OutsidePerson) -> str:
    """Return a name in the spelling that is kept here, without what would be refused."""
    printable = "".join(c if c.isprintable() else " " for c in person.name)
    return plain_name(printable)[:LONGEST_NAME].strip()


def _section(person: OutsidePerson) -> str:
    """Return the section in the spelling that is kept here, "" where it cannot be a section's."""
    section = section_name(person.section)
    if section and (problem := problem_of_section(section)):
        logger.warning("%s says a section that cannot be one: %s", person.source, problem)
        return ""
    return section
