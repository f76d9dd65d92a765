"""The part of the audit page that shows the chain's head and verifies the whole trail."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.errors import AssistantError
from assistant.people.audit.records import read_head
from assistant.people.audit.verification import verify
from ui import resources
from ui.components.chain_words import verification_lines
from ui.components.style import note
from ui.components.text import as_html, as_markdown

_EXPLANATION: Final = (
    "記録は1件ごとに、直前の記録の値を含むハッシュ値でつながっています。途中の書換え・削除・挿入は、"
    "検証で分かります。"
)


@st.fragment
def show_check() -> None:
    """Show the head and the button; only this part runs again when it is pressed."""
    resources.require_confirmed("read_audit")
    database = resources.assistant().database
    head = read_head(database)
    st.html(
        note(as_html(_EXPLANATION))
        + f'<p class="chonai-place">今の末尾：{head.id} 番<br>{as_html(head.hash)}</p>'
    )
    with st.form("audit-check", enter_to_submit=False, border=False):
        printed = st.text_input(
            "控えのハッシュ値（任意）", key="audit-printed", placeholder="書き出した記録の64桁の値"
        )
        pressed = st.form_submit_button("検証する")
    if not pressed:
        return
    try:
        with st.spinner("検証しています…"):
            found = verify(database, head=printed if printed.strip() else None)
    except AssistantError as error:
        st.error(as_markdown(str(error)))
        return
    lines = verification_lines(found)
    (st.success if found.right else st.error)("\n\n".join(as_markdown(line) for line in lines))
    st.html(f'<span class="chonai-say" hidden>{as_html(lines[0])}</span>')
