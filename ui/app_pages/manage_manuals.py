"""マニュアル管理: files are registered here, and manuals kept: drafts, versions, reviews."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui import resources, state
from ui.components.library.acting import LIST, Keeper, require_keeper
from ui.components.library.manual_card import show_manual
from ui.components.library.manual_table import choose_manual
from ui.components.library.other_jobs import show_other_jobs
from ui.components.people.acting import show_said
from ui.components.text import as_html
from ui.components.upload_form import show_upload_form
from ui.components.upload_list import show_uploads

_UPLOADS: Final = "ファイルの取込み"
_MANUALS: Final = "マニュアルの一覧"
_INTRODUCTION: Final = (
    "マニュアルのファイルを取り込むと、職員の質問に引用して答えられるようになります。"
    "同じ名前のファイルを取り込むと、新しい版になります。"
    "取り込みはサーバーで進むので、途中でこの画面を閉じてもかまいません。"
)


def show() -> None:
    """Show the area chosen; every action in it asks again whether the person still may."""
    st.title("マニュアル管理")
    keeper = require_keeper()
    state.choose_kept_manual(_MANUALS)
    area = st.radio(
        "表示する内容", (_UPLOADS, _MANUALS), horizontal=True, key=state.LIBRARY_AREA_KEY,
        persist_state="session",
    )  # fmt: skip
    st.header(area)
    if area == _UPLOADS:
        _show_uploads(keeper)
    else:
        _show_manuals(keeper)


def _show_uploads(keeper: Keeper) -> None:
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    show_upload_form(keeper, megabytes=resources.assistant().settings.file_max_megabytes)
    show_uploads(resources.uploads())
    show_other_jobs(keeper.member)


def _show_manuals(keeper: Keeper) -> None:
    show_said(LIST)
    chosen = choose_manual(keeper)
    if chosen is not None:
        show_manual(chosen, keeper)


show()
