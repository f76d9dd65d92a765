"""How one person comes in: passwords, links, the account's standing, and open sessions."""

from __future__ import annotations

from datetime import UTC
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.people.audit.trail import Actor
from assistant.people.directory import Member
from assistant.people.sign_on.sessions import METHOD_WORDS, Session
from ui import resources
from ui.components.people.acting import attempt, confirmed, perform
from ui.components.style import note
from ui.components.text import as_html, as_label, as_markdown

_OWN_PASSWORD: Final = "ご自身のパスワードは、「自分の設定」の画面で変更してください。"
_NOT_LOCAL: Final = (
    "この環境では、職員番号とパスワードのサインインを使っていません。"
    "パスワードは、庁内の認証の担当に依頼してください。"
)
_RESET: Final = (
    "新しいパスワードを作ります。今のパスワードは使えなくなり、開いている画面は"
    "サインイン画面に移ります。"
)
_HAND_OVER: Final = (
    "このパスワードは、いま一度だけ表示しています。この画面でほかの操作をすると消えます。\n"
    "本人を確かめて、封筒か口頭で渡してください（メールや庁内チャットには書かないでください）。"
    "本人は、最初のサインインで自分のパスワードに変更します。"
)
_LINK: Final = (
    "本人が自分でパスワードを決めるためのリンクです。24時間以内に一度だけ使えます。"
    "いま一度だけ表示しています。"
)
_NO_ADDRESS: Final = (
    "先頭に、職員が開くこのアシスタントのアドレス（https://…）を付けて、本人だけに渡してください。"
)
_ONLY_THEM: Final = "本人だけに渡してください。ほかの人が使うと、その人のパスワードになります。"
_DISABLE: Final = (
    "{name} さんの利用を停止します。\n"
    "開いている画面は2秒以内にサインイン画面に移り、作成中の回答は止まります。"
    "再開するまでサインインできません。これまでの利用の集計と監査記録は残ります。"
)
_DISABLE_SELF: Final = "\nご自身の利用を停止します。元に戻せるのは、ほかの管理者だけです。"
_DISABLED: Final = (
    "利用を停止しています。再開すると、前と同じ職員番号・パスワード・役割で使えるようになります。"
)


def show_secrets(member: Member, viewer: Member) -> None:
    """Show the buttons that give a new password or a link; what they give is shown once.

    Neither is kept on the server: it stands in this one run of the page and nowhere else.
    """
    assistant = resources.assistant()
    if "local" not in assistant.settings.sign_on_methods:
        st.html(note(as_html(_NOT_LOCAL)))
        return
    if member.person_id == viewer.person_id:
        # A reset ends the person's sessions: one would be out before having read it.
        st.html(note(as_html(_OWN_PASSWORD)))
        return
    known = assistant.local_sign_in.has_password(member.person_id)
    words = "登録されています" if known else "まだありません"
    st.html(note(as_html(f"パスワードは{words}。")))
    st.html(note(as_html(_RESET)))
    if st.button("パスワードを再発行", key=f"reset-{member.person_id}"):
        _show_new_password(member)
    if st.button("初期パスワードのリンク", key=f"link-{member.person_id}"):
        _show_link(member)


def _show_new_password(member: Member) -> None:
    def reset(by: Actor) -> str:
        return resources.assistant().local_sign_in.reset_password(member, by=by)

    password = attempt(reset)
    if password is not None:
        st.success(as_markdown(f"{member.number} {member.name} さんの初期パスワード"))
        st.code(password, language=None)
        for line in _HAND_OVER.split("\n"):
            st.html(note(as_html(line)))


def _show_link(member: Member) -> None:
    assistant = resources.assistant()

    def make(by: Actor) -> str:
        return assistant.links.for_first_password(member, by=by)

    token = attempt(make)
    if token is not None:
        base = assistant.settings.public_url.rstrip("/")
        st.success(as_markdown(f"{member.number} {member.name} さんのリンク"))
        st.code(f"{base}/signin/first?token={token}", language=None, wrap_lines=True)
        for line in (_LINK, *(() if base else (_NO_ADDRESS,)), _ONLY_THEM):
            st.html(note(as_html(line)))


def show_standing(member: Member, viewer: Member) -> None:
    """Show the button that stops somebody's use, or lets them in again."""
    accounts = resources.assistant().accounts
    place = f"person-{member.person_id}"
    if member.enabled:
        warning = _DISABLE.format(name=member.name)
        if member.person_id == viewer.person_id:
            warning += _DISABLE_SELF

        def disable(by: Actor) -> str:
            accounts.disable(member.number, by=by)
            return f"{member.name} さんの利用を停止しました。"

        if confirmed(
            f"disable-{member.person_id}", asks="利用を停止する", warning=warning, agrees="停止する"
        ):
            perform(place, disable)
        return

    def enable(by: Actor) -> str:
        accounts.enable(member.number, by=by)
        return f"{member.name} さんの利用を再開しました。次のサインインから使えます。"

    if confirmed(
        f"enable-{member.person_id}", asks="利用を再開する", warning=_DISABLED, agrees="再開する"
    ):
        perform(place, enable)


def show_open_sessions(member: Member) -> None:
    """Show where a person is signed in, each with a button that ends it."""
    open_now = resources.assistant().sessions.of_person(member.person_id)
    here = resources.browser_session()
    if not open_now:
        st.html(note(as_html("サインインしている端末はありません。")))
    for session in open_now:
        with st.container(border=True, key=f"open-{session.id}"):
            _show_session(member, session, here=session.id == here)


def _show_session(member: Member, session: Session, *, here: bool) -> None:
    began = session.started_at.replace(tzinfo=UTC).astimezone(calendar.TOKYO)
    day = f"{began.year}年{began.month}月{began.day}日 {began:%H:%M}"
    device = session.device or "端末の名前なし"
    st.html(
        f"<p><strong>{as_html(device + ('（この端末）' if here else ''))}</strong></p>"
        + note(as_html(f"{day}から・{METHOD_WORDS[session.method]}"))
    )
    if here:
        return  # signing out of this one is done in one's own settings

    def end(by: Actor) -> str:
        resources.assistant().sessions.end(session.id, by=by)
        return (
            f"{member.name} さんの {device}（{day}から）を終了しました。"
            "開いていた画面は、2秒以内にサインイン画面に移ります。"
        )

    if st.button(as_label(f"{device}（{day}から）を終了"), key=f"end-{session.id}"):
        perform(f"person-{member.person_id}", end)
