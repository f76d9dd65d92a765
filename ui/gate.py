"""The gate that every request passes: it alone says who asks, and refuses foreign hosts.

Pure ASGI, because Starlette's BaseHTTPMiddleware lets websockets through unseen. There is no
sign-in yet: every browser acts as the local user of the settings, but pages and routes already
take the identity from the gate's headers and from nowhere else.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.settings import Settings

COOKIE: Final = "chonai_session"
USER_HEADER: Final = "x-chonai-user"
SESSION_HEADER: Final = "x-chonai-session"

_OURS: Final = b"x-chonai-"
_SESSION_ID: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\[\]]+)(?::\d{1,5})?")
_READING: Final = {"GET", "HEAD", "OPTIONS"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {scripts}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; "
    "frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_FOREIGN_HOST: Final = (
    "このアドレスでは開けません。開いてよいホスト名は ASSISTANT_ALLOWED_HOSTS で設定します。"
    "管理者にお問い合わせください。"
)
_FOREIGN_ORIGIN: Final = (
    "ほかのサイトからの操作は受け付けません。庁内アシスタントの画面を開き直してください。"
)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names, without ports, under which the pages may be opened."""
    given = [name for name in settings.allowed_hosts.split(",") if name.strip()]
    names = given or ["127.0.0.1", "localhost", "::1", settings.host]
    return frozenset(name.strip().lower().strip("[]").rstrip(".") for name in names)


def content_security_policy(index_html: Path) -> str:
    """Return the policy that lets only the page's own scripts run, by hash where inline."""
    inline = re.findall(r"<script>(.*?)</script>", index_html.read_text("utf-8"), re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in inline)
    return _POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in digests))


class Gate:
    """ASGI middleware: checks host and origin, gives the browser a session, names the person."""

    def __init__(self, app: ASGIApp, *, login: str, hosts: frozenset[str], policy: str) -> None:
        self.app = app
        self.login = login
        self.hosts = hosts
        self.policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with the identity headers of the gate."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await self._refuse(refusal, scope, receive, send)
            return
        connection = HTTPConnection(scope)
        cookie = connection.cookies.get(COOKIE, "")
        known = _SESSION_ID.fullmatch(cookie) is not None
        session = cookie if known else secrets.token_urlsafe(24)
        headers = [(name, value) for name, value in scope["headers"] if not _is_ours(name)]
        headers += [
            (USER_HEADER.encode(), quote(self.login, safe="").encode()),
            (SESSION_HEADER.encode(), session.encode()),
        ]
        scope = {**scope, "headers": headers}
        if scope["type"] == "http":
            send = self._guarded(send, scope, None if known else session)
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        match = _HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
        if match is None or match[1].strip("[]").rstrip(".") not in self.hosts:
            return _FOREIGN_HOST
        if scope["type"] == "http" and scope["method"] in _READING:
            return ""
        origins = headers.getlist("origin")
        if len(origins) != 1 or urlsplit(origins[0]).netloc.lower() != hosts[0].lower():
            return _FOREIGN_ORIGIN
        return ""

    async def _refuse(self, text: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # refused with HTTP 403
            return
        response = PlainTextResponse(text, status_code=403)
        await response(scope, receive, self._guarded(send, scope, None))

    def _guarded(self, send: Send, scope: Scope, new_session: str | None) -> Send:
        """Wrap `send` so that each response carries the security headers and a new cookie."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self.policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                if scope["path"].startswith("/media/"):
                    headers["Cache-Control"] = "private, no-store"
                # Only a page opens a session: its files are asked for in parallel, and each
                # would otherwise replace the cookie of the one before.
                if new_session and headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", _cookie(new_session, scope["scheme"]))
            await send(message)

        return guarded


def _is_ours(name: bytes) -> bool:
    return name.lower().startswith(_OURS)


def _cookie(session: str, scheme: str) -> str:
    secure = "; Secure" if scheme == "https" else ""
    return f"{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax{secure}"
