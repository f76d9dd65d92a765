"""The gate that every request passes: it alone says who asks, and refuses foreign hosts.

Pure ASGI, because Starlette's BaseHTTPMiddleware lets websockets through unseen. Pages and routes
take the identity from the gate's headers and from nowhere else: what a browser sends under these
names is dropped.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.opening import Assistant
from assistant.people.sign_on.outside import member_from_proxy
from assistant.people.sign_on.sessions import Session
from assistant.settings import Settings
from ui.serving.socket_watch import SocketWatch
from ui.sign_in.cookies import SESSION, is_secure, signed, unsigned

USER_HEADER: Final = "x-chonai-user"
SESSION_HEADER: Final = "x-chonai-session"

_OURS: Final = b"x-chonai-"
_PROXY_SECRET: Final = "x-chonai-proxy-secret"
# Whole names or, with a slash, what lies under them: no more of a path than this is public.
_PUBLIC: Final = (
    "/static/", "/signin", "/signin/", "/ui.js", "/favicon.png", "/favicon.ico", "/manifest.json",
    "/_stcore/health", "/api/health",
)  # fmt: skip
_FILES: Final = (
    "/static/",
    "/ui.js",
    "/favicon",
    "/manifest.json",
    "/_stcore/health",
    "/api/health",
)
_FOR_A_FIRST_PASSWORD: Final = ("/signin", "/signin/", "/signout", "/auth/logout")
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/@\[\]]+)(?::\d{1,5})?")
_PATH: Final = re.compile(r"/(?!/)[^\\\x00-\x1f\x7f]*")
_LOOKUPS_AT_ONCE: Final = 8
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
_SIGN_IN: Final = "サインインしてください。"
_NO_SUCH_PATH: Final = "このアドレスの画面はありません。"
_FOREIGN_ORIGIN: Final = (
    "ほかのサイトからの操作は受け付けません。庁内アシスタントの画面を開き直してください。"
)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names, without ports, under which the pages may be opened."""
    given = [name for name in settings.allowed_hosts.split(",") if name.strip()]
    names = given or ["127.0.0.1", "localhost", "::1", settings.host]
    public = urlsplit(settings.public_url).hostname
    names += [public] if public else []
    return frozenset(name.strip().lower().strip("[]").rstrip(".") for name in names)


def content_security_policy(index_html: Path) -> str:
    """Return the policy that lets only the page's own scripts run, by hash where inline."""
    inline = re.findall(r"<script>(.*?)</script>", index_html.read_text("utf-8"), re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in inline)
    return _POLICY.format(scripts=" ".join(f"'sha256-{digest}'" for digest in digests))


@dataclass(frozen=True)
class Found:
    """Who sends a request: a living session, and the token of one just begun."""

    session: Session
    new_token: str = ""


