"""How pages and routes get the running assistant, and the reader who asks."""

from __future__ import annotations

from urllib.parse import unquote

import streamlit as st

from assistant import calendar
from assistant.domain import Reader
from assistant.opening import Assistant
from ui.upload_desk import UploadDesk

_running: Assistant | None = None
_uploads: UploadDesk | None = None


def set_assistant(assistant: Assistant | None) -> None:
    """Say which assistant the pages of this process show; None when it has stopped."""
    global _running, _uploads
    if _uploads is not None:
        _uploads.close()
    _running = assistant
    _uploads = UploadDesk(assistant) if assistant is not None else None


def assistant() -> Assistant:
    """Return the running assistant."""
    if _running is None:
        raise RuntimeError("set_assistant() must be called before a page is shown")
    return _running


def uploads() -> UploadDesk:
    """Return the desk of the files that are being registered from the pages."""
    if _uploads is None:
        raise RuntimeError("set_assistant() must be called before a page is shown")
    return _uploads


def reader_of(login: str) -> Reader:
    """Return the reader behind the identity header, as the gate wrote it."""
    running = assistant()
    return running.directory.reader(
        unquote(login), section=running.settings.local_user_section, today=calendar.today()
    )


def reader() -> Reader:
    """Return the reader who looks at the page: the gate's header, which Streamlit hands on."""
    return reader_of(str(st.user["login"]))


def browser_session() -> str:
    """Return the id of the browser's session, "" where there is no browser (tests)."""
    return str(st.user.get("sid") or "")
