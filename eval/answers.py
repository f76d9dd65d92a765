"""Runs a question set through the production answering flow, case by case and resumable."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol, TextIO

from assistant.answering import Answering
from assistant.as_of import begins_by
from assistant.domain import Reader
from assistant.errors import AssistantError, UsageError
from assistant.search.retrieval import Retriever
from eval.metrics.answer_metrics import AnswerReport, judge
from eval.metrics.place_metrics import RETRIEVED
from eval.runs.case_result import CaseResult
from eval.sets.question_set import Case

logger = logging.getLogger(__name__)
Progress = Callable[[str], None]
EVALUATOR = Reader(person_id="evaluation")
SEED = 0
"""With which a sample is drawn."""


class KeptResults(Protocol):
    """A run that keeps what came of its cases as soon as it is there."""

    def results(self) -> Sequence[CaseResult]:
        """Return what came of the cases so far."""

    def keep(self, result: CaseResult) -> None:
        """Keep what came of a case."""

    def stop_requested(self) -> bool:
        """Tell whether somebody asked the run to stop."""


class Answers(Protocol):
    """What a case is run with: an assistant, or a part of one with something tried in it."""

    @property
    def answering(self) -> Answering:
        """What answers."""

    @property
    def retriever(self) -> Retriever:
        """What searches."""


def evaluate_answers(
    assistant: Answers,
    cases: Sequence[Case],
    *,
    sample: int | None = None,
    run_file: Path | None = None,
    resume: bool = False,
    kept: KeptResults | None = None,
    reader: Reader = EVALUATOR,
    progress: Progress = lambda _: None,
) -> AnswerReport:
    """Answer every case (or a sample that is the same each time) and judge the answers.

    Each result is written to `run_file` as soon as it is there; with `resume` the cases that
    the file holds already are not asked again, except failed ones. `kept` is a stored run that
    knows results already and keeps the new ones; it may ask to stop. A case that fails is
    recorded as failed. An evaluation run is no usage event: the ledger is not touched.
    """
    chosen = sampled(cases, sample)
    before: Sequence[CaseResult] = ()
    if kept is not None:
        before = kept.results()
    elif resume and run_file and run_file.exists():
        before = read_run(run_file)
    known = {result.id: result for result in before if result.outcome != "failed"}
    results: list[CaseResult] = []
    file = _started(run_file, list(known.values())) if run_file else None
    try:
        for number, case in enumerate(chosen, 1):
            if kept is not None and kept.stop_requested():
                break
            result = known.get(case.id)
            if result is None or result.question != case.question:
                result = run_case(assistant, case, reader=reader)
                if file:
                    file.write(_line(result))
                    file.flush()
                if kept is not None:
                    kept.keep(result)
            results.append(result)
            progress(f"[{number}/{len(chosen)}] {case.id}: {result.outcome}")
    finally:
        if file:
            file.close()
    return AnswerReport(tuple(results))


def _started(run_file: Path, known: Sequence[CaseResult]) -> TextIO:
    """Open a run file that holds what is known, without the half line of an interruption."""
    run_file.parent.mkdir(parents=True, exist_ok=True)
    partial = run_file.with_name(f".{run_file.name}.partial")
    partial.write_text("".join(map(_line, known)), "utf-8")
    partial.replace(run_file)
    return run_file.open("a", encoding="utf-8")


def _line(result: CaseResult) -> str:
    return json.dumps(asdict(result), ensure_ascii=False) + "\n"


def run_case(
    assistant: Answers, case: Case, *, reader: Reader = EVALUATOR, draft: str | None = None
) -> CaseResult:
    """Answer one case and judge the answer; any failure becomes the result's `error`.

    `draft` is a version that is tried in the place of its manual's.
    """
    try:
        answer = assistant.answering.answer(
            case.question, reader=reader, as_of=case.as_of, turns=case.turns, draft=draft
        )
        retrieved = assistant.retriever.search(
            answer.search_text or case.question,
            reader=reader,
            as_of=answer.as_of,
            begins_by=begins_by(answer.as_of, answer.as_of_origin),
            draft=draft,
            limit=RETRIEVED,
        )
        searched = answer.search_text or case.question
        weighed = assistant.answering.weigh(searched, retrieved)
        return judge(case, answer, retrieved, probability=round(weighed.probability, 4))
    except AssistantError as error:
        message = str(error)
    except Exception as error:
        logger.exception("case %s failed unexpectedly", case.id)
        message = f"{type(error).__name__}: {error}"
    return CaseResult(
        case.id, case.kind, case.question, case.answerable, outcome="failed", error=message
    )


def sampled(cases: Sequence[Case], count: int | None) -> list[Case]:
    """Return all cases, or `count` of them: the same ones each time, in their order."""
    if count is None or count >= len(cases):
        return list(cases)
    if count < 1:
        raise UsageError("--sample には 1 以上の数を指定してください。")
    chance = random.Random(SEED)  # nosec B311
    chosen = set(chance.sample(range(len(cases)), count))
    return [case for position, case in enumerate(cases) if position in chosen]


def read_run(path: Path) -> list[CaseResult]:
    """Return the results of a run file, the latest of each case; raises UsageError."""
    results: dict[str, CaseResult] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"実行結果 {path} を読めません。場所を確かめてください。") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            result = CaseResult(**json.loads(line))
        except (json.JSONDecodeError, TypeError) as error:
            if number == len(lines):
                break  # an interrupted run may leave half a line at the end
            raise UsageError(f"実行結果 {path} の {number} 行目が読めません。") from error
        results[result.id] = result
    return list(results.values())