class Gate:
    """ASGI middleware: checks host, origin and path, finds the session, names the person."""

    def __init__(
        self, app: ASGIApp, *, assistant: Assistant, secret: str, policy: str, watch: SocketWatch
    ) -> None:
        self.app = app
        self.assistant = assistant
        self.settings = assistant.settings
        self.secret = secret
        self.hosts = allowed_hosts(assistant.settings)
        self.policy = policy
        self.watch = watch
        # Threads of its own: those that all share may be waiting for a directory or a picture.
        self._lookups = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="gate")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with the identity headers of the gate."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        refusal, status = self._refusal(scope)
        if refusal:
            await self._refuse(refusal, status, scope, receive, send)
            return
        path = scope["path"]
        found = None
        if not path.startswith(_FILES):
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._lookups, self._find, scope)
        headers = [pair for pair in scope["headers"] if not self._is_ours(pair[0])]
        session = found.session if found else None
        if session is not None:
            headers += [
                (USER_HEADER.encode(), quote(session.person_id, safe="").encode()),
                (SESSION_HEADER.encode(), session.id.encode()),
            ]
        scope = {**scope, "headers": headers, "state": {**scope.get("state", {})}}
        scope["state"]["on_shared_terminal"] = session is not None and session.on_shared_terminal
        elsewhere = self._elsewhere(path, session)
        if elsewhere:
            await self._send_away(elsewhere, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._watched(scope, receive, send, session)
        else:
            spent = 1000 * (time.perf_counter() - began) if session else None
            await self.app(scope, receive, self._guarded(send, scope, found, spent))

    def _refusal(self, scope: Scope) -> tuple[str, int]:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        match = _HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
        if match is None or match[1].strip("[]").rstrip(".") not in self.hosts:
            return _FOREIGN_HOST, 403
        path = scope["path"]
        if any(part in (".", "..") for part in path.split("/")) or not _PATH.fullmatch(path):
            return _NO_SUCH_PATH, 404
        if scope["type"] == "http" and scope["method"] in _READING:
            return "", 200
        origins = headers.getlist("origin")
        if len(origins) != 1 or urlsplit(origins[0]).netloc.lower() != hosts[0].lower():
            return _FOREIGN_ORIGIN, 403
        return "", 200

    def _find(self, scope: Scope) -> Found | None:
        """Return the session of the cookie, or one for whom the proxy in front has let in."""
        headers = Headers(scope=scope)
        by_proxy = self._proxy_user(headers)
        token = unsigned(_cookie(headers, SESSION), purpose=SESSION, secret=self.secret)
        session = self.assistant.sessions.find(token) if token else None
        # A proxy's session holds only behind the proxy, and only for whom the proxy names.
        if session is not None and session.method == "proxy" and session.sign_in_name != by_proxy:
            session = None
        # Only a page opens a session: its files are asked for in parallel.
        if session is None and by_proxy and _wants_page(scope):
            return self._begun_by_proxy(by_proxy)
        if session is not None:
            self.assistant.sessions.touch(session)
        return None if session is None else Found(session)

    def _proxy_user(self, headers: Headers) -> str:
        """Return the number that the proxy names, "" without the secret that proves the proxy."""
        secret = self.settings.proxy_secret.get_secret_value()
        if "proxy" not in self.settings.sign_on_methods or not secret:
            return ""
        given = headers.getlist(_PROXY_SECRET)
        users = headers.getlist(self.settings.proxy_user_header)
        if len(given) != 1 or len(users) != 1:
            return ""
        right = hmac.compare_digest(given[0].encode("utf-8", "replace"), secret.encode())
        return users[0].strip().lower() if right else ""

    def _begun_by_proxy(self, number: str) -> Found | None:
        running = self.assistant
        member = member_from_proxy(number, database=running.database, settings=running.settings)
        if member is None:
            return None
        token = running.sessions.open_session(member, "proxy", device="認証プロキシ")
        session = running.sessions.find(token)
        return None if session is None else Found(session, token)

    def _is_ours(self, name: bytes) -> bool:
        low = name.lower()
        return low.startswith(_OURS) or low == self.settings.proxy_user_header.lower().encode()

    def _elsewhere(self, path: str, session: Session | None) -> str:
        """Return the page that must come first, "" where the request may go on."""
        if session is None:
            return "" if _is_under(path, _PUBLIC) else "/signin"
        if session.must_change and not _is_under(path, (*_FOR_A_FIRST_PASSWORD, *_PUBLIC)):
            return "/signin/password"
        return ""

    async def _send_away(self, target: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a page's request to the page that comes first; refuse any other."""
        if not _wants_page(scope):
            await self._refuse(_SIGN_IN, 401, scope, receive, send)
            return
        query = scope.get("query_string", b"").decode("latin-1")
        asked = scope["path"] + (f"?{query}" if query else "")
        address = f"{target}?next={quote(asked, safe='')}"
        response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        await response(scope, receive, self._guarded(send, scope, None, None))

    async def _refuse(
        self, text: str, status: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # refused with HTTP 403
            return
        response = PlainTextResponse(text, status_code=status)
        await response(scope, receive, self._guarded(send, scope, None, None))

    async def _watched(
        self, scope: Scope, receive: Receive, send: Send, session: Session | None
    ) -> None:
        if session is None:  # only under a public path, where there is no socket
            await self._refuse(_SIGN_IN, 401, scope, receive, send)
            return
        await self.watch.follow(self.app, scope, receive, send, session)

    def _guarded(
        self, send: Send, scope: Scope, found: Found | None, milliseconds: float | None
    ) -> Send:
        """Wrap `send` so that each response carries the security headers and a new cookie."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self.policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "same-origin"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                if is_secure(self.settings, scope["scheme"]):
                    headers["Strict-Transport-Security"] = "max-age=31536000"
                page = headers.get("content-type", "").startswith("text/html")
                # After signing out the way back must not show the page once more.
                if page or scope["path"].startswith("/media/"):
                    headers["Cache-Control"] = "private, no-store"
                if milliseconds is not None:
                    headers["Server-Timing"] = f"gate;dur={milliseconds:.2f}"
                if found is not None and found.new_token:
                    headers.append("Set-Cookie", self._session_cookie(found.new_token, scope))
            await send(message)

        return guarded

    def _session_cookie(self, token: str, scope: Scope) -> str:
        value = signed(token, purpose=SESSION, secret=self.secret)
        secure = "; Secure" if is_secure(self.settings, scope["scheme"]) else ""
        return f"{SESSION}={value}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _wants_page(scope: Scope) -> bool:
    """Tell whether a browser goes to a page, rather than asking for one of its parts."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_under(path: str, places: tuple[str, ...]) -> bool:
    return any(path.startswith(p) if p.endswith("/") else path == p for p in places)


def _cookie(headers: Headers, name: str) -> str:
    """Return a cookie of the request, "" where there is none or more than one of the name."""
    values = [
        part.partition("=")[2].strip()
        for header in headers.getlist("cookie")
        for part in header.split(";")
        if part.partition("=")[0].strip() == name
    ]
    return values[0].strip('"') if len(set(values)) == 1 else ""
