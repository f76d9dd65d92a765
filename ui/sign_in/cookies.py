"""Our cookies: signed with the installation's secret, out of reach of scripts."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from assistant.errors import DataDirectoryError
from assistant.settings import Settings
from ui import resources

SESSION: Final = "chonai_session"
TERMINAL: Final = "chonai_terminal"
CSRF: Final = "chonai_csrf"
_DAY: Final = 86_400
_TERMINAL_LASTS: Final = 400 * _DAY  # browsers keep none longer
_CSRF_LASTS: Final = 3_600


@lru_cache(maxsize=8)
def cookie_secret(data_dir: Path) -> str:
    """Return the secret that signs the cookies, made once; only its owner may read it."""
    path = data_dir / "cookie_secret"
    try:
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
        return path.read_text()
    except OSError as error:
        raise DataDirectoryError(
            f"{path} を読み書きできません。データフォルダの権限と空き容量を確かめてください。"
        ) from error


def signed(value: str, *, purpose: str, secret: str) -> str:
    """Return a value with a signature that holds for one purpose only."""
    return str(URLSafeSerializer(secret, salt=purpose).dumps(value))


def unsigned(text: str, *, purpose: str, secret: str) -> str:
    """Return the value behind a signature, "" for a forged or foreign one."""
    try:
        value = URLSafeSerializer(secret, salt=purpose).loads(text)
    except BadSignature:
        return ""
    return value if isinstance(value, str) else ""


def is_secure(settings: Settings, scheme: str) -> bool:
    """Tell whether the browser speaks TLS with us, or with the proxy in front of us."""
    return scheme in ("https", "wss") or settings.public_url.startswith("https://")


def with_session_cookie(
    response: Response, token: str, request: Request, *, lasts_days: float | None
) -> Response:
    """Give the browser a session; None: until the browser is closed."""
    response.delete_cookie(CSRF, path="/")
    return _with_cookie(
        response, SESSION, token, request, None if lasts_days is None else int(lasts_days * _DAY)
    )


def without_session_cookie(response: Response) -> Response:
    """Take the browser's session away."""
    response.delete_cookie(SESSION, path="/")
    return response


def with_terminal_cookie(response: Response, token: str, request: Request) -> Response:
    """Have a browser remember that it is a shared terminal."""
    return _with_cookie(response, TERMINAL, token, request, _TERMINAL_LASTS)


def terminal_token(request: Request) -> str:
    """Return the token of a shared terminal, "" where the browser is none."""
    secret = cookie_secret(resources.assistant().settings.data_dir)
    return unsigned(request.cookies.get(TERMINAL, ""), purpose=TERMINAL, secret=secret)


def csrf_token(request: Request) -> str:
    """Return the token that a form must send back: the browser's own, or a new one."""
    known = request.cookies.get(CSRF, "")
    return known if len(known) == _CSRF_LENGTH and known.isascii() else secrets.token_hex(16)


_CSRF_LENGTH: Final = 32


def with_csrf_cookie(response: Response, token: str, request: Request) -> Response:
    """Have the browser keep the token of the form it was given."""
    settings = resources.assistant().settings
    response.set_cookie(
        CSRF,
        token,
        max_age=_CSRF_LASTS,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_secure(settings, request.url.scheme),
    )
    return response


def _with_cookie(
    response: Response, name: str, token: str, request: Request, seconds: int | None
) -> Response:
    settings = resources.assistant().settings
    secret = cookie_secret(settings.data_dir)
    response.set_cookie(
        name,
        signed(token, purpose=name, secret=secret),
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(settings, request.url.scheme),
    )
    return response
