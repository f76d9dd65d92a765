"""Signing in as a browser does it: forms, cookies, redirects, and what attackers try with them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant import calendar
from assistant.errors import UsageError
from assistant.opening import Assistant, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from ui import resources
from ui.serving.gate import Gate, content_security_policy
from ui.serving.socket_watch import SocketWatch
from ui.sign_in.cookies import CSRF, SESSION, TERMINAL, cookie_secret
from ui.sign_in.credentials import credential_routes
from ui.sign_in.paths import TOO_LONG
from ui.sign_in.routes import sign_in_routes

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
BASE = "http://127.0.0.1:8501"
PASSWORD = "tanuki-ringo-hashigo-7"
OTHER = "kasutera-mado-tsuru-3"
PAGE = {"Accept": "text/html"}


async def _who(request: Request) -> JSONResponse:
    return JSONResponse(request.headers.get("x-chonai-user"))


class Browser:
    """A browser that fills in forms as they are given to it."""

    def __init__(self, app: Starlette, base: str = BASE) -> None:
        self.client = TestClient(app, base, follow_redirects=False)
        self.base = base

    def get(self, path: str) -> Response:
        return self.client.get(path, headers=PAGE)

    def send(self, path: str, *, shown: Response | None = None, **fields: str) -> Response:
        """Send the form of a page back, its hidden fields included."""
        page = shown if shown is not None else self.get(path)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        values = {name: html.unescape(value) for name, value in hidden.items()}
        [action] = set(re.findall(r'action="([^"]+)"', page.text))
        return self.post(html.unescape(action), {**values, **fields})

    def post(self, path: str, fields: dict[str, str], origin: str = "") -> Response:
        headers = {"Origin": origin or self.base}
        return self.client.post(path, data=fields, headers=headers)

    def sign_in(self, number: str = "1001", password: str = PASSWORD, **fields: str) -> Response:
        return self.send("/signin", number=number, password=password, **fields)

    def give(self, name: str, value: str) -> None:
        """Put a cookie into the browser, in place of the one of that name."""
        self.client.cookies.set(name, value, domain="127.0.0.1", path="/")

    @property
    def who(self) -> str | None:
        answer = self.client.get("/who")
        return answer.json() if answer.status_code == 200 else None


Response = Any  # of the client inside Starlette's TestClient


@pytest.fixture
def clerk(running: Assistant) -> Member:
    running.accounts.add("1001", name="山田 花子", section="総務課", by=OPERATOR_ACTOR)
    member = running.accounts.member("1001")
    running.local_sign_in.set_password(member, PASSWORD, by=OPERATOR_ACTOR)
    return member


@pytest.fixture
def open_browser(running: Assistant) -> Callable[..., Browser]:
    def opened(base: str = BASE) -> Browser:
        gate = Middleware(
            Gate,
            assistant=running,
            secret=cookie_secret(running.settings.data_dir),
            policy=content_security_policy(INDEX),
            watch=SocketWatch(running.sessions),
        )
        routes = [Route("/who", _who), *sign_in_routes(None), *credential_routes()]
        return Browser(Starlette(routes=routes, middleware=[gate]), base)

    return opened


@pytest.fixture
def browser(open_browser: Callable[..., Browser], clerk: Member) -> Browser:
    return open_browser()


def _alert(answer: Response) -> str:
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return html.unescape(found[1]) if found else ""


def test_a_number_and_a_password_lead_to_the_page_that_was_wanted(
    browser: Browser, clerk: Member
) -> None:
    away = browser.get("/manuals?x=%E5%A5%91%E7%B4%84")
    answer = browser.send(
        "", shown=browser.get(away.headers["location"]), number="1001", password=PASSWORD
    )
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/manuals?x=%E5%A5%91%E7%B4%84",
    )
    assert browser.who == clerk.person_id
    assert browser.get("/signin").status_code == 303  # already inside


@pytest.mark.parametrize(("letters", "is_kept"), [(1_000, True), (1_100, False)])
def test_the_question_of_a_link_is_kept_through_a_mistyped_password(
    browser: Browser, letters: int, is_kept: bool
) -> None:
    link = "/?q=" + quote("年" * letters)
    shown = browser.get(browser.get(link).headers["location"])
    again = browser.send("", shown=shown, number="1001", password="machigai-himitsu-7")
    assert again.status_code == 401
    answer = browser.send("", shown=again, number="1001", password=PASSWORD)
    assert answer.headers["location"] == (link if is_kept else TOO_LONG)


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    cookies = [c for c in browser.sign_in().headers.get_list("set-cookie") if c.startswith(SESSION)]
    assert len(cookies) == 1
    attributes = {part.strip().lower() for part in cookies[0].split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith(("max-age", "expires", "secure")) for part in attributes)


def test_on_ones_own_device_the_cookie_lasts_thirty_days_and_behind_tls_it_is_secure(
    open_browser: Callable[..., Browser], clerk: Member
) -> None:
    answer = open_browser("https://127.0.0.1:8501").sign_in(known="1")
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION)]
    assert f"max-age={30 * 86400}" in cookie.lower()
    assert "; secure" in cookie.lower()


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/\r\nSet-Cookie: x=1",
        " //evil.example",
        "/signin?next=/signin",
        "http:evil.example",
        "///evil.example",
    ],
)
def test_nobody_is_led_away_after_signing_in(browser: Browser, wanted: str) -> None:
    page = browser.client.get("/signin", params={"next": wanted}, headers=PAGE)
    answer = browser.send("", shown=page, number="1001", password=PASSWORD, next=wanted)
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert re.fullmatch(r"/(?![/\\])[^\r\n\\]*", location)
    assert "x=1" not in str(answer.headers.get_list("set-cookie"))


def test_failures_read_the_same_whoever_it_is(browser: Browser, running: Assistant) -> None:
    running.accounts.add("2002", name="鈴木 一郎", section="契約課", by=OPERATOR_ACTOR)
    running.accounts.disable("2002", by=OPERATOR_ACTOR)
    pages = []
    for number in ("1001", "2002", "9999"):
        answer = browser.sign_in(number, "wrong-password")
        assert answer.status_code == 401
        pages.append(re.sub(rf'{number}|value="[0-9a-f]{{32}}"', "", answer.text))
    assert len(set(pages)) == 1
    assert "職員番号かパスワードが違います" in pages[0]


def test_after_several_failures_the_page_says_how_long_to_wait(browser: Browser) -> None:
    for _ in range(5):
        answer = browser.sign_in(password="wrong")
    assert answer.status_code == 429
    assert re.search(r"\d+秒たってから", _alert(answer))
    assert browser.sign_in().status_code == 429
    assert browser.who is None


@pytest.mark.parametrize(
    "path",
    ["/signin", "/signin/password", "/signin/pin", "/signin/again", "/signout", "/signin/terminal"],
)
def test_a_form_that_was_not_ours_changes_nothing(
    browser: Browser, running: Assistant, clerk: Member, path: str
) -> None:
    running.accounts.grant("1001", RoleGrant("administrator"), by=OPERATOR_ACTOR)
    if path != "/signin":
        browser.sign_in()
    fields = {
        "number": "1001", "password": PASSWORD if path in ("/signin", "/signin/again") else OTHER,
        "password_again": OTHER, "current": PASSWORD, "pin": "702918", "pin_again": "702918",
        "name": "窓口", "next": "/",
    }  # fmt: skip
    browser.get(path)
    with running.database.read() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM audit_event").scalar()
    for forged in ({}, {"csrf": ""}, {"csrf": "0" * 32}):
        answer = browser.post(path, {**fields, **forged})
        assert answer.status_code == 400, answer.text
    good = browser.client.cookies.get(CSRF) or ""
    foreign = browser.post(path, {**fields, "csrf": good}, origin="https://evil.example")
    assert foreign.status_code == 403
    with running.database.read() as connection:
        after = connection.exec_driver_sql("SELECT count(*) FROM audit_event").scalar()
    assert after == before
    assert browser.who == (None if path == "/signin" else clerk.person_id)


def test_a_session_planted_before_signing_in_is_not_the_one_afterwards(
    browser: Browser, running: Assistant, clerk: Member, open_browser: Callable[..., Browser]
) -> None:
    running.accounts.add("2002", name="攻撃 者", section="契約課", by=OPERATOR_ACTOR)
    attacker = open_browser()
    running.local_sign_in.set_password(running.accounts.member("2002"), OTHER, by=OPERATOR_ACTOR)
    attacker.sign_in("2002", OTHER)
    planted = attacker.client.cookies[SESSION]
    form = browser.get("/signin")
    browser.give(SESSION, planted)
    browser.send("", shown=form, number="1001", password=PASSWORD)
    assert browser.client.cookies[SESSION] != planted
    assert browser.who == clerk.person_id
    assert attacker.who is None  # the planted session has ended


def test_signing_out_ends_the_session_for_good(browser: Browser, running: Assistant) -> None:
    browser.sign_in()
    cookie = browser.client.cookies[SESSION]
    answer = browser.send("/signout")
    assert answer.headers["location"] == "/signin?reason=ended"
    assert "サインアウトしました" in browser.get("/signin?reason=ended").text
    browser.give(SESSION, cookie)
    assert browser.who is None


def test_a_link_elsewhere_does_not_sign_anybody_out(browser: Browser, clerk: Member) -> None:
    browser.sign_in()
    foreign = {**PAGE, "Sec-Fetch-Site": "cross-site"}
    assert browser.client.get("/auth/logout", headers=foreign).headers["location"] == "/signout"
    assert browser.who == clerk.person_id
    own = {**PAGE, "Sec-Fetch-Site": "same-origin"}
    browser.client.get("/auth/logout", headers=own)
    assert browser.who is None


def test_the_first_administrator_comes_in_by_the_link_and_it_works_once(
    running: Assistant, open_browser: Callable[..., Browser]
) -> None:
    browser = open_browser()
    token = running.links.for_first_administrator()
    page = browser.get(f"/signin/first?token={token}")
    person = {"number": "0001", "name": "管理 太郎", "section": "DX推進課"}
    weak = browser.send(
        "", shown=page, **person, password="password12", password_again="password12"
    )
    assert "推測されやすい" in _alert(weak)
    other = browser.send("", shown=page, **person, password=PASSWORD, password_again=OTHER)
    assert "2つの新しいパスワードが違います" in _alert(other)
    assert "管理 太郎" in other.text  # what was typed is not lost
    done = browser.send("", shown=page, **person, password=PASSWORD, password_again=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.who == running.accounts.member("0001").person_id
    again = open_browser().get(f"/signin/first?token={token}")
    assert again.status_code == 410
    assert "使用済みか、期限切れ" in _alert(again)


def test_the_first_password_is_changed_before_anything_is_shown(
    browser: Browser, running: Assistant, clerk: Member
) -> None:
    first = running.local_sign_in.reset_password(clerk, by=OPERATOR_ACTOR)
    asked = quote("/?q=休みは何日", safe="")
    form = browser.get(f"/signin?next={asked}")
    answer = browser.send("", shown=form, number="1001", password=first)
    assert answer.headers["location"].startswith("/signin/password?next=%2F%3Fq%3D")
    assert browser.who is None
    assert browser.get("/manuals").headers["location"] == "/signin/password?next=%2Fmanuals"
    form = browser.get(answer.headers["location"])
    wrong = browser.send("", shown=form, current="x", password=OTHER, password_again=OTHER)
    assert "今のパスワードが違います" in _alert(wrong)
    done = browser.send("", shown=wrong, current=first, password=OTHER, password_again=OTHER)
    assert unquote(done.headers["location"]) == "/?q=休みは何日"  # the link that began it
    assert browser.who == clerk.person_id


def test_the_password_is_asked_again_for_management_pages(
    browser: Browser, running: Assistant, clerk: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in()
    [session] = running.sessions.of_person(clerk.person_id)
    later = calendar.now() + timedelta(minutes=16)
    monkeypatch.setattr(calendar, "now", lambda: later)
    assert not running.sessions.is_confirmed(session.id)
    page = browser.get("/signin/again?next=%2Fmanage_manuals")
    assert "パスワードが違います" in _alert(browser.send("", shown=page, password="wrong"))
    answer = browser.send("", shown=page, password=PASSWORD)
    assert answer.headers["location"] == "/manage_manuals"
    assert running.sessions.is_confirmed(session.id)


@pytest.fixture
def shared(running: Assistant, clerk: Member, open_browser: Callable[..., Browser]) -> Browser:
    """A browser that an administrator has marked as shared."""
    running.accounts.grant("1001", RoleGrant("administrator"), by=OPERATOR_ACTOR)
    running.local_sign_in.set_pin(clerk, "702918", by=OPERATOR_ACTOR)
    browser = open_browser()
    browser.sign_in()
    marked = browser.send("/signin/terminal", name="市民課窓口2番")
    assert marked.headers["location"] == "/signin"
    assert browser.client.cookies.get(TERMINAL)
    assert browser.who is None  # the administrator is out
    return browser


def test_a_shared_terminal_asks_for_a_pin_and_counts_as_that_person(
    shared: Browser, clerk: Member, running: Assistant
) -> None:
    page = shared.get("/signin")
    assert "市民課窓口2番" in page.text
    assert "3分間操作がないと" in page.text
    assert 'name="password"' not in page.text
    assert "暗証番号が違います" in _alert(shared.send("", shown=page, number="1001", pin="000000"))
    assert shared.send("/signin", number="1001", pin="702918").status_code == 303
    assert shared.who == clerk.person_id
    [session] = running.sessions.of_person(clerk.person_id)
    assert (session.method, session.on_shared_terminal) == ("pin", True)
    for path in ("/signin/password", "/signin/pin", "/signin/again"):
        assert shared.get(path).status_code == 303  # not with a PIN


def test_a_pin_opens_nothing_on_a_browser_that_is_not_marked(
    shared: Browser, open_browser: Callable[..., Browser]
) -> None:
    own = open_browser()
    own.send("/signin", number="1001", pin="702918", password="702918")
    assert own.who is None
    own.give(TERMINAL, "forged.signature")
    assert 'name="password"' in own.get("/signin").text


def test_only_an_administrator_marks_a_terminal(browser: Browser) -> None:
    browser.sign_in()
    assert browser.get("/signin/terminal").status_code == 403


def test_what_was_typed_comes_back_as_text(browser: Browser) -> None:
    answer = browser.sign_in(number='"><script>alert(1)</script>', password="x")
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_form_too_large_is_refused(browser: Browser) -> None:
    shown = browser.get("/signin")
    assert browser.send("", shown=shown, number="1", password="x" * 30_000).status_code == 400


def test_every_page_is_japanese_labelled_and_without_scripts(
    browser: Browser, running: Assistant
) -> None:
    running.accounts.grant("1001", RoleGrant("administrator"), by=OPERATOR_ACTOR)
    pages: list[Any] = [browser.get("/signin")]
    browser.sign_in()
    pages += [browser.get(f"/signin/{name}") for name in ("password", "pin", "again", "terminal")]
    pages.append(browser.get("/signout"))
    for page in pages:
        assert page.status_code == 200
        assert '<html lang="ja">' in page.text
        assert "<script" not in page.text
        assert "no-store" in page.headers["cache-control"]
        ids = re.findall(r'<input id="(\w+)"', page.text)
        assert all(f'<label for="{name}">' in page.text for name in ids)


@pytest.mark.parametrize("methods", ["oidc", "proxy", "ldap"])
def test_a_password_kept_here_lets_nobody_in_where_that_way_is_off(
    running: Assistant, clerk: Member, open_browser: Callable[..., Browser], methods: str
) -> None:
    browser = open_browser()
    shown = browser.get("/signin")
    settings = running.settings.model_copy(update={"sign_on": methods})
    with open_assistant(settings, encoder=running.encoder) as switched:
        resources.set_assistant(switched)
        page = browser.send("", shown=shown, number="1001", password=PASSWORD)
        assert page.status_code in (400, 401)
        assert browser.who is None
        assert ('name="password"' in browser.get("/signin").text) is (methods == "ldap")
        with pytest.raises(UsageError, match="パスワードによるサインオンを使っていません"):
            switched.links.for_first_administrator()
        resources.set_assistant(running)
