"""The gate: who is let in, who is not, and what a browser may not say of itself."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import streamlit
from itsdangerous import URLSafeSerializer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from assistant import calendar
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.settings import Settings
from ui.serving.gate import Gate, allowed_hosts, content_security_policy
from ui.serving.index_page import IndexPage, rewritten, script
from ui.serving.socket_watch import SocketWatch
from ui.sign_in.cookies import SESSION, cookie_secret, signed

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
HOST = "127.0.0.1:8501"
PAGE = {"Accept": "text/html,application/xhtml+xml"}
PROXY_SECRET = "p" * 40


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(INDEX.read_text("utf-8"), headers={"etag": "x"})


async def _headers(request: Request) -> JSONResponse:
    return JSONResponse(request.headers.items())


async def _socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json(websocket.headers.items())
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.receive_bytes()


@pytest.fixture
def clerk(running: Assistant) -> Member:
    running.accounts.add("1001", name="山田 花子", section="総務課", by=OPERATOR_ACTOR)
    return running.accounts.member("1001")


Open = Callable[..., TestClient]


@pytest.fixture
def browser(running: Assistant) -> Open:
    """A browser before the gate, without a session unless a token is given."""

    def opened(
        token: str = "", base: str = f"http://{HOST}", cookie: str = "", **settings: Any
    ) -> TestClient:
        running.settings = running.settings.model_copy(update=settings)
        secret = cookie_secret(running.settings.data_dir)
        gate = Middleware(
            Gate,
            assistant=running,
            secret=secret,
            policy=content_security_policy(INDEX),
            watch=SocketWatch(running.sessions),
        )
        routes = [
            Route("/", _page),
            Route("/headers", _headers, methods=["GET", "POST", "PUT"]),
            Route("/signin", _headers, methods=["GET", "POST"]),
            Route("/signinX", _headers),
            Route("/static/x.js", _headers),
            Route("/media/x.png", _headers),
            Route("/ui.js", script),
            WebSocketRoute("/_stcore/stream", _socket),
        ]
        app = Starlette(routes=routes, middleware=[gate, Middleware(IndexPage)])
        client = TestClient(app, base, follow_redirects=False)
        if token:
            cookie = signed(token, purpose=SESSION, secret=secret)
        if cookie:
            client.cookies.set(SESSION, cookie)
        return client

    return opened


@pytest.fixture
def token(running: Assistant, clerk: Member) -> str:
    return running.sessions.open_session(clerk, "local")


def _identity(items: list[list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in items:
        if name.startswith(("x-chonai-", "x-remote")):
            found.setdefault(name, []).append(value)
    return found


def _connect(client: TestClient, **headers: str) -> Any:
    given = {"Origin": f"http://{HOST}", **headers}
    return client.websocket_connect(f"ws://{HOST}/_stcore/stream", headers=given)


FORGED = {
    "X-Chonai-User": "mayor",
    "x-chonai-session": "stolen",
    "X-CHONAI-ROLE": "administrator",
    "X-Remote-User": "mayor",
}


def test_forged_identity_headers_are_replaced_over_http(
    browser: Open, token: str, clerk: Member, running: Assistant
) -> None:
    seen = _identity(browser(token).get("/headers", headers=FORGED).json())
    session = running.sessions.find(token)
    assert session is not None
    assert seen == {"x-chonai-user": [clerk.person_id], "x-chonai-session": [session.id]}


def test_forged_identity_headers_are_replaced_over_the_websocket(
    browser: Open, token: str, clerk: Member
) -> None:
    with _connect(browser(token), **FORGED) as socket:
        seen = _identity(socket.receive_json())
    assert seen["x-chonai-user"] == [clerk.person_id]
    assert set(seen) == {"x-chonai-user", "x-chonai-session"}


def test_forged_identity_headers_alone_open_nothing(browser: Open) -> None:
    client = browser()
    assert client.get("/headers", headers=FORGED).status_code == 401
    with pytest.raises(WebSocketDisconnect), _connect(client, **FORGED):
        pass
    assert _identity(client.get("/signin", headers=FORGED).json()) == {}


def test_a_page_without_a_session_leads_to_the_sign_in_page(browser: Open) -> None:
    answer = browser().get("/manuals?x=1", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/signin?next=%2Fmanuals%3Fx%3D1",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/media/x.png",
        "/_stcore/host-config",
        "/_stcore/metrics",
        "/_stcore/upload_file/a/b",
        "/pages/v/1.png",
        "/originals/v",
        "/signinX",
        "/ui.jsX",
        "/component/x",
        "/auth/logout",
    ],
)
def test_nothing_else_is_shown_without_a_session(browser: Open, path: str) -> None:
    assert browser().get(path).status_code == 401


@pytest.mark.parametrize("path", ["/signin", "/static/x.js", "/ui.js"])
def test_the_sign_in_page_and_its_files_are_public(browser: Open, path: str) -> None:
    assert browser().get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../headers",
        "/static/%2e%2e/headers",
        "/signin/../headers",
        "//headers",
        "//evil.example/headers",
        "/./headers",
        "/static/..%5cheaders",
        "/static/%00",
        "/%2e%2e/headers",
        "/signin/%2e%2e/headers",
    ],
)
def test_no_trick_with_a_path_slips_by(browser: Open, token: str, path: str) -> None:
    for client in (browser(), browser(token)):
        assert _status(client, path) in (401, 404)


def _status(client: TestClient, path: str) -> int:
    """Send a path as it is: every client tidies it up before."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": unquote(path), "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "headers": [(b"host", HOST.encode()), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8501),
    }  # fmt: skip
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(client.app(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda token, secret: token, id="unsigned"),
        pytest.param(
            lambda token, secret: signed(token, purpose=SESSION, secret="other"), id="other secret"
        ),
        pytest.param(
            lambda token, secret: signed(token, purpose="chonai_terminal", secret=secret),
            id="signature of another cookie",
        ),
        pytest.param(
            lambda token, secret: signed(token, purpose=SESSION, secret=secret)[:-1], id="cut"
        ),
        pytest.param(
            lambda token, secret: URLSafeSerializer(secret, salt=SESSION).dumps({"token": token}),
            id="not text",
        ),
        pytest.param(
            lambda token, secret: signed("x" * 43, purpose=SESSION, secret=secret), id="unknown"
        ),
        pytest.param(lambda token, secret: "ab/..%2f" * 40, id="rubbish"),
        pytest.param(lambda token, secret: "", id="empty"),
    ],
)
def test_a_forged_cookie_opens_nothing(
    browser: Open, running: Assistant, token: str, forge: Callable[[str, str], str]
) -> None:
    cookie = forge(token, cookie_secret(running.settings.data_dir))
    assert browser(cookie=cookie).get("/headers").status_code == 401


