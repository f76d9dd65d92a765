"""職員名簿の取込み: a list is read and compared, looked at, and then applied."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.people.staff.staff_import import plan_staff_list
from ingest.staff_sheet import COLUMNS, read_staff_sheet
from ui import resources, state
from ui.components.people.acting import attempt, show_said
from ui.components.people.fields import asked_day, day_field
from ui.components.people.staff_draft import FORM, StaffDraft
from ui.components.people.staff_preview import show_draft
from ui.components.style import note
from ui.components.text import as_html, date_words

_MEGABYTES: Final = 20
_PART: Final = "一部の職員"
_ALL: Final = "全職員の名簿（載っていない人は退職）"
_INTRODUCTION: Final = (
    "職員名簿（CSV か Excel の .xlsx）を、登録されている利用者と比べます。"
    "何が変わるかを確かめてから反映します。確かめるだけでは、何も変わりません。"
)
_COLUMNS: Final = (
    "必要な列は、職員番号・氏名・所属です。任用形態・有効開始日・有効終了日の列は、あれば読みます。"
    "職員番号の先頭の 0 が消えないよう、Excel では番号の列を「文字列」にしてください。"
)
_EXAMPLE: Final = ("01001", "山田 太郎", "総務課", "正規", "{day}", "")


def show_staff_file() -> None:
    """Show the form for a list and, once it is read, what it would change."""
    show_said(FORM)
    place = st.empty()  # emptied once the list is applied: what was asked is done
    with place.container():
        st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
        st.html(note(as_html(_COLUMNS)))
        st.download_button(
            "名簿のひな形（CSV）をダウンロード", template(), file_name="職員名簿のひな形.csv",
            mime="text/csv", on_click="ignore", key="staff-template",
        )  # fmt: skip
        _show_form()
        result = show_draft()
    if result is not None:
        place.empty()
        result()


def _show_form() -> None:
    key = f"{FORM}-{state.form_round(FORM)}"
    with st.form(key, enter_to_submit=False):
        file = st.file_uploader("職員名簿のファイル", key=f"{key}-file", max_upload_size=_MEGABYTES)
        on = day_field("名簿の基準日", key=f"{key}-day", value=date_words(calendar.today()))
        extent = st.radio("名簿の範囲", [_PART, _ALL], key=f"{key}-extent")
        sent = st.form_submit_button("内容を確かめる", type="primary")
    if not sent:
        return
    state.drop_draft(FORM)
    draft = attempt(lambda _: _read(file, on, complete=extent == _ALL))
    if draft is not None:
        state.keep_draft(FORM, draft)


def _read(file: Any, on: str, *, complete: bool) -> StaffDraft:
    if file is None:
        raise UsageError("ファイルが選ばれていません。職員名簿のファイルを選んでください。")
    day = asked_day(on, "名簿の基準日")
    sheet = read_staff_sheet(file.getvalue())
    plan = plan_staff_list(resources.assistant().database, sheet.rows, day=day, complete=complete)
    return StaffDraft(file.name, sheet.sha256, plan)


def template() -> bytes:
    """Return a list with its heads and one line, for Excel: UTF-8 with a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.heads[0] for column in COLUMNS)
    day = calendar.today().isoformat()
    writer.writerow(cell.format(day=day) for cell in _EXAMPLE)
    return text.getvalue().encode("utf-8-sig")
