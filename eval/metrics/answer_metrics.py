"""Judges one answer against its case, and sums up the judgements of a run.

A metric that does not apply to a case is None and is left out of the mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.domain import Answer, Citation, RetrievedChunk
from eval.figures.figure_check import unsupported_figures
from eval.figures.figure_facts import states_fact
from eval.figures.figure_sums import unsupported_in_sum
from eval.metrics.place_metrics import (
    citation_precision,
    citation_recall,
    on_place,
    place_ndcg,
    place_rank,
    section_rank,
)
from eval.metrics.ranking_metrics import mean, percentile
from eval.runs.case_result import CaseResult
from eval.runs.run_figures import METRICS, by_manual, metrics_document, refusal_matrix
from eval.sets.question_set import Case


def judge(
    case: Case,
    answer: Answer,
    retrieved: Sequence[RetrievedChunk],
    *,
    probability: float | None = None,
) -> CaseResult:
    """Compare an answer and the chunks retrieved for it with what the case expects."""
    answered = answer.outcome == "answered"
    text = shown_text(answer)
    missing = [fact for fact in case.key_facts if answered and not states_fact(text, fact)]
    return CaseResult(
        id=case.id,
        kind=case.kind,
        question=case.question,
        answerable=case.answerable,
        outcome=answer.outcome,
        mode=answer.mode,
        place_rank=place_rank(case, retrieved),
        outcome_right=outcome_right(case, answer.outcome),
        citation_right=(
            any(on_place(case.places, c.file, c.page) for c in answer.citations)
            if case.places and answered
            else None
        ),
        key_facts=(1 - len(missing) / len(case.key_facts) if answered and case.key_facts else None),
        unsupported=shown_unsupported_figures(answer),
        first_evidence_seconds=answer.first_evidence_seconds,
        seconds=answer.seconds,
        replaced=answer.replaced,
        text=text,
        cited=[f"{c.file}:{c.page or ' > '.join(c.heading_path)}" for c in answer.citations],
        error=answer.error,
        section_rank=section_rank(case, retrieved),
        ndcg=place_ndcg(case, retrieved),
        citation_precision=citation_precision(case, answer),
        citation_recall=citation_recall(case, answer),
        missing_facts=missing,
        probability=probability,
        manual=case.places[0].file if case.places else "",
        found=[_place(hit) for hit in retrieved],
        quotes=[citation.quote for citation in answer.citations],
        choices=list(answer.choices),
        as_of=answer.as_of.isoformat(),
        model=answer.model,
        versions=sorted(
            {c.version_id for c in answer.citations}
            | {r.version_id for r in answer.related}
            | {hit.chunk.version_id for hit in retrieved}
        ),
    )


def outcome_right(case: Case, outcome: str) -> bool:
    """Tell whether an answerable case was answered, or another one refused.

    To ask back is right only where the case names the condition that its question lacks.
    """
    if case.condition or outcome == "clarify":
        return bool(case.condition) and outcome == "clarify"
    return outcome == ("answered" if case.answerable else "refused")


def shown_text(answer: Answer) -> str:
    """Return all sentences and both sides of conflicts that were shown, each once, a line each."""
    shown = [
        s.text for s in (*answer.quotations, *answer.sentences, *answer.computed, *answer.summary)
    ]
    markers = {side.marker for conflict in answer.conflicts for side in conflict.sides}
    shown += [citation.quote for citation in answer.citations if citation.marker in markers]
    return "\n".join(dict.fromkeys(shown))


def shown_unsupported_figures(answer: Answer) -> list[str]:
    """Return the shown figures that stand in no passage cited by their own sentence.

    A sentence without citations may lean on any passage that the answer cites.
    """
    quotes = {citation.marker: _passage(citation) for citation in answer.citations}
    allowed = [answer.as_of.isoformat()]
    if answer.owner:
        allowed += [answer.owner.extension, answer.owner.section]
    found: list[str] = []
    seen: set[tuple[str, tuple[int, ...]]] = set()
    for sentence in (*answer.quotations, *answer.sentences, *answer.summary):
        if (sentence.text, sentence.citations) in seen:
            continue
        seen.add((sentence.text, sentence.citations))
        markers = sentence.citations or tuple(quotes)
        passages = [quotes[marker] for marker in markers if marker in quotes]
        found += [
            figure.text for figure in unsupported_figures(sentence.text, passages, allowed=allowed)
        ]
    for sentence in answer.computed:
        rules = [quotes[marker] for marker in sentence.citations if marker in quotes]
        found += unsupported_in_sum(sentence.text, rules, question=answer.question)
    return found


def _place(hit: RetrievedChunk) -> str:
    return f"{hit.source.file}:{hit.page or ' > '.join(hit.chunk.heading_path)}"


def _passage(citation: Citation) -> str:
    return "\n".join([*citation.heading_path, citation.quote])


def summary(results: Sequence[CaseResult]) -> dict[str, Any]:
    """Return the metrics over some results: shares in 0..1, times in seconds, None = no case."""
    outcomes = Counter(
        ("answerable" if r.answerable else r.kind or "unanswerable", r.outcome) for r in results
    )
    seconds = [r.seconds for r in results if r.seconds is not None]
    evidence = [r.first_evidence_seconds for r in results if r.first_evidence_seconds is not None]
    return {
        "questions": len(results),
        "outcomes": {f"{wanted}/{outcome}": n for (wanted, outcome), n in outcomes.items()},
        **{
            name: mean([metric.value(result) for result in results])
            for name, metric in METRICS.items()
        },
        "unsupported_figures": sum(len(r.unsupported) for r in results),
        "replaced_sentences": sum(r.replaced for r in results),
        "first_evidence_seconds": _percentiles(evidence),
        "seconds": _percentiles(seconds),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float | None]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}


def _figures(results: Sequence[CaseResult]) -> dict[str, Any]:
    return {**summary(results), "metrics": metrics_document(results)}


@dataclass(frozen=True)
class AnswerReport:
    """All results of a run in the order of the question set."""

    results: tuple[CaseResult, ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Cases that could not be run to an answer."""
        return tuple(result for result in self.results if result.outcome == "failed")

    def document(self) -> dict[str, Any]:
        """Return the report as one JSON document."""
        kinds = sorted({result.kind for result in self.results if result.kind})
        manuals = by_manual(self.results)
        return {
            "modes": dict(Counter(result.mode or "none" for result in self.results)),
            **_figures(self.results),
            "refusal_matrix": refusal_matrix(self.results),
            "by_kind": {
                kind: _figures([result for result in self.results if result.kind == kind])
                for kind in kinds
            },
            "by_manual": {name: _figures(results) for name, results in manuals.items()},
            "failed": [{"id": result.id, "error": result.error} for result in self.failed],
            "cases": [asdict(result) for result in self.results],
        }
