"""Signing in with a number and a password or PIN: one answer for every failure, then delays."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.directory import Directory, Member
from assistant.people.numbers import checked_number
from assistant.people.sign_on import passwords
from assistant.people.sign_on.sessions import end_sessions
from assistant.settings import Settings

_CREDENTIAL = tables.credential.c
_FAILURE = tables.sign_in_failure.c
FREE_FAILURES: Final = 4
"""So many failures have no consequence; each further one doubles the wait."""

LONGEST_WAIT: Final = timedelta(minutes=15)
_FORGOTTEN_AFTER: Final = timedelta(days=1)
_LONGEST_NUMBER: Final = 64

# A directory outside (LDAP) that knows a number and password, None where it does not.
CheckOutside = Callable[[str, str], "Member | None"]


@dataclass(frozen=True)
class Verdict:
    """What became of an attempt: who it is, or how many seconds to wait before the next."""

    member: Member | None = None
    must_change: bool = False
    wait_seconds: int = 0
    method: Literal["local", "pin", "ldap"] = "local"


class LocalSignIn:
    """Checks numbers with their passwords and PINs, and changes these."""

    def __init__(self, database: Database, directory: Directory, settings: Settings):
        self._database = database
        self._directory = directory
        self.is_on = "local" in settings.sign_on_methods
        """Whether passwords kept here let anybody in."""

    def attempt(
        self, number: str, password: str, *, outside: CheckOutside | None = None
    ) -> Verdict:
        """Check a number and a password; without a password that counts here `outside` is asked.

        A number that nobody has, a disabled account and a wrong password get the same answer
        after the same work, so that nobody learns which numbers exist.
        """
        key = _key(number)
        waiting = self._waiting(key)
        if waiting:
            return Verdict(wait_seconds=waiting)
        member = self._known(number)
        stored, must_change = self._password_of(member)
        right = passwords.matches(stored, password)
        method: Literal["local", "ldap"] = "local"
        if not right and outside is not None and password and stored is None:
            member = outside(number, password)
            right, method = member is not None, "ldap"
        if member is None or not right or not member.enabled:
            return Verdict(wait_seconds=self._failed(key, method))
        if method == "local" and stored is not None and passwords.needs_new_hash(stored):
            self._store(member, password_hash=passwords.hashed(password))
        self._forget_failures(key)
        return Verdict(member, must_change and method == "local", 0, method)

    def attempt_pin(self, number: str, pin: str) -> Verdict:
        """Check a number and a PIN, on a shared terminal only; failures count as those above."""
        key = _key(number)
        waiting = self._waiting(key)
        if waiting:
            return Verdict(wait_seconds=waiting)
        member = self._known(number)
        stored = self._pin_of(member)
        if not passwords.matches(stored, pin) or member is None or not member.enabled:
            return Verdict(wait_seconds=self._failed(key, "pin"))
        self._forget_failures(key)
        return Verdict(member, method="pin")

    def has_password(self, person_id: str) -> bool:
        """Tell whether a person has a password that counts here (and not only elsewhere)."""
        return self.is_on and self._value(person_id, "password_hash") is not None

    def has_pin(self, person_id: str) -> bool:
        """Tell whether a person has a PIN for shared terminals."""
        return self._value(person_id, "pin_hash") is not None

    def set_password(
        self, member: Member, password: str, *, by: Actor, keep_session: str | None = None
    ) -> None:
        """Give a person a password they chose; their other sessions end.

        Raises UsageError for a weak one, and for the one they have.
        """
        about = (member.number, *member.name.split(), member.section)
        passwords.checked_password(password, about=about)
        stored = self._value(member.person_id, "password_hash")
        if stored is not None and passwords.matches(stored, password):
            raise UsageError("今と同じパスワードです。別のパスワードにしてください。")
        secret = passwords.hashed(password)
        with self._database.write() as connection:
            _store(connection, member, password_hash=secret, must_change=False)
            end_sessions(connection, member.person_id, but=keep_session)
            append_event(connection, by, "password.change", member.number)

    def reset_password(self, member: Member, *, by: Actor) -> str:
        """Give a person a random first password, to be changed at once; their sessions end."""
        password = passwords.initial_password()
        secret = passwords.hashed(password)
        with self._database.write() as connection:
            _store(connection, member, password_hash=secret, must_change=True)
            end_sessions(connection, member.person_id)
            connection.execute(
                delete(tables.sign_in_failure).where(_FAILURE.name_hash == _key(member.number))
            )
            append_event(connection, by, "password.reset", member.number)
        return password

    def set_pin(self, member: Member, pin: str, *, by: Actor) -> None:
        """Give a person a PIN for shared terminals; raises UsageError for an obvious one."""
        secret = passwords.hashed(passwords.checked_pin(pin))
        with self._database.write() as connection:
            _store(connection, member, pin_hash=secret)
            append_event(connection, by, "pin.change", member.number)

    def _known(self, number: str) -> Member | None:
        try:
            plain = checked_number(number)
        except UsageError:  # no number at all: fails like one that nobody has
            return None
        return self._directory.member_by_number(plain, today=calendar.today())

    def _password_of(self, member: Member | None) -> tuple[str | None, bool]:
        if not self.is_on:
            return None, False
        query = select(_CREDENTIAL.password_hash, _CREDENTIAL.must_change).where(
            _CREDENTIAL.person_id == (member.person_id if member else "")
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return (row.password_hash, row.must_change) if row else (None, False)

    def _pin_of(self, member: Member | None) -> str | None:
        return self._value(member.person_id if member else "", "pin_hash")

    def _value(self, person_id: str, name: str) -> str | None:
        query = select(_CREDENTIAL[name]).where(_CREDENTIAL.person_id == person_id)
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else str(found)

    def _store(self, member: Member, **values: object) -> None:
        with self._database.write() as connection:
            _store(connection, member, **values)

    def _waiting(self, key: str) -> int:
        """Return how many seconds a number must still wait, 0 if it need not."""
        query = select(_FAILURE.blocked_until).where(_FAILURE.name_hash == key)
        with self._database.read() as connection:
            until = connection.execute(query).scalar()
        if until is None:
            return 0
        left: timedelta = until - calendar.stored_now()
        return max(0, math.ceil(left.total_seconds()))

    def _failed(self, key: str, method: str) -> int:
        """Count a failure and return how many seconds the next attempt must wait."""
        now = calendar.stored_now()
        with self._database.write() as connection:
            connection.execute(
                delete(tables.sign_in_failure).where(_FAILURE.last_at < now - _FORGOTTEN_AFTER)
            )
            connection.execute(
                upsert(tables.sign_in_failure)
                .values(name_hash=key, failures=1, last_at=now)
                .on_conflict_do_update(
                    index_elements=["name_hash"],
                    set_={"failures": _FAILURE.failures + 1, "last_at": now},
                )
            )
            failures = int(
                connection.execute(
                    select(_FAILURE.failures).where(_FAILURE.name_hash == key)
                ).scalar_one()
            )
            excess = failures - FREE_FAILURES
            seconds = 0
            if excess > 0:
                seconds = min(int(2 ** min(excess, 20)), int(LONGEST_WAIT.total_seconds()))
                connection.execute(
                    update(tables.sign_in_failure)
                    .where(_FAILURE.name_hash == key)
                    .values(blocked_until=now + timedelta(seconds=seconds))
                )
            # What was typed may be a password in the wrong field: only its hash is kept.
            append_event(
                connection, Actor("", ""), "sign_in.failed", key[:16],
                {"method": method, "failures": failures},
            )  # fmt: skip
        return seconds

    def _forget_failures(self, key: str) -> None:
        with self._database.write() as connection:
            connection.execute(delete(tables.sign_in_failure).where(_FAILURE.name_hash == key))


def _store(connection: Connection, member: Member, **values: object) -> None:
    """Keep parts of a person's credential within the caller's transaction."""
    now = calendar.stored_now()
    row = {"person_id": member.person_id, "must_change": False, **values, "changed_at": now}
    connection.execute(
        upsert(tables.credential)
        .values(row)
        .on_conflict_do_update(index_elements=["person_id"], set_={**values, "changed_at": now})
    )


def _key(number: str) -> str:
    """Return the name under which failures are counted: the same for every spelling of a number."""
    try:
        plain = checked_number(number)
    except UsageError:
        plain = number[:_LONGEST_NUMBER]
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()
