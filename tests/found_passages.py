"""Passages as a search finds them, and their sentences as they are scored, for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.answers.evidence import ScoredSentence
from assistant.domain import Chunk, ChunkKind, RetrievedChunk, Source, Span
from assistant.japanese.tokens import search_forms
from assistant.search.sentence_match import SentenceMatch
from assistant.search.understood import Understood


def found_hit(
    *sentences: str,
    manual: str = "会計事務の手引き",
    heading: tuple[str, ...] = (),
    manual_id: str | None = None,
    version: int = 1,
    owner: tuple[str, str] = ("会計課", "2410"),
    kind: ChunkKind = "text",
) -> RetrievedChunk:
    """Return a passage of some sentences or rows, on page 3 of a manual."""
    spans: list[Span] = []
    text = ""
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence), 3))
        text += sentence + "\n"
    key = f"{manual}-{version}"
    chunk = Chunk(f"{key} {heading}", key, 0, heading, 3, 3, kind, text, "0" * 64, tuple(spans))
    source = Source(manual_id or manual, manual, "", *owner, key, version, f"{manual}.pdf", None)
    return RetrievedChunk(chunk, source, 1.0, {}, 0, "1")


def scored_in_order(found: Sequence[RetrievedChunk]) -> list[ScoredSentence]:
    """Score the sentences: of each chunk the first best, of the chunks the first best."""
    scored = [
        ScoredSentence(rank, place, 0.9 - 0.01 * rank - 0.05 * place, 0.0, True)
        for rank, hit in enumerate(found)
        for place in range(len(hit.chunk.spans))
    ]
    return sorted(scored, key=lambda sentence: -sentence.score)


def understood(question: str) -> Understood:
    """Return a question whose words are all equally rare, without a vector."""
    forms = search_forms(question)
    match = SentenceMatch(forms, {}, question)
    return Understood(question, dict.fromkeys(forms, 1), question, np.zeros(1, np.float32), match)
