"""Whether what was found and cited stands where the case says: ranks, nDCG, citations.

Places that a case accepts beside its own are as right as that one. A value that does not apply
is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final

from assistant.domain import Answer, Citation, RetrievedChunk
from assistant.japanese.normalize import folded
from eval.figures.figure_facts import states_fact
from eval.metrics.ranking_metrics import mean, ndcg_at
from eval.sets.question_set import Case, Place

RETRIEVED: Final = 10
"""How many chunks are asked for: ranks beyond are 0."""


def on_place(places: Iterable[Place], file: str, page: int | None) -> bool:
    """Tell whether a file (its path or name) and page are one of the places of an answer."""
    return _place_of(places, file, page) is not None


def _place_of(places: Iterable[Place], file: str, page: int | None) -> Place | None:
    name = PurePath(file).name
    return next((p for p in places if p.file == name and p.page in (None, page)), None)


def place_rank(case: Case, retrieved: Sequence[RetrievedChunk]) -> int | None:
    """Return the rank from 1 of the first chunk on an expected place, 0 for none of them."""
    if not case.places:
        return None
    ranks = (
        rank
        for rank, found in enumerate(retrieved, 1)
        if on_place(case.places, found.source.file, found.page)
    )
    return next(ranks, 0)


def section_rank(case: Case, retrieved: Sequence[RetrievedChunk]) -> int | None:
    """Return the rank of the first chunk of the expected section, 0 for none.

    The section is the one that the case names, or else the one in whose chunk the snippet of
    the answer stands: its other chunks count as well, and so do accepted places that have a page.
    None where the case names no section and has no snippet.
    """
    if not case.places or not (case.section or case.answer_snippet):
        return None
    snippet, others = folded(case.answer_snippet), [p for p in case.places[1:] if p.page]
    files = {place.file for place in case.places}
    here = [PurePath(found.source.file).name in files for found in retrieved]
    holding = {
        (found.chunk.version_id, found.chunk.heading_path)
        for found, ours in zip(retrieved, here, strict=True)
        if ours and snippet and snippet in folded(found.chunk.text)
    }
    for rank, (found, ours) in enumerate(zip(retrieved, here, strict=True), 1):
        path = found.chunk.heading_path
        named = bool(case.section) and any(folded(case.section) in folded(head) for head in path)
        if ours and (named or (found.chunk.version_id, path) in holding):
            return rank
        if on_place(others, found.source.file, found.page):
            return rank
    return 0


def place_ndcg(case: Case, retrieved: Sequence[RetrievedChunk]) -> float | None:
    """Return nDCG@10 (0..1) over places: each expected one has grade 1 and counts once.

    So a case with several places gets 1 only where all of them lead the ranking.
    """
    if not case.places:
        return None
    ranking: list[str] = []
    for found in retrieved:
        place = _place_of(case.places, found.source.file, found.page)
        key = repr(place) if place else f"{found.source.file}:{found.page or found.chunk.id}"
        if key not in ranking:
            ranking.append(key)
    return ndcg_at(ranking, {repr(place): 1.0 for place in case.places}, RETRIEVED)


def answering_citations(answer: Answer) -> list[Citation]:
    """Return the citations of the answer itself, without those that tell of other versions."""
    beside = {
        marker
        for change in answer.near_changes
        for marker in (change.before, change.after)
        if marker is not None
    }
    used = {
        marker
        for sentence in (
            *answer.quotations, *answer.sentences, *answer.computed, *answer.summary,
        )
        for marker in sentence.citations
    } | {side.marker for conflict in answer.conflicts for side in conflict.sides}  # fmt: skip
    return [c for c in answer.citations if c.marker in used or c.marker not in beside]


def citation_precision(case: Case, answer: Answer) -> float | None:
    """Return the share (0..1) of the cited passages that stand on an expected place."""
    cited = answering_citations(answer)
    if not case.places or answer.outcome != "answered" or not cited:
        return None
    return mean([float(_is_right(case, citation)) for citation in cited])


def citation_recall(case: Case, answer: Answer) -> float | None:
    """Return how much of what had to be cited is cited, 0..1.

    The share of the case's key facts that stand in passages cited from expected places; for a
    case without key facts 1 if such a passage is cited at all.
    """
    if not case.places or answer.outcome != "answered":
        return None
    right = [c for c in answering_citations(answer) if _is_right(case, c)]
    words = "\n".join("\n".join([*c.heading_path, c.quote]) for c in right)
    if not case.key_facts:
        return float(bool(right))
    return mean([float(states_fact(words, fact)) for fact in case.key_facts])


def _is_right(case: Case, citation: Citation) -> bool:
    snippet, quote = folded(case.answer_snippet), folded(citation.quote)
    files = {place.file for place in case.places}
    # The words themselves, on the page before or after: a section may run over two.
    same_words = bool(snippet) and PurePath(citation.file).name in files and snippet in quote
    return same_words or on_place(case.places, citation.file, citation.page)
