"""比べる: two runs over the same questions, and whether they differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from assistant.errors import AssistantError
from assistant.people.directory import Member
from eval.metrics.mcnemar import PairedTest, smallest_detectable, smallest_significant
from eval.runs.comparison import FLIP_WORDS, Comparison, Flip
from eval.runs.run_figures import METRICS
from eval.runs.stored_runs import compare_stored
from ui import resources, state
from ui.components.people.acting import show_problem
from ui.components.quality.blind_step import blind_step
from ui.components.quality.run_choice import answered_runs, choose_run
from ui.components.quality.words import RESULTS, share
from ui.components.style import note
from ui.components.text import as_html, as_label

_MAIN: Final = "wholly_right"
_FEW: Final = "比べるには、結果のある評価が2つ必要です。「評価する」で測ってください。"
_SAME: Final = "違う評価を2つ選んでください。"
_HOW: Final = (
    "同じ質問で結果が変わった数から、偶然では説明しにくい差か（マクネマー検定、5%）を確かめます。"
)


def show_comparing(member: Member) -> None:
    """Show two runs beside each other, a clear sentence first."""
    runs = answered_runs()
    if len(runs) < 2:
        st.info(_FEW)
        return
    earlier = choose_run("前の評価", runs, key="quality-earlier", first=1)
    later = choose_run("後の評価", runs, key="quality-later")
    if earlier is None or later is None:
        return
    if earlier.id == later.id:
        st.info(_SAME)
        return
    if not all(blind_step(run, member) for run in (earlier, later)):
        return
    try:
        found = compare_stored(resources.assistant(), earlier.id, later.id, reader=member.reader)
    except AssistantError as error:
        show_problem(str(error))
        return
    _show_verdict(found)
    st.html("".join(note(as_html(words)) for words in (_HOW, *found.notes)))
    _show_tests(found)
    _show_flips(found.flips, later.id)


def verdict_words(found: Comparison) -> tuple[str, str]:
    """Return the kind (good, bad, wait) of a comparison and what it says, in clear words."""
    test = found.tests[_MAIN]
    turned = f"良くなった質問{test.better:,}問、悪くなった質問{test.worse:,}問"
    shares = (
        f"自動判定ですべて正しい割合は {share(test.earlier)} → {share(test.later)}（{turned}）。"
    )
    if test.significant:
        better = test.better > test.worse
        kind, words = ("good", "良くなりました") if better else ("bad", "悪くなりました")
        return kind, f"後の評価のほうが{words}。{shares}"
    return "wait", f"良くなったとも悪くなったとも言えません。{shares}{shown_words(found.cases)}"


def shown_words(cases: int) -> str:
    """Return the smallest difference that a set of so many questions could show."""
    least, found = smallest_significant(cases), smallest_detectable(cases)
    if least is None or found is None:
        return f"比べた質問は{cases:,}問で、少なすぎるため、どんな差も確かめられません。"
    return (
        f"比べた{cases:,}問で確かめられる最小の差は{least:.1%}、8割の確率で見つけられる差は"
        f"{found:.1%}以上です。それより小さい差がないとは言えません。"
    )


def _show_verdict(found: Comparison) -> None:
    kind, words = verdict_words(found)
    label = {"good": "良い", "bad": "悪い", "wait": "分からない"}[kind]
    st.html(
        f'<p class="chonai-body"><span class="chonai-state chonai-{kind}">{label}</span>'
        f"<strong>{as_html(words)}</strong></p>"
    )
    others = [
        f"「{METRICS[name].words}」は{'良く' if test.better > test.worse else '悪く'}なりました"
        for name, test in found.tests.items()
        if name != _MAIN and test.significant
    ]
    if others:
        st.html(f'<p class="chonai-body">{as_html("ただし、" + "、".join(others) + "。")}</p>')


def _show_tests(found: Comparison) -> None:
    rows = [_row(name, test) for name, test in found.tests.items() if test.cases]
    st.dataframe(rows, hide_index=True, alt="指標ごとの前後の値と、差が偶然かどうか")
    means = [
        {
            "指標": METRICS[name].words,
            "差（後−前）": f"{one.value:+.3f}",
            "95%の範囲": "どの質問も同じ差"
            if one.low is None or one.high is None
            else f"{one.low:+.3f}〜{one.high:+.3f}",
            "質問": f"{one.cases:,}問",
        }
        for name, one in found.differences.items()
        if one.value is not None
    ]
    if means:
        st.dataframe(means, hide_index=True, alt="平均の差と95%の範囲")


def _row(name: str, test: PairedTest) -> dict[str, str]:
    said = "分からない"
    if test.significant:
        said = "良くなった" if test.better > test.worse else "悪くなった"
    return {
        "指標": METRICS[name].words,
        "前": share(test.earlier),
        "後": share(test.later),
        "判断": said,
        "良くなった": f"{test.better:,}問",
        "悪くなった": f"{test.worse:,}問",
        "p値": "―" if test.p_value is None else f"{test.p_value:.3f}",
        "質問": f"{test.cases:,}問",
        "確かめられる最小の差": share(smallest_significant(test.cases)),
    }


def _show_flips(flips: Sequence[Flip], later: int) -> None:
    st.subheader("結果が変わった質問")
    if not flips:
        st.html(note(as_html("結果が変わった質問はありません。")))
        return
    worse = sum(not flip.better for flip in flips)
    words = f"悪くなったもの{worse:,}件、良くなったもの{len(flips) - worse:,}件（悪くなった順）"
    st.html(note(as_html(words)))
    st.dataframe(
        [
            {
                "ID": flip.id,
                "変化": "良くなった" if flip.better else "悪くなった",
                "何が": FLIP_WORDS[flip.what],
                "質問": flip.question,
                "分かっている理由": "、".join(flip.why) or "記録からは分かりません",
            }
            for flip in flips
        ],
        hide_index=True, alt="結果が変わった質問の一覧",
    )  # fmt: skip
    asked = {flip.id: flip.question for flip in flips}
    chosen = st.selectbox(
        "詳しく見る質問", list(asked), key=f"quality-flip-{later}",
        format_func=lambda key: as_label(f"{key} {asked[key]}"),
    )  # fmt: skip
    if st.button("後の評価の結果を開く", key="quality-flip-open"):
        state.show_quality(area=RESULTS, run=later, case=chosen)
        st.rerun()
