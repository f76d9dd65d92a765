"""Question sets from files and to files: nothing is taken where a line is wrong, all are named."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.evaluations.sets import LONGEST_NAME, KeptSet
from assistant.people.directory import Member
from eval.sets.first_sets import missing_first_sets, take_first_sets
from eval.sets.set_sheet import write_set_template
from eval.sets.stored_sets import SUFFIXES, export_set, import_set, named_set
from ui import resources, state
from ui.components.people.acting import confirmed
from ui.components.quality.acting import evaluator_of, perform
from ui.components.quality.set_cases import read_set
from ui.components.quality.words import EXCEL
from ui.components.style import note
from ui.components.text import as_html
from ui.upload_desk import safe_name

_FORM: Final = "quality-import"
_HOW: Final = (
    "ひな形（Excel）に質問と正しい答えを書いて取り込みます。JSON Lines（.jsonl）と CSV も"
    "読めます。直すところがあれば、行の番号を全部示し、何も取り込みません。"
)
_REPLACES: Final = (
    "質問集「{name}」の質問を、ファイルの内容に置き換えます。\n"
    "ファイルにない質問と下書きはなくなります。残したいときは、先に Excel で保存してください。"
)
_FIRST: Final = (
    "見本マニュアルに質問する、答えの付いた質問集です（{names}）。見本マニュアルを取り込んでいる"
    "ときに、測り方を試せます。登録すると、マニュアルの公開の前の確認にも使います。"
)
_HIDES: Final = (
    "閲覧できないマニュアルの質問があるため、この質問集はファイルに保存できません。"
    "閲覧できる人に依頼してください。"
)


def show_import(open_names: Sequence[str]) -> None:
    """Show the form that takes a file; a set that would lose questions is asked about first."""
    st.subheader("ファイルから取り込む")
    st.html(note(as_html(_HOW)))
    st.download_button(
        "ひな形（Excel）を保存する", _template, file_name="質問集ひな形.xlsx", mime=EXCEL,
        key="quality-template", on_click="ignore",
    )  # fmt: skip
    key = f"{_FORM}-{state.form_round(_FORM)}"
    file = st.file_uploader(
        "質問集のファイル", type=[suffix.removeprefix(".") for suffix in SUFFIXES], key=key
    )
    if file is None:
        return
    name = st.text_input(
        "質問集の名前（必須）", Path(file.name).stem[:LONGEST_NAME], key=f"{key}-name",
        max_chars=LONGEST_NAME,
    )  # fmt: skip
    plain = " ".join((name or "").split())
    if plain in open_names:
        sent = confirmed(
            f"quality-replace-{plain}", asks="取り込む", warning=_REPLACES.format(name=plain),
            agrees="置き換える",
        )  # fmt: skip
    else:
        sent = st.button("取り込む", key=f"{key}-send", type="primary")
    if sent:
        perform("quality-sets", partial(_import, file.name, file.getvalue(), plain))


def _import(file_name: str, content: bytes, name: str, by: Member) -> str:
    database = resources.assistant().database
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / safe_name(file_name)
        path.write_bytes(content)
        kept = import_set(database, path, name=name, by=by.actor)
    state.empty_form(_FORM)
    state.show_quality(set=kept.id)
    return (
        f"「{kept.name}」を第{kept.version}版として取り込みました"
        f"（承認 {kept.approved:,}問、下書き {kept.drafts:,}問）。"
    )


def show_first_sets() -> None:
    """Offer the question sets that come with the program, as long as one of them is missing."""
    missing = missing_first_sets(resources.assistant().database)
    if not missing:
        return
    st.subheader("付属の質問集を使う")
    st.html(note(as_html(_FIRST.format(names="、".join(missing)))))
    if st.button("付属の質問集を登録する", key="quality-first-sets"):
        perform("quality-sets", _take_first)


def _take_first(by: Member) -> str:
    taken = take_first_sets(resources.assistant().database, by=by.actor)
    if not taken:
        return "付属の質問集は、もう登録されています。"
    state.show_quality(set=taken[0].id)
    told = "、".join(f"「{kept.name}」{kept.approved:,}問" for kept in taken)
    return f"付属の質問集を登録しました（{told}）。"


def show_saving(kept: KeptSet, member: Member, *, hides: bool) -> None:
    """Show the buttons that save a set, unless it holds what the person may not read."""
    if hides:
        st.html(note(as_html(_HIDES)))
        return
    named, browser = f"{kept.name}@{kept.version}", resources.browser_session()
    stem = f"質問集_{kept.name}_第{kept.version}版_{calendar.today():%Y%m%d}"
    with st.container(horizontal=True):
        for suffix, words, mime in (
            (".xlsx", "Excel で保存する", EXCEL),
            (".jsonl", "JSON Lines で保存する", "application/jsonl"),
        ):
            st.download_button(
                words, partial(written_set, named, suffix, member.person_id, browser),
                file_name=f"{stem}{suffix}", mime=mime, key=f"quality-set{suffix}",
                on_click="ignore",
            )  # fmt: skip


def written_set(named: str, suffix: str, person_id: str, browser: str) -> bytes:
    """Return the file of a set; whether the person may still have it is asked anew."""
    member = evaluator_of(person_id, browser)
    database = resources.assistant().database
    if read_set(named_set(database, named), member.reader).hidden:
        raise UsageError(_HIDES)
    with io.BytesIO() as file:
        export_set(database, named, suffix, file)
        return file.getvalue()


def _template() -> bytes:
    with io.BytesIO() as file:
        write_set_template(file)
        return file.getvalue()