def test_the_parts_of_two_cookies_do_not_make_a_third(
    browser: Open, running: Assistant, clerk: Member, token: str
) -> None:
    secret = cookie_secret(running.settings.data_dir)
    other = running.sessions.open_session(clerk, "local")
    first, second = (signed(t, purpose=SESSION, secret=secret) for t in (token, other))
    swapped = first.rpartition(".")[0] + "." + second.rpartition(".")[2]
    assert browser(cookie=swapped).get("/headers").status_code == 401
    twice = browser().get("/headers", headers={"Cookie": f"{SESSION}={first}; {SESSION}={second}"})
    assert twice.status_code == 401


def test_a_session_works_until_it_is_ended_and_its_cookie_cannot_be_replayed(
    browser: Open, running: Assistant, clerk: Member, token: str
) -> None:
    client = browser(token)
    assert client.get("/headers").status_code == 200
    session = running.sessions.find(token)
    assert session is not None
    running.sessions.end(session.id, by=clerk.actor, signed_out=True)
    assert client.get("/headers").status_code == 401
    assert browser(token).get("/", headers=PAGE).status_code == 303


@pytest.mark.parametrize(
    ("known", "alive", "over"),
    [(True, timedelta(days=29), timedelta(days=31)), (False, timedelta(hours=11), timedelta(13))],
)
def test_a_session_expires(
    browser: Open,
    running: Assistant,
    clerk: Member,
    monkeypatch: pytest.MonkeyPatch,
    known: bool,
    alive: timedelta,
    over: timedelta,
) -> None:
    client = browser(running.sessions.open_session(clerk, "local", known_device=known))
    began = calendar.now()
    monkeypatch.setattr(calendar, "now", lambda: began + alive)
    assert client.get("/headers").status_code == 200
    monkeypatch.setattr(calendar, "now", lambda: began + over)
    assert client.get("/headers").status_code == 401


