"""The OpenID Connect provider by way of authlib: where to send people, and who came back."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from typing import Any, Final

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError
from joserfc.errors import ExpiredTokenError, JoseError

from assistant import calendar
from assistant.people.sign_on.role_map import claim_values
from assistant.settings import Settings
from ui.sign_in.oidc_rules import (
    LEEWAY,
    Begun,
    SignOnRefused,
    checked_issuer,
    error_code,
    make_sound,
    require_fresh,
)

logger = logging.getLogger(__name__)

_DISCOVERY: Final = "/.well-known/openid-configuration"
_SECONDS: Final = 5
_DAY: Final = 86_400


class OidcProvider:
    """The provider of the settings; its coroutines raise SignOnRefused."""

    def __init__(self, settings: Settings):
        self._issuer = checked_issuer(settings.oidc_issuer)
        self._settings = settings
        self._context = ssl.create_default_context()  # trusts what the system trusts
        self._wanted = [settings.oidc_number_claim, settings.oidc_section_claim]
        self._wanted += [settings.oidc_roles_claim] if settings.oidc_role_map else []
        self._client: Any = None

    async def begin(self, redirect_uri: str, *, afresh: bool) -> tuple[str, Begun]:
        """Return where to send a browser; `afresh` has the provider ask whatever it knows."""
        asked = {"prompt": "login", "max_age": "0"} if afresh else {}
        try:
            client = await self._sound_client()
            begun = await client.create_authorization_url(redirect_uri, **asked)
        except (httpx2.HTTPError, ValueError, TypeError) as error:
            raise _down(error) from error
        at = int(calendar.now().timestamp())
        kept = Begun(begun["state"], begun["nonce"], begun["code_verifier"], at, afresh)
        return begun["url"], kept

    async def claims(
        self, code: str, begun: Begun, redirect_uri: str, *, issuer: str | None
    ) -> Mapping[str, Any]:
        """Exchange a code for what the provider says of the person, all of it verified.

        `issuer` is what the answer itself names as such, if it does (RFC 9207).
        """
        try:
            client = await self._sound_client()
            if issuer not in (None, client.server_metadata["issuer"]):
                raise SignOnRefused("bad_token")
            token = await client.fetch_access_token(
                redirect_uri=redirect_uri, code=code, code_verifier=begun.verifier
            )
            claims = await self._id_token(client, token, begun.nonce)
            if begun.afresh:
                require_fresh(claims, begun.at, client.server_metadata)
            if any(name and not claim_values(claims, name) for name in self._wanted):
                claims = await _with_user_info(client, token, claims)
        except OAuthError as error:
            logger.warning("the token endpoint answered %s", error_code(error.error))
            used = error.error == "invalid_grant"
            raise SignOnRefused("used_code" if used else "provider_error") from error
        except (httpx2.HTTPError, RuntimeError, ValueError, TypeError, KeyError) as error:
            raise _down(error) from error
        return claims

    async def _sound_client(self) -> Any:
        """Return a client that has read the provider's description of itself within a day."""
        now = calendar.now().timestamp()
        if self._client is None or now - self._client.server_metadata["_loaded_at"] > _DAY:
            client = self._new_client()
            make_sound(await client.load_server_metadata(), self._issuer)
            self._client = client
        return self._client

    def _new_client(self) -> Any:
        settings = self._settings
        return OAuth().register(
            "office",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value() or None,
            server_metadata_url=self._issuer.rstrip("/") + _DISCOVERY,
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": _SECONDS,
                "trust_env": False,  # an office's proxy leads out of the office
                "verify": self._context,
                "follow_redirects": False,
            },
        )

    async def _id_token(
        self, client: Any, token: Mapping[str, Any], nonce: str
    ) -> Mapping[str, Any]:
        options = {
            "iss": {"essential": True, "value": client.server_metadata["issuer"]},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
        }
        if not isinstance(token.get("id_token"), str):
            raise SignOnRefused("bad_token")
        try:
            claims = await client.parse_id_token(
                token, nonce=nonce, claims_options=options, leeway=LEEWAY
            )
        except ExpiredTokenError as error:
            raise SignOnRefused("expired_token") from error
        except JoseError as error:
            claim = getattr(error, "claim", "")
            logger.warning("the id token is refused: %s %s", type(error).__name__, claim)
            raise SignOnRefused("wrong_nonce" if claim == "nonce" else "bad_token") from error
        return dict(claims)


async def _with_user_info(
    client: Any, token: Mapping[str, Any], claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the claims with those added that the provider keeps at its userinfo endpoint."""
    if not client.server_metadata.get("userinfo_endpoint"):
        return claims
    found = await client.userinfo(token=token)
    if found.get("sub") != claims["sub"]:  # OpenID Connect Core 5.3.2
        raise SignOnRefused("bad_token")
    return {**found, **claims}


def _down(error: Exception) -> SignOnRefused:
    logger.warning("the provider cannot be used: %s: %s", type(error).__name__, error)
    return SignOnRefused("provider_down")
