"""結果を見る: the figures of a run with their intervals, every case, a file for the record."""

from __future__ import annotations

import io
from functools import partial
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.evaluations.runs import KeptRun
from assistant.people.directory import Member
from eval.runs.conditions import CONDITION_WORDS
from eval.runs.run_sheets import write_run
from eval.runs.stored_runs import shown_cases
from ui import resources, state
from ui.components.quality.acting import evaluator_of
from ui.components.quality.blind_step import blind_step
from ui.components.quality.case_list import show_case_list
from ui.components.quality.figure_tables import show_figures
from ui.components.quality.judge_view import show_judge
from ui.components.quality.run_choice import answered_runs, choose_run
from ui.components.quality.words import EXCEL, mode_of_run
from ui.components.style import note
from ui.components.text import as_html

_SAVE: Final = (
    "結果の数字、すべての質問と回答、条件を1つのファイルにします。公開の判断の記録として"
    "保存してください。"
)
_BLIND: Final = "この評価を「人の判定」で判定する予定があるときは、先に判定してください。"
_PART: Final = "途中までの結果です（{questions:,}問のうち{answered:,}問）。"


def show_results(member: Member) -> None:
    """Show one run: its figures, what it rests on, and its cases."""
    run = choose_run("評価", answered_runs(), key=state.QUALITY_RUN_KEY)
    if run is None or not blind_step(run, member):
        return
    found = shown_cases(resources.assistant(), run.id, reader=member.reader)
    results = [result for _, result in found]
    st.html(note(as_html(_BLIND)))
    if run.answered < run.questions:
        part = _PART.format(questions=run.questions, answered=run.answered)
        st.warning(part)
    show_figures(results)
    _show_conditions(run)
    _show_saving(run, member)
    show_judge(run, member)
    st.subheader("質問ごとの結果")
    show_case_list(run.id, found)


def _show_conditions(run: KeptRun) -> None:
    """Show all that the run is to be repeated with, closed until it is wanted."""
    with st.expander("測ったときの条件"):
        rows = [
            {"条件": "質問集のハッシュ", "値": run.set_hash},
            {"条件": "答え方", "値": mode_of_run(run)},
            {"条件": "選んだ質問", "値": "全部" if run.sample is None else f"{run.sample:,}問"},
            *(
                {"条件": words, "値": str(run.conditions.get(key) or "なし")}
                for key, words in CONDITION_WORDS.items()
                if key != "settings"
            ),
            *(
                {"条件": f"設定 ASSISTANT_{name.upper()}", "値": str(value or "（空）")}
                for name, value in run.conditions.get("settings", {}).items()
            ),
        ]
        st.dataframe(rows, hide_index=True, alt="測ったときの条件の一覧")


def _show_saving(run: KeptRun, member: Member) -> None:
    st.html(note(as_html(_SAVE)))
    st.download_button(
        "結果を Excel で保存する",
        partial(written_run, run.id, member.person_id, resources.browser_session()),
        file_name=f"評価{run.id}_{run.set_name}_{calendar.today():%Y%m%d}.xlsx",
        mime=EXCEL, key=f"quality-run-xlsx-{run.id}", on_click="ignore",
    )  # fmt: skip


def written_run(run_id: int, person_id: str, browser: str) -> bytes:
    """Return the file of a run as the person may see it; the right is asked anew."""
    member = evaluator_of(person_id, browser)
    with io.BytesIO() as file:
        write_run(resources.assistant(), run_id, file, reader=member.reader)
        return file.getvalue()
