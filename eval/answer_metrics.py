"""Judges one answer against its case, and sums up the judgements of a run.

A metric that does not apply to a case is None and is left out of the mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

from assistant.domain import Answer, Citation, RetrievedChunk
from eval.figure_check import unsupported_figures
from eval.figure_reading import read_figures
from eval.figure_sums import unsupported_in_sum
from eval.question_set import Case, Place
from eval.ranking_metrics import mean, percentile


@dataclass(frozen=True)
class CaseResult:
    """What one case came to; the line of a run file.

    `place_rank` is the rank of the first retrieved chunk on an expected place (0 = none of
    them), times are in seconds, `unsupported` the figures without support as they were shown.
    """

    id: str
    kind: str
    question: str
    answerable: bool
    outcome: str
    mode: str | None = None
    place_rank: int | None = None
    outcome_right: bool = False
    citation_right: bool | None = None
    key_facts: float | None = None
    unsupported: list[str] = field(default_factory=list)
    first_evidence_seconds: float | None = None
    seconds: float | None = None
    replaced: int = 0
    text: str = ""
    cited: list[str] = field(default_factory=list)
    error: str | None = None

    def place_within(self, limit: int) -> float | None:
        """Return 1.0 if an expected place is among the first `limit` chunks, else 0.0."""
        return None if self.place_rank is None else float(0 < self.place_rank <= limit)


def judge(case: Case, answer: Answer, retrieved: Sequence[RetrievedChunk]) -> CaseResult:
    """Compare an answer and the chunks retrieved for it with what the case expects."""
    answered = answer.outcome == "answered"
    text = shown_text(answer)
    return CaseResult(
        id=case.id,
        kind=case.kind,
        question=case.question,
        answerable=case.answerable,
        outcome=answer.outcome,
        mode=answer.mode,
        place_rank=_place_rank(case, retrieved),
        outcome_right=outcome_right(case, answer.outcome),
        citation_right=(
            any(on_place(case.places, c.file, c.page) for c in answer.citations)
            if case.places and answered
            else None
        ),
        key_facts=(
            mean([float(states_fact(text, fact)) for fact in case.key_facts]) if answered else None
        ),
        unsupported=shown_unsupported_figures(answer),
        first_evidence_seconds=answer.first_evidence_seconds,
        seconds=answer.seconds,
        replaced=answer.replaced,
        text=text,
        cited=[f"{c.file}:{c.page or ' > '.join(c.heading_path)}" for c in answer.citations],
        error=answer.error,
    )


def outcome_right(case: Case, outcome: str) -> bool:
    """Tell whether an answerable case was answered, or another one refused (clarify: asked)."""
    if case.kind == "clarify":
        return outcome == "clarify"
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


def states_fact(text: str, fact: str) -> bool:
    """Tell whether text states a key fact: as written (digits normalised), or as equal figures."""
    wanted = _plain(fact)
    boundary = r"(?<![0-9.])" if wanted[:1].isdigit() else ""
    if re.search(boundary + re.escape(wanted), _plain(text)):
        return True
    figures = read_figures(fact)
    rest = _plain(fact)
    for figure in figures:
        rest = rest.replace(_plain(figure.text), "")
    stated = {reading for figure in read_figures(text) for reading in figure.readings}
    return bool(figures) and not rest and all(figure.readings & stated for figure in figures)


def _plain(text: str) -> str:
    return re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text)).lower()


def _passage(citation: Citation) -> str:
    return "\n".join([*citation.heading_path, citation.quote])


def _place_rank(case: Case, retrieved: Sequence[RetrievedChunk]) -> int | None:
    if not case.places:
        return None
    ranks = (
        rank
        for rank, found in enumerate(retrieved, 1)
        if on_place(case.places, found.source.file, found.page)
    )
    return next(ranks, 0)


def on_place(places: Iterable[Place], file: str, page: int | None) -> bool:
    """Tell whether a file (its path or name) and page are one of the places of an answer."""
    name = PurePath(file).name
    return any(place.file == name and place.page in (None, page) for place in places)


def summary(results: Sequence[CaseResult]) -> dict[str, Any]:
    """Return the metrics over some results: shares in 0..1, times in seconds, None = no case."""
    outcomes = Counter(
        ("answerable" if r.answerable else r.kind or "unanswerable", r.outcome) for r in results
    )
    seconds = [r.seconds for r in results if r.seconds is not None]
    evidence = [r.first_evidence_seconds for r in results if r.first_evidence_seconds is not None]
    return {
        "questions": len(results),
        "place_hit@1": mean([r.place_within(1) for r in results]),
        "place_hit@5": mean([r.place_within(5) for r in results]),
        "outcome_right": mean([float(r.outcome_right) for r in results]),
        "outcomes": {f"{expected}/{outcome}": n for (expected, outcome), n in outcomes.items()},
        "citation_right": mean([_number(r.citation_right) for r in results]),
        "key_facts": mean([r.key_facts for r in results]),
        "unsupported_figures": sum(len(r.unsupported) for r in results),
        "replaced_sentences": sum(r.replaced for r in results),
        "first_evidence_seconds": _percentiles(evidence),
        "seconds": _percentiles(seconds),
    }


def _percentiles(values: Sequence[float]) -> dict[str, float | None]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)


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
        return {
            "modes": dict(Counter(result.mode or "none" for result in self.results)),
            **summary(self.results),
            "by_kind": {
                kind: summary([result for result in self.results if result.kind == kind])
                for kind in kinds
            },
            "failed": [{"id": result.id, "error": result.error} for result in self.failed],
            "cases": [asdict(result) for result in self.results],
        }
