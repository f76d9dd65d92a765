"""How pages and routes get the running assistant, and the person who looks at them."""

from __future__ import annotations

import threading
from typing import Final
from urllib.parse import quote

import streamlit as st

from assistant import calendar
from assistant.domain import Reader
from assistant.opening import Assistant
from assistant.people.directory import Member
from assistant.people.roles import Task
from ui import state
from ui.components.text import as_html, as_markdown
from ui.composition import Background
from ui.upload_desk import UploadDesk

_running: Assistant | None = None
_background: Background | None = None
_beginning = threading.Lock()

_NOT_ALLOWED: Final = (
    "この画面を使う権限がありません。必要なときは、DX推進担当の管理者に役割の追加を"
    "依頼してください。"
)
_GONE: Final = "この利用者は、今は使えません。画面を再読み込みして、サインインし直してください。"
_AGAIN: Final = (
    "管理の画面をしばらく使わなかったので、もう一度ご本人の確認をお願いします。"
    "確認が済むと、この画面に戻ります。"
)
_NOT_ON_SHARED: Final = (
    "管理の画面は、共用端末からは使えません。自分の端末で、パスワードでサインインしてください。"
)


def set_assistant(assistant: Assistant | None) -> None:
    """Say which assistant the pages of this process show; None when it has stopped."""
    global _running, _background
    if _background is not None:
        _background.close()
    _running, _background = assistant, None


def assistant() -> Assistant:
    """Return the running assistant."""
    if _running is None:
        raise RuntimeError("set_assistant() must be called before a page is shown")
    return _running


def background() -> Background:
    """Return the background work of the running assistant; it begins when it is first asked for."""
    global _background
    with _beginning:
        if _background is None:
            _background = Background(assistant())
            _background.start()
        return _background


def uploads() -> UploadDesk:
    """Return the desk of the files that are being registered from the pages."""
    return background().desk


def member_of(person_id: str) -> Member | None:
    """Return the person behind the identity header as of this moment, None if not let in."""
    found = assistant().directory.member(person_id, today=calendar.today())
    return found if found is not None and found.enabled else None


def member() -> Member:
    """Return the person who looks at the page, read anew at every run; ends the run if none.

    The gate's header, which Streamlit hands on, says who it is.
    """
    found = member_of(str(st.user["login"]))
    if found is None:
        st.error(as_markdown(_GONE))
        st.stop()
    return found


def reader() -> Reader:
    """Return the reader who looks at the page."""
    return member().reader


def require(*tasks: Task) -> Member:
    """Return the person if they may do one of the tasks now; else say so and end the run."""
    found = member()
    if not found.tasks & set(tasks):
        st.error(as_markdown(_NOT_ALLOWED))
        st.stop()
    return found


def require_confirmed(*tasks: Task) -> Member:
    """As `require`, for a management page: asks for the password again after idle minutes.

    Not to be called by a fragment that runs by itself: it would count as use.
    """
    found = require(*tasks)
    sessions = assistant().sessions
    if not sessions.is_confirmed(browser_session()):
        session = sessions.get(browser_session())
        if session is not None and session.method == "pin":
            st.warning(as_markdown(_NOT_ON_SHARED))
        else:
            st.warning(as_markdown(_AGAIN))
            again = f"/signin/again?next={quote(state.page_path(), safe='')}"
            st.html(
                f'<p><a class="chonai-link" href="{again}" target="_self">'
                f"{as_html('本人の確認に進む')}</a></p>"
            )
        st.stop()
    return found


def browser_session() -> str:
    """Return the id of the browser's session, "" where there is no browser (tests)."""
    return str(st.user.get("sid") or "")
