"""マニュアル管理: files are registered here, and the page tells what becomes of each."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui import resources
from ui.components.text import as_html
from ui.components.upload_form import show_upload_form
from ui.components.upload_list import show_uploads

_INTRODUCTION: Final = (
    "マニュアルのファイルを取り込むと、職員の質問に引用して答えられるようになります。"
    "同じ名前のファイルを取り込むと、新しい版になります。"
    "取り込みはサーバーで進むので、途中でこの画面を閉じてもかまいません。"
)


def show() -> None:
    """Show the form for new files, and under it those that were given."""
    st.title("マニュアル管理")
    member = resources.require_confirmed("manage_manuals")
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    desk = resources.uploads()
    show_upload_form(
        desk, member=member, megabytes=resources.assistant().settings.file_max_megabytes
    )
    show_uploads(desk)


show()
