"""All people, numbers and postings of all days, read in a few queries: for whole lists of staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, select

from assistant import tables
from assistant.people.directory import Member
from assistant.people.names import folded_name
from assistant.people.roles import RoleGrant, tasks_of
from assistant.people.sections.lineage import Lineage, read_lineage

_PERSON = tables.person.c
_IDENTITY = tables.identity.c
_POSTING = tables.posting.c
_GRANT = tables.role_grant.c


@dataclass(frozen=True)
class Term:
    """The time without a gap in which a number is one person's: to the day before `valid_to`."""

    number: str
    person_id: str
    valid_from: date
    valid_to: date | None

    @property
    def last_day(self) -> date | None:
        """The last day of the number, None without an end."""
        return None if self.valid_to is None else self.valid_to - timedelta(days=1)

    def holds_on(self, day: date) -> bool:
        """Tell whether the number is the person's on a day."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to > day)

    def is_over(self, day: date) -> bool:
        """Tell whether the number is the person's no longer on a day."""
        return self.valid_to is not None and self.valid_to <= day


class Register:
    """Who had, has and will have which number, and works where; it does not change."""

    def __init__(self, connection: Connection):
        self.lineage: Lineage = read_lineage(connection)
        self.people: dict[str, tuple[str, bool]] = {
            row.id: (row.name, row.disabled_at is None)
            for row in connection.execute(select(_PERSON.id, _PERSON.name, _PERSON.disabled_at))
        }
        self.by_number: dict[str, list[Term]] = defaultdict(list)
        self.by_person: dict[str, list[Term]] = defaultdict(list)
        for term in _terms(connection):
            self.by_number[term.number].append(term)
            self.by_person[term.person_id].append(term)
        self.by_name: dict[str, list[str]] = defaultdict(list)
        for person_id, (name, _) in self.people.items():
            self.by_name[folded_name(name)].append(person_id)
        self._postings: dict[str, list[tuple[date, str, str]]] = defaultdict(list)
        columns = (_POSTING.person_id, _POSTING.valid_from, _POSTING.section, _POSTING.employment)
        for row in connection.execute(select(*columns).order_by(_POSTING.valid_from)):
            posting = (row.valid_from, row.section, row.employment)
            self._postings[row.person_id].append(posting)
        self._grants: dict[str, list[tuple[date, RoleGrant]]] = defaultdict(list)
        grants = select(_GRANT.person_id, _GRANT.granted_on, _GRANT.role, _GRANT.section)
        for row in connection.execute(grants):
            grant = (row.granted_on, RoleGrant(row.role, row.section))
            self._grants[row.person_id].append(grant)

    def holder(self, number: str, day: date) -> Term | None:
        """Return whose a number is on a day, or None."""
        return next((t for t in self.by_number.get(number, ()) if t.holds_on(day)), None)

    def next_holder(self, number: str, day: date) -> Term | None:
        """Return whose a number will be first after a day, or None."""
        return next((t for t in self.by_number.get(number, ()) if t.valid_from > day), None)

    def past_holder(self, number: str, day: date) -> Term | None:
        """Return whose a number was last before a day, or None."""
        ended = [term for term in self.by_number.get(number, ()) if term.is_over(day)]
        return ended[-1] if ended else None

    def last_term(self, number: str, person_id: str) -> Term:
        """Return the latest time in which a number is a person's."""
        return [term for term in self.by_number[number] if term.person_id == person_id][-1]

    def member(self, term: Term, day: date, *, lineage: Lineage | None = None) -> Member:
        """Return the person of a number as of a day; with another lineage, as it would have it."""
        names = lineage or self.lineage
        name, enabled = self.people[term.person_id]
        section, employment = "", ""
        for since, posted, employed in self._postings.get(term.person_id, ()):
            if since <= day:
                section, employment = names.heir(posted, said=since, today=day), employed
        grants = {
            replace(grant, section=names.heir(grant.section, said=said, today=day))
            if grant.section
            else grant
            for said, grant in self._grants.get(term.person_id, ())
        }
        return Member(
            term.person_id, term.number, name, section, employment, enabled,
            grants=tuple(sorted(grants, key=lambda g: (g.role, g.section))),
            until=term.last_day,
        )  # fmt: skip

    def grants_of(self, person_id: str) -> list[tuple[date, RoleGrant]]:
        """Return a person's roles with the days on which they were given."""
        return self._grants.get(person_id, [])

    def managers(self) -> set[str]:
        """Return the ids of the enabled people whose roles let them manage people."""
        return {
            person_id
            for person_id, grants in self._grants.items()
            if self.people[person_id][1]
            and any("manage_people" in tasks_of((grant,)) for _, grant in grants)
        }

    def terms_on(self, day: date) -> Iterator[Term]:
        """Return all numbers that are somebody's on a day."""
        return (t for terms in self.by_number.values() for t in terms if t.holds_on(day))


def _terms(connection: Connection) -> Iterator[Term]:
    """Return the times of all numbers in order, those that follow each other as one."""
    columns = (
        _IDENTITY.sign_in_name, _IDENTITY.person_id, _IDENTITY.valid_from, _IDENTITY.valid_to,
    )  # fmt: skip
    order = (_IDENTITY.sign_in_name, _IDENTITY.valid_from)
    latest: Term | None = None
    for row in connection.execute(select(*columns).order_by(*order)):
        term = Term(*row)
        if latest is None:
            latest = term
        elif (latest.number, latest.person_id, latest.valid_to) == (
            term.number, term.person_id, term.valid_from,
        ):  # fmt: skip
            latest = replace(latest, valid_to=term.valid_to)
        else:
            yield latest
            latest = term
    if latest is not None:
        yield latest
