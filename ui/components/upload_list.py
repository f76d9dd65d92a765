"""The files that were given for registration: how far each is, and what became of it."""

from __future__ import annotations

import re
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.people.directory import Member
from ingest.incoming import FileResult
from ui import resources, state
from ui.components.style import note
from ui.components.text import as_html, as_label, date_words
from ui.upload_desk import Upload, UploadDesk

_EVERY: Final = 1.0  # seconds between two looks at the desk while it works
_MANUALS_PAGE: Final = "app_pages/manuals.py"
_WAITING: Final = "順番を待っています"
_ON_THE_COMMAND_LINE: Final = re.compile(r"（コマンドでは[^）]*）")
_STOPPED: Final = "中止しました。取り込むときは、もう一度ファイルを選んでください。"


def show_uploads(desk: UploadDesk) -> None:
    """Show the list, and look again every second while there is work."""
    busy = _is_busy(desk.seen_by(resources.require("manage_manuals")))
    st.fragment(_show_list, run_every=_EVERY if busy else None)(desk, busy)


def _show_list(desk: UploadDesk, was_busy: bool) -> None:
    # A fragment runs by itself: whether the person may still see it is asked each time.
    member = resources.require("manage_manuals")
    uploads = desk.seen_by(member)
    if not uploads:
        return
    st.header("取り込みの状況")
    _say(uploads)
    for upload in uploads:
        with st.container(border=True, key=f"upload-row-{upload.id}"):
            _show_upload(desk, upload, member)
    _show_buttons(desk, uploads, member)
    if _is_busy(desk.seen_by(member)) != was_busy:
        st.rerun()  # the whole page: whether to look again is decided there


def _is_busy(uploads: list[Upload]) -> bool:
    return any(upload.under_way for upload in uploads)


def _say(uploads: list[Upload]) -> None:
    """Say how many are done, aloud too; the live region repeats only what has changed."""
    ended = sum(not upload.under_way for upload in uploads)
    locked = sum(upload.asks_password for upload in uploads)
    words = f"全{len(uploads)}件のうち{ended}件が終わりました。"
    if ended == len(uploads):
        words = f"全{len(uploads)}件が終わりました。"
    if locked:
        words += f"{locked}件はパスワードが必要です。"
    st.html(note(as_html(words)) + f'<span class="chonai-say" hidden>{as_html(words)}</span>')


def _show_upload(desk: UploadDesk, upload: Upload, member: Member) -> None:
    kind, words, details = _told(upload)
    lines = "".join(note(as_html(line)) for line in details)
    st.html(
        f'<p class="chonai-file"><span class="chonai-state chonai-{kind}">{as_html(words)}</span>'
        f"<strong>{as_html(upload.name)}</strong></p>{lines}"
    )
    if upload.asks_password:
        _show_password_form(desk, upload, member)
        return
    can_be_read = upload.result and upload.result.status != "rejected" and _in_force(upload)
    if can_be_read and st.button("AIが読んだ文を見る", key=f"read-{upload.id}"):
        state.read_manual_of(upload.name)
        st.switch_page(_MANUALS_PAGE)


def _told(upload: Upload) -> tuple[str, str, list[str]]:
    """Return the kind of a state, its words, and the lines that stand under the file's name."""
    result = upload.result
    if upload.state == "stopped":
        return "wait", "中止", [_STOPPED]
    if result is None:
        working = upload.state == "working"
        return ("work", "取り込み中", [upload.step]) if working else ("wait", "待機中", [_WAITING])
    if result.asks_password:
        return "ask", "パスワードが必要です", [_without_the_command(result.problems[0])]
    if result.status == "rejected":
        return "bad", "取り込めません", result.problems
    known = f"『{result.manual}』第{result.version}版"
    if result.status == "unchanged":
        return "good", "変更なし", [f"{known}：取り込んであるものと同じです。"]
    return (
        "good",
        "取り込みました",
        [f"{known}：{_counts(result)}", *_later(upload), *result.problems],
    )


def _counts(result: FileResult) -> str:
    pages = f"{result.pages:,} ページ、" if result.pages else ""
    return f"{pages}{result.chunks:,} か所（{result.seconds:.0f} 秒）"


def _later(upload: Upload) -> list[str]:
    if _in_force(upload):
        return []
    return [f"{date_words(upload.row.effective_from)}から、質問への回答に使います。"]


def _in_force(upload: Upload) -> bool:
    return upload.row.effective_from is None or upload.row.effective_from <= calendar.today()


def _without_the_command(problem: str) -> str:
    """Return a problem without what it says of the command line: the field is right below."""
    return _ON_THE_COMMAND_LINE.sub("", problem)


def _show_password_form(desk: UploadDesk, upload: Upload, member: Member) -> None:
    key = f"password-{upload.id}"

    def retry() -> None:
        desk.retry(upload.id, state.take_password(key), by=member)

    label = as_label(f"「{upload.name}」のパスワード")
    with (
        st.form(f"unlock-{upload.id}", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(label, type="password", key=key, autocomplete="off")
        st.form_submit_button("もう一度取り込む", on_click=retry)


def _show_buttons(desk: UploadDesk, uploads: list[Upload], member: Member) -> None:
    with st.container(horizontal=True):
        if any(upload.state == "waiting" for upload in uploads):
            st.button(
                "待っている分を中止する",
                on_click=desk.stop,
                kwargs={"by": member},
                key="uploads-stop",
            )
        if any(not upload.under_way for upload in uploads):
            st.button(
                "終わった分を一覧から消す",
                on_click=desk.clear,
                kwargs={"by": member},
                key="uploads-clear",
            )
