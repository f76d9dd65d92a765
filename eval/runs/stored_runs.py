"""Runs that are kept in the database: begun, stopped, taken up again, looked at, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns, KeptResult, KeptRun, NewRun
from assistant.opening import Assistant
from assistant.people.audit.trail import Actor
from eval.answers import EVALUATOR, SEED, evaluate_answers, sampled
from eval.metrics.answer_metrics import AnswerReport
from eval.runs.case_result import CaseResult
from eval.runs.comparison import Comparison, compare
from eval.runs.conditions import CONDITION_WORDS, conditions
from eval.runs.run_figures import wholly_right
from eval.runs.run_rights import files_of, hidden_files, shown_results, shown_row
from eval.sets.case_rows import row_of_case, with_kind
from eval.sets.question_set import Case, case_of_row
from eval.sets.stored_sets import ChosenSet

Progress = Callable[[str], None]
# One process owns a data directory and carries out its commands too, so it knows all of them.
_UNDER_WAY: Final[set[tuple[Path, int]]] = set()
_TAKING: Final = Lock()


@dataclass(frozen=True)
class StoredRun:
    """The results of one run in the database, as `evaluate_answers` keeps and asks for them."""

    runs: EvaluationRuns
    run_id: int

    def results(self) -> list[CaseResult]:
        """Return what came of the cases so far, in their order."""
        return [result for _, result in answered_cases(self.runs, self.run_id)]

    def keep(self, result: CaseResult) -> None:
        """Keep what came of a case."""
        self.runs.keep(self.run_id, result.id, asdict(result))

    def stop_requested(self) -> bool:
        """Tell whether somebody asked the run to stop."""
        return self.runs.stop_requested(self.run_id)


@dataclass(frozen=True)
class CaseInRun:
    """A case of a run as the page shows it: what was expected, what came, what differs."""

    case: Case
    result: CaseResult
    differences: tuple[str, ...]


def begin_run(
    assistant: Assistant,
    chosen: ChosenSet,
    *,
    sample: int | None,
    by: Actor,
    reader: Reader = EVALUATOR,
    resume: bool = False,
) -> tuple[KeptRun, bool]:
    """Keep a new run over a set; with `resume` the latest one like it is taken up again.

    The second value tells whether one was. Only a run under the very same conditions is: answers
    of two libraries or two models are no run.
    """
    runs = EvaluationRuns(assistant.database)
    new = NewRun(
        set_name=chosen.name,
        set_version=chosen.version,
        set_hash=chosen.hash,
        conditions=conditions(assistant, reader=reader),
        sample=sample,
        seed=SEED,
        rows=[row_of_case(case) for case in sampled(chosen.cases, sample)],
    )
    known = runs.latest_like(new) if resume else None
    if known is not None:
        return runs.resume(known.id), True
    return runs.begin(new, by=by), False


def go_on(
    assistant: Assistant,
    run_id: int,
    *,
    reader: Reader = EVALUATOR,
    run_file: Path | None = None,
    progress: Progress = lambda _: None,
) -> AnswerReport:
    """Ask what a run has not asked yet or what failed, and keep how it ended.

    Raises UsageError where the conditions are no longer those of the run, or it is under way.
    """
    runs = EvaluationRuns(assistant.database)
    run = runs.get(run_id)
    require_same_conditions(run, conditions(assistant, reader=reader))
    cases = [case_of_row(dict(kept.row)) for kept in runs.results(run_id)]
    stored = StoredRun(runs, run_id)
    with _under_way(assistant, run_id):
        runs.take_up(run_id)
        try:
            report = evaluate_answers(
                assistant, cases, reader=reader, run_file=run_file, kept=stored, progress=progress
            )
        except BaseException:
            runs.end(run_id, "stopped")
            raise
        runs.end(run_id, "stopped" if len(report.results) < len(cases) else "done")
    return report


def is_under_way(assistant: Assistant, run_id: int) -> bool:
    """Tell whether a run is being asked now, by a job or by a command; else it was broken off."""
    return (assistant.settings.data_dir.absolute(), run_id) in _UNDER_WAY


@contextmanager
def _under_way(assistant: Assistant, run_id: int) -> Iterator[None]:
    key = (assistant.settings.data_dir.absolute(), run_id)
    with _TAKING:
        if key in _UNDER_WAY:
            raise UsageError(
                f"評価 {run_id} は、いま測っています。終わるのを待つか、止めてください。"
            )
        _UNDER_WAY.add(key)
    try:
        yield
    finally:
        _UNDER_WAY.discard(key)


def require_same_conditions(run: KeptRun, now: dict[str, Any]) -> None:
    """Raise UsageError that names what is no longer as it was when the run began."""
    changed = [
        words for key, words in CONDITION_WORDS.items() if run.conditions.get(key) != now.get(key)
    ]
    if changed:
        raise UsageError(
            f"評価 {run.id} を始めたときと条件が違います（{'、'.join(changed)}）。"
            "続きからは測れないので、新しく始めてください。"
        )


def answered_cases(runs: EvaluationRuns, run_id: int) -> list[tuple[KeptResult, CaseResult]]:
    """Return the answered cases of a run in order; raises UsageError for an unknown run."""
    runs.get(run_id)
    return [
        (kept, CaseResult(**kept.result))
        for kept in runs.results(run_id)
        if kept.result is not None
    ]


def shown_cases(
    assistant: Assistant, run_id: int, *, reader: Reader
) -> list[tuple[KeptResult, CaseResult]]:
    """Return the answered cases of a run as the reader may see them now; raises UsageError."""
    found = answered_cases(EvaluationRuns(assistant.database), run_id)
    files = {file for kept, _ in found for file in files_of(kept.row)}
    hidden = hidden_files(assistant.library, files, reader=reader)
    results = [result for _, result in found]
    shown = shown_results(assistant.library, results, reader=reader, hidden=hidden)
    return [
        (replace(kept, row=shown_row(kept.row, hidden)), result)
        for (kept, _), result in zip(found, shown, strict=True)
    ]


def report_of(assistant: Assistant, run_id: int, *, reader: Reader) -> AnswerReport:
    """Return the report of a stored run as the reader may see it now; raises UsageError."""
    return AnswerReport(tuple(r for _, r in shown_cases(assistant, run_id, reader=reader)))


def case_in_run(assistant: Assistant, run_id: int, case_id: str, *, reader: Reader) -> CaseInRun:
    """Return one case of a run with its answer and what differs; raises UsageError."""
    for kept, result in shown_cases(assistant, run_id, reader=reader):
        if kept.case_id == case_id:
            case = case_of_row(dict(kept.row))
            return CaseInRun(case, result, differences(case, result))
    raise UsageError(f"評価 {run_id} に、回答のある質問 {case_id} はありません。")


def differences(case: Case, result: CaseResult) -> tuple[str, ...]:
    """Return in Japanese in what an answer differs from what its case expects."""
    if wholly_right(result) and result.place_rank != 0:
        return ()
    found = []
    if result.error:
        found.append(f"回答できませんでした: {result.error}")
    if not result.outcome_right:
        found.append(_outcome_words(case, result))
    if result.place_rank == 0:
        found.append("根拠のページが検索の10位以内にありません。")
    if result.citation_right is False:
        places = "、".join(f"{p.file}{f' {p.page}ページ' if p.page else ''}" for p in case.places)
        found.append(f"正しい箇所（{places}）を引用していません。")
    found += [f"必要な事実「{fact}」が回答にありません。" for fact in result.missing_facts]
    found += [f"数字「{figure}」の裏付けがありません。" for figure in result.unsupported]
    return tuple(found)


def _outcome_words(case: Case, result: CaseResult) -> str:
    wanted = "聞き返す" if case.condition else "回答する" if case.answerable else "回答しない"
    came = {
        "answered": "回答しました", "refused": "回答しませんでした", "clarify": "聞き返しました",
        "failed": "失敗しました",
    }[result.outcome]  # fmt: skip
    return f"{wanted}べき質問ですが、{came}。"


def compare_stored(assistant: Assistant, earlier: int, later: int, *, reader: Reader) -> Comparison:
    """Compare two stored runs over the cases that both asked alike; raises UsageError."""
    runs = EvaluationRuns(assistant.database)
    pairs = [shown_cases(assistant, run_id, reader=reader) for run_id in (earlier, later)]
    # As they were asked: what a reader may not see has changed all the same.
    rows = [
        {kept.case_id: with_kind(kept.row) for kept, _ in answered_cases(runs, run_id)}
        for run_id in (earlier, later)
    ]
    changed = {key for key in rows[0].keys() & rows[1].keys() if rows[0][key] != rows[1][key]}
    old, new = ([r for k, r in found if k.case_id not in changed] for found in pairs)
    comparison = compare(old, new)
    notes = [*comparison.notes, *_notes(runs.get(earlier), runs.get(later), sorted(changed))]
    return replace(
        comparison,
        changed=tuple(sorted({*comparison.changed, *changed})),
        notes=tuple(notes),
    )


def _notes(earlier: KeptRun, later: KeptRun, changed: Sequence[str]) -> list[str]:
    notes = []
    if earlier.set_name != later.set_name:
        notes.append(f"質問集が違います（{earlier.set_name} と {later.set_name}）。")
    elif earlier.set_hash != later.set_hash:
        notes.append("質問集の版が違います。")
    if changed:
        notes.append(f"内容が変わった {len(changed):,} 問は比べていません。")
    different = [
        words
        for key, words in CONDITION_WORDS.items()
        if earlier.conditions.get(key) != later.conditions.get(key)
    ]
    notes.append(
        f"2つの記録で違う条件: {'、'.join(different)}" if different else "条件はすべて同じです。"
    )
    return notes
