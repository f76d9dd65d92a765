"""What an outside directory calls a role, and what it is called here: ASSISTANT_…_ROLE_MAP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assistant.errors import SettingsError, UsageError
from assistant.people.roles import ROLE_WORDS, RoleGrant, checked_grant

RoleMap = Mapping[str, frozenset[RoleGrant]]


def read_role_map(text: str, setting: str) -> RoleMap:
    """Return the roles that each value of a claim, or each DN of a group, gives.

    `chonai-admin=administrator;soumu=editor:総務課` names two; a DN holds `=` itself, so the last
    one of a part divides it. Raises SettingsError naming the setting and the part.
    """
    found: dict[str, frozenset[RoleGrant]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        value, equals, role = part.rpartition("=")
        if not equals or not value.strip() or not role.strip():
            raise SettingsError(
                f"{setting} の「{part}」を読めません。「値=役割」の形（例 chonai-admin="
                "administrator、soumu-editor=editor:総務課）で、複数は ; で区切ってください。"
            )
        grant = _grant(role.strip(), part, setting)
        found[value.strip()] = found.get(value.strip(), frozenset()) | {grant}
    return found


def roles_of(values: Iterable[str], role_map: RoleMap) -> frozenset[RoleGrant]:
    """Return the roles that some values give together; values not in the map give none."""
    return frozenset().union(*(role_map.get(value, frozenset()) for value in values))


def claim_values(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the texts of a claim: one, several, or those of a nested claim (realm_access.roles).

    A claim that has the whole name goes before a nested one: names may be addresses with dots.
    """
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for step in name.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list | tuple) else [found]
    texts = [value for value in values if isinstance(value, str | int)]
    return tuple(str(text) for text in texts if not isinstance(text, bool) and str(text).strip())


def _grant(role: str, part: str, setting: str) -> RoleGrant:
    name, _, section = role.partition(":")
    try:
        grant = checked_grant(name.strip(), section)
    except UsageError as error:
        raise SettingsError(f"{setting} の「{part}」を使えません。{error}") from error
    if section.strip() and not grant.section:
        raise SettingsError(
            f"{setting} の「{part}」を使えません。{ROLE_WORDS[grant.role]}の役割は課に限れません。"
            "「:」から後を消してください。"
        )
    return grant
