"""The web server: Streamlit behind our gate, with our routes, until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import gc
import importlib
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.web import bootstrap

from assistant import calendar
from assistant.errors import OperationError
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.sign_on.ldap_sign_in import check_outside
from assistant.people.sign_on.sign_in import CheckOutside
from assistant.settings import Settings
from ui import resources
from ui.components.text import as_markdown
from ui.components.theme import streamlit_theme
from ui.serving import index_page, originals, page_pictures
from ui.serving.gate import SESSION_HEADER, USER_HEADER, Gate, content_security_policy
from ui.serving.index_page import IndexPage
from ui.serving.socket_watch import SocketWatch
from ui.sign_in.cookies import cookie_secret
from ui.sign_in.credentials import credential_routes
from ui.sign_in.oidc import oidc_routes
from ui.sign_in.routes import sign_in_routes

logger = logging.getLogger(__name__)

_SCRIPT: Final = Path(__file__).parent / "app.py"
_INDEX: Final = Path(st.__file__).parent / "static" / "index.html"
_SECRET_VARIABLE: Final = "STREAMLIT_SERVER_COOKIE_SECRET"
_PAGE_FAILED: Final = (
    "画面の表示中に問題が起きました。画面を再読み込みしてください。"
    "続くときは管理者にお知らせください（サーバーの記録に詳細があります）。"
)
_SECONDS_TO_SAY_GOODBYE: Final = 3

_CONFIG: Final[dict[str, Any]] = {
    # A full collection after every run of a page holds the interpreter for up to 574 ms.
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    # Without these a browser could resume another browser's session by its id.
    "server.trustedUserHeaders": {USER_HEADER: "login", SESSION_HEADER: "sid"},
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableAgentApi": False,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none",
    **streamlit_theme(),
}


def serve(
    assistant: Assistant, settings: Settings, *, ready: Callable[[str], None] | None = None
) -> None:
    """Serve the pages until SIGTERM or SIGINT; `ready` is called once with the address.

    Raises OperationError when the port is taken or the start fails.
    """
    with _listening(settings) as listener, _calm_signals():
        os.environ[_SECRET_VARIABLE] = cookie_secret(settings.data_dir)
        own = {
            "server.address": settings.host,
            "server.port": settings.port,
            "server.maxUploadSize": settings.file_max_megabytes,
        }
        bootstrap.load_config_options({**_CONFIG, **own})
        resources.set_assistant(assistant)
        try:
            resources.background()
            server = uvicorn.Server(
                uvicorn.Config(
                    build_app(assistant, settings, ready=ready),
                    ws="websockets-sansio",
                    log_level="warning",
                    access_log=False,
                    server_header=False,
                    lifespan="on",
                    timeout_graceful_shutdown=_SECONDS_TO_SAY_GOODBYE,
                )
            )
            server.run(sockets=[listener])
        finally:
            resources.set_assistant(None)
        if not server.started:
            raise OperationError(
                "画面のサーバーを始められませんでした。上の記録を確かめ、`chonai doctor` を"
                "実行してください。"
            )


def build_app(
    assistant: Assistant, settings: Settings, *, ready: Callable[[str], None] | None = None
) -> st.App:
    """Return the ASGI application: gate, index page, our routes, Streamlit."""

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        await asyncio.to_thread(_warm_up, assistant)
        # What exists now stays for good: never look through it again for garbage.
        gc.collect()
        gc.freeze()
        threading.Thread(target=assistant.answering.warm, name="warm-up", daemon=True).start()
        if ready is not None:
            ready(f"http://{_in_address(settings.host)}:{settings.port}")
        yield

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok", "mode": settings.mode})

    return st.App(
        _SCRIPT,
        lifespan=lifespan,
        routes=[
            Route(page_pictures.ROUTE, page_pictures.page_picture),
            Route(originals.ROUTE, originals.original),
            Route("/ui.js", index_page.script),
            Route("/api/health", health),
            *sign_in_routes(_outside(assistant)),
            *credential_routes(),
            *(oidc_routes(assistant) if "oidc" in settings.sign_on_methods else ()),
        ],
        middleware=[
            Middleware(
                Gate,
                assistant=assistant,
                secret=cookie_secret(settings.data_dir),
                policy=content_security_policy(_INDEX),
                watch=SocketWatch(assistant.sessions),
            ),
            Middleware(IndexPage),
        ],
        on_script_error=_on_page_failure,
    )


def _outside(assistant: Assistant) -> CheckOutside | None:
    """Return what checks numbers that have no password here, None without a directory."""
    if "ldap" not in assistant.settings.sign_on_methods:
        return None
    return check_outside(assistant.settings, assistant.database)


def _warm_up(assistant: Assistant) -> None:
    """Import and load now what the first question would otherwise wait for."""
    for name in ("altair", "pandas", "pyarrow"):
        importlib.import_module(name)
    assistant.retriever.search("年次有給休暇", reader=OPERATOR, as_of=calendar.today(), limit=1)


def _on_page_failure(error: Exception) -> bool:
    logger.error("a page failed", exc_info=error)
    st.error(as_markdown(_PAGE_FAILED))
    return True


def _in_address(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # nosec B104 - listening everywhere: opened at loopback here
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Give a listening socket; a taken port is told before anything is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen(2048)
        except OSError as error:
            raise OperationError(_cannot_listen(settings, error)) from error
        listener.setblocking(False)
        yield listener


def _cannot_listen(settings: Settings, error: OSError) -> str:
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        return (
            f"ポート {settings.port} は使えません（使用中か、許可されていません）。"
            "ASSISTANT_PORT（または --port）で別の番号を指定してください。"
        )
    return (
        f"アドレス {settings.host} で画面を開けません。ASSISTANT_HOST をこの機械の"
        "アドレスにしてください。"
    )


@contextmanager
def _calm_signals() -> Iterator[None]:
    """Let `serve` return after a signal: uvicorn raises it again once it has shut down."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: None) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
