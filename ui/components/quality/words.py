"""How the page 品質評価 calls its areas, sets, runs and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assistant.evaluations.runs import KeptRun
from assistant.evaluations.sets import KeptSet, SetState
from eval.metrics.intervals import Estimate
from eval.runs.run_sheets import STATE_WORDS
from ui.components.text import clock_words

SETS: Final = "質問集"
RUNNING: Final = "評価する"
RESULTS: Final = "結果を見る"
COMPARING: Final = "比べる"
JUDGING: Final = "人の判定"
SET_STATE_WORDS: Final[dict[SetState, str]] = {"open": "変更できる", "frozen": "凍結"}
MODE_WORDS: Final[Mapping[str, str]] = {
    "extractive": "引用だけ",
    "local": "庁内のローカルモデル",
    "endpoint": "接続先のモデル",
    "auto": "自動",
}
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE: Final = "―"


def set_words(kept: KeptSet) -> str:
    """Return a version of a set as lists name it: 契約 第2版（凍結、120問）."""
    drafts = f"、下書き{kept.drafts:,}問" if kept.drafts else ""
    return (
        f"{kept.name} 第{kept.version}版"
        f"（{SET_STATE_WORDS[kept.state]}、{kept.approved:,}問{drafts}）"
    )


def run_words(run: KeptRun) -> str:
    """Return a run as lists name it: 評価3 契約 第2版 11月27日 14:05（120問）."""
    return (
        f"評価{run.id} {set_of_run(run)} {clock_words(run.started_at)}"
        f"（{run.answered:,}問、{STATE_WORDS[run.state]}）"
    )


def set_of_run(run: KeptRun) -> str:
    """Return the set that a run asked, with its version where it is a stored one."""
    return run.set_name + ("" if run.set_version is None else f" 第{run.set_version}版")


def mode_of_run(run: KeptRun) -> str:
    """Return how the answers of a run were to be made."""
    mode = str(run.conditions.get("settings", {}).get("mode", ""))
    model = run.conditions.get("model")
    return MODE_WORDS.get(mode, mode) + (f"（{model}）" if model else "")


def share(value: float | None) -> str:
    """Return a share (0..1) as 62.5%."""
    return NONE if value is None else f"{value:.1%}"


def with_interval(found: Estimate) -> str:
    """Return a share with its interval: 62.5%（52.1〜72.0%）, ― where there is none."""
    if found.value is None or found.low is None or found.high is None:
        return NONE
    return f"{found.value:.1%}（{found.low * 100:.1f}〜{found.high:.1%}）"


def place_of_row(row: Mapping[str, Any]) -> str:
    """Return where the answer to a case stands."""
    page = row.get("page")
    return str(row.get("file") or "") + (f" {page}ページ" if page else "")


def duration_words(seconds: float) -> str:
    """Return a length of time as people say it: 約3分, 約1時間20分."""
    if seconds < 60:
        return f"約{max(round(seconds), 1)}秒"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"約{minutes}分"
    return f"約{minutes // 60}時間{minutes % 60}分" if minutes % 60 else f"約{minutes // 60}時間"
