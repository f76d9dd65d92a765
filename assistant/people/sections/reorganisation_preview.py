"""What would follow from a reorganisation: people, manuals, audiences and roles that move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from assistant import tables
from assistant.database import Database
from assistant.people.access import audience_words
from assistant.people.roles import ROLE_WORDS
from assistant.people.sections.known_sections import sections_before
from assistant.people.sections.lineage import Lineage, SectionChange
from assistant.people.sections.reorganisation_check import ChangeLine, checked_changes
from assistant.people.staff.register import Register

_MANUAL = tables.manual.c


@dataclass(frozen=True)
class Consequence:
    """What a change means for one person, manual or role; `key` is a number or a manual's id."""

    key: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Reorganisation:
    """The changes of a day and what would follow from them on it."""

    day: date
    changes: tuple[SectionChange, ...]
    people: tuple[Consequence, ...]
    manuals: tuple[Consequence, ...]
    audiences: tuple[Consequence, ...]
    roles: tuple[Consequence, ...]
    notices: tuple[str, ...]


def preview_changes(
    database: Database, lines: Sequence[ChangeLine], *, day: date
) -> Reorganisation:
    """Return what lines would change on a day; raises UnusableList with all problems."""
    with database.read() as connection:
        changes = checked_changes(connection, lines, day=day)
        register = Register(connection)
        after = Lineage((*register.lineage.changes, *changes))
        people, roles = _of_people(register, after, day)
        manuals, audiences = _of_manuals(connection, register.lineage, after, day)
        notices = _notices(connection, changes, day)
    return Reorganisation(day, changes, people, manuals, audiences, roles, notices)


def _of_people(
    register: Register, after: Lineage, day: date
) -> tuple[tuple[Consequence, ...], tuple[Consequence, ...]]:
    people, roles = [], []
    terms = {term.person_id: term for term in register.terms_on(day)}
    for term in sorted(terms.values(), key=lambda term: term.number):
        old, new = register.member(term, day), register.member(term, day, lineage=after)
        if old.section != new.section:
            people.append(Consequence(term.number, old.name, old.section, new.section))
        for said, grant in register.grants_of(term.person_id):
            before, then = (
                names.heir(grant.section, said=said, today=day)
                for names in (register.lineage, after)
            )
            if before != then:
                name = f"{old.name}・{ROLE_WORDS[grant.role]}"
                roles.append(Consequence(term.number, name, before, then))
    return tuple(people), tuple(roles)


def _of_manuals(
    connection: Connection, before: Lineage, after: Lineage, day: date
) -> tuple[tuple[Consequence, ...], tuple[Consequence, ...]]:
    owners, audiences = [], []
    for row in connection.execute(select(tables.manual).order_by(_MANUAL.title)):
        said = row.described_on
        old, new = (
            names.heir(row.owner_section, said=said, today=day, manual_id=row.id)
            for names in (before, after)
        )
        if old != new:
            owners.append(Consequence(row.id, row.title, old, new))
        old, new = (
            audience_words(names.audience(row.audience, said=said, today=day))
            for names in (before, after)
        )
        if old != new:
            audiences.append(Consequence(row.id, row.title, old, new))
    return tuple(owners), tuple(audiences)


def _notices(
    connection: Connection, changes: Sequence[SectionChange], day: date
) -> tuple[str, ...]:
    """Return what the changes do not reach: names that were said for the day itself or later."""
    gone = {change.old for change in changes} - {change.new for change in changes}
    posting, grant, manual = tables.posting.c, tables.role_grant.c, tables.manual.c
    said = (
        ("異動", tables.posting, posting.section, posting.valid_from),
        ("役割", tables.role_grant, grant.section, grant.granted_on),
        ("マニュアルの所管", tables.manual, manual.owner_section, manual.described_on),
    )
    notices = []
    for what, table, section, on in said:
        count = connection.execute(
            select(func.count()).select_from(table).where(section.in_(gone), on >= day)
        ).scalar_one()
        if count:
            notices.append(
                f"{day} 以後の日付で前の課名のまま登録された{what}が {count} 件あります。"
                "新しい課名で登録し直してください。"
            )
    standing = sections_before(connection, day) - {change.old for change in changes}
    merged = sorted({change.new for change in changes} & standing)
    if merged:
        notices.append(f"今もある課に統合されます: {'、'.join(merged)}")
    return tuple(notices)
