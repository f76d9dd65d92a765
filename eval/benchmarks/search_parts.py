"""What a search spends its time on, part by part, from outside its code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

from assistant.embeddings.encoder import Encoder
from assistant.library import ManualLibrary
from assistant.search import candidates, retrieval, understood
from assistant.search.candidates import CandidateSearch
from assistant.search.keyword_index import KeywordIndex
from assistant.search.sentence_match import SentenceMatch
from assistant.search.stored_vectors import StoredVectors
from assistant.search.vector_index import VectorIndex
from assistant.understanding.glossary import Glossary
from assistant.understanding.spelling import Spelling

# What a search calls, by the part of its time that it is; none of them calls another.
_ADDING: Final = Lock()  # some parts run in threads beside one another
_PARTS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("embedding", Encoder, "_remembered"),  # with the question adapter and without
    ("glossary", Glossary, "meanings"),
    ("words meant", Spelling, "respelt"),
    ("question's tokens", understood, "search_forms"),
    ("keywords' counts", KeywordIndex, "document_counts"),
    ("keywords' rarity", KeywordIndex, "rarity"),
    ("versions in force", ManualLibrary, "sources"),
    ("vector index", VectorIndex, "search"),
    ("vector hits' versions", CandidateSearch, "_readable"),
    ("keyword index", KeywordIndex, "search"),
    ("keyword hits' versions", CandidateSearch, "_readable_keywords"),
    ("candidates' rows", CandidateSearch, "_rows"),
    ("candidates' vectors", StoredVectors, "get"),
    ("candidates' sentences", StoredVectors, "get_matrices"),
    ("letter pairs", candidates, "pair_shares"),
    ("fusion", retrieval, "fused"),
    ("results' chunks", ManualLibrary, "chunks"),
    ("results' pages", ManualLibrary, "page_labels"),
    ("results' best sentence", SentenceMatch, "best"),
)


@contextmanager
def clock(spent: dict[str, float]) -> Iterator[None]:
    """Add up the seconds of each part of a search: its own code knows nothing of it."""
    originals = [(place, name, vars(place)[name]) for _, place, name in _PARTS]
    for part, place, name in _PARTS:
        setattr(place, name, _timed(vars(place)[name], part, spent))
    try:
        yield
    finally:
        for place, name, call in originals:
            setattr(place, name, call)


def _timed(call: Callable[..., Any], part: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(*arguments, **named)
        finally:
            with _ADDING:
                spent[part] = spent.get(part, 0.0) + time.perf_counter() - began

    return timed


def mean_milliseconds(runs: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the mean milliseconds of a search and of its parts, the dearest first.

    Parts that are computed at the same time may add up to more than the whole.
    """
    searches = sum(len(run["ours"]) for run in runs)
    whole = sum(sum(run["ours"]) for run in runs)
    spent = {part: sum(run["spent"].get(part, 0.0) for run in runs) for part, _, _ in _PARTS}
    spent["rest"] = max(0.0, whole - sum(spent.values()))
    dearest = sorted(spent, key=lambda part: -spent[part])
    means = {part: round(spent[part] / searches * 1000, 2) for part in dearest}
    return {"whole": round(whole / searches * 1000, 2), **means}
