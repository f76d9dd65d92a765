"""The form in which files are chosen and described before they are registered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from assistant.errors import UsageError
from ingest.manual_sheet import SheetRow
from ui import resources, state
from ui.components.library.acting import Keeper, attempt
from ui.components.library.description import (
    ManualFields,
    VersionFields,
    manual_fields,
    version_fields,
)
from ui.components.library.manual_form import require_own
from ui.components.library.upload_sheet import (
    SheetMatch,
    match_sheet,
    merged,
    show_match,
    show_template_button,
)
from ui.components.people.fields import asked_section, optional_day
from ui.components.style import note
from ui.components.text import as_html, as_label
from ui.upload_desk import safe_name

_FORM: Final = "upload"
_FORMATS: Final = (
    "PDF・Word・Excel・PowerPoint・HTML・CSV・Markdown・テキスト。"
    "1ファイル {megabytes} MB まで、一度にいくつでも選べます。"
)
_OPTIONAL: Final = (
    "空のままの欄は、前に登録した内容か、ファイルから読み取った表題になります。"
    "いくつかのファイルを選んだときは、表題のほかの欄を、選んだ全部のファイルに使います。"
)
_SHEET: Final = (
    "ファイルごとの表題や施行日を書いた表（Excel の .xlsx か CSV）です。選ぶと、取り込む前に、"
    "ファイルごとの内容を確かめる表を表示します。"
)
_DRAFT: Final = "下書きにして、確かめてから公開する"
_AT_ONCE: Final = "すぐ公開する"
_BY_NAME: Final = ""


@dataclass(frozen=True)
class _Given:
    """What the form was given; nothing of it has been checked."""

    files: list[Any]
    sheet: Any
    manual_id: str
    as_draft: bool
    correction: bool
    manual: ManualFields
    version: VersionFields

    def common(self) -> SheetRow:
        """Return what is said of all files; raises UsageError."""
        dates = self.version.dates()
        owner = self.manual.owner_section
        return SheetRow(
            title=self.manual.title,
            category=self.manual.category,
            owner_section=owner and asked_section(owner),
            owner_extension=self.manual.owner_extension,
            audience=self.manual.audience(),
            effective_from=dates.effective_from,
            effective_to=dates.effective_to,
            review_on=optional_day(self.manual.review_on, "次回見直し日"),
            counted_by=dates.counted_by,
            transition_note=dates.transition_note,
            change_note=dates.change_note,
        )


def show_upload_form(keeper: Keeper, *, megabytes: int) -> None:
    """Show the form; what it is given goes to the desk, and the form is empty again.

    With a list the files are shown with what it says of them first, and taken by a second button.
    """
    key = f"{_FORM}-{state.upload_round()}"
    with st.form(key, enter_to_submit=False):
        given = _asked(key, keeper, megabytes)
        submitted = st.form_submit_button("取り込む", type="primary")
    show_template_button()
    if submitted:
        state.drop_draft(_FORM)
        if given.sheet is None:
            _take(given)
        else:
            state.keep_draft(_FORM, attempt(lambda _: _matched(given)))
    match = state.draft(_FORM)
    if isinstance(match, SheetMatch):
        _confirm(given, match, keeper)


def _asked(key: str, keeper: Keeper, megabytes: int) -> _Given:
    files = st.file_uploader(
        "取り込むファイル", accept_multiple_files=True, max_upload_size=megabytes,
        key=f"{key}-files",
    )  # fmt: skip
    st.html(note(as_html(_FORMATS.format(megabytes=megabytes))))
    how = st.radio("公開のしかた", [_DRAFT, _AT_ONCE], key=f"{key}-how")
    manual_id = _asked_manual(key, keeper)
    correction = st.checkbox("軽微な修正（施行日は変えない）", key=f"{key}-correction")
    with st.expander("表題・所管課・施行日・閲覧範囲などを入力する（任意）", key=f"{key}-more"):
        st.html(note(as_html(_OPTIONAL)))
        manual = manual_fields(key, owners=keeper.shelf.owners, title="表題（1ファイルのときだけ）")
        version = version_fields(key)
    with st.expander("対応表を使う（任意）", key=f"{key}-sheet-part"):
        st.html(note(as_html(_SHEET)))
        sheet = st.file_uploader("対応表のファイル", max_upload_size=5, key=f"{key}-sheet")
    return _Given(files, sheet, manual_id, how == _DRAFT, correction, manual, version)


def _asked_manual(key: str, keeper: Keeper) -> str:
    titles = {m.manual.id: m.manual.title for m in keeper.shelf.manuals()}
    words = {_BY_NAME: "ファイル名で判断する（同じ名前なら新しい版、違えば新しいマニュアル）"}
    words |= {manual_id: as_label(f"『{title}』の版") for manual_id, title in titles.items()}
    return st.selectbox(
        "どのマニュアルか", list(words), format_func=lambda name: words.get(name, ""),
        key=f"{key}-manual",
    )  # fmt: skip


def _matched(given: _Given) -> SheetMatch:
    """Return what the list says of the files; raises an AssistantError."""
    _require_files(given)
    given.common()
    names = [file.name for file in given.files]
    return match_sheet(given.sheet.name, given.sheet.getvalue(), names)


def _confirm(given: _Given, match: SheetMatch, keeper: Keeper) -> None:
    common = attempt(lambda _: given.common())
    names = {safe_name(file.name) for file in given.files}
    if common is None or given.sheet is None or names != {*match.rows, *match.unlisted}:
        return  # other files have been chosen meanwhile: they are asked about anew
    show_match(match, common, keeper)
    with st.container(horizontal=True):
        if st.button("この内容で取り込む", type="primary", key="upload-sheet-take"):
            _take(given, match)
        st.button("やめる", key="upload-sheet-drop", on_click=state.drop_draft, args=(_FORM,))


def _take(given: _Given, match: SheetMatch | None = None) -> None:
    """Give the files to the desk, and begin with an empty form; what is refused is said."""
    if attempt(lambda keeper: _hand_over(given, match, keeper)):
        state.drop_draft(_FORM)
        state.empty_upload_form()
        st.rerun()


def _hand_over(given: _Given, match: SheetMatch | None, keeper: Keeper) -> bool:
    """Put all files in line; raises an AssistantError before the first, or where one fails."""
    _require_files(given)
    common, rows = given.common(), {} if match is None else match.rows
    owners = keeper.shelf.owners
    if given.manual_id:
        keeper.manual(given.manual_id)
    elif owners is not None and not common.owner_section and len(owners) == 1:
        common = merged(SheetRow(owner_section=next(iter(owners))), common)
    described = []
    for file in given.files:
        listed = rows.get(safe_name(file.name))
        row = common if listed is None else merged(listed, common)
        if row.owner_section:
            require_own(keeper, row.owner_section)
        described.append((file, row))
    for file, row in described:
        resources.uploads().add(
            file.name, file.getbuffer(), row=row, by=keeper.actor, manual_id=given.manual_id,
            correction=given.correction, as_draft=given.as_draft,
        )  # fmt: skip
    return True


def _require_files(given: _Given) -> None:
    """Refuse what cannot be meant; raises UsageError."""
    if not given.files:
        raise UsageError("ファイルが選ばれていません。取り込むファイルを選んでください。")
    if given.manual.title and len(given.files) > 1:
        raise UsageError(
            "表題は、ファイルを1つだけ選んだときに入力できます。表題を空にする"
            "（対応表なら、表に書く）か、ファイルを1つずつ取り込んでください。"
        )
    if given.manual_id and len(given.files) > 1:
        raise UsageError(
            "マニュアルを選んだときは、ファイルを1つだけ選んでください。"
            "いくつも取り込むときは「ファイル名で判断する」にしてください。"
        )
