"""What a request to our own forms holds: who sends it, and fields that were not forged."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assistant.people.directory import Member
from assistant.people.sign_on.sessions import Session
from ui import resources
from ui.serving.gate import SESSION_HEADER, USER_HEADER
from ui.sign_in.cookies import CSRF, csrf_token, with_csrf_cookie
from ui.sign_in.html import form, page
from ui.sign_in.paths import LONGEST_WITH_QUERY, safe_next

_LONGEST: Final = 300
_LARGEST_FORM: Final = 20_000
STALE_FORM: Final = "画面の有効期限が切れました。お手数ですが、もう一度入力してください。"


@dataclass(frozen=True)
class Sent:
    """A form that came from our own page of this browser."""

    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """Return a field, "" where it was not sent."""
        return self.values.get(name, "")

    @property
    def next_path(self) -> str:
        """Where to go afterwards."""
        return safe_next(self["next"])


async def sent_form(request: Request) -> Sent | None:
    """Return the form, or None where its token is not the browser's: forged, or too old."""
    if int(request.headers.get("content-length") or 0) > _LARGEST_FORM:
        return None
    async with request.form(max_files=0, max_fields=20) as raw:
        values = {
            name: str(value)[: LONGEST_WITH_QUERY + 1 if name == "next" else _LONGEST]
            for name, value in raw.items()
        }
    mine = request.cookies.get(CSRF, "")
    same = hmac.compare_digest(mine.encode(), values.get("csrf", "").encode())
    return Sent(values) if mine and same else None


def form_page(
    request: Request,
    title: str,
    fields: list[str],
    button: str,
    *,
    path: str,
    above: str = "",
    below: str = "",
    next_path: str = "",
    status: int = 200,
) -> Response:
    """Return a page with one form that only this browser can send back."""
    token = csrf_token(request)
    body = form(path, fields, button, csrf=token, next_path=next_path)
    answer: HTMLResponse = page(title, above + body + below, status=status)
    return with_csrf_cookie(answer, token, request)


def session_of(request: Request) -> Session | None:
    """Return the living session of the request, as the gate has found it."""
    session_id = request.headers.get(SESSION_HEADER, "")
    return resources.assistant().sessions.get(session_id) if session_id else None


def member_of(request: Request) -> Member | None:
    """Return the person who sends the request, None if nobody is signed in."""
    person_id = request.headers.get(USER_HEADER, "")
    return resources.member_of(person_id) if person_id else None
