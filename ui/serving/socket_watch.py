"""Open pages lose their socket within two seconds once their session has ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from assistant.people.sign_on.sessions import Session, Sessions

Result = TypeVar("Result")
logger = logging.getLogger(__name__)
_EVERY: Final = 1.0  # seconds between two looks at all open sessions
_GOODBYE: Final = 0.5  # seconds for the browser to leave by itself
_ENDED: Final = 4401


class SocketWatch:
    """One task looks after all sockets, with one query a second."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._open: dict[str, set[asyncio.Event]] = {}
        self._task: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="socket-watch")

    async def follow(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, session: Session
    ) -> None:
        """Run a socket until it closes, or until its session ends: the page then leaves."""
        ended = asyncio.Event()
        self._open.setdefault(session.id, set()).add(ended)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        leaving = asyncio.create_task(self._leave(ended, send, session))

        async def received() -> Message:
            if ended.is_set():
                return {"type": "websocket.disconnect", "code": _ENDED}
            message = await receive()
            if session.on_shared_terminal and _is_activity(message):
                await self._aside(self._sessions.touch, session)
            return message

        async def sent(message: Message) -> None:
            if not ended.is_set():
                await send(message)

        try:
            await app(scope, received, sent)
        finally:
            leaving.cancel()
            others = self._open.get(session.id, set())
            others.discard(ended)
            if not others:
                self._open.pop(session.id, None)

    async def _look(self) -> None:
        while self._open:
            try:
                gone = await self._aside(self._sessions.ended, list(self._open))
            except Exception:
                # A database that is busy or gone for a moment: every request checks for itself.
                logger.exception("open sessions could not be looked after")
                gone = set()
            for session_id in gone:
                for ended in self._open.get(session_id, ()):
                    ended.set()
            await asyncio.sleep(_EVERY)

    async def _aside(self, work: Callable[..., Result], *given: Any) -> Result:
        """Do something in threads of its own: those that all share may be waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    @staticmethod
    async def _leave(ended: asyncio.Event, send: Send, session: Session) -> None:
        await ended.wait()
        goodbye = ForwardMsg()
        reason = "idle" if session.on_shared_terminal else "ended"
        # What st.logout() sends too: closing alone would leave the page in view.
        goodbye.auth_redirect.url = f"/signin?reason={reason}"
        await send({"type": "websocket.send", "bytes": goodbye.SerializeToString()})
        await asyncio.sleep(_GOODBYE)
        await send({"type": "websocket.close", "code": _ENDED})


def _is_activity(message: Any) -> bool:
    """Tell whether a person did something: not a fragment that runs by itself."""
    content = message.get("bytes") if message.get("type") == "websocket.receive" else None
    if not content:
        return False
    asked = BackMsg()
    try:
        asked.ParseFromString(content)
    except DecodeError:
        return False
    return asked.WhichOneof("type") == "rerun_script" and not asked.rerun_script.is_auto_rerun
