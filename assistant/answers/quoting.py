"""Choosing what is quoted: the sentences that answer, each with what it needs to be understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answers.evidence import (
    TABLE_MARK,
    Passage,
    PlacedSentence,
    ScoredSentence,
    near_best,
)
from assistant.answers.near_duplicates import near_duplicates
from assistant.domain import Chunk, Citation, RetrievedChunk

_QUOTATIONS = 3
_FROM_ONE_CHUNK = 2
# Characters up to which the first quotation, and each of the others, takes in its neighbours.
_FIRST_WITH_NEIGHBOURS, _WITH_NEIGHBOURS = 260, 220
_LEADS_ON = re.compile(
    r"次の(?:とおり|各号|いずれか|表|場合|とき|契約|事項|書類|もの)|次に掲げる|以下の|次により"
)
_LEANS_BACK = re.compile(r"^(?:ただし|この場合|なお|その|また|これ|それ|当該)")
_SHORT = 14
_LONGEST_QUOTE = 320
_CONTEXT = 260


@dataclass(frozen=True)
class _Chosen:
    """A sentence with what is quoted for it: the positions it needs, and those around them."""

    sentence: ScoredSentence
    core: range
    quoted: range
    words: str


def choose_passages(
    found: Sequence[RetrievedChunk], scored: Sequence[ScoredSentence]
) -> list[Passage]:
    """Return at most three quotations, best first, numbered from 1.

    Each takes in its neighbours on the page as far as they are short: what is quoted then holds
    the fact asked for in .78 of the learning questions, sentences alone in .64. A row of a table
    that the question tells apart from the others stands alone. What two manuals say in almost the
    same words, with the same figures, is quoted once.
    """
    chosen: list[_Chosen] = []
    for sentence in sorted(near_best(scored), key=lambda one: not one.is_named):
        if len(chosen) == _QUOTATIONS:
            break
        hit = found[sentence.rank]
        others = [one.quoted for one in chosen if one.sentence.rank == sentence.rank]
        core = _whole(hit, sentence.position)
        if len(others) == _FROM_ONE_CHUNK or any(_overlap(core, other) for other in others):
            continue
        words = _text(hit.chunk, core)
        if any(near_duplicates(words, one.words) for one in chosen):
            continue
        most = _WITH_NEIGHBOURS if chosen else _FIRST_WITH_NEIGHBOURS
        if hit.chunk.kind == "table" and _is_told_apart(sentence, core, scored):
            most = 0
        quoted = _with_neighbours(hit, core, most, others)
        chosen.append(_Chosen(sentence, core, quoted, words))
    chosen.sort(key=lambda one: -one.sentence.precedence)
    return [
        _passage(found[one.sentence.rank], one.core, one.quoted, marker, one.sentence.score)
        for marker, one in enumerate(chosen, 1)
    ]


def passage_at(hit: RetrievedChunk, position: int, marker: int) -> Passage:
    """Return a sentence of a chunk as a passage, with what it needs to be read alone."""
    core = _whole(hit, position)
    return _passage(hit, core, core, marker, 0.0)


def _with_neighbours(hit: RetrievedChunk, core: range, most: int, others: Iterable[range]) -> range:
    """Add what stands after and before on the same page, up to so many characters in all."""
    spans = hit.chunk.spans
    first, last = core[0], core[-1]
    room = most - sum(spans[n].end - spans[n].start for n in core)

    def fits(position: int) -> bool:
        return (
            0 <= position < len(spans)
            and spans[position].page == spans[core[0]].page
            and spans[position].end - spans[position].start <= room
            and not any(position in other for other in others)
        )

    while True:
        if fits(last + 1):
            last += 1
            room -= spans[last].end - spans[last].start
        elif not fits(first - 1):
            return range(first, last + 1)
        if fits(first - 1):
            first -= 1
            room -= spans[first].end - spans[first].start


def _is_told_apart(row: ScoredSentence, core: range, scored: Sequence[ScoredSentence]) -> bool:
    """Tell whether a row is of the case named, or has most of the question's words in its table."""
    return row.is_named or all(
        row.coverage > other.coverage
        for other in scored
        if other.rank == row.rank and other.position not in core
    )


def _overlap(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def _whole(hit: RetrievedChunk, position: int) -> range:
    """Extend a sentence so that it can be read alone: its list, or what it leans back on."""
    sentences = hit.chunk.sentences()
    first, last = position, position
    if hit.chunk.kind == "table":
        return range(first, _last_row(sentences, first) + 1)
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


def _last_row(sentences: Sequence[str], first: int) -> int:
    """Return where a quotation from a table ends: a row alone, a caption with the rows below it."""
    last, size = first, len(sentences[first])
    if TABLE_MARK in sentences[first]:
        return first
    while (
        last + 1 < len(sentences)
        and TABLE_MARK in sentences[last + 1]
        and size + len(sentences[last + 1]) <= _LONGEST_QUOTE
    ):
        last += 1
        size += len(sentences[last])
    return last


def _passage(hit: RetrievedChunk, core: range, quoted: range, marker: int, score: float) -> Passage:
    chunk = hit.chunk
    page = chunk.spans[core[0]].page
    same = hit.label if page == hit.page else None
    citation = Citation(
        marker=marker,
        chunk_id=chunk.id,
        version_id=chunk.version_id,
        manual=hit.source.manual,
        file=hit.source.file,
        version=hit.source.version,
        page=page,
        label=chunk.spans[core[0]].label if page is None else same,
        heading_path=chunk.heading_path,
        quote=_text(chunk, quoted),
        core=_text(chunk, core),
        text_hash=chunk.text_hash,
        owner_section=hit.source.owner_section,
        owner_extension=hit.source.owner_extension,
        revision=hit.source.revision,
        effective_from=hit.source.effective_from,
    )
    around = _surroundings(hit, core, quoted)
    sentences = chunk.sentences()
    placed = tuple(
        PlacedSentence(sentences[i], chunk.spans[i].page, chunk.spans[i].label) for i in around
    )
    return Passage(citation, _text(chunk, around), score, placed)


def _text(chunk: Chunk, positions: range) -> str:
    return chunk.text[chunk.spans[positions[0]].start : chunk.spans[positions[-1]].end]


def _surroundings(hit: RetrievedChunk, core: range, quoted: range) -> range:
    """Return what is quoted, and neighbours up to some 260 characters more than its core."""
    spans = hit.chunk.spans
    first, last = core[0], core[-1]
    room = _CONTEXT
    while room > 0 and (first > 0 or last + 1 < len(spans)):
        if last + 1 < len(spans):
            last += 1
            room -= spans[last].end - spans[last].start
        if first > 0 and room > 0:
            first -= 1
            room -= spans[first].end - spans[first].start
    return range(min(first, quoted[0]), max(last, quoted[-1]) + 1)
