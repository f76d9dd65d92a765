"""The form in which files are chosen and described before they are registered."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import streamlit as st

from assistant.errors import AssistantError, UsageError
from assistant.japanese.days import read_day
from assistant.people.access import checked_audience
from assistant.people.directory import Member
from ingest.manual_sheet import SheetRow
from ui import state
from ui.components.style import note
from ui.components.text import as_html, as_markdown
from ui.upload_desk import UploadDesk, owners_of

_FORMATS: Final = (
    "PDF・Word・Excel・PowerPoint・HTML・CSV・Markdown・テキスト。"
    "1ファイル {megabytes} MB まで、一度にいくつでも選べます。"
)
_OPTIONAL: Final = (
    "空のままの欄は、前に登録した内容か、ファイルから読み取った表題になります。"
    "いくつかのファイルを選んだときは、表題のほかの欄を、選んだ全部のファイルに使います。"
)
_AUDIENCES: Final = {
    "": "変えない（新しいマニュアルは全員）",
    "everyone": "全員",
    "written": "範囲を指定する",
}
_PAIRS: Final = (
    (("owner_section", "所管課", "例：人事課"), ("owner_extension", "内線", "例：2112")),
    (("category", "区分", "例：旅費"), ("effective_from", "施行日", "例：令和8年4月1日")),
)


def show_upload_form(desk: UploadDesk, *, member: Member, megabytes: int) -> None:
    """Show the form; what it is given goes to the desk, and the form is empty again."""
    number = state.upload_round()
    with st.form(f"upload-{number}", enter_to_submit=False):
        files = st.file_uploader(
            "取り込むファイル",
            accept_multiple_files=True,
            max_upload_size=megabytes,
            key=f"upload-files-{number}",
        )
        st.html(note(as_html(_FORMATS.format(megabytes=megabytes))))
        with st.expander("表題・区分・所管課・施行日・閲覧範囲を入力する（任意）"):
            fields = _fields(number)
        submitted = st.form_submit_button("取り込む", type="primary")
    if not submitted:
        return
    try:
        _hand_over(files, fields, desk, member)
    except AssistantError as error:
        st.error(as_markdown(str(error)))
        return
    state.empty_upload_form()
    st.rerun()


def _fields(number: int) -> dict[str, str]:
    st.html(note(as_html(_OPTIONAL)))

    def field(name: str, label: str, example: str) -> str:
        return st.text_input(label, key=f"upload-{name}-{number}", placeholder=example).strip()

    given = {"title": field("title", "表題（1ファイルのときだけ）", "例：旅費事務の手引き")}
    for pair in _PAIRS:
        for column, (name, label, example) in zip(st.columns(2), pair, strict=True):
            with column:
                given[name] = field(name, label, example)
    given["audience"] = _audience(number)
    return given


def _audience(number: int) -> str:
    """Ask who may read the manual: "" leaves it as it was, or everyone for a new one."""
    kind = st.radio(
        "読める人（閲覧範囲）", list(_AUDIENCES), key=f"upload-audience-{number}",
        format_func=lambda key: _AUDIENCES[key],
    )  # fmt: skip
    written = st.text_input(
        "「範囲を指定する」のとき", key=f"upload-audience-written-{number}",
        placeholder="例：section:総務課, group:文書担当, role:administrator",
    )  # fmt: skip
    if kind == "written" and not written.strip():
        return "?"  # chosen, but not said: refused with what to write
    return written if kind == "written" else kind


def _hand_over(files: list[Any], fields: dict[str, str], desk: UploadDesk, member: Member) -> None:
    """Give the files to the desk; raises an AssistantError before the first, or where one fails."""
    if not files:
        raise UsageError("ファイルが選ばれていません。取り込むファイルを選んでください。")
    if fields["title"] and len(files) > 1:
        raise UsageError(
            "表題は、ファイルを1つだけ選んだときに入力できます。"
            "表題を空にするか、ファイルを1つずつ取り込んでください。"
        )
    owner, allowed = fields["owner_section"], owners_of(member)
    if allowed is not None and not owner and len(allowed) == 1:
        owner = next(iter(allowed))
    if allowed is not None and owner and owner not in allowed:
        raise UsageError(
            f"所管課には、あなたが編集者になっている課（{'、'.join(sorted(allowed))}）を"
            "指定してください。"
        )
    audience = fields["audience"] and checked_audience(fields["audience"])
    row = SheetRow(
        title=fields["title"],
        category=fields["category"],
        owner_section=owner,
        owner_extension=fields["owner_extension"],
        effective_from=day_of(fields["effective_from"]),
        audience=audience,
    )
    for file in files:
        desk.add(file.name, file.getbuffer(), row=row, by=member.actor)


def day_of(text: str) -> date | None:
    """Return the day written as 2026-04-01, 2026/4/1, 令和8年4月1日 or R8.4.1; None for "".

    Raises UsageError.
    """
    if not text.strip():
        return None
    try:
        return read_day(text)
    except ValueError as error:
        raise UsageError(
            f"施行日「{text}」を読めません。2026-04-01 か 令和8年4月1日 の形で入力してください。"
        ) from error
