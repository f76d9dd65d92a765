"""The figures of a run as tables and in one sentence each, for people who read no statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from eval.metrics.intervals import Estimate, estimate
from eval.runs.case_result import CaseResult
from eval.runs.comparison import OUTCOME_WORDS
from eval.runs.run_figures import (
    EXPECTED_WORDS,
    METRICS,
    OUTCOMES,
    by_manual,
    estimates,
    expected,
    refusal_matrix,
    wholly_right,
)
from eval.sets.case_rows import KIND_WORDS
from ui.components.quality.run_list import MAIN
from ui.components.quality.words import share, with_interval
from ui.components.style import note
from ui.components.text import as_html

_NO_SHARES: Final = ("ndcg@10", "mrr")
_WANTED: Final = {
    "answerable": "answered", "clarify": "clarify", "near_miss": "refused",
    "out_of_scope": "refused",
}  # fmt: skip
_INTERVAL: Final = (
    "「95%の範囲」は、質問が違っていたら値がどのくらい動くかの目安です。"
    "質問が少ないほど広くなります。"
)
_MATRIX: Final = (
    "「近いが書かれていない質問」に回答した数は、"
    "もっともらしい誤りになりやすいので、分けて数えています。"
)


def show_figures(results: Sequence[CaseResult]) -> None:
    """Show what a run came to: a sentence first, then the tables."""
    found = estimates(results)
    st.html(f'<p class="chonai-body"><strong>{as_html(summary_words(results, found))}</strong></p>')
    st.subheader("指標")
    st.html(note(as_html(_INTERVAL)))
    rows = [_metric_row(name, one) for name, one in found.items() if one.cases]
    st.dataframe(rows, hide_index=True, height="content", alt="指標ごとの値と95%の範囲")
    st.subheader("回答したか、しなかったか")
    st.html("".join(note(as_html(words)) for words in (matrix_words(results), _MATRIX)))
    st.dataframe(_matrix_rows(results), hide_index=True, alt="期待する結果と、実際の結果の数")
    st.subheader("質問の種類ごと")
    kinds = sorted({result.kind for result in results if result.kind})
    groups = {KIND_WORDS.get(k, k): [r for r in results if r.kind == k] for k in kinds}
    _show_groups("種類", groups)
    st.subheader("マニュアルごと")
    _show_groups("マニュアル", by_manual(results))


def summary_words(results: Sequence[CaseResult], found: Mapping[str, Estimate]) -> str:
    """Return what a run came to in one reading."""
    right = sum(wholly_right(result) for result in results)
    words = (
        f"{len(results):,}問のうち{right:,}問が、自動判定ですべて正しい結果でした。割合は"
        f"{with_interval(found['wholly_right'])}です。"
    )
    invented = sum(len(result.unsupported) for result in results)
    words += (
        f"裏付けのない数字が{invented:,}個ありました。"
        if invented
        else "裏付けのない数字はありませんでした。"
    )
    failed = sum(result.outcome == "failed" for result in results)
    return words + (f"{failed:,}問は回答できずに失敗しました。" if failed else "")


def matrix_words(results: Sequence[CaseResult]) -> str:
    """Return the refusal matrix in one reading, near misses apart."""
    parts = []
    counts = refusal_matrix(results)
    for wanted, outcome in _WANTED.items():
        total = sum(expected(result) == wanted for result in results)
        if total:
            parts.append(
                f"{EXPECTED_WORDS[wanted]}{total:,}問のうち"
                f"{counts[wanted][outcome]:,}問が、あるべき結果（{OUTCOME_WORDS[outcome]}）"
            )
    return "、".join(parts) + "でした。" if parts else ""


def _metric_row(name: str, found: Estimate) -> dict[str, str]:
    if found.value is None or found.low is None or found.high is None:
        return {}
    words = METRICS[name].words
    if name in _NO_SHARES:
        value, interval = f"{found.value:.3f}", f"{found.low:.3f}〜{found.high:.3f}"
    else:
        value, interval = share(found.value), f"{found.low * 100:.1f}〜{found.high:.1%}"
    return {"指標": words, "値": value, "95%の範囲": interval, "質問": f"{found.cases:,}問"}


def _matrix_rows(results: Sequence[CaseResult]) -> list[dict[str, str]]:
    rows = []
    for wanted, counts in refusal_matrix(results).items():
        total = sum(counts.values())
        if total:
            rows.append(
                {
                    "質問": EXPECTED_WORDS[wanted],
                    "あるべき結果": OUTCOME_WORDS[_WANTED[wanted]],
                    **{OUTCOME_WORDS[key]: f"{counts[key]:,}問" for key in OUTCOMES},
                    "計": f"{total:,}問",
                }
            )
    return rows


def _show_groups(what: str, groups: Mapping[str, Sequence[CaseResult]]) -> None:
    """Show the main figures of each group: all twenty would take seconds and be read by nobody."""
    rows = []
    for name, own in groups.items():
        row = {what: name, "質問": f"{len(own):,}問"}
        for metric in MAIN:
            row[METRICS[metric].words] = with_interval(
                estimate([METRICS[metric].value(result) for result in own])
            )
        rows.append(row)
    if not rows:
        st.html(note(as_html("分けて見る質問はありません。")))
        return
    st.html(note(as_html(_weakest(what, groups))))
    st.dataframe(rows, hide_index=True, alt=f"{what}ごとの値と95%の範囲")


def _weakest(what: str, groups: Mapping[str, Sequence[CaseResult]]) -> str:
    """Return which group has the most wrong results."""
    wrong = {name: sum(not wholly_right(r) for r in own) for name, own in groups.items()}
    name = max(wrong, key=lambda key: wrong[key])
    if not wrong[name]:
        return "誤りのある質問はありません。"
    return (
        f"誤りが最も多い{what}は「{name}」です（{len(groups[name]):,}問のうち{wrong[name]:,}問）。"
    )
