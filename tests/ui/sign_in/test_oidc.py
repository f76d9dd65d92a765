from __future__ import annotations

import base64
import hmac
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_server import OidcServer
from pydantic import SecretStr
from sqlalchemy import select, update
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant import calendar, tables
from assistant.errors import SettingsError
from assistant.opening import Assistant
from assistant.people.audit.trail import SYSTEM_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from assistant.settings import Settings
from ui import resources
from ui.serving.gate import SESSION_HEADER, USER_HEADER, Gate
from ui.serving.socket_watch import SocketWatch
from ui.sign_in import oidc
from ui.sign_in.cookies import cookie_secret
from ui.sign_in.oidc import CALLBACK, oidc_routes
from ui.sign_in.oidc_rules import checked_issuer
from ui.sign_in.paths import TOO_LONG

HOME = "http://localhost:8501"
HANAKO = {
    "preferred_username": "A001",
    "name": "山田 花子",
    "department": "総務課",
    "realm_access": {"roles": ["chonai-admin", "soumu", "unknown"]},
}
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"


@pytest.fixture(scope="module")
def running_provider() -> Iterator[OidcServer]:
    with OidcServer(HOME + CALLBACK) as server:
        yield server


@pytest.fixture
def provider(running_provider: OidcServer) -> Iterator[OidcServer]:
    running_provider.behave()
    running_provider.knows("hanako", **HANAKO)
    running_provider.knows("jiro", preferred_username="b002", name="佐藤 次郎")
    yield running_provider
    running_provider.behave()


@pytest.fixture
def settings(settings: Settings, provider: OidcServer) -> Settings:
    return settings.model_copy(
        update={
            "sign_on": "oidc",
            "oidc_issuer": provider.issuer,
            "oidc_client_id": provider.client_id,
            "oidc_client_secret": SecretStr(provider.client_secret),
            "oidc_section_claim": "department",
            "oidc_roles_claim": "realm_access.roles",
            "oidc_role_map": "chonai-admin=administrator;soumu=editor:総務課",
        }
    )


Browser = Callable[..., TestClient]


@pytest.fixture
def browser(quick_assistant: Assistant) -> Iterator[Browser]:
    """Open a browser: our routes behind the real gate, with some settings changed."""
    resources.set_assistant(quick_assistant)

    async def who(request: Request) -> JSONResponse:
        return JSONResponse(
            {"person": request.headers[USER_HEADER], "session": request.headers[SESSION_HEADER]}
        )

    def open_browser(**changes: Any) -> TestClient:
        quick_assistant.settings = quick_assistant.settings.model_copy(update=changes)
        gate = Middleware(
            Gate,
            assistant=quick_assistant,
            secret=cookie_secret(quick_assistant.settings.data_dir),
            policy="",
            watch=SocketWatch(quick_assistant.sessions),
        )
        app = Starlette(
            routes=[Route("/who", who), *oidc_routes(quick_assistant)], middleware=[gate]
        )
        return TestClient(
            app, base_url=HOME, follow_redirects=False,
            headers={"accept": "text/html", "user-agent": CHROME},
        )  # fmt: skip

    yield open_browser
    resources.set_assistant(None)


def _begin(client: TestClient, query: str = "") -> str:
    """Follow the link to single sign-on; return where the browser is sent."""
    response = client.get("/signin/oidc" + query)
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def _sign_in(
    client: TestClient, provider: OidcServer, subject: str = "hanako", query: str = ""
) -> Any:
    """Go to the provider and come back as somebody; return the answer to that."""
    return client.get(provider.approve(_begin(client, query), subject))


def _asked(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def _changed(address: str, **values: str) -> str:
    parts = urlsplit(address)
    return parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **values})).geturl()


def _without(address: str, *names: str) -> str:
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in names]
    return parts._replace(query=urlencode(kept)).geturl()