def test_a_disabled_person_and_one_whose_number_has_ended_are_not_let_in(
    browser: Open, running: Assistant, clerk: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.accounts.add(
        "2002", name="鈴木 一郎", section="契約課", by=OPERATOR_ACTOR,
        valid_to=calendar.today() + timedelta(days=2),
    )  # fmt: skip
    leaver = browser(running.sessions.open_session(running.accounts.member("2002"), "local"))
    staying = browser(running.sessions.open_session(clerk, "local"))
    running.accounts.disable("1001", by=OPERATOR_ACTOR)
    assert (leaver.get("/headers").status_code, staying.get("/headers").status_code) == (200, 401)
    later = calendar.now() + timedelta(days=2)
    monkeypatch.setattr(calendar, "now", lambda: later)
    assert leaver.get("/headers").status_code == 401


def test_the_first_password_must_be_changed_before_anything_else(
    browser: Open, running: Assistant, clerk: Member
) -> None:
    client = browser(running.sessions.open_session(clerk, "local", must_change=True))
    page = client.get("/", headers=PAGE)
    assert (page.status_code, page.headers["location"]) == (303, "/signin/password?next=%2F")
    assert client.get("/headers").status_code == 401
    with pytest.raises(WebSocketDisconnect), _connect(client):
        pass
    assert client.get("/signin").status_code == 200


def test_a_running_page_leaves_within_two_seconds_once_its_session_is_ended(
    browser: Open, running: Assistant, token: str
) -> None:
    with _connect(browser(token)) as socket:
        socket.receive_json()
        threading.Timer(0.3, running.accounts.disable, ("1001",), {"by": OPERATOR_ACTOR}).start()
        began = time.monotonic()
        goodbye = ForwardMsg()
        goodbye.ParseFromString(socket.receive_bytes())
        seconds = time.monotonic() - began
        assert goodbye.auth_redirect.url == "/signin?reason=ended"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_bytes()
    assert closed.value.code == 4401
    assert seconds < 2.3  # 0.3 of them before the person was disabled


def _pressed(*, auto: bool) -> bytes:
    asked = BackMsg()
    asked.rerun_script.is_auto_rerun = auto
    return asked.SerializeToString()


@pytest.mark.parametrize(("auto", "alive"), [(False, True), (True, False)])
def test_on_a_shared_terminal_only_what_a_person_does_keeps_the_session(
    browser: Open,
    running: Assistant,
    clerk: Member,
    monkeypatch: pytest.MonkeyPatch,
    auto: bool,
    alive: bool,
) -> None:
    running.terminals.mark("窓口", by=OPERATOR_ACTOR)
    [terminal] = running.terminals.all()
    token = running.sessions.open_session(clerk, "pin", terminal_id=terminal.id)
    began = calendar.now()
    with _connect(browser(token)) as socket:
        socket.receive_json()
        monkeypatch.setattr(calendar, "now", lambda: began + timedelta(minutes=2))
        socket.send_bytes(_pressed(auto=auto))
        time.sleep(0.5)
        monkeypatch.setattr(calendar, "now", lambda: began + timedelta(minutes=4))
        assert (running.sessions.find(token) is not None) is alive


def test_a_shared_terminal_signs_out_after_three_idle_minutes_and_nothing_brings_it_back(
    browser: Open, running: Assistant, clerk: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.terminals.mark("窓口", by=OPERATOR_ACTOR)
    [terminal] = running.terminals.all()
    client = browser(running.sessions.open_session(clerk, "pin", terminal_id=terminal.id))
    began = calendar.now()
    for minutes, status in ((2, 200), (4.5, 200), (8, 401), (8.1, 401), (6, 200)):
        moment = began + timedelta(minutes=minutes)
        monkeypatch.setattr(calendar, "now", lambda moment=moment: moment)
        assert client.get("/headers").status_code == status, minutes
    running.terminals.end(terminal.id, by=OPERATOR_ACTOR)
    assert client.get("/headers").status_code == 401


PROXY: dict[str, Any] = {"sign_on": "proxy", "proxy_secret": PROXY_SECRET}


def _by_proxy(user: str, secret: str = PROXY_SECRET) -> dict[str, str]:
    return {"X-Remote-User": user, "X-Chonai-Proxy-Secret": secret}


@pytest.fixture
def proxied(browser: Open, running: Assistant) -> TestClient:
    settings = Settings(data_dir=running.settings.data_dir, **PROXY)
    return browser(sign_on="proxy", proxy_secret=settings.proxy_secret)


def test_whom_the_proxy_names_with_its_secret_gets_a_session_of_their_own(
    proxied: TestClient, clerk: Member, running: Assistant
) -> None:
    first = proxied.get("/", headers={**PAGE, **_by_proxy("1001")})
    assert first.status_code == 200
    seen = _identity(proxied.get("/headers", headers=_by_proxy("1001")).json())
    assert seen["x-chonai-user"] == [clerk.person_id]
    assert "x-remote-user" not in seen
    [session] = running.sessions.of_person(clerk.person_id)
    assert session.method == "proxy"


@pytest.mark.parametrize("secret", ["", "wrong", PROXY_SECRET[:-1], PROXY_SECRET + "p"])
def test_a_forged_proxy_header_is_dropped(proxied: TestClient, secret: str) -> None:
    headers = _by_proxy("1001", secret)
    assert proxied.get("/", headers={**PAGE, **headers}).status_code == 303
    assert proxied.get("/headers", headers=headers).status_code == 401
    with pytest.raises(WebSocketDisconnect), _connect(proxied, **headers):
        pass


def test_a_proxy_session_is_worth_nothing_without_the_proxy_or_for_another_user(
    proxied: TestClient, clerk: Member, running: Assistant
) -> None:
    running.accounts.add("2002", name="鈴木 一郎", section="契約課", by=OPERATOR_ACTOR)
    proxied.get("/", headers={**PAGE, **_by_proxy("1001")})
    assert proxied.get("/headers").status_code == 401
    assert proxied.get("/headers", headers=_by_proxy("2002")).status_code == 401
    assert proxied.get("/headers", headers=_by_proxy("1001")).status_code == 200
    proxied.get("/", headers={**PAGE, **_by_proxy("2002")})
    other = running.accounts.member("2002").person_id
    seen = _identity(proxied.get("/headers", headers=_by_proxy("2002")).json())
    assert seen["x-chonai-user"] == [other]


def test_the_proxy_header_means_nothing_where_the_proxy_is_not_switched_on(browser: Open) -> None:
    client = browser(sign_on="local", proxy_secret=Settings(**PROXY).proxy_secret)
    assert client.get("/", headers={**PAGE, **_by_proxy("1001")}).status_code == 303


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8501", "LOCALHOST:8501", "[::1]:8501", "localhost."]
)
def test_own_hosts_are_answered(browser: Open, host: str) -> None:
    assert browser().get("/signin", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "127.0.0.1.evil.example",
        "",
        "a b",
        "localhost:x",
        "user@localhost",
        "[::1",
        "127.0.0.1:8501/x",
    ],
)
def test_foreign_hosts_are_refused_in_japanese(browser: Open, token: str, host: str) -> None:
    answer = browser(token).get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "ASSISTANT_ALLOWED_HOSTS" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_foreign_host_is_refused_over_the_websocket(browser: Open, token: str) -> None:
    foreign = {"Host": "evil.example", "Origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDisconnect),
        browser(token).websocket_connect("/_stcore/stream", headers=foreign),
    ):
        pass


