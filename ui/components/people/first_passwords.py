"""First passwords of people whom a list has added: a file to be taken once."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.people.staff.password_slips import password_slips
from assistant.people.staff.staff_import import FirstPasswords
from ui.components.style import note
from ui.components.text import as_html, as_markdown

_ONCE: Final = (
    "初期パスワードの一覧を、いまダウンロードしてください。この画面でほかの操作をするか画面を"
    "閉じると、二度と取り出せません（そのときは、一覧から1人ずつ再発行します）。"
)
_HAND_OVER: Final = (
    "本人を確かめて1人ずつ渡し、渡し終えたらファイルを削除してください。メールや共有フォルダーには"
    "置かないでください。本人は、最初のサインインで自分のパスワードに変更します。"
)
_ZEROS: Final = (
    "先頭が 0 の職員番号があります。Excel では「データ」の「テキストまたは CSV から」で番号の列を"
    "「テキスト」にして開いてください（そのまま開くと 0 が消えます）。"
)


def show_first_passwords(words: str, passwords: FirstPasswords) -> None:
    """Say what was done, and offer the file in this one run of the page; it is kept nowhere."""
    st.success(as_markdown(words))
    st.warning(as_markdown(_ONCE))
    st.download_button(
        f"初期パスワードの一覧（{len(passwords.rows):,}人分）をダウンロード",
        password_slips(passwords.rows), file_name="初期パスワード.csv", mime="text/csv",
        on_click="ignore", type="primary", key="first-passwords-file",
    )  # fmt: skip
    st.html(f'<p class="chonai-body">{as_html(_HAND_OVER)}</p>')
    if any(row.number.startswith("0") for row in passwords.rows):
        st.html(note(as_html(_ZEROS)))
    st.button("ダウンロードを終えて、取込みの画面に戻る", key="first-passwords-done")
