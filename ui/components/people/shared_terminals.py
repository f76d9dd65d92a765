"""Shared terminals: which browsers are shared, and letting one go."""

from __future__ import annotations

from datetime import UTC
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.people.audit.trail import Actor
from assistant.people.sign_on.terminals import Terminal
from ui import resources
from ui.components.people.acting import confirmed, perform, show_said
from ui.components.style import note
from ui.components.text import as_html, as_label

_PLACE: Final = "terminals"
_INTRODUCTION: Final = (
    "窓口などで何人かが使う端末です。職員番号と6桁の暗証番号で使い、{minutes:g}分間操作がないと"
    "自動でサインアウトします。管理の画面は使えません。"
)
_HOW: Final = (
    "登録は、その端末で行います。共用にする端末のブラウザーで管理者としてサインインし、"
    "この画面から次のリンクを開いてください。登録が済むと、いまのサインインは終わります。"
)
_END: Final = (
    "「{name}」を共用端末から外します。\n"
    "この端末で開いている画面は2秒以内にサインイン画面に移り、次からは職員番号とパスワードで"
    "サインインします。もう一度共用にするときは、その端末で登録し直してください。"
)


def show_terminals() -> None:
    """Show the shared terminals, each with its button, and the way to another."""
    assistant = resources.assistant()
    minutes = assistant.settings.shared_idle_minutes
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION.format(minutes=minutes))}</p>')
    show_said(_PLACE)
    known = assistant.terminals.all()
    if not known:
        st.info("共用端末はまだありません。窓口の端末などで、下のリンクから登録してください。")
    for terminal in known:
        with st.container(border=True, key=f"terminal-{terminal.id}"):
            _show_terminal(terminal)
    st.subheader("共用端末を登録する")
    st.html(
        note(as_html(_HOW))
        + '<p><a class="chonai-link" href="/signin/terminal" target="_self">'
        + f"{as_html('この端末を共用端末にする')}</a></p>"
    )


def _show_terminal(terminal: Terminal) -> None:
    marked = terminal.marked_at.replace(tzinfo=UTC).astimezone(calendar.TOKYO)
    since = f"{marked.year}年{marked.month}月{marked.day}日 {marked:%H:%M}"
    st.html(
        f"<p><strong>{as_html(terminal.name)}</strong></p>"
        + note(as_html(f"{since} から・登録した人：{terminal.marked_by}"))
    )

    def end(by: Actor) -> str:
        resources.assistant().terminals.end(terminal.id, by=by)
        return f"「{terminal.name}」を共用端末から外しました。"

    if confirmed(
        f"terminal-{terminal.id}", asks=as_label(f"「{terminal.name}」を解除"),
        warning=_END.format(name=terminal.name), agrees="解除する",
    ):  # fmt: skip
        perform(_PLACE, end)
