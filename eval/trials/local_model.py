"""Whether the local model's texts are worth their wait: judged beside the quotations alone.

What it finds decides whether `auto` puts a text under the quotations on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant import calendar
from assistant.answering import Answering
from assistant.domain import Answer
from assistant.language_model.choice import Choice, ModelChoice
from assistant.language_model.local_verdict import LocalVerdict
from assistant.language_model.writer import Writer
from assistant.opening import Assistant
from eval.answers import EVALUATOR
from eval.figures.figure_facts import states_fact
from eval.metrics.answer_metrics import outcome_right, shown_unsupported_figures
from eval.metrics.ranking_metrics import mean, percentile
from eval.sets.question_set import Case

Progress = Callable[[str], None]


@dataclass(frozen=True)
class WrittenCase:
    """What a question came to by quotations alone, by the model's text alone, by both.

    `unsupported` are figures in what was shown that stand in no passage cited for them.
    """

    id: str
    question: str
    quotations: bool
    written: bool
    both: bool
    text: str
    unsupported: tuple[str, ...]
    first_sentence: float | None
    seconds: float | None


@dataclass(frozen=True)
class LocalModelReport:
    """The verdict on a local model and the cases it rests on."""

    verdict: LocalVerdict
    cases: tuple[WrittenCase, ...]

    def document(self) -> dict[str, Any]:
        """Return the report as one JSON document."""
        return {
            **asdict(self.verdict),
            "is_worth_writing": self.verdict.is_worth_writing,
            "unsupported_figures": sum(len(case.unsupported) for case in self.cases),
            "cases": [asdict(case) for case in self.cases],
        }


class _AlwaysLocal:
    """Chooses the local model below the quotations, whatever it was found worth before."""

    def __init__(self, models: ModelChoice):
        self._models = models

    def choose(self) -> Choice:
        return self._models.local_summary()

    def report_failure(self, writer: Writer, reason: str) -> None:
        self._models.report_failure(writer, reason)

    def remember_speed(self, writer: Writer, first_sentence_seconds: float | None) -> None:
        self._models.remember_speed(writer, first_sentence_seconds)


def judge_local_model(
    assistant: Assistant, cases: Sequence[Case], *, progress: Progress = lambda _: None
) -> LocalModelReport:
    """Have the local model write for every case that can be judged, and judge each text alone.

    Raises ModelFilesUnavailable where the model cannot be used. A question is no use of the
    assistant: the ledger is not touched.
    """
    answering = Answering(
        assistant.settings, assistant.library, assistant.retriever, _AlwaysLocal(assistant.models)
    )
    judged = [case for case in cases if case.key_facts or not case.answerable]
    assistant.models.local_summary()
    answering.warm()
    written: list[WrittenCase] = []
    for number, case in enumerate(judged, 1):
        answer = answering.answer(
            case.question, reader=EVALUATOR, as_of=case.as_of, turns=case.turns
        )
        written.append(written_case(case, answer))
        progress(f"[{number}/{len(judged)}] {case.id}: {written[-1].text or 'まとめなし'}")
    return LocalModelReport(_verdict(assistant.models.local_name, written), tuple(written))


def written_case(case: Case, answer: Answer) -> WrittenCase:
    """Judge an answer whose body is quotations and whose summary a model wrote.

    A text is right if it states every key fact; where nothing answers the question, if it was
    refused: a summary below quotations that should not stand there is as wrong as they are.
    """
    quoted = "\n".join(s.text for s in (*answer.quotations, *answer.computed))
    text = "\n".join(s.text for s in answer.summary)
    right = [_is_right(case, answer, shown) for shown in (quoted, text, "\n".join((quoted, text)))]
    return WrittenCase(
        id=case.id,
        question=case.question,
        quotations=right[0],
        written=right[1],
        both=right[2],
        text=text,
        unsupported=tuple(shown_unsupported_figures(answer)),
        first_sentence=answer.first_sentence_seconds,
        seconds=answer.seconds,
    )


def _is_right(case: Case, answer: Answer, text: str) -> bool:
    if not case.answerable or answer.outcome != "answered":
        return outcome_right(case, answer.outcome)
    return all(states_fact(text, fact) for fact in case.key_facts)


def _verdict(model: str, cases: Sequence[WrittenCase]) -> LocalVerdict:
    seconds = [case.first_sentence for case in cases if case.first_sentence is not None]
    return LocalVerdict(
        model=model,
        judged_on=calendar.today().isoformat(),
        questions=len(cases),
        quotations=_share([case.quotations for case in cases]),
        written=_share([case.written for case in cases]),
        both=_share([case.both for case in cases]),
        first_sentence=percentile(seconds, 0.5),
    )


def _share(values: Sequence[bool]) -> float:
    return round(mean([float(value) for value in values]) or 0.0, 4)
