"""Records which settings have changed since the assistant was last started."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import Connection, select

from assistant import tables
from assistant.database import Database
from assistant.kept_key import kept_key
from assistant.people.audit.trail import SYSTEM_ACTOR, append_event
from assistant.settings import PREFIX, Settings

_KEY_FILE: Final = "settings_record_key"
_NOT_SET: Final = "（未設定）"
# An address may carry a name with a password, or a key among its parameters.
_ADDRESS: Final = re.compile(
    r"(?P<scheme>[A-Za-z][\w+.-]*://)(?P<who>[^/?#]*@)?(?P<rest>[^?#]*)(.*)"
)


def record_settings(database: Database, settings: Settings) -> Mapping[str, list[Any]]:
    """Append an event with what differs from the last recorded settings; return that.

    The first time it is what differs from the defaults, and an event is appended in any case.
    Values are [before, now] by the name of the variable. A secret is only set or not set, with a
    check value that changes with it; its key lies in the data directory and never in the trail.
    """
    key = kept_key(settings.data_dir / _KEY_FILE)
    now = _shown(settings, key)
    with database.write() as connection:
        last = _last_recorded(connection)
        before = {**_defaults(key), **(last or {})}
        changed = {
            name: [before.get(name), now.get(name)]
            for name in [*now, *(name for name in before if name not in now)]
            if before.get(name) != now.get(name)
        }
        if changed or last is None:
            append_event(
                connection, SYSTEM_ACTOR, "settings.change",
                "設定" if last is not None else "設定（最初の記録）",
                {"changed": changed, "settings": now},
            )  # fmt: skip
    return changed


def _last_recorded(connection: Connection) -> dict[str, Any] | None:
    """Return all settings as they were last recorded; None without (or with a broken) record."""
    event = tables.audit_event.c
    query = select(event.detail).where(event.action == "settings.change")
    detail = connection.execute(query.order_by(event.id.desc()).limit(1)).scalar()
    try:
        found = json.loads(str(detail))["settings"]
    except (ValueError, TypeError, KeyError):
        return None
    return found if isinstance(found, dict) else None


def _shown(settings: Settings, key: bytes) -> dict[str, Any]:
    return {_variable(n): _plain(getattr(settings, n), key) for n in Settings.model_fields}


def _defaults(key: bytes) -> dict[str, Any]:
    return {_variable(n): _plain(f.get_default(), key) for n, f in Settings.model_fields.items()}


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _plain(value: Any, key: bytes) -> Any:
    """Return a value as JSON keeps it, with nothing secret in it."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return f"（設定済み。照合値 {_digest(secret, key)}）" if secret else _NOT_SET
    if isinstance(value, str):
        return _without_secrets(value, key)
    return str(value) if isinstance(value, Path) else value


def _without_secrets(text: str, key: bytes) -> str:
    address = _ADDRESS.fullmatch(text)
    if address is None or not (address["who"] or address[4]):
        return text
    shown = f"{address['scheme']}{'…@' if address['who'] else ''}{address['rest']}"
    return f"{shown}{'…' if address[4] else ''}（照合値 {_digest(text, key)}）"


def _digest(secret: str, key: bytes) -> str:
    """Return 8 hexadecimal digits that change with a secret; without the key they tell nothing."""
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()[:8]
