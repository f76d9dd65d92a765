"""The form of one question: the columns of the workbook as fields, checked in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import streamlit as st

from assistant.evaluations.sets import KeptCase, KeptSet, QuestionSets
from assistant.people.directory import Member
from eval.sets.case_form import written_case
from eval.sets.case_rows import KIND_WORDS, exported_row
from eval.sets.set_columns import ANSWERABLE_WORDS, cells_of_row
from ui import resources, state
from ui.components.people.acting import confirmed
from ui.components.quality.acting import perform
from ui.components.quality.set_cases import ShownSet
from ui.components.style import note
from ui.components.text import as_html, as_label

_PLACE: Final = "quality-sets"
_LINES: Final = {
    "question": "質問（必須。職員が入力するとおりの言葉）",
    "answer": "正しい答え",
    "answer_snippet": "根拠の文（マニュアルのとおりに写す）",
    "key_facts": "必要な事実（回答になければならない言葉や数字。1行に1つ）",
    "accept": "別の根拠（「契約事務の手引き.pdf 8ページ」の形で、1行に1つ）",
    "turns": "前の質問（会話の続きのとき。1行に1つ、「質問 → 回答」）",
}
_WORDS: Final = {
    "file": "答えが書かれているファイル名（答えがあるときは必須。例：契約事務の手引き.pdf）",
    "page": "ページ（ファイルの先頭から数えた番号）",
    "section": "見出し",
    "as_of": "基準日（例：2026-04-01）",
    "condition": "足りない条件（聞き返すべき質問だけ）",
}
_HOW: Final = "氏名や電話番号など、個人が分かる言葉は書かないでください。"
_REMOVES: Final = "質問 {id} を質問集から除きます。\n{question}"


def show_changing(kept: KeptSet, shown: ShownSet) -> None:
    """Show a field to choose a question, and the form of the one chosen."""
    st.subheader("質問を直す")
    by_id = {case.case_id: case for case in shown.changeable()}
    if not by_id:
        st.html(note(as_html("直せる質問はありません。")))
        return
    chosen = st.selectbox(
        "直す質問", list(by_id), index=None, key=f"quality-change-{kept.name}",
        format_func=lambda one: as_label(f"{one} {by_id[one].row['question']}"),
        placeholder="選んでください",
    )  # fmt: skip
    if chosen is not None:
        _show_form(kept, by_id[chosen])
        _show_removing(kept, by_id[chosen])


def show_adding(kept: KeptSet) -> None:
    """Show an empty form, closed until it is wanted."""
    with st.expander("質問を加える"):
        _show_form(kept, None)


def _show_form(kept: KeptSet, before: KeptCase | None) -> None:
    form = f"quality-form-{kept.name}" + ("" if before is None else f"-{before.case_id}")
    key = f"{form}-{state.form_round(form)}"
    cells = {} if before is None else cells_of_row(exported_row(before))
    st.html(note(as_html(_HOW)))
    with st.form(key, border=True, enter_to_submit=False):
        said = _fields(key, cells, known_id="" if before is None else before.case_id)
        with st.container(horizontal=True):
            approved = before is not None and before.state == "approved"
            words = "保存する" if approved else "保存して承認する"
            approving = st.form_submit_button(words, type="primary")
            drafting = not approved and st.form_submit_button("下書きとして保存する")
    if approving or drafting:
        perform(
            _PLACE,
            partial(_save, kept, form, said, changes=before is not None, approves=bool(approving)),
        )


def _fields(key: str, cells: Mapping[str, str], *, known_id: str) -> dict[str, str]:
    """Return what the fields say; the id of a known question stays, or it would be another one."""
    if known_id:
        said = {"id": known_id}
    else:
        said = {"id": st.text_input("ID（必須。後で変えられません）", key=f"{key}-id") or ""}

    def area(name: str) -> None:
        given = cells.get(name, "")
        said[name] = st.text_area(_LINES[name], given, key=f"{key}-{name}", height=90) or ""

    def line(name: str) -> None:
        said[name] = st.text_input(_WORDS[name], cells.get(name, ""), key=f"{key}-{name}") or ""

    area("question")
    answerable = list(ANSWERABLE_WORDS)
    said["answerable"] = st.radio(
        "マニュアルに答えが", answerable, horizontal=True, key=f"{key}-answerable",
        index=answerable.index(cells.get("answerable") or answerable[0]),
    )  # fmt: skip
    kinds = ["", *KIND_WORDS.values()]
    said["kind"] = st.selectbox(
        "種類", kinds, kinds.index(cells.get("kind", "")), key=f"{key}-kind",
        format_func=lambda kind: kind or "答えの有無で決める",
    ) or ""  # fmt: skip
    line("file")
    line("page")
    for name in ("answer", "key_facts"):
        area(name)
    line("section")
    for name in ("answer_snippet", "accept", "turns"):
        area(name)
    line("as_of")
    line("condition")
    return said


def _save(
    kept: KeptSet,
    form: str,
    cells: Mapping[str, str],
    by: Member,
    *,
    changes: bool,
    approves: bool,
) -> str:
    sets = QuestionSets(resources.assistant().database)
    # As it is kept: what is shown may lack words of a manual that the person may not read.
    known = {case.case_id: case for case in sets.cases(kept.id)}
    before = known.get(cells["id"]) if changes else None
    case = written_case(cells, before=before, approves=approves, by=by.actor)
    if before is None:
        changed = sets.add(kept.name, [case], by=by.actor)
    else:
        changed = sets.change(kept.name, case, by=by.actor)
    state.empty_form(form)
    state.show_quality(set=changed.id)
    done = "承認した質問として" if case.state == "approved" else "下書きとして"
    return f"質問 {case.case_id} を、第{changed.version}版に{done}保存しました。"


def _show_removing(kept: KeptSet, case: KeptCase) -> None:
    warning = _REMOVES.format(id=case.case_id, question=case.row["question"])
    if confirmed(
        f"quality-remove-{kept.name}-{case.case_id}", asks="この質問を除く", warning=warning,
        agrees="除く",
    ):  # fmt: skip
        perform(_PLACE, partial(_remove, kept.name, case.case_id))


def _remove(name: str, case_id: str, by: Member) -> str:
    kept = QuestionSets(resources.assistant().database).remove(name, [case_id], by=by.actor)
    state.show_quality(set=kept.id)
    return f"質問 {case_id} を、第{kept.version}版から除きました。"
