"""Passwords and PINs chosen by their person, one-time links, and marking a shared terminal."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError
from assistant.people.sign_on.passwords import PIN_DIGITS, SHORTEST
from assistant.people.sign_on.sessions import Session
from ui import resources
from ui.sign_in.asked import STALE_FORM, Sent, form_page, member_of, sent_form, session_of
from ui.sign_in.cookies import with_session_cookie, with_terminal_cookie
from ui.sign_in.html import alert, field, link, page, paragraph, status
from ui.sign_in.paths import HOME, safe_next

_RULES: Final = (
    f"{SHORTEST}文字以上。関係のない語をいくつかつなぐと、覚えやすく破られにくくなります。"
)
_DIFFERENT: Final = "2つの新しいパスワードが違います。もう一度入力してください。"
_WRONG: Final = "今のパスワードが違います。"
_DEAD_LINK: Final = (
    "このリンクは使えません（使用済みか、期限切れです）。管理者に新しいリンクを頼むか、"
    "サーバーを起動し直してください。"
)


def credential_routes() -> list[Route]:
    """Return the routes."""
    both = ["GET", "POST"]
    return [
        Route("/signin/first", _first, methods=both),
        Route("/signin/password", _password, methods=both),
        Route("/signin/pin", _pin, methods=both),
        Route("/signin/terminal", _terminal, methods=both),
    ]


async def _first(request: Request) -> Response:
    """Have somebody use a one-time link: the first administrator, or a first password."""
    links = resources.assistant().links
    sent = await sent_form(request) if request.method == "POST" else None
    token = sent["token"] if sent else request.query_params.get("token", "")
    purpose = links.purpose_of(token)
    if purpose is None:
        stale = request.method == "POST" and sent is None
        body = alert(STALE_FORM if stale else _DEAD_LINK)
        return page("リンクを使えません", body + link("サインインへ", "/signin"), status=410)
    first_administrator = purpose == "first_administrator"
    title = "最初の管理者の登録" if first_administrator else "初期パスワードの設定"
    hidden = f'<input type="hidden" name="token" value="{quote(token, safe="")}">'

    def asked(above: str, code: int = 200) -> Response:
        fields = [hidden]
        if first_administrator:
            fields += [
                field("number", "職員番号", autocomplete="username", first=True,
                      value=sent["number"] if sent else ""),
                field("name", "氏名", autocomplete="name", value=sent["name"] if sent else ""),
                field("section", "所属課", hint="例：DX推進課",
                      value=sent["section"] if sent else ""),
            ]  # fmt: skip
        fields += _new_password_fields(first=not first_administrator)
        return form_page(
            request, title, fields, "登録する", path="/signin/first", above=above, status=code
        )

    if request.method == "GET":
        return asked("")
    if sent is None:
        return asked(alert(STALE_FORM), 400)
    if sent["password"] != sent["password_again"]:
        return asked(alert(_DIFFERENT), 400)
    try:
        if first_administrator:
            member = await asyncio.to_thread(
                links.make_administrator, token, number=sent["number"], name=sent["name"],
                section=sent["section"], password=sent["password"],
            )  # fmt: skip
        else:
            member = await asyncio.to_thread(links.set_first_password, token, sent["password"])
    except AssistantError as error:
        return asked(alert(str(error)), 400)
    session = await asyncio.to_thread(
        resources.assistant().sessions.open_session, member, "local", device="最初の設定"
    )
    return with_session_cookie(RedirectResponse("/", 303), session, request, lasts_days=None)


async def _password(request: Request) -> Response:
    """Change one's own password: at will, or before anything else where it is the first."""
    session, member = session_of(request), member_of(request)
    running = resources.assistant()
    if session is None or member is None or session.method == "pin":
        return RedirectResponse("/signin?next=%2Fsignin%2Fpassword", 303)
    if not running.local_sign_in.has_password(member.person_id):
        words = "パスワードは、庁内の認証の画面で変更してください。"
        return page("パスワードの変更", status(words) + link("戻る", "/account"))
    first = session.must_change
    next_path = safe_next(request.query_params.get("next", HOME))

    def asked(above: str, code: int = 200, then: str = next_path) -> Response:
        told = status("初期パスワードです。使い始める前に、自分のパスワードに変えてください。")
        return form_page(
            request, "パスワードの変更",
            [
                field("current", "今のパスワード", kind="password",
                      autocomplete="current-password", first=True),
                *_new_password_fields(first=False),
            ],
            "変更する", path="/signin/password", above=(told if first else "") + above,
            below="" if first else link("変更しないで戻る", "/account"),
            next_path=then if first else "", status=code,
        )  # fmt: skip

    if request.method == "GET":
        return asked("")
    sent = await sent_form(request)
    problem, code = await _try(request, sent, member.number)
    if sent is None:
        return asked(alert(problem), code)
    if problem:
        return asked(alert(problem), code, sent.next_path)
    try:
        await asyncio.to_thread(
            running.local_sign_in.set_password, member, sent["password"], by=member.actor,
            keep_session=session.id,
        )  # fmt: skip
    except AssistantError as error:
        return asked(alert(str(error)), 400, sent.next_path)
    await asyncio.to_thread(running.sessions.settle, session.id)
    return RedirectResponse(sent.next_path if first else "/account", 303)


