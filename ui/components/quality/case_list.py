"""The cases of a run: a table, filtered to the wrong ones, and one of them in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from assistant.evaluations.runs import KeptResult
from eval.runs.case_result import CaseResult
from eval.runs.comparison import OUTCOME_WORDS
from eval.runs.run_figures import wholly_right
from eval.runs.stored_runs import differences
from eval.sets.case_rows import KIND_WORDS
from eval.sets.question_set import case_of_row
from ui import state
from ui.components.quality.case_view import show_case
from ui.components.style import note
from ui.components.text import as_html, as_label

Found = Sequence[tuple[KeptResult, CaseResult]]
_WRONG, _ALL = "誤りのある質問だけ", "すべての質問"
_EVERY: Final = "すべて"


def show_case_list(run_id: int, found: Found) -> None:
    """Show the table of a run's cases and the one that is chosen."""
    shown = _filtered(found)
    st.html(note(as_html(f"{len(found):,}問のうち{len(shown):,}問を表示")))
    if not shown:
        st.html(note(as_html("当てはまる質問はありません。")))
        return
    st.dataframe([_row(*one) for one in shown], hide_index=True, alt="質問ごとの結果の一覧")
    by_id = {kept.case_id: (kept, result) for kept, result in shown}
    chosen = _choose(run_id, by_id)
    if chosen is not None:
        kept, result = by_id[chosen]
        case = case_of_row(dict(kept.row))
        show_case(case, result, judged=True)


def _filtered(found: Found) -> Found:
    which_key, kind_key, manual_key = state.QUALITY_FILTER_KEYS
    with st.container(horizontal=True):
        which = st.radio("表示する質問", (_ALL, _WRONG), horizontal=True, key=which_key)
        kinds = sorted({KIND_WORDS.get(r.kind, r.kind) for _, r in found if r.kind})
        kind = st.selectbox("種類", [_EVERY, *kinds], key=kind_key)
        manuals = sorted({r.manual for _, r in found if r.manual})
        manual = st.selectbox(
            "マニュアル", [_EVERY, *manuals], key=manual_key, format_func=as_label
        )
    return [
        (kept, result)
        for kept, result in found
        if (which == _ALL or not wholly_right(result))
        and kind in (_EVERY, KIND_WORDS.get(result.kind, result.kind))
        and manual in (_EVERY, result.manual)
    ]


def _choose(run_id: int, by_id: dict[str, tuple[KeptResult, CaseResult]]) -> str | None:
    """Return the case that is opened; the buttons go to the one before and the one after."""
    ids = list(by_id)
    # The key of the field is the same in every run, so that another page part can open a case.
    chosen: str | None = st.selectbox(
        "詳しく見る質問", ids, index=None, key=state.QUALITY_CASE_KEY,
        format_func=lambda key: as_label(f"{key} {by_id[key][1].question}"),
        placeholder="選んでください",
    )  # fmt: skip
    number = ids.index(chosen) if chosen in ids else -1
    with st.container(horizontal=True, vertical_alignment="center"):
        for words, step in (("前の質問", -1), ("次の質問", 1)):
            other = ids[min(max(number + step, 0), len(ids) - 1)]
            st.button(
                words,
                key=f"quality-step-{run_id}-{step}",
                on_click=state.open_quality_case,
                args=(other,),
            )
        if number >= 0:
            st.html(note(f"{number + 1}問目／全{len(ids):,}問"), width="content")
    return chosen if chosen in ids else None


def _row(kept: KeptResult, result: CaseResult) -> dict[str, str]:
    case = case_of_row(dict(kept.row))
    return {
        "ID": kept.case_id,
        "自動判定": "正しい" if wholly_right(result) else "誤りあり",
        "質問": result.question,
        "結果": OUTCOME_WORDS[result.outcome],
        "違うところ": " ".join(differences(case, result)),
        "正しい答え": case.answer,
        "種類": KIND_WORDS.get(result.kind, result.kind),
    }