def _events(assistant: Assistant, action: str) -> list[tuple[str, dict[str, Any]]]:
    event = tables.audit_event.c
    query = select(event.subject, event.detail).where(event.action == action).order_by(event.id)
    with assistant.database.read() as connection:
        return [(row.subject, json.loads(row.detail)) for row in connection.execute(query)]


def _person(assistant: Assistant, number: str = "a001") -> Member:
    found = assistant.directory.member_by_number(number, today=calendar.today())
    assert found is not None
    return found


def _refused(
    response: Any, assistant: Assistant, reason: str, *, status: int, words: str, number: str = ""
) -> None:
    """Check that nobody came in: a page in Japanese with ways on, and the event."""
    assert response.status_code == status, response.text
    assert words in response.text
    assert 'lang="ja"' in response.text
    assert 'href="/signin' in response.text
    assert "<script" not in response.text
    assert "Traceback" not in response.text
    assert "chonai_session" not in response.headers.get("set-cookie", "")
    assert "no-store" in response.headers["cache-control"]
    event = (number, {"method": "oidc", "reason": reason})
    assert _events(assistant, "sign_in.failed") == [event]
    assert _events(assistant, "sign_in") == []


def test_a_person_of_the_provider_comes_in_as_it_describes_them(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    response = _sign_in(client, provider, query="?next=/manuals%3Fq%3D1")
    assert response.status_code == 303
    assert response.headers["location"] == "/manuals?q=1"
    member = _person(quick_assistant)
    assert (member.name, member.section) == ("山田 花子", "総務課")
    assert set(member.grants) == {RoleGrant("administrator"), RoleGrant("editor", "総務課")}
    assert client.get("/who").json()["person"] == member.person_id
    (session,) = quick_assistant.sessions.of_person(member.person_id)
    assert (session.method, session.device, session.must_change) == (
        "oidc",
        "Chrome（Windows）",
        False,
    )
    assert [subject for subject, _ in _events(quick_assistant, "sign_in")] == ["a001"]
    assert _events(quick_assistant, "sign_in.failed") == []


def test_who_has_not_signed_in_sees_no_page(browser: Browser) -> None:
    assert browser().get("/who").headers["location"] == "/signin?next=%2Fwho"


def test_cookies_are_out_of_reach_of_scripts_and_the_first_one_goes(
    browser: Browser, provider: OidcServer
) -> None:
    client = browser()
    response = client.get("/signin/oidc")
    kept = response.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert "Max-Age=600" in kept
    assert "Path=/signin/oidc" in kept
    response = client.get(provider.approve(response.headers["location"], "hanako"))
    cookies = response.headers.get_list("set-cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("chonai_session=")]
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert f"Max-Age={30 * 86_400}" in session
    assert not [name for name in client.cookies if name.startswith("chonai_oidc_")]


def test_behind_tls_cookies_are_secure_and_the_public_address_is_used(
    browser: Browser, provider: OidcServer
) -> None:
    client = browser(public_url="https://assistant.city.example/")
    response = client.get("/signin/oidc")
    assert "Secure" in response.headers["set-cookie"]
    asked = _asked(response.headers["location"])
    assert asked["redirect_uri"] == "https://assistant.city.example/signin/oidc/callback"


def test_the_provider_is_asked_by_code_with_pkce_state_and_nonce(browser: Browser) -> None:
    first, second = (_asked(_begin(browser())) for _ in range(2))
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert first["scope"].split() == ["openid", "profile", "email"]
    assert first["redirect_uri"] == HOME + CALLBACK
    assert "prompt" not in first
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 20
        assert first[name] != second[name]


@pytest.mark.parametrize("verifier", ["", "x" * 48], ids=["none", "another"])
def test_the_provider_refuses_a_code_with_a_wrong_verifier(
    browser: Browser, provider: OidcServer, verifier: str
) -> None:
    code = _asked(provider.approve(_begin(browser()), "hanako"))["code"]
    response = httpx2.post(
        f"{provider.issuer}/oauth2/token",
        data={
            "grant_type": "authorization_code", "code": code, "redirect_uri": HOME + CALLBACK,
            "code_verifier": verifier,
        },
        auth=(provider.client_id, provider.client_secret),
    )  # fmt: skip
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("methods", "status"),
    [(["client_secret_basic", "client_secret_post"], 303), (["client_secret_post"], 502)],
    ids=["header", "form"],
)
def test_our_secret_goes_the_way_that_the_provider_takes(
    browser: Browser, provider: OidcServer, methods: list[str], status: int
) -> None:
    """The provider takes it in the header only; the other way is taken where it says so."""
    provider.describe = {"token_endpoint_auth_methods_supported": methods}
    assert _sign_in(browser(), provider).status_code == status


def test_a_code_of_somebody_else_s_sign_on_is_refused(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    stolen = _asked(provider.approve(_begin(browser()), "hanako"))["code"]
    own = provider.approve(_begin(client), "jiro")
    response = client.get(_changed(own, code=stolen))
    _refused(response, quick_assistant, "used_code", status=400, words="もう一度始めて")


def test_the_provider_checks_our_secret(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser(oidc_client_secret=SecretStr("wrong"))
    response = _sign_in(client, provider)
    _refused(response, quick_assistant, "provider_error", status=502, words="エラーを返しました")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("/manuals", "/manuals"),
        ("//elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("/signin/oidc", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
    ],
)
def test_signing_on_leads_to_a_page_of_our_own(
    browser: Browser, provider: OidcServer, value: str, place: str
) -> None:
    response = _sign_in(browser(), provider, query="?" + urlencode({"next": value}))
    assert response.headers["location"] == place


@pytest.mark.parametrize(("rest", "is_kept"), [("年次有給休暇の申請", True), ("", False)])
def test_the_question_of_a_link_is_kept_as_far_as_a_cookie_holds_it(
    browser: Browser, provider: OidcServer, rest: str, is_kept: bool
) -> None:
    mixed = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(1_000))  # hardly compressed
    link = "/?" + urlencode({"q": (rest * 1_000)[:1_000] if rest else mixed})
    client = browser()
    response = _sign_in(client, provider, query="?" + urlencode({"next": link}))
    assert response.headers["location"] == (link if is_kept else TOO_LONG)


def test_cancelling_at_the_provider_is_told(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    response = client.get(provider.deny(_begin(client)))
    _refused(response, quick_assistant, "cancelled", status=401, words="中止")


def test_the_provider_s_words_are_not_shown(browser: Browser, quick_assistant: Assistant) -> None:
    query = urlencode({"error": "server_error", "error_description": "<b>電話してください</b>"})
    response = browser().get(f"{CALLBACK}?{query}")
    _refused(response, quick_assistant, "provider_error", status=502, words="もう一度お試し")
    assert "電話" not in response.text


@pytest.mark.parametrize(
    "changes",
    [{"state": "x" * 30}, {"state": ""}, {"state": "../../x"}, {"code": ""}],
    ids=["another", "none", "no state at all", "no code"],
)
def test_an_answer_that_nobody_asked_for_is_refused(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant, changes: dict[str, str]
) -> None:
    client = browser()
    address = _changed(provider.approve(_begin(client), "hanako"), **changes)
    _refused(client.get(address), quick_assistant, "wrong_state", status=400, words="もう一度始め")
    assert "/oauth2/token" not in provider.asked


def test_another_browser_cannot_go_on_with_a_sign_on(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    address = provider.approve(_begin(browser()), "hanako")
    response = browser().get(address)
    _refused(response, quick_assistant, "wrong_state", status=400, words="別の画面")


def test_the_state_of_one_sign_on_does_not_fit_another(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    address = _begin(client)
    state = _asked(address)["state"]
    beginning = state[:16] + "x" * (len(state) - 16)
    response = client.get(_changed(provider.approve(address, "hanako"), state=beginning))
    _refused(response, quick_assistant, "wrong_state", status=400, words="もう一度始めて")


def test_a_forged_cookie_is_worth_nothing(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    address = provider.approve(_begin(client), "hanako")
    ((name, value),) = client.cookies.items()
    client.cookies.set(name, value[:-2] + "xx", domain="localhost.local", path="/signin/oidc")
    response = client.get(address)
    _refused(response, quick_assistant, "wrong_state", status=400, words="もう一度始めて")


def test_whoever_takes_too_long_begins_anew(
    browser: Browser,
    provider: OidcServer,
    quick_assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = browser()
    address = provider.approve(_begin(client), "hanako")
    monkeypatch.setattr(oidc, "_LASTS", -1)
    _refused(client.get(address), quick_assistant, "wrong_state", status=400, words="時間がたち")


def test_an_answer_works_once_in_a_browser(browser: Browser, provider: OidcServer) -> None:
    client = browser()
    address = provider.approve(_begin(client), "hanako")
    assert client.get(address).status_code == 303
    response = client.get(address)
    assert response.status_code == 400
    assert "もう一度始めて" in response.text


def test_a_code_works_once_at_the_provider(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    address = provider.approve(_begin(client), "hanako")
    kept = dict(client.cookies)
    assert client.get(address).status_code == 303
    again = browser()
    again.cookies.update(kept)
    response = again.get(address)
    assert response.status_code == 400
    assert "すでに使われた" in response.text
    (failed,) = _events(quick_assistant, "sign_in.failed")
    assert failed == ("", {"method": "oidc", "reason": "used_code"})


def _with(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def alter(claims: dict[str, Any]) -> dict[str, Any]:
        merged = {**claims, **changes}
        return {name: value for name, value in merged.items() if value is not None}

    return alter


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nonce": "another"}, "wrong_nonce"),
        ({"nonce": None}, "wrong_nonce"),
        ({"exp": int(time.time()) - 600}, "expired_token"),
        ({"exp": None}, "bad_token"),
        ({"exp": float("nan")}, "bad_token"),
        ({"iat": int(time.time()) + 6_000}, "bad_token"),
        ({"nbf": int(time.time()) + 6_000}, "bad_token"),
        ({"iss": "https://elsewhere.example"}, "bad_token"),
        ({"iss": None}, "bad_token"),
        ({"aud": "another-client"}, "bad_token"),
        ({"aud": ["another-client"]}, "bad_token"),
        ({"aud": None}, "bad_token"),
        ({"azp": "another-client"}, "bad_token"),
        ({"sub": None}, "bad_token"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "bad_token"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_an_id_token_that_is_not_for_this_sign_on_is_refused(
    browser: Browser,
    provider: OidcServer,
    quick_assistant: Assistant,
    changes: dict[str, Any],
    reason: str,
) -> None:
    provider.alter = _with(**changes)
    response = _sign_in(browser(), provider)
    _refused(response, quick_assistant, reason, status=400, words="もう一度始めて")


def test_an_audience_of_several_needs_to_name_us_as_the_party(
    browser: Browser, provider: OidcServer
) -> None:
    audience = [provider.client_id, "another-client"]
    provider.alter = _with(aud=audience, azp=provider.client_id)
    assert _sign_in(browser(), provider).status_code == 303
    provider.alter = _with(aud=["another-client", "third"], azp=provider.client_id)
    assert _sign_in(browser(), provider).status_code == 400


def _by_another_key(claims: dict[str, Any], header: dict[str, Any]) -> str:
    return jwt.encode(header, claims, RSAKey.generate_key(2048))


def _by_an_own_key_in_the_header(claims: dict[str, Any], header: dict[str, Any]) -> str:
    key = RSAKey.generate_key(2048)
    return jwt.encode({**header, "jwk": key.as_dict(private=False)}, claims, key)


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    return f"{_part(json.dumps({'alg': 'none'}).encode())}.{_part(json.dumps(claims).encode())}."


def _by_a_secret(secret: bytes) -> Any:
    def sign(claims: dict[str, Any], header: dict[str, Any]) -> str:
        parts = (json.dumps(part).encode() for part in ({**header, "alg": "HS256"}, claims))
        signed = ".".join(_part(part) for part in parts)
        return f"{signed}.{_part(hmac.digest(secret, signed.encode(), 'sha256'))}"

    return sign


def _by_the_public_key_as_a_secret(provider: OidcServer) -> Any:
    return _by_a_secret(RSAKey.import_key(provider.public_key()).as_pem(private=False))


def _by_our_client_secret(provider: OidcServer) -> Any:
    return _by_a_secret(provider.client_secret.encode())


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: _by_another_key,
        lambda _: _by_an_own_key_in_the_header,
        lambda _: _unsigned,
        _by_the_public_key_as_a_secret,
        _by_our_client_secret,
        lambda _: lambda claims, header: "no.token.",
        lambda _: lambda claims, header: "",
    ],
    ids=["another key", "key in the header", "none", "public key", "secret", "rubbish", "empty"],
)
def test_a_forged_id_token_is_refused_even_where_the_provider_says_it_would_do(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant, forge: Any
) -> None:
    provider.describe = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
    provider.sign = forge(provider)
    response = _sign_in(browser(), provider)
    _refused(response, quick_assistant, "bad_token", status=400, words="確かめられません")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_provider_that_is_down_is_told(browser: Browser, quick_assistant: Assistant) -> None:
    response = browser(oidc_issuer=f"http://localhost:{_free_port()}").get("/signin/oidc")
    _refused(response, quick_assistant, "provider_down", status=503, words="数分待って")


def test_a_provider_that_comes_back_is_used_at_once(browser: Browser, provider: OidcServer) -> None:
    client = browser()
    provider.fail = {"/.well-known/openid-configuration": (503, "")}
    assert client.get("/signin/oidc").status_code == 503
    provider.fail = {}
    assert _sign_in(client, provider).status_code == 303


@pytest.mark.parametrize("path", ["/oauth2/token", "/jwks"])
@pytest.mark.parametrize(
    ("status", "text"),
    [(500, ""), (200, "<html>"), (200, "[]"), (200, "{}"), (302, "")],
    ids=["500", "HTML", "list", "empty", "elsewhere"],
)
def test_a_provider_that_answers_rubbish_lets_nobody_in(
    browser: Browser,
    provider: OidcServer,
    quick_assistant: Assistant,
    path: str,
    status: int,
    text: str,
) -> None:
    client = browser()
    address = provider.approve(_begin(client), "hanako")
    provider.fail = {path: (status, text)}
    response = client.get(address)
    assert response.status_code in (400, 502, 503)
    assert "お試しください" in response.text or "もう一度始めて" in response.text
    ((_, detail),) = _events(quick_assistant, "sign_in.failed")
    assert detail["reason"] in ("provider_down", "provider_error", "bad_token")
    assert _events(quick_assistant, "sign_in") == []


@pytest.mark.parametrize("text", ["", "<html>", "[]", '"x"', "null", "{}"])
def test_a_description_that_is_none_stops_the_sign_on(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant, text: str
) -> None:
    provider.fail = {"/.well-known/openid-configuration": (200, text)}
    response = browser().get("/signin/oidc")
    assert response.status_code == 503
    ((_, detail),) = _events(quick_assistant, "sign_in.failed")
    assert detail["reason"] in ("provider_down", "provider_settings")


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": "https://login.example/{tenantid}/v2.0"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "http://elsewhere.example/jwks"},
        {"userinfo_endpoint": "http://elsewhere.example/userinfo"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_description_that_is_not_safe_stops_the_sign_on(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant, described: dict[str, Any]
) -> None:
    provider.describe = described
    response = browser().get("/signin/oidc")
    _refused(
        response, quick_assistant, "provider_settings", status=503, words="設定に誤りがあります"
    )


def test_an_answer_in_the_name_of_another_provider_is_refused(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    address = provider.approve(_begin(client), "hanako")
    response = client.get(_changed(address, iss="https://elsewhere.example"))
    _refused(response, quick_assistant, "bad_token", status=400, words="もう一度始めて")
    assert "/oauth2/token" not in provider.asked


def test_a_description_is_read_anew_after_a_day(
    browser: Browser, provider: OidcServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    for _ in range(3):
        _begin(client)
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    later = calendar.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(calendar, "now", lambda: later)
    _begin(client)
    assert provider.asked.count("/.well-known/openid-configuration") == 2


def test_proxies_of_the_environment_are_not_used(
    browser: Browser, provider: OidcServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{_free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    address = _begin(client)
    provider_without_proxy = httpx2.Client(trust_env=False)
    location = provider_without_proxy.post(address, data={"sub": "hanako"}).headers["location"]
    provider_without_proxy.close()
    assert client.get(location).status_code == 303


def test_a_claim_that_the_token_lacks_is_asked_for(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    provider.alter = _with(department=None, realm_access=None)
    assert _sign_in(browser(), provider).status_code == 303
    assert _person(quick_assistant).section == "総務課"
    assert len(_person(quick_assistant).grants) == 2
    assert "/userinfo" in provider.asked


def test_nothing_more_is_asked_where_the_token_says_all(
    browser: Browser, provider: OidcServer
) -> None:
    assert _sign_in(browser(), provider).status_code == 303
    assert "/userinfo" not in provider.asked


def test_claims_of_somebody_else_are_not_taken(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    provider.alter = _with(realm_access=None)
    provider.user_info = {"sub": "jiro"}
    response = _sign_in(browser(), provider)
    _refused(response, quick_assistant, "bad_token", status=400, words="もう一度始めて")


@pytest.mark.parametrize("number", [None, "", "総務課長", ["", None]])
def test_a_person_without_a_number_is_told_so(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant, number: Any
) -> None:
    provider.knows("nobody", preferred_username=number)
    response = _sign_in(browser(), provider, "nobody")
    _refused(response, quick_assistant, "no_number", status=403, words="職員番号が届きません")


def test_an_unknown_person_is_told_whom_to_ask(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    response = _sign_in(browser(sign_on_creates=False), provider)
    _refused(
        response, quick_assistant, "unknown", status=403, words="a001 は登録されていません",
        number="a001",
    )  # fmt: skip


def test_a_disabled_person_stays_out(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    quick_assistant.accounts.add("a001", name="山田", section="", by=SYSTEM_ACTOR)
    quick_assistant.accounts.disable("a001", by=SYSTEM_ACTOR)
    response = _sign_in(browser(), provider)
    _refused(
        response, quick_assistant, "disabled", status=403, words="停止されています", number="a001"
    )


def test_a_person_whose_number_has_ended_stays_out(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    today = calendar.today()
    quick_assistant.accounts.add(
        "a001", name="山田", section="", by=SYSTEM_ACTOR,
        valid_from=today - timedelta(days=9), valid_to=today,
    )  # fmt: skip
    response = _sign_in(browser(), provider)
    _refused(
        response, quick_assistant, "not_today", status=403, words="期間の前か後", number="a001"
    )


def test_signing_on_again_ends_the_session_before(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    _sign_in(client, provider)
    first = client.get("/who").json()
    _sign_in(client, provider, "jiro")
    second = client.get("/who").json()
    assert first["person"] != second["person"]
    assert quick_assistant.sessions.get(first["session"]) is None


def test_many_pages_may_begin_at_once_and_each_comes_back(
    browser: Browser, provider: OidcServer
) -> None:
    client = browser()
    addresses = [_begin(client, f"?next=/page{n}") for n in range(4)]
    for n, address in enumerate(addresses):
        response = client.get(provider.approve(address, "hanako"))
        assert response.headers["location"] == f"/page{n}"


def test_sign_ons_that_are_never_finished_do_not_pile_up(browser: Browser) -> None:
    client = browser()
    for _ in range(40):
        _begin(client)
    assert len([name for name in client.cookies if name.startswith("chonai_oidc_")]) <= 9


def _idle(assistant: Assistant) -> None:
    """Let the sessions be long unused for management."""
    long_ago = calendar.stored_now() - timedelta(hours=1)
    with assistant.database.write() as connection:
        connection.execute(update(tables.session).values(confirmed_at=long_ago))


@pytest.fixture
def idle(browser: Browser, provider: OidcServer, quick_assistant: Assistant) -> TestClient:
    """A browser in which somebody signed on long ago."""
    client = browser()
    _sign_in(client, provider)
    _idle(quick_assistant)
    return client


def _is_confirmed(assistant: Assistant, client: TestClient) -> bool:
    return assistant.sessions.is_confirmed(client.get("/who").json()["session"])


@pytest.mark.parametrize("tells", [False, True], ids=["tells not when", "tells when"])
def test_a_person_confirms_who_they_are_in_the_same_session(
    idle: TestClient, provider: OidcServer, quick_assistant: Assistant, tells: bool
) -> None:
    if tells:
        provider.alter = _with(auth_time=int(time.time()))
    before = idle.get("/who").json()
    address = _begin(idle, "?again=1&next=/people")
    assert _asked(address)["prompt"] == "login"
    assert _asked(address)["max_age"] == "0"
    response = idle.get(provider.approve(address, "hanako"))
    assert (response.status_code, response.headers["location"]) == (303, "/people")
    assert idle.get("/who").json() == before
    assert _is_confirmed(quick_assistant, idle)
    assert len(_events(quick_assistant, "sign_in")) == 1


def _not_confirmed(
    response: Any, assistant: Assistant, client: TestClient, reason: str, number: str = ""
) -> None:
    assert response.status_code in (401, 403)
    assert "<script" not in response.text
    assert _events(assistant, "sign_in.failed") == [(number, {"method": "oidc", "reason": reason})]
    assert not _is_confirmed(assistant, client)


def test_nobody_else_can_confirm_a_session(
    idle: TestClient, provider: OidcServer, quick_assistant: Assistant
) -> None:
    response = idle.get(provider.approve(_begin(idle, "?again=1"), "jiro"))
    _not_confirmed(response, quick_assistant, idle, "other_person", "b002")
    assert 'href="/signin/oidc?again=1&amp;next=%2F"' in response.text
    assert idle.get("/who").json()["person"] == _person(quick_assistant).person_id


@pytest.mark.parametrize(
    "auth_time", [lambda: int(time.time()) - 600, lambda: "now", lambda: None],
    ids=["earlier", "no time", "none though it tells"],
)  # fmt: skip
def test_who_was_let_through_without_being_asked_is_not_confirmed(
    idle: TestClient, provider: OidcServer, quick_assistant: Assistant,
    auth_time: Callable[[], Any], browser: Browser,
) -> None:  # fmt: skip
    provider.describe = {"claims_supported": ["sub", "auth_time"]}
    client = browser()  # reads the description anew
    client.cookies.update(idle.cookies)
    provider.alter = _with(auth_time=auth_time())
    address = _begin(client, "?again=1")
    response = client.get(provider.approve(_without(address, "prompt", "max_age"), "hanako"))
    reason = "bad_token" if auth_time() == "now" else "not_fresh"
    if reason == "not_fresh":
        assert "auth_time" in response.text
        _not_confirmed(response, quick_assistant, client, reason)
    else:
        assert response.status_code == 400
        assert not _is_confirmed(quick_assistant, client)


def test_a_session_that_ended_meanwhile_is_not_confirmed(
    idle: TestClient, provider: OidcServer, quick_assistant: Assistant
) -> None:
    address = provider.approve(_begin(idle, "?again=1"), "hanako")
    session = idle.get("/who").json()["session"]
    quick_assistant.sessions.end(session, by=SYSTEM_ACTOR)
    response = idle.get(address)
    assert response.status_code == 401
    assert "もう一度サインイン" in response.text
    assert quick_assistant.sessions.get(session) is None
    assert len(_events(quick_assistant, "sign_in")) == 1


def test_a_session_begun_meanwhile_is_not_confirmed_in_place_of_the_one_before(
    idle: TestClient, provider: OidcServer, quick_assistant: Assistant
) -> None:
    address = provider.approve(_begin(idle, "?again=1"), "hanako")
    _sign_in(idle, provider)
    _idle(quick_assistant)
    _not_confirmed(idle.get(address), quick_assistant, idle, "session_ended", "a001")


def test_confirming_without_a_session_is_signing_in(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant
) -> None:
    client = browser()
    assert _sign_in(client, provider, query="?again=1").status_code == 303
    assert client.get("/who").status_code == 200


def test_headers_of_a_browser_confirm_nothing(
    browser: Browser, idle: TestClient, provider: OidcServer, quick_assistant: Assistant
) -> None:
    named = idle.get("/who").json()
    stranger = browser()
    stranger.headers.update({SESSION_HEADER: named["session"], USER_HEADER: named["person"]})
    _sign_in(stranger, provider, "hanako", "?again=1")
    assert not quick_assistant.sessions.is_confirmed(named["session"])


def test_on_a_shared_terminal_everybody_is_asked_and_gone_after_minutes(
    browser: Browser, provider: OidcServer, quick_assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    client = browser()
    terminal = quick_assistant.terminals.mark("市民課窓口2番", by=SYSTEM_ACTOR)
    monkeypatch.setattr(oidc, "terminal_token", lambda _request: terminal)
    address = _begin(client)
    assert _asked(address)["prompt"] == "login"
    response = client.get(provider.approve(address, "hanako"))
    cookies = response.headers.get_list("set-cookie")
    (cookie,) = [text for text in cookies if text.startswith("chonai_session=")]
    assert "Max-Age" not in cookie
    (session,) = quick_assistant.sessions.of_person(_person(quick_assistant).person_id)
    assert session.on_shared_terminal


def test_nothing_secret_is_logged_or_kept_in_the_trail(
    browser: Browser,
    provider: OidcServer,
    quick_assistant: Assistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    client = browser()
    address = provider.approve(_begin(client), "hanako")
    client.get(address)
    provider.alter = _with(nonce="another")
    refused = provider.approve(_begin(client), "hanako")
    client.get(refused)
    with quick_assistant.database.read() as connection:
        trail = str(connection.execute(select(tables.audit_event)).all())
    told = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith(("ui", "authlib")))
    for place in (trail, told):
        assert provider.client_secret not in place
        for query in (urlsplit(address).query, urlsplit(refused).query):
            assert parse_qs(query)["code"][0] not in place
            assert parse_qs(query)["state"][0] not in place


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.city.example",
        "ftp://login.city.example",
        "login.city.example",
        "https://",
        "https://login.example/{tenantid}/v2.0",
        "https://login.example/?a=b",
        "https://[",
    ],
)
def test_an_issuer_that_cannot_be_trusted_is_refused_at_the_start(issuer: str) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_OIDC_ISSUER"):
        checked_issuer(issuer)


@pytest.mark.parametrize(
    "issuer", ["https://login.example/t/v2.0", "http://127.0.0.1:8080/realms/x"]
)
def test_an_issuer_behind_tls_or_on_this_machine_will_do(issuer: str) -> None:
    assert checked_issuer(issuer) == issuer


def test_a_role_map_that_cannot_be_read_is_refused_at_the_start(browser: Browser) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_OIDC_ROLE_MAP"):
        browser(oidc_role_map="chonai-admin=mayor")