async def _try(request: Request, sent: Sent | None, number: str) -> tuple[str, int]:
    """Return what is wrong with a form that holds the present password, "" for nothing."""
    del request
    if sent is None:
        return STALE_FORM, 400
    if "password_again" in sent.values and sent["password"] != sent["password_again"]:
        return _DIFFERENT, 400
    verdict = await asyncio.to_thread(
        resources.assistant().local_sign_in.attempt, number, sent["current"]
    )
    if verdict.member is not None:
        return "", 200
    wait = f"{verdict.wait_seconds}秒たってから、もう一度入力してください。"
    return _WRONG + (wait if verdict.wait_seconds else ""), 429 if verdict.wait_seconds else 401


async def _pin(request: Request) -> Response:
    """Set one's own PIN for shared terminals; it takes the password."""
    session, member = session_of(request), member_of(request)
    running = resources.assistant()
    if session is None or member is None or session.method == "pin" or session.must_change:
        return RedirectResponse("/signin?next=%2Fsignin%2Fpin", 303)
    needs_password = running.local_sign_in.has_password(member.person_id)
    if not needs_password and not await _is_confirmed(session):
        return RedirectResponse("/signin/again?next=%2Fsignin%2Fpin", 303)

    def asked(above: str, code: int = 200) -> Response:
        current = [
            field("current", "今のパスワード", kind="password", autocomplete="current-password")
        ]
        return form_page(
            request, "暗証番号の設定",
            [
                *(current if needs_password else []),
                field("pin", f"新しい暗証番号（{PIN_DIGITS}桁の数字）", kind="password",
                      numeric=True, autocomplete="new-password"),
                field("pin_again", "新しい暗証番号（確認）", kind="password", numeric=True,
                      autocomplete="new-password"),
            ],
            "設定する", path="/signin/pin", status=code,
            above=above + paragraph("窓口などの共用端末で、職員番号と組み合わせて使います。"),
            below=link("設定しないで戻る", "/account"),
        )  # fmt: skip

    if request.method == "GET":
        return asked("")
    sent = await sent_form(request)
    if sent is None:
        return asked(alert(STALE_FORM), 400)
    if needs_password:
        problem, code = await _try(request, sent, member.number)
        if problem:
            return asked(alert(problem), code)
    if sent["pin"] != sent["pin_again"]:
        return asked(alert("2つの暗証番号が違います。もう一度入力してください。"), 400)
    try:
        await asyncio.to_thread(running.local_sign_in.set_pin, member, sent["pin"], by=member.actor)
    except AssistantError as error:
        return asked(alert(str(error)), 400)
    return RedirectResponse("/account", 303)


async def _terminal(request: Request) -> Response:
    """Mark this browser as a shared terminal; the administrator is signed out on it."""
    session, member = session_of(request), member_of(request)
    running = resources.assistant()
    if session is None or member is None or "manage_people" not in member.tasks:
        return page(
            "共用端末の登録", alert("共用端末の登録は、管理者がその端末で行います。"), status=403
        )
    if session.must_change:
        return RedirectResponse("/signin/password", 303)
    if not await _is_confirmed(session):
        return RedirectResponse("/signin/again?next=%2Fsignin%2Fterminal", 303)
    words = paragraph(
        "この端末のこのブラウザを、職員番号と暗証番号で使う共用端末にします。登録すると、"
        "あなたはこの端末からサインアウトします。"
    )

    def asked(above: str, code: int = 200) -> Response:
        return form_page(
            request, "共用端末の登録",
            [field("name", "端末の名前", hint="例：市民課窓口2番", first=True)],
            "この端末を共用端末にする", path="/signin/terminal", above=above + words,
            below=link("登録しないで戻る", "/users"), status=code,
        )  # fmt: skip

    if request.method == "GET":
        return asked("")
    sent = await sent_form(request)
    if sent is None:
        return asked(alert(STALE_FORM), 400)
    try:
        token = await asyncio.to_thread(running.terminals.mark, sent["name"], by=member.actor)
    except AssistantError as error:
        return asked(alert(str(error)), 400)
    await asyncio.to_thread(running.sessions.end, session.id, by=member.actor, signed_out=True)
    return with_terminal_cookie(RedirectResponse("/signin", 303), token, request)


async def _is_confirmed(session: Session) -> bool:
    return await asyncio.to_thread(resources.assistant().sessions.is_confirmed, session.id)


def _new_password_fields(*, first: bool) -> list[str]:
    return [
        field("password", "新しいパスワード", kind="password", autocomplete="new-password",
              hint=_RULES, first=first),
        field("password_again", "新しいパスワード（確認）", kind="password",
              autocomplete="new-password"),
    ]  # fmt: skip
