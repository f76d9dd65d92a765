"""Accounts: the only writer of people, numbers, postings, roles and groups; all is audited."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.changes import add_person, rename_person, transfer_person
from assistant.people.directory import Member, members
from assistant.people.names import checked_name
from assistant.people.numbers import checked_number, require_free
from assistant.people.roles import Role, RoleGrant
from assistant.people.sections.lineage import read_lineage

_PERSON = tables.person.c
_IDENTITY = tables.identity.c
_GRANT = tables.role_grant.c


class Accounts:
    """Adds people and changes what is known of them."""

    def __init__(self, database: Database):
        self._database = database

    def add(
        self,
        number: str,
        *,
        name: str,
        section: str,
        by: Actor,
        employment: str = "",
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> str:
        """Add a person with a number valid from a day to the day before `valid_to`; return the id.

        Raises UsageError for a number that cannot be one or is taken in that time.
        """
        with self._database.write() as connection:
            return add_person(
                connection, number, name=name, section=section, by=by, employment=employment,
                valid_from=valid_from or calendar.today(), valid_to=valid_to,
            )  # fmt: skip

    def member(self, number: str) -> Member:
        """Return who has a number today; raises UsageError where nobody has."""
        with self._database.read() as connection:
            return _member(connection, number)

    def rename(self, number: str, name: str, *, by: Actor) -> None:
        """Change a person's name."""
        with self._database.write() as connection:
            person = _member(connection, number)
            rename_person(connection, person, name, by=by)

    def transfer(
        self, number: str, section: str, *, on: date, by: Actor, employment: str | None = None
    ) -> None:
        """Have a person work in another section from a day on; days before stay as they were."""
        with self._database.write() as connection:
            transfer_person(
                connection, _member(connection, number), section, on=on, by=by,
                employment=employment,
            )  # fmt: skip

    def disable(self, number: str, *, by: Actor) -> None:
        """Let a person in no longer, from this moment; what was counted stays counted.

        Raises UsageError where it would leave nobody to manage people.
        """
        with self._database.write() as connection:
            person = _member(connection, number)
            if not person.enabled:
                return
            _require_another_administrator(connection, person)
            connection.execute(
                update(tables.person)
                .where(_PERSON.id == person.person_id)
                .values(disabled_at=calendar.stored_now())
            )
            append_event(connection, by, "person.disable", person.number)

    def enable(self, number: str, *, by: Actor) -> None:
        """Let a person in again."""
        with self._database.write() as connection:
            person = _member(connection, number)
            connection.execute(
                update(tables.person).where(_PERSON.id == person.person_id).values(disabled_at=None)
            )
            append_event(connection, by, "person.enable", person.number)

    def grant(self, number: str, grant: RoleGrant, *, by: Actor) -> None:
        """Give a role; a role already held stays as it is."""
        with self._database.write() as connection:
            person = _member(connection, number)
            if grant in person.grants:
                return
            _say_with_todays_names(connection, person.person_id, grant.role)
            connection.execute(insert(tables.role_grant), _grant_row(person.person_id, grant))
            append_event(
                connection, by, "role.grant", person.number,
                {"role": grant.role, "section": grant.section},
            )  # fmt: skip

    def revoke(self, number: str, grant: RoleGrant, *, by: Actor) -> None:
        """Take a role away, from the next request on.

        Raises UsageError where the person does not hold it, or nobody would be left to manage
        people.
        """
        with self._database.write() as connection:
            person = _member(connection, number)
            if grant not in person.grants:
                raise UsageError(f"{person.number} は{grant.words}の役割を持っていません。")
            if grant.role == "administrator":
                _require_another_administrator(connection, person)
            for row in _rows_meaning(connection, person.person_id, grant):
                connection.execute(delete(tables.role_grant).where(row))
            append_event(
                connection, by, "role.revoke", person.number,
                {"role": grant.role, "section": grant.section},
            )  # fmt: skip

    def set_roles_of(
        self, person_id: str, grants: frozenset[RoleGrant], *, source: str, by: Actor
    ) -> None:
        """Have a person hold exactly these roles as far as a source (oidc, ldap) says so."""
        with self._database.write() as connection:
            found = members(connection, calendar.today(), _PERSON.id == person_id)
            number = found[0].number if found else person_id
            rows = connection.execute(
                select(_GRANT.role, _GRANT.section).where(
                    _GRANT.person_id == person_id, _GRANT.source == source
                )
            )
            known = {RoleGrant(row.role, row.section) for row in rows}
            for grant in known - grants:
                connection.execute(
                    delete(tables.role_grant).where(
                        _GRANT.person_id == person_id, _GRANT.role == grant.role,
                        _GRANT.section == grant.section, _GRANT.source == source,
                    )
                )  # fmt: skip
                detail = {"role": grant.role, "section": grant.section, "source": source}
                append_event(connection, by, "role.revoke", number, detail)
            for grant in grants - known:
                row = {**_grant_row(person_id, grant), "source": source}
                connection.execute(insert(tables.role_grant), row)
                detail = {"role": grant.role, "section": grant.section, "source": source}
                append_event(connection, by, "role.grant", number, detail)

    def join(self, number: str, group: str, *, by: Actor) -> None:
        """Put a person into a group; groups exist by having members."""
        group = checked_name(group, "グループ名")
        with self._database.write() as connection:
            person = _member(connection, number)
            if group in person.groups:
                return
            connection.execute(
                insert(tables.group_member), {"person_id": person.person_id, "name": group}
            )
            append_event(connection, by, "group.join", person.number, {"group": group})

    def leave(self, number: str, group: str, *, by: Actor) -> None:
        """Take a person out of a group, from the next request on."""
        with self._database.write() as connection:
            person = _member(connection, number)
            if group not in person.groups:
                raise UsageError(f"{person.number} はグループ「{group}」に入っていません。")
            member = tables.group_member.c
            connection.execute(
                delete(tables.group_member).where(
                    member.person_id == person.person_id, member.name == group
                )
            )
            append_event(connection, by, "group.leave", person.number, {"group": group})

    def add_number(self, number: str, new_number: str, *, on: date, by: Actor) -> None:
        """Give a person another number from a day on: somebody re-hired stays one person."""
        with self._database.write() as connection:
            person = _member(connection, number)
            require_free(connection, checked_number(new_number), on, None)
            connection.execute(
                insert(tables.identity),
                {
                    "sign_in_name": checked_number(new_number), "valid_from": on,
                    "valid_to": None, "person_id": person.person_id,
                },
            )  # fmt: skip
            append_event(
                connection, by, "person.change", person.number,
                {"new_number": checked_number(new_number), "from": on},
            )  # fmt: skip


