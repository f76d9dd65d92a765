"""What `chonai eval model` does: judge the local model's texts, and keep what that decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.language_model.local_verdict import SLOW_SECONDS, LocalVerdict, write_verdict
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from eval.answers import sampled
from eval.sets.stored_sets import chosen_set
from eval.trials.local_model import judge_local_model


def evaluate_model(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Judge the local model on a question set; from now on `auto` goes by the result."""
    chosen = chosen_set(
        assistant.database, Path(arguments["questions"]), arguments.get("named") or ""
    )
    cases = sampled(chosen.cases, arguments["sample"])
    if not any(case.key_facts or not case.answerable for case in cases):
        raise UsageError(
            f"質問集「{chosen.name}」には、要点（key_facts）のある質問がありません。"
            "要点を書いた質問集を指定してください。"
        )
    report = judge_local_model(assistant, cases, progress=progress)
    write_verdict(assistant.settings.data_dir, report.verdict)
    return CommandResult(0, report.document(), _lines(report.verdict))


def _lines(verdict: LocalVerdict) -> tuple[str, ...]:
    waited = (
        "まとめを書けませんでした"
        if verdict.first_sentence is None
        else f"最初の文まで {verdict.first_sentence:.1f} 秒（中央値。{SLOW_SECONDS:.0f} 秒まで）"
    )
    decided = (
        "自動のとき、引用の下にまとめを書きます。"
        if verdict.is_worth_writing
        else "自動のとき、まとめを書かず、引用だけで答えます。"
    )
    return (
        f"モデル: {verdict.model}（{verdict.questions:,} 問）",
        f"正答: 引用だけ {verdict.quotations:.0%}、まとめだけ {verdict.written:.0%}、"
        f"両方 {verdict.both:.0%}",
        waited,
        decided,
    )
