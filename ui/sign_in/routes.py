"""Signing in with number and password or PIN, confirming it, and signing out."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError
from assistant.people.audit.trail import Actor
from assistant.people.sign_on.sign_in import CheckOutside, Verdict
from ui import resources
from ui.sign_in.asked import STALE_FORM, form_page, member_of, sent_form, session_of
from ui.sign_in.cookies import (
    terminal_token,
    with_session_cookie,
    without_session_cookie,
)
from ui.sign_in.devices import device_name
from ui.sign_in.html import alert, check, field, link, page, paragraph, status
from ui.sign_in.paths import safe_next

_WITH_A_FORM: Final = {"local", "ldap"}
_TITLE: Final = "サインイン"
_WRONG: Final = "職員番号かパスワードが違います。"
_WRONG_PIN: Final = "職員番号か暗証番号が違います。"
_WAIT: Final = "続けて失敗したため、{seconds}秒たってから、もう一度入力してください。"
_REASONS: Final = {
    "ended": "サインアウトしました。続けて使うときは、もう一度サインインしてください。",
    "idle": "しばらく操作がなかったので、サインアウトしました。",
}
_FORGOTTEN: Final = "パスワードを忘れたときは、DX推進担当の管理者に再発行を依頼してください。"
_KNOWN_DEVICE: Final = "自分の端末なので、しばらくサインインしたままにする"
_SHARED: Final = (
    "この端末「{name}」は共用です。職員番号と暗証番号で使います。{minutes:g}分間操作がないと、"
    "自動でサインアウトします。"
)
_NO_PIN: Final = "暗証番号は、自分の端末の「自分の設定」で決められます。"


def sign_in_routes(outside: CheckOutside | None) -> list[Route]:
    """Return the routes; `outside` checks numbers that have no password here (LDAP)."""

    async def sign_in(request: Request) -> Response:
        if request.method == "POST":
            return await _signed_in(request, outside)
        next_path = safe_next(request.query_params.get("next", "/"))
        if session_of(request) is not None:
            return RedirectResponse(next_path, 303)
        reason = _REASONS.get(request.query_params.get("reason", ""), "")
        return _sign_in_page(request, next_path, above=status(reason))

    async def again(request: Request) -> Response:
        return await _confirmed(request, outside)

    return [
        Route("/signin", sign_in, methods=["GET", "POST"]),
        Route("/signin/again", again, methods=["GET", "POST"]),
        Route("/signin/active", _active, methods=["POST"]),
        Route("/signout", _sign_out, methods=["GET", "POST"]),
        # Where st.logout() leads; Streamlit's own route of this name would leave the session.
        Route("/auth/logout", _log_out, methods=["GET"]),
    ]


def _sign_in_page(
    request: Request, next_path: str, *, above: str = "", code: int = 200, number: str = ""
) -> Response:
    settings = resources.assistant().settings
    methods = settings.sign_on_methods
    number_field = field(
        "number", "職員番号", autocomplete="username", value=number, first=not number
    )
    terminal = resources.assistant().terminals.find(terminal_token(request))
    if terminal is not None:
        minutes = settings.shared_idle_minutes
        words = _SHARED.format(name=terminal.name, minutes=minutes)
        pin = field(
            "pin", "暗証番号（6桁）", kind="password", numeric=True, first=bool(number),
            hint=_NO_PIN,
        )  # fmt: skip
        return form_page(
            request, _TITLE, [number_field, pin], "サインイン", path="/signin",
            above=above + status(words), next_path=next_path, status=code,
        )  # fmt: skip
    other = ""
    if "oidc" in methods:
        other = link("シングルサインオンでサインイン", f"/signin/oidc?next={_quoted(next_path)}")
    if not _WITH_A_FORM & set(methods):
        hint = "" if other else paragraph("庁内の認証を通って、開き直してください。")
        return page(_TITLE, above + other + hint, status=code)
    fields = [
        number_field,
        field(
            "password", "パスワード", kind="password", autocomplete="current-password",
            first=bool(number),
        ),
        check("known", _KNOWN_DEVICE, checked=False),
    ]  # fmt: skip
    below = other + (paragraph(_FORGOTTEN) if "local" in methods else "")
    return form_page(
        request, _TITLE, fields, "サインイン", path="/signin", above=above, below=below,
        next_path=next_path, status=code,
    )  # fmt: skip


async def _signed_in(request: Request, outside: CheckOutside | None) -> Response:
    sent = await sent_form(request)
    if sent is None:
        return _sign_in_page(request, "/", above=alert(STALE_FORM), code=400)
    running = resources.assistant()
    terminal = running.terminals.find(terminal_token(request))
    if terminal is None and not _WITH_A_FORM & set(running.settings.sign_on_methods):
        return _sign_in_page(request, sent.next_path, code=400)
    number = sent["number"]
    try:
        if terminal is not None:
            verdict = await asyncio.to_thread(
                running.local_sign_in.attempt_pin, number, sent["pin"]
            )
        else:
            verdict = await asyncio.to_thread(
                running.local_sign_in.attempt, number, sent["password"], outside=outside
            )
    except AssistantError as error:  # the directory outside cannot be reached
        return _sign_in_page(request, sent.next_path, above=alert(str(error)), code=503)
    if verdict.member is None:
        wrong = _WRONG if terminal is None else _WRONG_PIN
        return _sign_in_page(
            request, sent.next_path, above=alert(_failure_words(verdict, wrong)),
            code=429 if verdict.wait_seconds else 401, number=number,
        )  # fmt: skip
    before = session_of(request)
    if before is not None:  # nobody goes on in a session that somebody else began
        await asyncio.to_thread(running.sessions.end, before.id, by=verdict.member.actor)
    known = sent["known"] == "1" and terminal is None
    token = await asyncio.to_thread(
        running.sessions.open_session,
        verdict.member,
        verdict.method,
        device=device_name(request.headers.get("user-agent", "")),
        known_device=known,
        terminal_id=terminal.id if terminal else None,
        must_change=verdict.must_change,
    )
    target = sent.next_path
    if verdict.must_change:
        target = f"/signin/password?next={_quoted(target)}"
    lasts = running.settings.session_days if known else None
    return with_session_cookie(RedirectResponse(target, 303), token, request, lasts_days=lasts)


async def _confirmed(request: Request, outside: CheckOutside | None) -> Response:
    """Ask for the password once more before a management page is shown."""
    session, member = session_of(request), member_of(request)
    next_path = safe_next(request.query_params.get("next", "/"))
    if session is None or member is None or session.method == "pin":
        return RedirectResponse(f"/signin?next={_quoted(next_path)}", 303)
    if session.method == "oidc":
        return RedirectResponse(f"/signin/oidc?again=1&next={_quoted(next_path)}", 303)
    by_proxy = session.method == "proxy"
    fields = [
        field(
            "password", f"{member.number} のパスワード", kind="password",
            autocomplete="current-password", first=True,
        )
    ]  # fmt: skip
    fields = [] if by_proxy else fields
    title, button = "本人の確認", "管理を続ける"

    def asked(above: str, code: int = 200, then: str = next_path) -> Response:
        return form_page(
            request, title, fields, button, path="/signin/again", above=above,
            next_path=then, status=code,
        )  # fmt: skip

    if request.method == "GET":
        return asked(paragraph("管理の画面をしばらく使わなかったので、もう一度確認します。"))
    sent = await sent_form(request)
    if sent is None:
        return asked(alert(STALE_FORM), 400)
    running = resources.assistant()
    if not by_proxy:
        try:
            verdict = await asyncio.to_thread(
                running.local_sign_in.attempt, member.number, sent["password"], outside=outside
            )
        except AssistantError as error:
            return asked(alert(str(error)), 503, sent.next_path)
        if verdict.member is None or verdict.member.person_id != member.person_id:
            words = _failure_words(verdict, "パスワードが違います。")
            return asked(alert(words), 429 if verdict.wait_seconds else 401, sent.next_path)
    await asyncio.to_thread(running.sessions.confirm, session.id)
    return RedirectResponse(sent.next_path, 303)


async def _active(request: Request) -> Response:
    """Take note that somebody moves at a shared terminal; the gate has kept the time."""
    return Response(status_code=204 if session_of(request) else 401)


async def _sign_out(request: Request) -> Response:
    if request.method == "GET":
        return form_page(request, "サインアウト", [], "サインアウトする", path="/signout")
    if await sent_form(request) is None:
        return form_page(
            request, "サインアウト", [], "サインアウトする", path="/signout",
            above=alert(STALE_FORM), status=400,
        )  # fmt: skip
    return await _ended(request)


async def _log_out(request: Request) -> Response:
    """End the session; a link on another site only gets as far as the question."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return RedirectResponse("/signout", 303)
    return await _ended(request)


async def _ended(request: Request) -> Response:
    session = session_of(request)
    if session is not None:
        actor = Actor(session.person_id, session.sign_in_name)
        end = resources.assistant().sessions.end
        await asyncio.to_thread(end, session.id, by=actor, signed_out=True)
    return without_session_cookie(RedirectResponse("/signin?reason=ended", 303))


def _failure_words(verdict: Verdict, wrong: str) -> str:
    return wrong + (_WAIT.format(seconds=verdict.wait_seconds) if verdict.wait_seconds else "")


def _quoted(path: str) -> str:
    return quote(path, safe="")
