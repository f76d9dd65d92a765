"""Sessions: every way of signing in ends in `open_session`, and a request shows its token."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, and_, insert, or_, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.people.audit.trail import Actor, append_event
from assistant.people.directory import Member, may_come_in
from assistant.people.sign_on.tokens import new_token, token_hash
from assistant.settings import Settings

Method = Literal["local", "pin", "ldap", "oidc", "proxy"]
METHOD_WORDS: Final[dict[Method, str]] = {
    "local": "職員番号とパスワード",
    "pin": "共用端末（暗証番号）",
    "ldap": "庁内ディレクトリ（LDAP）",
    "oidc": "シングルサインオン",
    "proxy": "認証プロキシ",
}
_SESSION = tables.session.c
_TERMINAL = tables.terminal.c
_SEEN_EVERY: Final = timedelta(seconds=10)  # a row is not written at every request
_MOST_TOUCHED: Final = 1000
_LONGEST_DEVICE: Final = 120


@dataclass(frozen=True)
class Session:
    """A session that is alive: whose it is, how it was opened, when its person last proved it."""

    id: str
    person_id: str
    sign_in_name: str
    method: Method
    device: str
    on_shared_terminal: bool
    must_change: bool
    started_at: datetime
    seen_at: datetime
    confirmed_at: datetime


class Sessions:
    """Opens sessions, finds the one behind a token, and ends them."""

    def __init__(self, database: Database, settings: Settings):
        self._database = database
        self._touched: dict[str, datetime] = {}
        self._known = timedelta(days=settings.session_days)
        self._unknown = timedelta(hours=settings.session_hours)
        self._shared_idle = timedelta(minutes=settings.shared_idle_minutes)
        self._management_idle = timedelta(minutes=settings.management_idle_minutes)

    def open_session(
        self,
        member: Member,
        method: Method,
        *,
        device: str = "",
        known_device: bool = False,
        terminal_id: str | None = None,
        must_change: bool = False,
    ) -> str:
        """Begin a session and return its token, which is kept nowhere here (only its hash).

        On a known device it lasts days, else hours, on a shared terminal until minutes without
        any activity.
        """
        now = calendar.stored_now()
        token = new_token()
        lasts = self._known if known_device and terminal_id is None else self._unknown
        values = {
            "id": secrets.token_hex(8),
            "token_hash": token_hash(token),
            "person_id": member.person_id,
            "sign_in_name": member.number,
            "method": method,
            "device": device[:_LONGEST_DEVICE],
            "terminal_id": terminal_id,
            "must_change": must_change,
            "started_at": now,
            "seen_at": now,
            "confirmed_at": now,
            "expires_at": now + lasts,
        }
        with self._database.write() as connection:
            connection.execute(insert(tables.session), values)
            append_event(
                connection, member.actor, "sign_in", member.number,
                {"method": method, "session": values["id"], "terminal": terminal_id or ""},
            )  # fmt: skip
        return token

    def find(self, token: str) -> Session | None:
        """Return the session behind a token, None if it has ended, expired, or lost its person."""
        query = select(tables.session).join(tables.person, tables.person.c.id == _SESSION.person_id)
        with self._database.read() as connection:
            row = connection.execute(
                query.where(_SESSION.token_hash == token_hash(token), self._is_alive())
            ).first()
        return None if row is None else _session(row)

    def get(self, session_id: str) -> Session | None:
        """Return a living session by its id, or None."""
        query = select(tables.session).join(tables.person, tables.person.c.id == _SESSION.person_id)
        with self._database.read() as connection:
            row = connection.execute(
                query.where(_SESSION.id == session_id, self._is_alive())
            ).first()
        return None if row is None else _session(row)

    def ended(self, session_ids: Iterable[str]) -> set[str]:
        """Return those of some sessions that are alive no longer, or have no one behind them."""
        wanted = set(session_ids)
        if not wanted:
            return set()
        query = select(_SESSION.id).join(tables.person, tables.person.c.id == _SESSION.person_id)
        with self._database.read() as connection:
            alive = connection.execute(query.where(_SESSION.id.in_(wanted), self._is_alive()))
            return wanted - set(alive.scalars())

    def touch(self, session: Session) -> None:
        """Keep that the person did something just now; only a shared terminal asks for it."""
        now = calendar.stored_now()
        if not session.on_shared_terminal or now - session.seen_at < _SEEN_EVERY:
            return
        last = self._touched.get(session.id)
        if last is not None and now - last < _SEEN_EVERY:
            return  # an open page keeps the session as it was when it began
        if len(self._touched) > _MOST_TOUCHED:
            self._touched.clear()
        self._touched[session.id] = now
        with self._database.write() as connection:  # what has run out is not brought back
            connection.execute(
                update(tables.session)
                .where(_SESSION.id == session.id, _SESSION.seen_at > now - self._shared_idle)
                .values(seen_at=now)
            )

    def confirm(self, session_id: str) -> None:
        """Keep that the person has proved who they are, or used a management page, just now."""
        self._update(session_id, confirmed_at=calendar.stored_now())

    def is_confirmed(self, session_id: str) -> bool:
        """Tell whether a management page may be shown without asking again, and count it as use.

        Never on a shared terminal: a PIN opens no management page.
        """
        now = calendar.stored_now()
        query = select(_SESSION.confirmed_at, _SESSION.method).where(_SESSION.id == session_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None or row.method == "pin" or now - row.confirmed_at > self._management_idle:
            return False
        if now - row.confirmed_at >= _SEEN_EVERY:
            self.confirm(session_id)
        return True

    def settle(self, session_id: str) -> None:
        """Let a session in everywhere: the first password has been changed."""
        self._update(session_id, must_change=False)

    def end(self, session_id: str, *, by: Actor, signed_out: bool = False) -> None:
        """End one session; its open pages go to the sign-in page."""
        action: Literal["sign_out", "session.end"] = "sign_out" if signed_out else "session.end"
        living = (_SESSION.id == session_id) & _SESSION.ended_at.is_(None)
        with self._database.write() as connection:
            number = connection.execute(select(_SESSION.sign_in_name).where(living)).scalar()
            if number is None:
                return
            connection.execute(
                update(tables.session).where(living).values(ended_at=calendar.stored_now())
            )
            append_event(connection, by, action, str(number), {"session": session_id})

    def of_person(self, person_id: str) -> list[Session]:
        """Return a person's living sessions, the latest first."""
        query = (
            select(tables.session)
            .join(tables.person, tables.person.c.id == _SESSION.person_id)
            .where(_SESSION.person_id == person_id, self._is_alive())
            .order_by(_SESSION.started_at.desc())
        )
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(query)]

    def _is_alive(self) -> Any:
        now = calendar.stored_now()
        terminal_ended = (
            select(_TERMINAL.id)
            .where(_TERMINAL.id == _SESSION.terminal_id, _TERMINAL.ended_at.is_not(None))
            .exists()
        )
        return and_(
            _SESSION.ended_at.is_(None),
            _SESSION.expires_at > now,
            or_(_SESSION.terminal_id.is_(None), _SESSION.seen_at > now - self._shared_idle),
            ~terminal_ended,
            may_come_in(calendar.today()),
        )

    def _update(self, session_id: str, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(tables.session).where(_SESSION.id == session_id).values(**values)
            )


def end_sessions(connection: Connection, person_id: str, *, but: str | None = None) -> None:
    """End a person's sessions, all but one, within the caller's transaction."""
    connection.execute(
        update(tables.session)
        .where(
            _SESSION.person_id == person_id, _SESSION.ended_at.is_(None), _SESSION.id != (but or "")
        )
        .values(ended_at=calendar.stored_now())
    )


def _session(row: Any) -> Session:
    return Session(
        id=row.id,
        person_id=row.person_id,
        sign_in_name=row.sign_in_name,
        method=row.method,
        device=row.device,
        on_shared_terminal=row.terminal_id is not None,
        must_change=row.must_change,
        started_at=row.started_at,
        seen_at=row.seen_at,
        confirmed_at=row.confirmed_at,
    )
