"""The evidence of an answer: sentences scored against a question, and quoted passages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.domain import Citation, RetrievedChunk
from assistant.search.sentence_match import SentenceMatch
from assistant.search.told_kinds import tells

CHUNKS = 10  # whose sentences are compared with the question
_WORTH = 0.03  # below the best quotation's score
# Weights beside a cosine, whose useful range with e5 is about .82 to .92.
_WORD_WEIGHT = 0.06
_KIND_BONUS = 0.015
_TOLD_BONUS = 0.01
_CHUNK_WEIGHT = 0.05
_STUB, _STUB_COST = 8, 0.05
_MISTAKE_COST = 0.04
_MISTAKE = re.compile(r"よくある誤り|誤りの例|悪い例")  # tells what is wrong, not what holds
TABLE_MARK = " ｜ "  # between the cells of a table row; ingest writes it


@dataclass(frozen=True)
class PlacedSentence:
    """A sentence or table row with the page it stands on, or the name of its place."""

    text: str
    page: int | None
    label: str | None = None


@dataclass(frozen=True)
class Passage:
    """A quotation with its marker, and the words around it that a model may use.

    `around` holds the sentences of `context` in order.
    """

    citation: Citation
    context: str
    score: float
    around: tuple[PlacedSentence, ...] = ()

    @property
    def evidence(self) -> str:
        """All words that may support a sentence: headings, the quotation, its surroundings."""
        return "\n".join([*self.citation.heading_path, self.context])


@dataclass(frozen=True)
class ScoredSentence:
    """A sentence of a retrieved chunk: by meaning (cosine), by words (0..1), and in all.

    `holds_kind` is a kind of fact in figures (an amount), `tells_kind` one in words by which
    quotations are chosen (may I), `leads` one that puts only those chosen in order (who).
    `chunk_score` is what its chunk was found with (0..1). `is_named` is one that holds the case
    that the question names: of those near enough it comes first.
    """

    rank: int
    position: int
    cosine: float
    coverage: float
    holds_kind: bool
    tells_kind: bool = False
    leads: bool = False
    chunk_score: float = 0.0
    is_named: bool = False

    @property
    def nearness(self) -> float:
        """How near the sentence is to the question, whatever kind of fact it holds."""
        return self.cosine + _WORD_WEIGHT * self.coverage

    @property
    def score(self) -> float:
        """Nearness, with a bonus for the kind of fact asked for and for the chunk's own score."""
        return self.nearness + _KIND_BONUS * self.holds_kind + _CHUNK_WEIGHT * self.chunk_score

    @property
    def order(self) -> float:
        """The score with a bonus for a kind told in words, by which sentences are chosen."""
        return self.score + _TOLD_BONUS * self.tells_kind

    @property
    def precedence(self) -> float:
        """The order with a bonus for a kind that leads, by which the chosen ones are quoted."""
        return self.order + _TOLD_BONUS * self.leads + self.is_named


def scored_sentences(
    found: Sequence[RetrievedChunk], cosines: Sequence[Sequence[float]], match: SentenceMatch
) -> list[ScoredSentence]:
    """Return the sentences of the first chunks, best first; `cosines` is one list a chunk.

    Where a reranker has changed the order, a chunk counts with the score its place stands for.
    """
    chooses = [kind for kind in match.told_kinds if kind.chooses]
    leads = [kind for kind in match.told_kinds if not kind.chooses]
    chunk_scores = sorted((hit.score for hit in found), reverse=True)
    scored = [
        ScoredSentence(
            rank,
            position,
            cosines[rank][position] - _cost(sentence),
            match.coverage(sentence),
            match.asks_kind and match.holds_asked_kind(sentence),
            tells(sentence, chooses),
            tells(sentence, leads),
            chunk_scores[rank],
            match.names_case(sentence),
        )
        for rank, hit in enumerate(found[: len(cosines)])
        for position, sentence in enumerate(hit.chunk.sentences())
    ]
    return in_order(scored)


def in_order(scored: Iterable[ScoredSentence]) -> list[ScoredSentence]:
    """Return sentences best first."""
    return sorted(scored, key=lambda s: (-s.order, s.rank, s.position))


def _cost(sentence: str) -> float:
    """Return what makes a sentence a worse answer than its words suggest."""
    if len(sentence) < _STUB:
        return _STUB_COST
    return _MISTAKE_COST if _MISTAKE.search(sentence) else 0.0


def near_best(scored: Sequence[ScoredSentence], below: float = _WORTH) -> list[ScoredSentence]:
    """Return the sentences whose score is at most so much below the best one's; at least one."""
    least = max((sentence.score for sentence in scored), default=0.0) - below
    return [sentence for sentence in scored if sentence.score >= least]
