"""Single sign-on by OpenID Connect: to the provider and back, ending in a session of ours."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.trail import Actor
from assistant.people.directory import Member
from assistant.people.numbers import checked_number
from assistant.people.sign_on.outside import OutsidePerson, admit
from assistant.people.sign_on.role_map import claim_values, read_role_map, roles_of
from ui.sign_in.asked import session_of
from ui.sign_in.cookies import cookie_secret, is_secure, terminal_token, with_session_cookie
from ui.sign_in.devices import device_name
from ui.sign_in.oidc_provider import OidcProvider
from ui.sign_in.oidc_rules import Begun, SignOnRefused, error_code
from ui.sign_in.oidc_words import refusal_page
from ui.sign_in.paths import HOME, TOO_LONG, safe_next

logger = logging.getLogger(__name__)

PATH: Final = "/signin/oidc"
CALLBACK: Final = "/signin/oidc/callback"
# One cookie for each sign-on: a browser restored with many pages begins many at once.
_COOKIE: Final = "chonai_oidc_"
_MOST_AT_ONCE: Final = 8
_LASTS: Final = 600
_LARGEST: Final = 3_800  # browsers drop a cookie of more than 4,096 bytes with its name and flags
_STATE: Final = re.compile(r"[A-Za-z0-9_-]{16,100}")


@dataclass(frozen=True)
class Kept:
    """What the browser keeps, signed, while it is with the provider.

    `session_id` is the session whose person is to be confirmed, "" where one is to be opened.
    """

    begun: Begun
    next_path: str
    session_id: str


def oidc_routes(assistant: Assistant) -> list[Route]:
    """Return the routes of single sign-on; raises SettingsError for settings that cannot work."""
    sign_on = OidcSignOn(assistant)
    return [
        Route(PATH, sign_on.begin, methods=["GET"]),
        Route(CALLBACK, sign_on.come_back, methods=["GET"]),
    ]


class OidcSignOn:
    """The two routes, with the provider that they speak to."""

    def __init__(self, assistant: Assistant):
        settings = assistant.settings
        self._assistant = assistant
        self._settings = settings
        self._provider = OidcProvider(settings)
        self._roles = read_role_map(settings.oidc_role_map, "ASSISTANT_OIDC_ROLE_MAP")
        self._signer = URLSafeTimedSerializer(cookie_secret(settings.data_dir), salt=_COOKIE)

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider: to sign in, or with again=1 to confirm who it is."""
        next_path = safe_next(request.query_params.get("next", HOME))
        session = session_of(request) if request.query_params.get("again") == "1" else None
        # On a shared terminal the provider may still know whoever was there before.
        afresh = session is not None or self._terminal(request) is not None
        session_id = session.id if session is not None else ""
        try:
            url, begun = await self._provider.begin(self._redirect_uri(request), afresh=afresh)
        except SignOnRefused as refused:
            return await self._refused(refused, next_path, again=bool(session_id))
        response = RedirectResponse(url, 303, {"Cache-Control": "no-store"})
        self._keep(response, request, Kept(begun, next_path, session_id))
        return response

    async def come_back(self, request: Request) -> Response:
        """Take what the provider says of the person, and open or confirm a session."""
        kept = self._kept(request)
        try:
            response = await self._answered(request, kept)
        except SignOnRefused as refused:
            response = await self._refused(
                refused, kept.next_path if kept else HOME, again=bool(kept and kept.session_id)
            )
        if kept is not None:
            response.delete_cookie(_cookie_name(kept.begun.state), path=PATH)
        return response

    async def _answered(self, request: Request, kept: Kept | None) -> Response:
        asked = request.query_params
        if "error" in asked:
            logger.warning("the provider answered %s", error_code(asked["error"]))
            cancelled = asked["error"] == "access_denied"
            raise SignOnRefused("cancelled" if cancelled else "provider_error")
        if kept is None or not asked.get("code"):
            raise SignOnRefused("wrong_state")
        claims = await self._provider.claims(
            asked["code"], kept.begun, self._redirect_uri(request), issuer=asked.get("iss")
        )
        member = await asyncio.to_thread(self._admitted, claims)
        if kept.session_id:
            return await self._confirmed(request, kept, member)
        return await self._opened(request, kept, member)

    def _admitted(self, claims: Mapping[str, Any]) -> Member:
        def first(name: str) -> str:
            return next(iter(claim_values(claims, name)), "") if name else ""

        person = OutsidePerson(
            number=first(self._settings.oidc_number_claim),
            name=first("name"),
            section=first(self._settings.oidc_section_claim),
            roles=roles_of(claim_values(claims, self._settings.oidc_roles_claim), self._roles),
            source="oidc",
        )
        admission = admit(person, database=self._assistant.database, settings=self._settings)
        if admission.member is None:
            raise SignOnRefused(admission.refusal or "unknown", _plain_number(person.number))
        return admission.member

    async def _opened(self, request: Request, kept: Kept, member: Member) -> Response:
        sessions = self._assistant.sessions
        before = session_of(request)
        if before is not None:  # nobody goes on in a session that somebody else began
            await asyncio.to_thread(sessions.end, before.id, by=member.actor)
        terminal_id = self._terminal(request)
        token = await asyncio.to_thread(
            sessions.open_session,
            member,
            "oidc",
            device=device_name(request.headers.get("user-agent", "")),
            known_device=True,  # which a shared terminal never is
            terminal_id=terminal_id,
            must_change=False,
        )
        lasts = self._settings.session_days if terminal_id is None else None
        response = RedirectResponse(kept.next_path, 303, {"Cache-Control": "no-store"})
        return with_session_cookie(response, token, request, lasts_days=lasts)

    async def _confirmed(self, request: Request, kept: Kept, member: Member) -> Response:
        session = session_of(request)
        if session is None or session.id != kept.session_id:
            raise SignOnRefused("session_ended", member.number)
        if session.person_id != member.person_id:
            raise SignOnRefused("other_person", member.number)
        await asyncio.to_thread(self._assistant.sessions.confirm, session.id)
        return RedirectResponse(kept.next_path, 303, {"Cache-Control": "no-store"})

    async def _refused(self, refused: SignOnRefused, next_path: str, *, again: bool) -> Response:
        await asyncio.to_thread(
            self._assistant.audit.record, Actor("", ""), "sign_in.failed", refused.number,
            {"method": "oidc", "reason": refused.reason},
        )  # fmt: skip
        return refusal_page(refused.reason, refused.number, next_path=next_path, again=again)

    def _terminal(self, request: Request) -> str | None:
        """Return the id of the shared terminal that the browser is, None if it is none."""
        token = terminal_token(request)
        found = self._assistant.terminals.find(token) if token else None
        return None if found is None else found.id

    def _redirect_uri(self, request: Request) -> str:
        own = f"{request.url.scheme}://{request.url.netloc}"
        return (self._settings.public_url or own).rstrip("/") + CALLBACK

    def _keep(self, response: Response, request: Request, kept: Kept) -> None:
        old = [name for name in request.cookies if name.startswith(_COOKIE)]
        for name in old if len(old) >= _MOST_AT_ONCE else ():
            response.delete_cookie(name, path=PATH)
        response.set_cookie(
            _cookie_name(kept.begun.state),
            self._signed(kept),
            max_age=_LASTS,
            path=PATH,
            httponly=True,
            samesite="lax",  # the provider's page leads back here: a strict one would stay behind
            secure=is_secure(self._settings, request.url.scheme),
        )

    def _signed(self, kept: Kept) -> str:
        """Return what the cookie holds; text is compressed, a page that is still too long left."""
        text = str(self._signer.dumps(asdict(kept)))
        if len(text) <= _LARGEST:
            return text
        return str(self._signer.dumps(asdict(replace(kept, next_path=TOO_LONG))))

    def _kept(self, request: Request) -> Kept | None:
        """Return what this browser kept when it began this very sign-on, None if it did not."""
        state = request.query_params.get("state", "")
        if not _STATE.fullmatch(state):
            return None
        text = request.cookies.get(_cookie_name(state), "")
        try:
            values = self._signer.loads(text, max_age=_LASTS)
            kept = Kept(Begun(**values["begun"]), values["next_path"], values["session_id"])
        except (BadSignature, KeyError, TypeError):  # forged, too old, or of another release
            return None
        return kept if hmac.compare_digest(kept.begun.state, state) else None


def _cookie_name(state: str) -> str:
    return _COOKIE + state[:16]


def _plain_number(text: str) -> str:
    try:
        return checked_number(text)
    except UsageError:
        return ""
