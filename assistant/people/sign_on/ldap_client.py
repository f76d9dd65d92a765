"""LDAP by way of ldap3: verified TLS before anything else, binding, searching, comparing names."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from ldap3 import AUTO_BIND_NONE, BASE, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core import results
from ldap3.core.exceptions import (
    LDAPException,
    LDAPPasswordIsMandatoryError,
    LDAPSASLPrepError,
)
from ldap3.utils.conv import escape_filter_chars

from assistant.errors import DirectoryUnavailable

# What servers answer to a wrong password, and to the right one of somebody who is locked out.
_REFUSED: Final = {
    results.RESULT_INVALID_CREDENTIALS, results.RESULT_INAPPROPRIATE_AUTHENTICATION,
    results.RESULT_CONSTRAINT_VIOLATION, results.RESULT_UNWILLING_TO_PERFORM,
    results.RESULT_INSUFFICIENT_ACCESS_RIGHTS, results.RESULT_NO_SUCH_OBJECT,
}  # fmt: skip
_FOUND: Final = {results.RESULT_SUCCESS, results.RESULT_SIZE_LIMIT_EXCEEDED}
_MOST_ENTRIES: Final = 2  # one is looked for; the second shows that it is not the only one
_BETWEEN_COMMAS: Final = re.compile(r"(?:\\.|[^\\,])+", re.DOTALL)
_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*|[0-9.]+")
_ESCAPED: Final = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """An entry: its name, and the texts of its attributes by their name in lower case."""

    dn: str
    attributes: Mapping[str, tuple[str, ...]]

    def values(self, attribute: str) -> tuple[str, ...]:
        """Return the texts of an attribute that hold anything."""
        return tuple(text for text in self.attributes.get(attribute.lower(), ()) if text.strip())


class LdapConnection:
    """An open connection; everything raises DirectoryUnavailable where the server fails."""

    def __init__(self, connection: Any):
        self._connection = connection

    def bind(self, dn: str, password: str) -> bool:
        """Tell whether the server takes a password for a name; an empty one is never sent."""
        if not dn or not password or "\0" in password:
            return False
        try:
            self._connection.rebind(dn, password, SIMPLE, read_server_info=False)
        except (LDAPSASLPrepError, LDAPPasswordIsMandatoryError):  # cannot be a password at all
            return False
        except (LDAPException, OSError) as error:
            raise DirectoryUnavailable(str(error)) from error
        result = self._connection.result
        if self._connection.bound:
            return True
        if result["result"] in _REFUSED:
            return False
        raise DirectoryUnavailable(f"bind: {result['description']} {result['message']}")

    def search(self, base: str, condition: str, attributes: list[str]) -> list[Entry]:
        """Return the entries under a base that fulfil a filter, two at most."""
        self._search(base, condition, SUBTREE, attributes)
        result = self._connection.result
        if result["result"] not in _FOUND:
            raise DirectoryUnavailable(f"search: {result['description']} {result['message']}")
        return [_entry(item) for item in self._found()]

    def fulfils(self, dn: str, condition: str) -> bool:
        """Tell whether an entry is there, may be seen, and fulfils a filter."""
        self._search(dn, condition, BASE, ["objectClass"])
        return self._connection.result["result"] in _FOUND and bool(self._found())

    def _search(self, base: str, condition: str, scope: Any, attributes: list[str]) -> None:
        try:
            self._connection.search(
                base, condition, scope, attributes=attributes, size_limit=_MOST_ENTRIES
            )
        except (LDAPException, OSError) as error:
            raise DirectoryUnavailable(str(error)) from error

    def _found(self) -> list[Any]:
        # Active Directory puts references to other servers between the entries.
        return [item for item in self._connection.response if item["type"] == "searchResEntry"]


@contextmanager
def connected(url: str, context: ssl.SSLContext, *, seconds: int) -> Iterator[LdapConnection]:
    """Give a connection to ldaps://…, or to ldap://… after StartTLS; nothing was sent before.

    Raises DirectoryUnavailable where the server is not reached within `seconds`, has no TLS, or a
    certificate that the context does not accept for the name in the URL.
    """
    parts = urlsplit(url)
    connection = None
    try:
        server = Server(
            parts.hostname, port=parts.port, use_ssl=parts.scheme == "ldaps", get_info=NONE,
            tls=_VerifiedTls(context), connect_timeout=seconds, allowed_referral_hosts=[],
        )  # fmt: skip
        connection = Connection(
            server, auto_bind=AUTO_BIND_NONE, auto_referrals=False, check_names=False,
            read_only=True, receive_timeout=seconds,
        )  # fmt: skip
        connection.open(read_server_info=False)
        if not server.ssl and not connection.start_tls(read_server_info=False):
            raise LDAPException("the server does not start TLS")
    except (LDAPException, OSError) as error:
        _close(connection)
        raise DirectoryUnavailable(str(error)) from error
    try:
        yield LdapConnection(connection)
    finally:
        _close(connection)


def equals(attribute: str, value: str) -> str:
    """Return the filter that an attribute has a value; no character of the value is a wildcard."""
    return f"({attribute}={escape_filter_chars(value)})"


def folded_dn(dn: str) -> str:
    """Return a name of an entry in one spelling: servers differ in case, spaces and escapes.

    Raises ValueError for what is no name of an entry.
    """
    pairs = [part.partition("=") for part in _BETWEEN_COMMAS.findall(dn)]
    if not pairs or not all(_TYPE.fullmatch(name.strip()) and value for name, _, value in pairs):
        raise ValueError(f"not a name of an entry: {dn}")
    return "\0".join(
        f"{name.strip().lower()}={_unescaped(value.strip()).casefold()}" for name, _, value in pairs
    )


class _VerifiedTls(Tls):  # type: ignore[misc]
    """TLS whose certificate and host name OpenSSL checks.

    ldap3 compares host names itself, and from Python 3.12 on knows no IP addresses there.
    """

    def __init__(self, context: ssl.SSLContext):
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context

    def wrap_socket(self, connection: Any, do_handshake: bool = True) -> None:
        """Shake hands over the connection's socket; raises ssl.SSLError."""
        connection.socket = self._context.wrap_socket(
            connection.socket, server_hostname=connection.server.host
        )


def _close(connection: Any) -> None:
    with suppress(LDAPException, OSError):
        if connection is not None:
            connection.unbind()


def _entry(item: Mapping[str, Any]) -> Entry:
    return Entry(
        str(item["dn"]),
        {
            str(name).lower(): tuple(bytes(value).decode("utf-8", "replace") for value in values)
            for name, values in item["raw_attributes"].items()
        },
    )


def _unescaped(value: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return bytes.fromhex(match[1].replace("\\", "")).decode("utf-8", "replace")
        return match[2]

    return _ESCAPED.sub(plain, value)
