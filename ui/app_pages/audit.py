"""監査記録: who did what and when, verified and written to files; nothing can be changed here."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.people.audit.records import count_events
from ui import resources
from ui.components.audit_check import show_check
from ui.components.audit_files import show_file_buttons
from ui.components.audit_filter import show_filter, show_found
from ui.components.text import as_html

_INTRODUCTION: Final = (
    "サインイン、利用者・役割・マニュアル・設定の変更、原本の閲覧などの記録です。"
    "この画面から記録を変えることはできません。時刻は日本時間です。"
)


def show() -> None:
    """Show the events that are asked for, the files, and the verification."""
    member = resources.require_confirmed("read_audit")
    st.title("監査記録")
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    wanted = show_filter()
    if wanted is not None:
        count = count_events(resources.assistant().database, wanted)
        show_found(wanted, count)
        st.header("書き出し")
        show_file_buttons(wanted, count, member)
    st.header("検証")
    show_check()


show()
