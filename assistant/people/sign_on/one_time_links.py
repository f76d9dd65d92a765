"""Links that work once: for the first administrator, and for a first password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Select, insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.accounts import Accounts
from assistant.people.audit.trail import SYSTEM_ACTOR, Actor, append_event
from assistant.people.changes import add_person
from assistant.people.directory import Directory, Member
from assistant.people.sign_on.passwords import checked_password, hashed
from assistant.people.sign_on.sign_in import LocalSignIn
from assistant.people.sign_on.tokens import new_token, token_hash

Purpose = Literal["first_administrator", "first_password"]
LIFETIME: Final = timedelta(hours=24)
_LINK = tables.one_time_link.c
_USED: Final = (
    "このリンクは使えません（使用済みか、期限切れです）。管理者に新しいリンクを頼むか、"
    "サーバーを起動し直してください。"
)

_NO_PASSWORDS: Final = (
    "職員番号とパスワードによるサインオンを使っていません。庁内の認証で一度サインインしてから、"
    "サーバーで chonai users grant 職員番号 administrator のように役割を付けてください。"
)


class OneTimeLinks:
    """Makes links and has each of them used once."""

    def __init__(self, database: Database, directory: Directory, sign_in: LocalSignIn):
        self._database = database
        self._directory = directory
        self._sign_in = sign_in

    def for_first_administrator(self) -> str | None:
        """Return the token of a link that makes the first administrator, None if there is one.

        Tokens made before for the same purpose no longer work. Raises UsageError where passwords
        kept here let nobody in.
        """
        if self._directory.has_administrator(today=calendar.today()):
            return None
        if not self._sign_in.is_on:
            raise UsageError(_NO_PASSWORDS)
        with self._database.write() as connection:
            connection.execute(
                update(tables.one_time_link)
                .where(_LINK.purpose == "first_administrator", _LINK.used_at.is_(None))
                .values(used_at=calendar.stored_now())
            )
            return _make(connection, "first_administrator", None, by=SYSTEM_ACTOR)

    def for_first_password(self, member: Member, *, by: Actor) -> str:
        """Return the token of a link with which a person sets the first password.

        Raises UsageError where passwords kept here let nobody in.
        """
        if not self._sign_in.is_on:
            raise UsageError(_NO_PASSWORDS)
        with self._database.write() as connection:
            return _make(connection, "first_password", member, by=by)

    def purpose_of(self, token: str) -> Purpose | None:
        """Return what a link is for, None if it no longer works."""
        with self._database.read() as connection:
            row = connection.execute(_alive(token)).first()
        return None if row is None else row.purpose

    def make_administrator(
        self, token: str, *, number: str, name: str, section: str, password: str
    ) -> Member:
        """Use a link: add the first administrator with a password; raises UsageError.

        Nothing is kept where any of it cannot be.
        """
        checked_password(password, about=(number, *name.split(), section))
        secret = hashed(password)
        today = calendar.today()
        with self._database.write() as connection:
            _use(connection, token, "first_administrator")
            person_id = add_person(
                connection, number, name=name, section=section, by=SYSTEM_ACTOR, valid_from=today
            )
            connection.execute(
                insert(tables.credential),
                {
                    "person_id": person_id, "password_hash": secret, "must_change": False,
                    "changed_at": calendar.stored_now(),
                },
            )  # fmt: skip
            connection.execute(
                insert(tables.role_grant),
                {
                    "person_id": person_id, "role": "administrator", "section": "",
                    "source": "chonai", "granted_on": today,
                },
            )  # fmt: skip
            append_event(connection, SYSTEM_ACTOR, "role.grant", number, {"role": "administrator"})
        return Accounts(self._database).member(number)

    def set_first_password(self, token: str, password: str) -> Member:
        """Use a link: give its person a password; raises UsageError."""
        with self._database.read() as connection:
            row = connection.execute(_alive(token)).first()
        member = (
            None
            if row is None or row.person_id is None
            else self._directory.member(row.person_id, today=calendar.today())
        )
        if member is None or not member.enabled:
            raise UsageError(_USED)
        # Checked before the link is spent: a weak password leaves it as it was.
        checked_password(password, about=(member.number, *member.name.split(), member.section))
        with self._database.write() as connection:
            _use(connection, token, "first_password")
        self._sign_in.set_password(member, password, by=member.actor)
        return member


def _make(connection: Connection, purpose: Purpose, member: Member | None, *, by: Actor) -> str:
    token = new_token()
    connection.execute(
        insert(tables.one_time_link),
        {
            "token_hash": token_hash(token), "purpose": purpose,
            "person_id": member.person_id if member else None,
            "expires_at": calendar.stored_now() + LIFETIME,
        },
    )  # fmt: skip
    append_event(connection, by, "link.made", member.number if member else "", {"for": purpose})
    return token


def _use(connection: Connection, token: str, purpose: Purpose) -> None:
    done = connection.execute(
        update(tables.one_time_link)
        .where(
            _LINK.token_hash == token_hash(token), _LINK.purpose == purpose,
            _LINK.used_at.is_(None), _LINK.expires_at > calendar.stored_now(),
        )
        .values(used_at=calendar.stored_now())
    )  # fmt: skip
    if done.rowcount != 1:
        raise UsageError(_USED)


def _alive(token: str) -> Select[Any]:
    return select(tables.one_time_link).where(
        _LINK.token_hash == token_hash(token), _LINK.used_at.is_(None),
        _LINK.expires_at > calendar.stored_now(),
    )  # fmt: skip
