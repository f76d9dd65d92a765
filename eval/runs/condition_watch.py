"""Whether another model or setting has made answers worse: each stored set, run by the system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.evaluations.sets import QuestionSets
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import SYSTEM_ACTOR
from eval.answers import EVALUATOR
from eval.runs.comparison import FLIP_WORDS, Flip
from eval.runs.conditions import CONDITION_WORDS, conditions
from eval.runs.stored_runs import begin_run, compare_stored, go_on
from eval.sets.stored_sets import ChosenSet, latest_sets

Progress = Callable[[str], None]
WATCHED: Final = (
    "code_hash", "embedding_fingerprint", "model", "model_sha256", "threshold", "sure", "settings",
)  # fmt: skip
"""The conditions whose change has the sets run again; manuals and words are tried by themselves."""
_REASON: Final = "モデルと設定の確認に使用"


@dataclass(frozen=True)
class Regression:
    """A set of which questions got worse between two runs of the system, and what was changed."""

    set_name: str
    earlier: int
    later: int
    changed: tuple[str, ...]
    flips: tuple[Flip, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The ids of the questions, each once."""
        return tuple(dict.fromkeys(flip.id for flip in self.flips))

    @property
    def words(self) -> str:
        """The regression in one line."""
        changed = "、".join(self.changed) or "条件の記録に違いはない"
        return (
            f"質問集「{self.set_name}」で {len(self.questions):,} 問が悪くなりました"
            f"（評価 {self.earlier} → {self.later}。変わった条件: {changed}）。"
        )

    def lines(self) -> list[str]:
        """Return the questions, a line each, with what turned and why."""
        return [
            f"[{flip.id}] {flip.question}（{FLIP_WORDS[flip.what]}。"
            f"{'、'.join(flip.why) or '理由は記録から分からない'}）"
            for flip in self.flips
        ]


def due_sets(assistant: Assistant) -> list[ChosenSet]:
    """Return the stored sets that the system has not run yet with today's models and settings."""
    sets = latest_sets(assistant.database)
    if not sets:
        return []  # the file of a model takes seconds to be hashed
    now = conditions(assistant, reader=EVALUATOR)
    runs = EvaluationRuns(assistant.database).all()
    return [
        chosen
        for chosen in sets
        if not (found := _watch_runs(runs, chosen.name)) or changed_conditions(found[0], now)
    ]


def changed_conditions(run: KeptRun, now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return in Japanese which watched conditions are no longer those of a run."""
    return tuple(CONDITION_WORDS[key] for key in WATCHED if run.conditions.get(key) != now.get(key))


def run_watch(
    assistant: Assistant, chosen: ChosenSet, *, progress: Progress = lambda _: None
) -> int:
    """Run a set as staff are answered, with a model where one writes; returns the run's number.

    A run that broke off under the same conditions goes on. The set is frozen.
    """
    QuestionSets(assistant.database).freeze(chosen.name, reason=_REASON, by=SYSTEM_ACTOR)
    run, resumed = begin_run(assistant, chosen, sample=None, by=SYSTEM_ACTOR, resume=True)
    if resumed and run.started_by_name != SYSTEM_ACTOR.name:
        run, _ = begin_run(assistant, chosen, sample=None, by=SYSTEM_ACTOR)
    go_on(assistant, run.id, progress=progress)
    return run.id


def regressions(assistant: Assistant) -> list[Regression]:
    """Return what got worse in the latest run of the system over each stored set, if anything."""
    runs = EvaluationRuns(assistant.database).all()
    found = []
    for name in dict.fromkeys(kept.name for kept in latest_sets(assistant.database)):
        later, earlier = [*_watch_runs(runs, name), None, None][:2]
        if later is None or earlier is None:
            continue
        try:
            compared = compare_stored(assistant, earlier.id, later.id, reader=OPERATOR)
        except UsageError:  # the set asks nothing any more that it asked then
            continue
        worse = tuple(flip for flip in compared.flips if not flip.better)
        if worse:
            changed = changed_conditions(earlier, later.conditions)
            found.append(Regression(name, earlier.id, later.id, changed, worse))
    return found


def _watch_runs(runs: list[KeptRun], name: str) -> list[KeptRun]:
    """Return the finished runs of the system over a set, the latest first."""
    return [
        run
        for run in runs
        if run.set_name == name and run.started_by_name == SYSTEM_ACTOR.name and run.state == "done"
    ]
