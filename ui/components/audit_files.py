"""Buttons that write the filtered events to a file, which is made when one is pressed."""

from __future__ import annotations

import io
from functools import partial
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.people.audit.export import MOST_SHEET_EVENTS, Format, export_events
from assistant.people.audit.records import AuditFilter
from assistant.people.directory import Member
from ui import resources
from ui.components.style import note
from ui.components.text import as_html

_KINDS: Final[dict[Format, tuple[str, str]]] = {
    "csv": ("CSV で書き出す", "text/csv"),
    "xlsx": (
        "Excel で書き出す",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
_EXPLANATION: Final = (
    "絞り込んだ記録を、今の末尾のハッシュ値とともに書き出します。書き出したことも記録されます。"
    "ファイルは庁内の保管のきまりに従って保管し、後日の検証の控えにしてください。"
)


def show_file_buttons(wanted: AuditFilter, count: int, member: Member) -> None:
    """Show a button for each format that the events fit into."""
    st.html(note(as_html(_EXPLANATION)))
    day = calendar.today().strftime("%Y%m%d")
    with st.container(horizontal=True):
        for format_, (label, mime) in _KINDS.items():
            if format_ == "xlsx" and count >= MOST_SHEET_EVENTS:
                continue
            st.download_button(
                label,
                partial(written, wanted, format_, member.person_id, resources.browser_session()),
                file_name=f"監査記録_{day}.{format_}",
                mime=mime,
                key=f"audit-{format_}",
            )


def written(wanted: AuditFilter, format_: Format, person_id: str, browser: str) -> bytes:
    """Return the file, and have it recorded that the person took it.

    It is called after the page has run, when the button is pressed: whether the person may still
    do it is asked anew. The page, which runs again then, says so where not.
    """
    member = resources.member_of(person_id)
    sessions = resources.assistant().sessions
    alive = sessions.get(browser) is not None and sessions.is_confirmed(browser)
    if member is None or "read_audit" not in member.tasks or not alive:
        raise UsageError("監査記録を書き出す権限を確かめられません。サインインし直してください。")
    with io.BytesIO() as file:
        export_events(
            resources.assistant().database, wanted, format_=format_, by=member.actor, file=file
        )
        return file.getvalue()
