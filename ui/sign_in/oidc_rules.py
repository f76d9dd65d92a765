"""What makes an OpenID Connect provider and its answers sound; the reasons to refuse them."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from assistant.errors import SettingsError

logger = logging.getLogger(__name__)

Reason = Literal[
    "provider_down", "provider_settings", "provider_error", "cancelled", "wrong_state",
    "wrong_nonce", "used_code", "expired_token", "bad_token", "not_fresh", "other_person",
    "session_ended", "no_number", "unknown", "not_today", "disabled",
]  # fmt: skip
LEEWAY: Final = 60
"""Seconds by which the clocks of the provider and of this machine may differ."""

_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# How our secret gets to the provider; authlib takes the first unless told otherwise.
_BY_HEADER: Final = "client_secret_basic"
_BY_FORM: Final = "client_secret_post"
# Signatures by a key that only the provider has: neither "none" nor a secret that both know.
_SIGNATURES: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class SignOnRefused(Exception):
    """A sign-on that ends here; the routes turn its reason into a page and an audit event."""

    def __init__(self, reason: Reason, number: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.number = number


@dataclass(frozen=True)
class Begun:
    """What must fit when a browser comes back from the provider; `at` is in seconds (UNIX).

    `afresh`: the person had to prove who they are although the provider knew them.
    """

    state: str
    nonce: str
    verifier: str
    at: int
    afresh: bool


def checked_issuer(issuer: str) -> str:
    """Return the issuer of the settings; raises SettingsError where it cannot be trusted."""
    if not _is_protected(issuer) or urlsplit(issuer).query or "{" in issuer:
        raise SettingsError(
            f"ASSISTANT_OIDC_ISSUER の「{issuer}」を使えません。https:// で始まる発行者の URL を、"
            "プロバイダーの画面のとおりに指定してください（Entra ID はテナント ID を含むもの）。"
        )
    return issuer


def _is_protected(url: str) -> bool:
    """Tell whether nobody between can read or change what is sent: TLS, or this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "http":
        try:
            return host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            return False
    return parts.scheme == "https" and bool(host)


def require_fresh(claims: Mapping[str, Any], since: int, metadata: Mapping[str, Any]) -> None:
    """Refuse somebody whom the provider let through without asking.

    The wish to be asked travels through the browser, which may drop it; only auth_time shows that
    the provider heard it. A provider that does not tell it at all is believed.
    """
    told = claims.get("auth_time")
    if told is None and "auth_time" not in (metadata.get("claims_supported") or ()):
        return
    if not isinstance(told, int | float) or told < since - LEEWAY:
        raise SignOnRefused("not_fresh")


def make_sound(metadata: dict[str, Any], issuer: str) -> None:
    """Keep of a provider's description what we use; refuses one that cannot be used safely."""
    signatures = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [s for s in signatures if s in _SIGNATURES]
    methods = metadata.get("token_endpoint_auth_methods_supported") or [_BY_HEADER]
    if _BY_HEADER not in methods and _BY_FORM in methods:
        metadata["token_endpoint_auth_method"] = _BY_FORM
    needed = {name: str(metadata.get(name, "")) for name in _ENDPOINTS}
    if "userinfo_endpoint" in metadata:
        needed["userinfo_endpoint"] = str(metadata["userinfo_endpoint"])
    wrong = [name for name, url in needed.items() if not _is_protected(url)]
    if str(metadata.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        wrong.append("issuer")
    if not metadata["id_token_signing_alg_values_supported"]:
        wrong.append("id_token_signing_alg_values_supported")
    if wrong:
        logger.error("what %s says of itself cannot be used: %s", issuer, ", ".join(wrong))
        raise SignOnRefused("provider_settings")


def error_code(text: object) -> str:
    """Return an error code of the protocol; anything else could be text of a stranger."""
    return str(text) if re.fullmatch(r"[a-z_]{1,60}", str(text)) else "(another error)"
