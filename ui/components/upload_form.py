"""The form in which files are chosen and described before they are registered."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any, Final

import streamlit as st

from assistant.errors import AssistantError, UsageError
from assistant.japanese.figures import ERA_LETTERS, ERAS
from ingest.manual_sheet import SheetRow
from ui import state
from ui.components.style import note
from ui.components.text import as_html, as_markdown
from ui.upload_desk import UploadDesk

_FORMATS: Final = (
    "PDF・Word・Excel・PowerPoint・HTML・CSV・Markdown・テキスト。"
    "1ファイル {megabytes} MB まで、一度にいくつでも選べます。"
)
_OPTIONAL: Final = (
    "空のままの欄は、前に登録した内容か、ファイルから読み取った表題になります。"
    "いくつかのファイルを選んだときは、表題のほかの欄を、選んだ全部のファイルに使います。"
)
_PAIRS: Final = (
    (("owner_section", "所管課", "例：人事課"), ("owner_extension", "内線", "例：2112")),
    (("category", "区分", "例：旅費"), ("effective_from", "施行日", "例：令和8年4月1日")),
)
_DAY: Final = re.compile(
    r"(?:(?P<era>令和|平成|昭和|R|H|S)\s*)?(?P<year>\d{1,4}|元)\s*[-/.年]\s*"
    r"(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?",
    re.IGNORECASE,
)


def show_upload_form(desk: UploadDesk, *, person_id: str, megabytes: int) -> None:
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
        with st.expander("表題・区分・所管課・施行日を入力する（任意）"):
            fields = _fields(number)
        submitted = st.form_submit_button("取り込む", type="primary")
    if not submitted:
        return
    try:
        _hand_over(files, fields, desk, person_id)
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
    return given


def _hand_over(files: list[Any], fields: dict[str, str], desk: UploadDesk, person_id: str) -> None:
    """Give the files to the desk; raises an AssistantError before the first, or where one fails."""
    if not files:
        raise UsageError("ファイルが選ばれていません。取り込むファイルを選んでください。")
    if fields["title"] and len(files) > 1:
        raise UsageError(
            "表題は、ファイルを1つだけ選んだときに入力できます。"
            "表題を空にするか、ファイルを1つずつ取り込んでください。"
        )
    row = SheetRow(
        title=fields["title"],
        category=fields["category"],
        owner_section=fields["owner_section"],
        owner_extension=fields["owner_extension"],
        effective_from=day_of(fields["effective_from"]),
    )
    for file in files:
        desk.add(file.name, file.getbuffer(), row=row, person_id=person_id)


def day_of(text: str) -> date | None:
    """Return the day written as 2026-04-01, 2026/4/1, 令和8年4月1日 or R8.4.1; None for "".

    Raises UsageError.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    match = _DAY.fullmatch(plain)
    era = (match["era"] or "").lower() if match else ""
    if match and (era or len(match["year"]) == 4):
        year = 1 if match["year"] == "元" else int(match["year"])
        try:
            return date(
                year + ERAS.get(ERA_LETTERS.get(era, era), 0),
                int(match["month"]),
                int(match["day"]),
            )
        except ValueError:
            pass  # no such day: said below
    raise UsageError(
        f"施行日「{text}」を読めません。2026-04-01 か 令和8年4月1日 の形で入力してください。"
    )