def test_the_settings_name_the_hosts_and_host_is_one_otherwise() -> None:
    assert allowed_hosts(Settings(host="10.1.2.3")) == {"127.0.0.1", "localhost", "::1", "10.1.2.3"}
    named = allowed_hosts(Settings(host="0.0.0.0", allowed_hosts="Assistant.City.lg.jp, 10.0.0.9"))
    assert named == {"assistant.city.lg.jp", "10.0.0.9"}
    assert "ai.city.lg.jp" in allowed_hosts(Settings(public_url="https://ai.city.lg.jp/"))


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"http://{HOST}", 200),
        ("http://evil.example", 403),
        ("http://127.0.0.1:9999", 403),
        ("null", 403),
        (None, 403),
    ],
)
def test_writing_needs_our_own_origin(
    browser: Open, token: str, method: str, origin: str | None, status: int
) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = browser(token).request(method, "/headers", headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null", None])
def test_the_websocket_needs_our_own_origin(browser: Open, token: str, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    with (
        pytest.raises(WebSocketDisconnect),
        browser(token).websocket_connect(f"ws://{HOST}/_stcore/stream", headers=headers),
    ):
        pass


def test_every_answer_carries_the_security_headers(browser: Open, token: str) -> None:
    for client in (browser(), browser(token)):
        for path in ("/", "/headers", "/missing", "/signin", "//x"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "same-origin"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_behind_tls_the_browser_is_told_to_stay_there(browser: Open, token: str) -> None:
    assert "strict-transport-security" not in browser(token).get("/").headers
    secure = browser(token, base=f"https://{HOST}").get("/").headers
    assert secure["strict-transport-security"].startswith("max-age=")


def test_media_is_never_stored(browser: Open, token: str) -> None:
    answer = browser(token).get("/media/x.png")
    assert answer.headers["cache-control"] == "private, no-store"


def test_the_cost_of_the_gate_is_told_to_those_inside_only(browser: Open, token: str) -> None:
    assert re.fullmatch(
        r"gate;dur=\d+\.\d\d", browser(token).get("/headers").headers["server-timing"]
    )
    assert "server-timing" not in browser().get("/signin").headers


def test_the_policy_lets_only_the_inline_script_of_the_installed_page_run(
    browser: Open, token: str
) -> None:
    page = browser(token).get("/")
    policy = page.headers["content-security-policy"]
    scripts = re.search(r"script-src ([^;]*);", policy)
    assert scripts is not None
    assert "unsafe-inline" not in scripts[1]
    assert "unsafe-eval" not in scripts[1].replace("wasm-unsafe-eval", "")
    inline = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in scripts[1]
    assert "http" not in policy


def test_the_index_page_is_japanese_and_loads_our_script(browser: Open, token: str) -> None:
    page = browser(token).get("/", headers={"If-None-Match": "x", "Accept-Encoding": "gzip"})
    assert '<html lang="ja">' in page.text
    assert "<title>庁内アシスタント</title>" in page.text
    assert '<script src="/ui.js"></script>' in page.text
    assert "You need to enable JavaScript" not in page.text
    assert int(page.headers["content-length"]) == len(page.content)
    assert "etag" not in page.headers


def test_on_a_shared_terminal_the_script_is_told_so(
    browser: Open, running: Assistant, clerk: Member
) -> None:
    running.terminals.mark("窓口", by=OPERATOR_ACTOR)
    [terminal] = running.terminals.all()
    token = running.sessions.open_session(clerk, "pin", terminal_id=terminal.id)
    assert '<script src="/ui.js" data-shared="1">' in browser(token).get("/").text


def test_our_script_keeps_safari_from_sending_half_a_sentence(browser: Open) -> None:
    answer = browser().get("/ui.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "keyCode === 229" in answer.text
    assert "aria-live" in answer.text


def test_other_html_is_left_as_it_is() -> None:
    page = '<html lang="en"><head></head><p>本文</p>'
    assert rewritten(page) == page
