"""What an entry of the glossary would change: question sets answered without it and with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assistant import calendar
from assistant.answering import Answering
from assistant.language_model.choice import ModelChoice
from assistant.opening import Assistant
from assistant.search.retrieval import Retriever
from assistant.understanding.glossary import Entry, Glossary, TriedGlossary
from assistant.understanding.parts import asked_parts
from eval.answers import EVALUATOR, run_case
from eval.metrics.ranking_metrics import mean
from eval.runs.case_result import CaseResult
from eval.sets.question_set import Case, read_question_set
from eval.sets.stored_sets import latest_sets

Progress = Callable[[int, int], None]
FOLDER: Final = "question_sets"
"""Where the office keeps its question sets, in the data directory."""
MEASURES: Final = {
    "place_hit@5": "根拠のページが5位以内",
    "outcome_right": "回答・回答なしの正しさ",
    "citation_right": "引用の正しさ",
}
NO_SETS: Final = (
    "質問集がないため、確認せずに採用しました（chonai eval sets import で登録するか、"
    f"データフォルダの {FOLDER} に質問集を置くと、次から確認します）。"
)


@dataclass(frozen=True)
class Trial:
    """The measures over all questions of the sets (0..1, None: none applies), before and after.

    `touched` are the questions whose search the entry changes: only they are answered, the others
    are answered as before. `worse` are those that it makes worse, `used` the stored sets that have
    some of the touched.
    """

    sets: tuple[str, ...]
    questions: int
    touched: int
    before: dict[str, float | None]
    after: dict[str, float | None]
    worse: tuple[str, ...]
    used: tuple[str, ...] = ()

    @property
    def regressed(self) -> bool:
        """Whether some measure is lower with the entry."""
        return any(
            (self.after[name] or 0) < (value or 0) - 1e-9 for name, value in self.before.items()
        )

    @property
    def words(self) -> str:
        """The result in one line, as it stands in the audit trail."""
        if not self.sets:
            return NO_SETS
        parts = [
            f"{words} {_number(self.before[name])} → {_number(self.after[name])}"
            for name, words in MEASURES.items()
            if self.before[name] is not None
        ]
        told = "、".join(parts)
        return f"質問{self.questions:,}件のうち{self.touched:,}件に影響" + (
            f"（影響のある質問で {told}）。" if told else "。"
        )

    def document(self) -> dict[str, Any]:
        """Return the trial as it is kept."""
        return {
            "sets": list(self.sets), "questions": self.questions, "touched": self.touched,
            "before": self.before, "after": self.after, "worse": list(self.worse),
            "regressed": self.regressed, "words": self.words,
        }  # fmt: skip


@dataclass(frozen=True)
class _Trying:
    answering: Answering
    retriever: Retriever


def try_entry(
    assistant: Assistant, entry: Entry, *, progress: Progress = lambda _done, _total: None
) -> Trial:
    """Answer the questions that an entry touches without it and with it, by quotations alone.

    The sets are the files in the data directory, for which it raises UsageError where one cannot be
    read, and the approved cases of the stored sets in their latest versions.
    """
    folder = assistant.settings.data_dir / FOLDER
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    stored = latest_sets(assistant.database)
    cases = [case for file in files for case in read_question_set(file)]
    cases += [case for kept in stored for case in kept.cases]
    glossaries = (Glossary(assistant.database), TriedGlossary(assistant.database, entry))
    retrievers = [Retriever(assistant.library, glossary) for glossary in glossaries]
    touched = [case for case in cases if _is_touched(case, retrievers)]
    extractive = assistant.settings.model_copy(update={"mode": "extractive"})
    models = ModelChoice(extractive, assistant.database)
    runs: list[list[CaseResult]] = []
    try:
        for number, retriever in enumerate(retrievers):
            answering = Answering(extractive, assistant.library, retriever, models)
            run = []
            for done, case in enumerate(touched):
                progress(number * len(touched) + done, 2 * len(touched))
                run.append(run_case(_Trying(answering, retriever), case))
            runs.append(run)
    finally:
        models.close()
    before, after = runs
    return Trial(
        (*(file.name for file in files), *(kept.name for kept in stored)),
        len(cases),
        len(touched),
        _measures(before),
        _measures(after),
        tuple(new.question for old, new in zip(before, after, strict=True) if _worse(old, new)),
        tuple(kept.name for kept in stored if any(case in touched for case in kept.cases)),
    )


def _is_touched(case: Case, retrievers: Sequence[Retriever]) -> bool:
    """Tell whether some part of a question is searched for with other words by one of them."""
    day = case.as_of or calendar.today()

    def words(retriever: Retriever, question: str) -> tuple[str, ...]:
        return tuple(retriever.understanding.added(question, reader=EVALUATOR, as_of=day)[1])

    return any(
        len({words(retriever, part.searched) for retriever in retrievers}) > 1
        for part in asked_parts(case.question, case.turns)
    )


def _judged(result: CaseResult) -> dict[str, float | None]:
    cited = result.citation_right
    return {
        "place_hit@5": result.place_within(5),
        "outcome_right": float(result.outcome_right),
        "citation_right": None if cited is None else float(cited),
    }


def _measures(run: Sequence[CaseResult]) -> dict[str, float | None]:
    return {name: mean([_judged(result)[name] for result in run]) for name in MEASURES}


def _worse(old: CaseResult, new: CaseResult) -> bool:
    before, after = _judged(old), _judged(new)
    return any((after[name] or 0) < (value or 0) for name, value in before.items())


def _number(value: float | None) -> str:
    return "―" if value is None else f"{value:.3f}"
