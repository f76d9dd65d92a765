from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from assistant.settings import Settings
from ui.gate import COOKIE, Gate, allowed_hosts, content_security_policy
from ui.index_page import IndexPage, rewritten, script

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
HOST = "127.0.0.1:8501"


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(INDEX.read_text("utf-8"), headers={"etag": "x"})


async def _headers(request: Request) -> JSONResponse:
    return JSONResponse(request.headers.items())


async def _socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json(websocket.headers.items())
    await websocket.close()


def _client(base: str = f"http://{HOST}", **settings: Any) -> TestClient:
    known = Settings(**settings)
    gate = Middleware(
        Gate,
        login=known.local_user,
        hosts=allowed_hosts(known),
        policy=content_security_policy(INDEX),
    )
    routes = [
        Route("/", _page),
        Route("/headers", _headers, methods=["GET", "POST", "PUT"]),
        Route("/media/x.png", _headers),
        Route("/ui.js", script),
        WebSocketRoute("/_stcore/stream", _socket),
    ]
    return TestClient(Starlette(routes=routes, middleware=[gate, Middleware(IndexPage)]), base)


def _identity(items: list[list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in items:
        if name.startswith("x-chonai-"):
            found.setdefault(name, []).append(value)
    return found


FORGED = {"X-Chonai-User": "mayor", "x-chonai-session": "stolen", "X-CHONAI-ROLE": "admin"}


def test_forged_identity_headers_are_replaced_over_http() -> None:
    client = _client(local_user="山田 太郎")
    seen = _identity(client.get("/headers", headers=FORGED).json())
    assert seen["x-chonai-user"] == ["%E5%B1%B1%E7%94%B0%20%E5%A4%AA%E9%83%8E"]
    assert len(seen["x-chonai-session"]) == 1
    assert seen["x-chonai-session"] != ["stolen"]
    assert "x-chonai-role" not in seen


def test_forged_identity_headers_are_replaced_over_the_websocket() -> None:
    headers = {**FORGED, "Origin": f"http://{HOST}"}
    with _client().websocket_connect(f"ws://{HOST}/_stcore/stream", headers=headers) as socket:
        seen = _identity(socket.receive_json())
    assert seen["x-chonai-user"] == ["local"]
    assert "x-chonai-role" not in seen


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8501", "LOCALHOST:8501", "[::1]:8501", "localhost."]
)
def test_own_hosts_are_answered(host: str) -> None:
    assert _client().get("/headers", headers={"Host": host}).status_code == 200


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
def test_foreign_hosts_are_refused_in_japanese(host: str) -> None:
    answer = _client().get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert "ASSISTANT_ALLOWED_HOSTS" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_foreign_host_is_refused_over_the_websocket() -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDisconnect),
        _client().websocket_connect("/_stcore/stream", headers=headers),
    ):
        pass


def test_the_setting_names_the_hosts_and_host_is_one_otherwise() -> None:
    assert allowed_hosts(Settings(host="10.1.2.3")) == {"127.0.0.1", "localhost", "::1", "10.1.2.3"}
    named = allowed_hosts(Settings(host="0.0.0.0", allowed_hosts="Assistant.City.lg.jp, 10.0.0.9"))
    assert named == {"assistant.city.lg.jp", "10.0.0.9"}


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
def test_writing_needs_our_own_origin(method: str, origin: str | None, status: int) -> None:
    headers = {"Origin": origin} if origin else {}
    assert _client().request(method, "/headers", headers=headers).status_code == status


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null", None])
def test_the_websocket_needs_our_own_origin(origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    with (
        pytest.raises(WebSocketDisconnect),
        _client().websocket_connect(f"ws://{HOST}/_stcore/stream", headers=headers),
    ):
        pass


def test_a_page_opens_a_session_that_is_kept() -> None:
    client = _client()
    cookie = client.get("/").headers["set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{32}}; Path=/; HttpOnly; SameSite=Lax", cookie)
    session = cookie.split("=", 1)[1].split(";")[0]
    again = client.get("/headers")
    assert _identity(again.json())["x-chonai-session"] == [session]
    assert "set-cookie" not in client.get("/").headers


def test_files_never_set_a_cookie() -> None:
    assert "set-cookie" not in _client().get("/headers").headers


def test_the_cookie_is_secure_behind_tls() -> None:
    assert "; Secure" in _client(f"https://{HOST}").get("/").headers["set-cookie"]


@pytest.mark.parametrize("value", ["short", "a" * 33, "ab/..%2f" * 4, "x" * 31 + "\u00e9"])
def test_a_malformed_cookie_is_replaced(value: str) -> None:
    answer = _client().get("/", headers={"Cookie": f"{COOKIE}={value}".encode()})
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=")
    assert value not in answer.headers["set-cookie"]


def test_two_browsers_get_two_sessions() -> None:
    first, second = (_client().get("/").cookies[COOKIE] for _ in range(2))
    assert first != second


def test_every_answer_carries_the_security_headers() -> None:
    for path in ("/", "/headers", "/missing"):
        headers = _client().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_media_is_never_stored() -> None:
    assert _client().get("/media/x.png").headers["cache-control"] == "private, no-store"


def test_the_policy_lets_only_the_inline_script_of_the_installed_page_run() -> None:
    page = _client().get("/")
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


def test_the_index_page_is_japanese_and_loads_our_script() -> None:
    page = _client().get("/", headers={"If-None-Match": "x", "Accept-Encoding": "gzip"})
    assert '<html lang="ja">' in page.text
    assert "<title>庁内アシスタント</title>" in page.text
    assert '<script src="/ui.js"></script>' in page.text
    assert "You need to enable JavaScript" not in page.text
    assert int(page.headers["content-length"]) == len(page.content)
    assert "etag" not in page.headers


def test_our_script_keeps_safari_from_sending_half_a_sentence() -> None:
    answer = _client().get("/ui.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "keyCode === 229" in answer.text
    assert "aria-live" in answer.text


def test_other_html_is_left_as_it_is() -> None:
    assert rewritten("<p>本文</p>") == "<p>本文</p>"