def _member(connection: Connection, number: str) -> Member:
    number = checked_number(number)
    found = members(connection, calendar.today(), _IDENTITY.sign_in_name == number)
    if not found:
        raise UsageError(
            f"職員番号 {number} の利用者はいません。番号と有効期間を確かめてください。"
        )
    return found[0]


def _grant_row(person_id: str, grant: RoleGrant) -> dict[str, object]:
    return {
        "person_id": person_id, "role": grant.role, "section": grant.section,
        "source": "chonai", "granted_on": calendar.today(),
    }  # fmt: skip


def _rows_meaning(connection: Connection, person_id: str, grant: RoleGrant) -> list[Any]:
    """Return the conditions of the rows, of every source, that mean a role of today.

    A section may have another name today than when the role was given.
    """
    same = (_GRANT.person_id == person_id) & (_GRANT.role == grant.role)
    names, today = read_lineage(connection), calendar.today()
    rows = connection.execute(select(_GRANT.section, _GRANT.granted_on).where(same)).all()
    meant = {
        row.section
        for row in rows
        if grant.section == names.heir(row.section, said=row.granted_on, today=today)
    }
    return [same & (_GRANT.section == section) for section in meant]


def _say_with_todays_names(connection: Connection, person_id: str, role: Role) -> None:
    """Rewrite a person's roles of a kind: a new section may have the old name of another."""
    same = (_GRANT.person_id == person_id) & (_GRANT.role == role) & (_GRANT.source == "chonai")
    names, today = read_lineage(connection), calendar.today()
    rows = connection.execute(select(_GRANT.section, _GRANT.granted_on).where(same)).all()
    sections = {names.heir(row.section, said=row.granted_on, today=today) for row in rows}
    if sections != {row.section for row in rows}:
        connection.execute(delete(tables.role_grant).where(same))
        renamed = [_grant_row(person_id, RoleGrant(role, section)) for section in sections]
        connection.execute(insert(tables.role_grant), renamed)


def _require_another_administrator(connection: Connection, person: Member) -> None:
    everybody = members(connection, calendar.today())
    managers = [m.person_id for m in everybody if m.enabled and "manage_people" in m.tasks]
    if managers == [person.person_id]:
        raise UsageError("ただ一人の管理者です。先にほかの職員へ管理者の役割を付けてください。")
