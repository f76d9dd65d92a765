"""Choosing the sentences that answer a question, to be quoted and to be given to a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain import Citation, RetrievedChunk
from assistant.search.sentence_match import SentenceMatch

_CHUNKS = 6
_QUOTATIONS = 3
_FROM_ONE_CHUNK = 2
_WORTH = 0.72  # of the best quotation's score
_RANK_WEIGHT = 0.9
_LEADS_ON = re.compile(
    r"次の(?:とおり|各号|いずれか|表|場合|事項|書類|もの)|次に掲げる|以下の|次により"
)
_LEANS_BACK = re.compile(r"^(?:ただし|この場合|なお|その|また|これ|それ|当該)")
_SHORT = 14
_LONGEST_QUOTE = 320
_CONTEXT = 260


@dataclass(frozen=True)
class Passage:
    """A quotation with its marker, and the words around it that a model may use."""

    citation: Citation
    context: str
    score: float

    @property
    def evidence(self) -> str:
        """All words that may support a sentence: headings, the quotation, its surroundings."""
        return "\n".join([*self.citation.heading_path, self.context])


def choose_passages(found: Sequence[RetrievedChunk], match: SentenceMatch) -> list[Passage]:
    """Return at most three quotations, best first, numbered from 1."""
    scored: list[tuple[float, int, int]] = []
    for rank, hit in enumerate(found[:_CHUNKS]):
        heading = " ".join(hit.chunk.heading_path)
        for position, sentence in enumerate(hit.chunk.sentences()):
            score = match.score(sentence, heading) + _RANK_WEIGHT * hit.score
            scored.append((score, rank, position))
    scored.sort(key=lambda item: (-item[0], item[1], item[2]))
    passages: list[Passage] = []
    used: dict[int, list[range]] = {}
    for score, rank, position in scored:
        if len(passages) == _QUOTATIONS or (passages and score < _WORTH * passages[0].score):
            break
        taken = used.setdefault(rank, [])
        if len(taken) == _FROM_ONE_CHUNK or any(position in span for span in taken):
            continue
        span = _whole(found[rank], position)
        if any(set(span) & set(other) for other in taken):
            continue
        taken.append(span)
        passages.append(_passage(found[rank], span, len(passages) + 1, score))
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
    citation = Citation(
        marker=marker,
        chunk_id=chunk.id,
        version_id=chunk.version_id,
        manual=hit.source.manual,
        file=hit.source.file,
        version=hit.source.version,
        page=page,
        label=hit.label if page == hit.page else None,
        heading_path=chunk.heading_path,
        quote=quote,
        text_hash=chunk.text_hash,
        owner_section=hit.source.owner_section,
        owner_extension=hit.source.owner_extension,
    )
    return Passage(citation, _surroundings(hit, span), score)


def _surroundings(hit: RetrievedChunk, span: range) -> str:
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
    return hit.chunk.text[spans[first].start : spans[last].end]
