"""What question sets said of a version before its publication, in lines and as JSON."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from assistant.calendar import TOKYO
from assistant.library.trials import DECISION_WORDS, OUTCOME_WORDS, KeptTrial


def trial_document(trial: KeptTrial) -> dict[str, Any]:
    """Return a trial as JSON, with the cases that got worse."""
    return {
        "outcome": trial.outcome,
        "decision": trial.decision,
        "at": _tokyo(trial).isoformat(),
        "by": trial.by_name,
        "reason": trial.reason,
        "words": trial.words,
        "worse": list(trial.document.get("worse", ())),
        "failed": list(trial.document.get("failed", ())),
    }


def trial_lines(trial: KeptTrial) -> list[str]:
    """Return a trial in lines: what it came to, what was decided, which cases got worse and why."""
    at = _tokyo(trial).strftime("%Y-%m-%d %H:%M")
    lines = [
        f"質問集での確認: {OUTCOME_WORDS[trial.outcome]}（{at}、{DECISION_WORDS[trial.decision]}）",
        f"  {trial.words}",
    ]
    if trial.reason:
        lines.append(f"  公開の理由: {trial.reason}")
    for case in trial.document.get("worse", ()):
        why = "、".join(case["why"]) or "理由は記録から分からない"
        what = "・".join(case["what"])
        lines.append(f"  [{case['set_name']} {case['id']}] {case['question']}")
        lines.append(f"      {what}が悪くなる: {case['before']} → {case['after']}（{why}）")
    return lines


def _tokyo(trial: KeptTrial) -> Any:
    return trial.at.replace(tzinfo=UTC).astimezone(TOKYO)
