"""Choosing the sentences that answer a question, to be quoted and to be given to a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain import Citation, RetrievedChunk
from assistant.search.sentence_match import SentenceMatch

CHUNKS = 5  # whose sentences are compared with the question
_QUOTATIONS = 3
_FROM_ONE_CHUNK = 2
_WORTH = 0.03  # below the best quotation's score
# Weights beside a cosine, whose useful range with e5 is about .82 to .92.
_WORD_WEIGHT = 0.06
_KIND_BONUS = 0.015
_RANK_COST = 0.002
_STUB, _STUB_COST = 8, 0.05
_MISTAKE_COST = 0.02
_MISTAKE = re.compile(r"よくある誤り|誤りの例|悪い例")  # tells what is wrong, not what holds
_LEADS_ON = re.compile(
    r"次の(?:とおり|各号|いずれか|表|場合|とき|契約|事項|書類|もの)|次に掲げる|以下の|次により"
)
_LEANS_BACK = re.compile(r"^(?:ただし|この場合|なお|その|また|これ|それ|当該)")
_SHORT = 14
_LONGEST_QUOTE = 320
TABLE_MARK = " ｜ "  # between the cells of a table row; ingest writes it
_CONTEXT = 260


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
    """A sentence of a retrieved chunk: by meaning (cosine), by words (0..1), and in all."""

    rank: int
    position: int
    cosine: float
    coverage: float
    holds_kind: bool

    @property
    def nearness(self) -> float:
        """How near the sentence is to the question, whatever kind of fact it holds."""
        return self.cosine + _WORD_WEIGHT * self.coverage

    @property
    def score(self) -> float:
        """Nearness, with a bonus for the kind of fact asked for and for the chunk's rank."""
        return self.nearness + _KIND_BONUS * self.holds_kind - _RANK_COST * self.rank


def scored_sentences(
    found: Sequence[RetrievedChunk], cosines: Sequence[Sequence[float]], match: SentenceMatch
) -> list[ScoredSentence]:
    """Return the sentences of the first chunks, best first; `cosines` is one list a chunk."""
    scored = [
        ScoredSentence(
            rank,
            position,
            cosines[rank][position] - _cost(sentence),
            match.coverage(sentence),
            match.asks_kind and match.holds_asked_kind(sentence),
        )
        for rank, hit in enumerate(found[: len(cosines)])
        for position, sentence in enumerate(hit.chunk.sentences())
    ]
    return sorted(scored, key=lambda s: (-s.score, s.rank, s.position))


def _cost(sentence: str) -> float:
    """Return what makes a sentence a worse answer than its words suggest."""
    if len(sentence) < _STUB:
        return _STUB_COST
    return _MISTAKE_COST if _MISTAKE.search(sentence) else 0.0


def near_best(scored: Sequence[ScoredSentence], below: float = _WORTH) -> list[ScoredSentence]:
    """Return the sentences whose score is at most so much below the best one's; at least one."""
    return [s for s in scored if s.score >= scored[0].score - below]


def passage_at(hit: RetrievedChunk, position: int, marker: int) -> Passage:
    """Return a sentence of a chunk as a passage, with what it needs to be read alone."""
    return _passage(hit, _whole(hit, position), marker, 0.0)


def choose_passages(
    found: Sequence[RetrievedChunk], scored: Sequence[ScoredSentence]
) -> list[Passage]:
    """Return at most three quotations, best first, numbered from 1."""
    passages: list[Passage] = []
    used: dict[int, list[range]] = {}
    for sentence in near_best(scored):
        if len(passages) == _QUOTATIONS:
            break
        taken = used.setdefault(sentence.rank, [])
        span = _whole(found[sentence.rank], sentence.position)
        if len(taken) == _FROM_ONE_CHUNK or any(set(span) & set(other) for other in taken):
            continue
        taken.append(span)
        passages.append(_passage(found[sentence.rank], span, len(passages) + 1, sentence.score))
    return passages


def _whole(hit: RetrievedChunk, position: int) -> range:
    """Extend a sentence so that it can be read alone: its list, or what it leans back on."""
    sentences = hit.chunk.sentences()
    first, last = position, position
    if hit.chunk.kind == "table":
        return range(first, last + 1)
    if first > 0 and (
        _LEANS_BACK.match(sentences[first]) or len(sentences[first].strip()) < _SHORT
    ):
        first -= 1
    size = sum(len(s) for s in sentences[first : last + 1])
    if _LEADS_ON.search(sentences[last]):
        while last + 1 < len(sentences) and size + len(sentences[last + 1]) <= _LONGEST_QUOTE:
            last += 1
            size += len(sentences[last])
    return range(first, last + 1)


def _passage(hit: RetrievedChunk, span: range, marker: int, score: float) -> Passage:
    chunk = hit.chunk
    start, end = chunk.spans[span[0]].start, chunk.spans[span[-1]].end
    quote = chunk.text[start:end]
    page = chunk.spans[span[0]].page
    same = hit.label if page == hit.page else None
    citation = Citation(
        marker=marker,
        chunk_id=chunk.id,
        version_id=chunk.version_id,
        manual=hit.source.manual,
        file=hit.source.file,
        version=hit.source.version,
        page=page,
        label=chunk.spans[span[0]].label if page is None else same,
        heading_path=chunk.heading_path,
        quote=quote,
        text_hash=chunk.text_hash,
        owner_section=hit.source.owner_section,
        owner_extension=hit.source.owner_extension,
        revision=hit.source.revision,
        effective_from=hit.source.effective_from,
    )
    around = _surroundings(hit, span)
    text = chunk.text[chunk.spans[around[0]].start : chunk.spans[around[-1]].end]
    sentences = chunk.sentences()
    placed = tuple(
        PlacedSentence(sentences[i], chunk.spans[i].page, chunk.spans[i].label) for i in around
    )
    return Passage(citation, text, score, placed)


def _surroundings(hit: RetrievedChunk, span: range) -> range:
    """Return the quotation with neighbouring sentences, about 260 characters more at most."""
    spans = hit.chunk.spans
    first, last = span[0], span[-1]
    room = _CONTEXT
    while room > 0 and (first > 0 or last + 1 < len(spans)):
        if last + 1 < len(spans):
            last += 1
            room -= spans[last].end - spans[last].start
        if first > 0 and room > 0:
            first -= 1
            room -= spans[first].end - spans[first].start
    return range(first, last + 1)
