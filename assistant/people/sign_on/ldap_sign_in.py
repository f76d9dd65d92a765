"""Numbers and passwords checked against the office's directory (LDAP, Active Directory)."""

from __future__ import annotations

import logging
import re
import secrets
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from assistant.database import Database
from assistant.errors import DirectoryUnavailable, SettingsError, UsageError
from assistant.people.directory import Member
from assistant.people.numbers import checked_number
from assistant.people.roles import RoleGrant
from assistant.people.sign_on.ldap_client import Entry, LdapConnection, connected, equals, folded_dn
from assistant.people.sign_on.outside import OutsidePerson, admit
from assistant.people.sign_on.role_map import read_role_map
from assistant.settings import Settings

logger = logging.getLogger(__name__)

SECONDS: Final = 5
"""How long a server may take for each answer."""

_NAMES: Final = ("displayName", "cn")
_ATTRIBUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9;-]*")


def check_outside(settings: Settings, database: Database) -> Callable[[str, str], Member | None]:
    """Return what LocalSignIn.attempt asks about people without a password here.

    Raises SettingsError for settings that cannot work; the function raises DirectoryUnavailable.
    """
    directory = OfficeDirectory(settings)

    def check(number: str, password: str) -> Member | None:
        person = directory.person(number, password)
        if person is None:
            return None
        return admit(person, database=database, settings=settings).member

    return check


class OfficeDirectory:
    """Finds the entry with a number, and has the server check the password by binding as it."""

    def __init__(self, settings: Settings, *, seconds: int = SECONDS):
        self._settings = settings
        self._seconds = seconds
        self._urls = [_checked_url(url) for url in re.split(r"[\s,]+", settings.ldap_url) if url]
        self._context = _tls_context(settings)
        self._roles = _roles_by_group(settings)
        _refuse_unusable(settings)

    def person(self, number: str, password: str) -> OutsidePerson | None:
        """Return who has this number and password, None if nobody; servers are tried in order.

        Raises DirectoryUnavailable where no server gives an answer that can be trusted.
        """
        # A bind with a name and no password succeeds at many servers, and proves nothing.
        if not password:
            return None
        try:
            wanted = checked_number(number)
        except UsageError:
            return None
        for url in self._urls:
            try:
                return self._ask(url, wanted, password)
            except DirectoryUnavailable as error:
                logger.warning("the directory %s cannot be used: %s", url, error)
        raise DirectoryUnavailable(
            "庁内ディレクトリ（LDAP）に確認できませんでした。数分待って、もう一度サインインして"
            "ください。続くときは情報システムの管理者にお知らせください（理由はサーバーの記録に"
            "あります）。"
        )

    def _ask(self, url: str, number: str, password: str) -> OutsidePerson | None:
        settings = self._settings
        with connected(url, self._context, seconds=self._seconds) as connection:
            secret = settings.ldap_bind_password.get_secret_value()
            if settings.ldap_bind_dn and not connection.bind(settings.ldap_bind_dn, secret):
                raise DirectoryUnavailable("ASSISTANT_LDAP_BIND_DN or its password is refused")
            entry = self._entry(connection, number)
            # Where nobody has the number, as much is done as for a wrong password.
            dn = entry.dn if entry else f"cn={secrets.token_hex(8)},{settings.ldap_base}"
            with connected(url, self._context, seconds=self._seconds) as own:
                right = own.bind(dn, password)
            if entry is None or not right:
                return None
            return OutsidePerson(
                number=number,
                name=next((text for name in _NAMES for text in entry.values(name)), ""),
                section=next(iter(entry.values(settings.ldap_section_attribute)), ""),
                roles=self._roles_of(connection, entry),
                source="ldap",
            )

    def _entry(self, connection: LdapConnection, number: str) -> Entry | None:
        """Return the one entry with a number, None if there is none or more than one."""
        attribute = self._settings.ldap_number_attribute
        wanted = [attribute, self._settings.ldap_section_attribute, *_NAMES, "memberOf"]
        found = connection.search(
            self._settings.ldap_base, equals(attribute, number), [name for name in wanted if name]
        )
        if len(found) > 1:
            logger.warning("%s is not of one entry only: %s", attribute, [e.dn for e in found])
        if len(found) != 1:
            return None
        # A server compares by rules of its own; what it found must be this very number.
        return found[0] if number in map(_number, found[0].values(attribute)) else None

    def _roles_of(self, connection: LdapConnection, entry: Entry) -> frozenset[RoleGrant]:
        """Return the roles of a person's groups: by memberOf, else as the groups name members."""
        groups = {_folded(group) for group in entry.values("memberOf")}
        is_member = f"(|{equals('member', entry.dn)}{equals('uniqueMember', entry.dn)})"
        given = [
            grants
            for group, grants in self._roles.items()
            if (_folded(group) in groups if groups else connection.fulfils(group, is_member))
        ]
        return frozenset().union(*given)


def _roles_by_group(settings: Settings) -> dict[str, frozenset[RoleGrant]]:
    found = read_role_map(settings.ldap_role_map, "ASSISTANT_LDAP_ROLE_MAP")
    for group in found:
        if _folded(group) is None:
            raise SettingsError(
                f"ASSISTANT_LDAP_ROLE_MAP の「{group}」はグループの DN ではありません。"
                "cn=グループ名,ou=…,dc=… の形で書いてください。"
            )
    return dict(found)


def _folded(group: str) -> str | None:
    try:
        return folded_dn(group)
    except ValueError:
        return None


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("ldap", "ldaps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.username:
        raise SettingsError(
            f"ASSISTANT_LDAP_URL の「{url}」を読めません。ldaps://ホスト名:636 のように書き、"
            "複数は空白かコンマで区切ってください。"
        )
    return url


def _tls_context(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ldap_ca_file or None)
    except OSError as error:
        raise SettingsError(
            f"ASSISTANT_LDAP_CA_FILE の「{settings.ldap_ca_file}」を証明書として読めません。"
            "CA の証明書（PEM 形式）の場所を指定してください。"
        ) from error


def _refuse_unusable(settings: Settings) -> None:
    if settings.ldap_bind_dn and not settings.ldap_bind_password.get_secret_value():
        raise SettingsError(
            "ASSISTANT_LDAP_BIND_DN にはパスワードも必要です。ASSISTANT_LDAP_BIND_PASSWORD を"
            "設定してください。"
        )
    for name in ("ldap_number_attribute", "ldap_section_attribute"):
        value = getattr(settings, name)
        if value and not _ATTRIBUTE.fullmatch(value):
            raise SettingsError(
                f"ASSISTANT_{name.upper()} の「{value}」は属性の名前ではありません。"
                "sAMAccountName のような英数字の名前を指定してください。"
            )


def _number(text: str) -> str:
    try:
        return checked_number(text)
    except UsageError:
        return ""
