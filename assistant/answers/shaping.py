"""What an answer looks like: quoted, written, refused, or left without its model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers.citing import supporting_citation
from assistant.answers.evidence import Passage
from assistant.answers.grounding import Verified
from assistant.answers.judgement import SURE
from assistant.domain import Answer, AnswerSentence, Owner, Related, RetrievedChunk
from assistant.language_model.choice import Choice

REFUSAL = "マニュアルの中に、この質問の答えとなる記載は見つかりませんでした。"
_RELATED = 3
_MAY_NOT_HOLD = (
    "質問の答えが、次の記載に書かれていないおそれがあります。質問に合うかを確かめ、"
    "迷うときは担当課にお尋ねください。"
)


def quoted(passage: Passage) -> AnswerSentence:
    """Return a quotation as a sentence of the answer."""
    return AnswerSentence(passage.citation.quote, "quoted", (passage.citation.marker,))


def cited(
    answer: Answer, verified: Verified, passages: Sequence[Passage], searched: str
) -> tuple[Answer, AnswerSentence]:
    """Return a supported sentence, and the answer with the citation that supports it."""
    passage = next(p for p in passages if p.citation.marker == verified.best_marker)
    number = len(answer.citations) + 1
    citation = supporting_citation(verified.text, passage, question=searched, marker=number)
    for known in answer.citations:
        if (known.chunk_id, known.quote) == (citation.chunk_id, citation.quote):
            return answer, AnswerSentence(verified.text, "written", (known.marker,))
    return (
        replace(answer, citations=(*answer.citations, citation)),
        AnswerSentence(verified.text, "written", (number,)),
    )


def in_its_place(
    marker: int | None, passages: Sequence[Passage], written: Sequence[AnswerSentence]
) -> AnswerSentence | None:
    """Return the passage's own words for a sentence it does not support, said only once."""
    for passage in passages:
        if passage.citation.marker == marker:
            quoted = AnswerSentence(f"「{passage.citation.found_words}」", "quoted", (marker,))
            return None if quoted in written else quoted
    return None


def with_written(
    answer: Answer, choice: Choice, written: Sequence[AnswerSentence], seconds: float
) -> Answer:
    """Put what was written where it belongs; `seconds` is how long the first sentence took."""
    first = answer.first_sentence_seconds or seconds
    if choice.place == "summary":
        return replace(answer, summary=tuple(written), first_sentence_seconds=first)
    return replace(answer, sentences=tuple(written), first_sentence_seconds=first)


def without_model(answer: Answer, written: Sequence[AnswerSentence], notice: str) -> Answer:
    """Keep what was written and verified so far; without any, the quotations are the answer."""
    joined = " ".join(part for part in (answer.notice, notice) if part)
    if any(sentence.kind == "written" for sentence in written):
        return replace(answer, notice=joined)
    return replace(
        answer,
        sentences=answer.quotations,
        summary=(),
        mode="extractive",
        model=None,
        notice=joined,
    )


def caution_words(probability: float) -> str:
    """Return what to say of passages that hold the answer with so much probability (0..1)."""
    return "" if probability >= SURE else _MAY_NOT_HOLD


def refused(answer: Answer, found: Sequence[RetrievedChunk]) -> Answer:
    """Refuse, naming the nearest passages and the section to ask."""
    return replace(
        answer,
        outcome="refused",
        sentences=(AnswerSentence(REFUSAL, "computed"),),
        related=_nearest_passages(found),
        owner=owner_of(found),
    )


def refused_by_model(answer: Answer, passages: Sequence[Passage]) -> Answer:
    """Refuse as a good model did that found no answer: the quotations become related."""
    return replace(
        answer,
        outcome="refused",
        sentences=(AnswerSentence(REFUSAL, "computed"),),
        quotations=(),
        computed=(),
        citations=(),
        near_changes=(),
        conflicts=(),
        caution="",
        parts=(),
        related=related_of(passages),
    )


def related_of(passages: Sequence[Passage]) -> tuple[Related, ...]:
    """Return passages as what stands near a question without answering it."""
    return tuple(
        Related(c.manual, c.file, c.version_id, c.heading_path, c.page, c.label, c.found_words)
        for c in (passage.citation for passage in passages)
    )


def _nearest_passages(found: Sequence[RetrievedChunk]) -> tuple[Related, ...]:
    """Return the best sentence of the nearest sections, one a section."""
    nearest: dict[tuple[str, tuple[str, ...]], Related] = {}
    for hit in found:
        chunk, sentences = hit.chunk, hit.chunk.sentences()
        key = (chunk.version_id, chunk.heading_path)
        if key not in nearest and len(nearest) < _RELATED:
            nearest[key] = Related(
                hit.source.manual,
                hit.source.file,
                chunk.version_id,
                chunk.heading_path,
                hit.page,
                hit.label,
                sentences[hit.best_span] if sentences else chunk.text,
            )
    return tuple(nearest.values())


def owner_of(found: Sequence[RetrievedChunk]) -> Owner | None:
    """Return the section that owns the nearest manual, if the manual names one."""
    for hit in found[:1]:
        if hit.source.owner_section:
            return Owner(hit.source.owner_section, hit.source.owner_extension)
    return None
