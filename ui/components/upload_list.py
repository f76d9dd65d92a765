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
from ui.components.text import as_html, as_label, clock_words, date_words
from ui.composition import step_words
from ui.upload_desk import Upload, UploadDesk

_EVERY: Final = 1.0  # seconds between two looks at the desk while it works
_WAITING: Final = "順番を待っています"
_ON_THE_COMMAND_LINE: Final = re.compile(r"（コマンドでは[^）]*）")
_STOPPED: Final = "中止しました。取り込むときは、もう一度ファイルを選んでください。"

_DONE: Final = {
    "draft": "下書きにしました",
    "ready": "取り込みました（質問集で確かめて公開します）",
}
_LINKS: Final = {"draft": "下書きを確かめる", "ready": "確認の結果を見る"}


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
    job = upload.job
    if job.state == "running" and job.total:
        st.progress(min(job.done / job.total, 1.0))
    if upload.asks_password:
        _show_password_form(desk, upload, member)
        return
    _show_actions(desk, upload, member)


def _show_actions(desk: UploadDesk, upload: Upload, member: Member) -> None:
    result = upload.result
    with st.container(horizontal=True):
        if upload.under_way and not upload.job.cancel_requested:
            st.button(
                "中止する",
                key=f"cancel-{upload.id}",
                on_click=desk.cancel,
                args=(upload.id,),
                kwargs={"by": member},
            )
        if upload.can_be_retried:
            st.button(
                "もう一度取り込む",
                key=f"retry-{upload.id}",
                on_click=desk.retry,
                args=(upload.id,),
                kwargs={"by": member},
            )
        if result and result.status != "rejected" and result.manual_id:
            label = _LINKS.get(result.state, "このマニュアルを開く")
            if st.button(label, key=f"open-{upload.id}"):
                state.open_kept_manual(result.manual_id)
                st.rerun()
    with st.expander("処理の記録", key=f"log-{upload.id}"):
        lines = resources.assistant().jobs.lines(upload.id)
        st.html("".join(note(as_html(f"{clock_words(line.at)} {line.text}")) for line in lines))


def _told(upload: Upload) -> tuple[str, str, list[str]]:
    """Return the kind of a state, its words, and the lines that stand under the file's name."""
    result, job = upload.result, upload.job
    if job.state == "cancelled":
        return "wait", "中止", [_STOPPED]
    if job.state == "waiting":
        return "wait", "待機中", [_WAITING]
    if job.state == "running":
        stopping = ["中止しています…"] if job.cancel_requested else []
        return "work", "取り込み中", [*stopping, step_words(job) or "読んでいます"]
    if result is None:
        return "bad", "取り込めません", [job.error]
    if result.asks_password:
        return "ask", "パスワードが必要です", [_without_the_command(result.problems[0])]
    if result.status == "rejected":
        return "bad", "取り込めません", result.problems
    known = f"『{result.manual}』第{result.version}版"
    if result.status == "unchanged":
        return "good", "変更なし", [f"{known}：取り込んであるものと同じです。"]
    return (
        "good",
        _DONE.get(result.state, "公開しました"),
        [f"{known}：{_counts(result)}", *_later(upload), *result.problems],
    )


def _counts(result: FileResult) -> str:
    pages = f"{result.pages:,} ページ、" if result.pages else ""
    known = f"、うち{result.reused:,}件は前の索引を再利用" if result.reused else ""
    return f"{pages}{result.chunks:,} か所{known}（{result.seconds:.0f} 秒）"


def _later(upload: Upload) -> list[str]:
    if _in_force(upload) or (upload.result and upload.result.state in _DONE):
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
        desk.retry(upload.id, by=member, password=state.take_password(key))

    label = as_label(f"「{upload.name}」のパスワード")
    with (
        st.form(f"unlock-{upload.id}", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(label, type="password", key=key, autocomplete="off")
        st.form_submit_button("もう一度取り込む", on_click=retry)


def _show_buttons(desk: UploadDesk, uploads: list[Upload], member: Member) -> None:
    with st.container(horizontal=True):
        if any(upload.job.state == "waiting" for upload in uploads):
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
