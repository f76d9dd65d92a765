"""What it costs and saves that a large keyword index is asked for the rarest forms only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from assistant.calendar import today
from assistant.embeddings.encoder import Encoder
from assistant.japanese.tokens import search_forms
from assistant.opening import Assistant
from assistant.search import keyword_index
from assistant.search.keyword_index import KeywordIndex
from assistant.settings import Settings
from eval.answers import EVALUATOR
from eval.benchmarks.timings import milliseconds
from eval.judged_corpus import JudgedCorpus, read_judged_corpus
from eval.metrics.ranking_metrics import mean, ndcg_at
from eval.retrieval import throwaway_assistant
from ingest.pipeline import ingest_documents

_CUTOFF: Final = 10
_CHUNKS_ASKED: Final = 100  # of a judged set: ten documents remain as a rule
_KEYWORDS_ASKED: Final = 200  # as the retriever asks for


@contextmanager
def shortcut(*, taken: bool) -> Iterator[None]:
    """Let the keyword index be asked with the 8 rarest forms, or with all, whatever its size."""
    before = keyword_index._LARGE_INDEX
    keyword_index._LARGE_INDEX = 0 if taken else sys.maxsize
    try:
        yield
    finally:
        keyword_index._LARGE_INDEX = before


def keyword_figures(keywords: KeywordIndex, asked: Sequence[str]) -> dict[str, Any]:
    """Return the milliseconds of a keyword search by all forms and by the 8 rarest.

    And how many of the first 60 by all forms are among the first 60 by the rarest, 0..1.
    """
    spent: dict[bool, list[float]] = {False: [], True: []}
    shared: list[float] = []
    forms = [list(dict.fromkeys(search_forms(question))) for question in asked]
    for number, wanted in enumerate(forms):
        best: dict[bool, set[int]] = {}
        for taken in (False, True) if number % 2 else (True, False):
            with shortcut(taken=taken):
                began = time.perf_counter()
                counts = keywords.document_counts(wanted)
                hits = keywords.search(counts, limit=_KEYWORDS_ASKED)
                spent[taken].append(time.perf_counter() - began)
            best[taken] = {key for key, _ in hits[:60]}
        if best[False]:
            shared.append(len(best[False] & best[True]) / len(best[False]))
    return {
        "forms_of_a_question": round(fmean(map(len, forms)), 1),
        "all_forms": milliseconds(spent[False]),
        "rarest_forms": milliseconds(spent[True]),
        "same_of_first_60": round(fmean(shared), 3) if shared else None,
    }


def shortcut_cost(
    folder: Path, *, settings: Settings, encoder: Encoder, limit_documents: int | None = None
) -> dict[str, Any]:
    """Return nDCG@10 (0..1) of the production search on a judged set, with and without shortcut.

    And how many of the queries it makes better or worse. `limit_documents` keeps the first ones
    and the queries all of whose judged documents they are.
    """
    corpus = _limited(read_judged_corpus(folder), limit_documents)
    with throwaway_assistant(settings, encoder=encoder) as assistant:
        ingest_documents(assistant, corpus.documents)
        found: dict[bool, list[float]] = {}
        for taken in (False, True):
            with shortcut(taken=taken):
                found[taken] = [
                    ndcg_at(_ranking(assistant, corpus.queries[query]), grades, _CUTOFF) or 0.0
                    for query, grades in corpus.grades.items()
                ]
    changes = [rarest - whole for whole, rarest in zip(found[False], found[True], strict=True)]
    means = {taken: mean(values) or 0.0 for taken, values in found.items()}
    return {
        "documents": len(corpus.documents),
        "queries": len(changes),
        "ndcg@10_all_forms": round(means[False], 4),
        "ndcg@10_rarest_forms": round(means[True], 4),
        "better": sum(change > 0 for change in changes),
        "worse": sum(change < 0 for change in changes),
    }


def _limited(corpus: JudgedCorpus, limit: int | None) -> JudgedCorpus:
    documents = corpus.documents[:limit]
    known = {document.id for document in documents}
    grades = {query: judged for query, judged in corpus.grades.items() if judged.keys() <= known}
    return replace(corpus, documents=documents, grades=grades)


def _ranking(assistant: Assistant, query: str) -> list[str]:
    found = assistant.retriever.search(query, reader=EVALUATOR, as_of=today(), limit=_CHUNKS_ASKED)
    return list(dict.fromkeys(hit.source.file for hit in found))
