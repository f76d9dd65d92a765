"""What the manuals disagree on: two manuals that give different figures, or a law and the city."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.answers.disagreement import differing, disagree
from assistant.answers.evidence import ScoredSentence, near_best
from assistant.answers.layers import layers
from assistant.answers.quoting import passage_at
from assistant.answers.statements import AskedFigure, Statement, statements
from assistant.domain import Answer, Citation, Conflict, ConflictSide, RetrievedChunk
from assistant.japanese.measures import Measure
from assistant.search.understood import Understood

Search = Callable[[str], Sequence[RetrievedChunk]]


def with_conflicts(
    answer: Answer,
    understood: Understood,
    scored: Sequence[ScoredSentence],
    found: Sequence[RetrievedChunk],
    *,
    search: Search,
) -> Answer:
    """Return an answer with what the manuals disagree on in it, the best sentence first.

    `scored` are the sentences of the first of `found`, best first. One side is a sentence near
    the question; the other, of any of these chunks or of what `search` finds for that sentence,
    says the same with another figure. A side that the answer cites keeps its citation; another
    gets a new one. A doubt is no conflict: what is told wrongly costs more trust than what is
    missed.
    """
    asked = AskedFigure(understood.question, understood.match)
    answers = list(_answers(asked, scored, found))
    if not answers:
        return answer
    like = search(_most_telling(answers, asked).text)
    hits = {hit.chunk.id: hit for hit in (*found, *like)}
    others = [statement for hit in hits.values() for statement in statements(hit)]
    citations = list(answer.citations)
    conflicts: dict[frozenset[str], Conflict] = {}
    for one in answers:
        for first, second in layers(one, asked):
            manual = frozenset({one.hit.source.manual_id})
            if manual not in conflicts:
                conflicts[manual] = _conflict((one, first), (one, second), citations)
        for other in others:
            manuals = frozenset((one.hit.source.manual_id, other.hit.source.manual_id))
            if len(manuals) == 1 or manuals in conflicts:
                continue
            figures = differing(one, other, asked)
            if figures is not None and disagree(one, other, figures, asked):
                sides = (one, figures[0].words), (other, figures[1].words)
                conflicts[manuals] = _conflict(*sides, citations)
    every = dict.fromkeys((*answer.conflicts, *conflicts.values()))
    return replace(answer, conflicts=tuple(every), citations=tuple(citations))


def _answers(
    asked: AskedFigure, scored: Sequence[ScoredSentence], found: Sequence[RetrievedChunk]
) -> Iterator[Statement]:
    """Give the sentences nearest to the question that hold a figure that it asks for.

    A question with an amount of its own is near to examples; the rule stands beside them.
    """
    near = near_best(scored)
    places = [(sentence.rank, sentence.position) for sentence in near]
    if asked.measures and not asked.match.asks_kind:
        for rank in dict.fromkeys(sentence.rank for sentence in near):
            places += [(rank, place) for place in range(len(found[rank].chunk.spans))]
    for rank, position in dict.fromkeys(places):
        statement = Statement(found[rank], position)
        if any(asked.asks_for(measure) for measure in statement.measures):
            yield statement


def _most_telling(answers: Sequence[Statement], asked: AskedFigure) -> Statement:
    """Return the best sentence with a bound, or the best: its like is searched for elsewhere."""

    def bounds(measure: Measure) -> bool:
        return bool(measure.bound) and asked.asks_for(measure)

    return next((one for one in answers if any(map(bounds, one.measures))), answers[0])


def _conflict(
    one: tuple[Statement, str], other: tuple[Statement, str], citations: list[Citation]
) -> Conflict:
    sides = [ConflictSide(_cited(said, citations), figure) for said, figure in (one, other)]
    return Conflict((sides[0], sides[1]))


def _cited(statement: Statement, citations: list[Citation]) -> int:
    """Return the marker of the citation that quotes a sentence; a new one joins the others."""
    for citation in citations:
        if citation.chunk_id == statement.hit.chunk.id and statement.text in citation.quote:
            return citation.marker
    marker = len(citations) + 1
    citations.append(passage_at(statement.hit, statement.position, marker).citation)
    return marker
