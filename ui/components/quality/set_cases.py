"""The questions of a set: the table of them, filtered, as the person at the page may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from assistant.domain import Reader
from assistant.evaluations.sets import KeptCase, KeptSet, QuestionSets
from eval.runs.run_rights import files_of, hidden_files, shown_case
from eval.sets.case_rows import KIND_WORDS, STATE_WORDS, with_kind
from ui import resources
from ui.components.quality.words import place_of_row
from ui.components.style import note
from ui.components.text import as_html

_ALL: Final = "すべて"


@dataclass(frozen=True)
class ShownSet:
    """The cases of a set as somebody may see them; `hidden` are the ids of those that hide."""

    cases: tuple[KeptCase, ...]
    hidden: frozenset[str]

    def changeable(self) -> list[KeptCase]:
        """Return the cases that the person sees whole."""
        return [case for case in self.cases if case.case_id not in self.hidden]


def read_set(kept: KeptSet, reader: Reader) -> ShownSet:
    """Return the cases of a set without what manuals say that the reader may not read."""
    assistant = resources.assistant()
    cases = QuestionSets(assistant.database).cases(kept.id)
    files = {file for case in cases for file in files_of(case.row)}
    quoted = {file for case in cases if (file := _file_in(case.origin))}
    hidden = hidden_files(assistant.library, files | quoted, reader=reader)
    return ShownSet(
        tuple(shown_case(case, hidden) for case in cases),
        frozenset(case.case_id for case in cases if files_of(case.row) & hidden),
    )


def _file_in(origin: str) -> str:
    """Return the file that a draft's origin names: 役に立たなかった…（引用 契約.pdf）."""
    return origin.partition("（引用 ")[2].removesuffix("）")


def show_cases(shown: ShownSet) -> None:
    """Show the questions by what is looked for."""
    with st.container(horizontal=True):
        text = st.text_input("質問を絞り込む（含まれる文字）", key="quality-case-text") or ""
        state_word = st.selectbox("状態", [_ALL, *STATE_WORDS.values()], key="quality-case-state")
        kinds = {kind_words(case) for case in shown.cases}
        kind = st.selectbox("種類", [_ALL, *sorted(kinds)], key="quality-case-kind")
    found = [
        case
        for case in shown.cases
        if text.strip() in f"{case.case_id} {case.row['question']}"
        and state_word in (_ALL, STATE_WORDS[case.state])
        and kind in (_ALL, kind_words(case))
    ]
    st.html(note(as_html(f"{len(shown.cases):,}問のうち{len(found):,}問を表示")))
    if shown.hidden:
        words = (
            f"{len(shown.hidden):,}問は、閲覧できないマニュアルの質問なので、答えを表示しません。"
        )
        st.html(note(as_html(words)))
    st.dataframe([_row(case) for case in found], hide_index=True, alt="質問集の質問の一覧")


def kind_words(case: KeptCase) -> str:
    """Return the kind of a case as people call it."""
    return KIND_WORDS[with_kind(case.row)["kind"]]


def _row(case: KeptCase) -> dict[str, str]:
    row = case.row
    return {
        "ID": case.case_id,
        "状態": STATE_WORDS[case.state],
        "質問": str(row["question"]),
        "種類": kind_words(case),
        "答え": "ある" if row["answerable"] else "ない",
        "正しい答え": str(row.get("answer") or ""),
        "正しい箇所": place_of_row(row),
        "必要な事実": "、".join(row.get("key_facts", ())),
        "出どころ": case.origin,
        "承認した人": case.approved_by_name,
    }
