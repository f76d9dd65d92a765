"""Measures the embedding engines beside each other: speed, likeness and ranking quality.

Usage: python -m eval.benchmarks.engines DIR... [--limit N]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embeddings.engine import Engine, Vectors
from assistant.embeddings.engine_choice import EngineName, engines_for
from assistant.embeddings.engines import open_engine
from assistant.language_model.processor import CPU_INFO, read_cpu_info
from assistant.settings import Settings, read_settings
from eval.judged_corpus import JudgedCorpus, read_judged_corpus
from eval.metrics.ranking_metrics import mean, ndcg_at

_AT_ONCE = 32  # documents in a turn; the engines take turns, so that other work slows down all
_CUTOFF = 10


def compare_engines(
    corpus: JudgedCorpus,
    engines: Mapping[EngineName, Engine],
    *,
    settings: Settings,
    limit: int | None = None,
) -> dict[str, Any]:
    """Return each engine's figures; `engines` begins with the one that the others are held to.

    A document is one vector (cut at the model's most tokens). With `limit` only so many documents
    are taken, the judged ones first. "mixed" tells nDCG where only the documents, or only the
    queries, are from the engine and the rest from the first.
    """
    judged = {document for grades in corpus.grades.values() for document in grades}
    documents = sorted(corpus.documents, key=lambda document: document.id not in judged)[:limit]
    texts = [document.text for document in documents]
    asked = [query for query in corpus.queries if query in corpus.grades]
    first = next(iter(engines))
    counts = engines[first].token_counts(texts)
    tokens = sum(min(count, engines[first].most_tokens) for count in counts)
    bodies, seconds = _in_turns(engines, texts, settings.embedding_document_prompt)
    questions = {
        name: engine.encode([corpus.queries[q] for q in asked], settings.embedding_query_prompt)
        for name, engine in engines.items()
    }

    def quality(index: EngineName, query: EngineName) -> float:
        order = np.argsort(-(questions[query] @ bodies[index].T), axis=1, kind="stable")[
            :, :_CUTOFF
        ]
        found = [
            ndcg_at([documents[place].id for place in row], corpus.grades[query], _CUTOFF)
            for row, query in zip(order, asked, strict=True)
        ]
        return mean(found) or 0.0

    best = quality(first, first)
    figures: dict[str, Any] = {}
    for name in engines:
        cosines = (bodies[first] * bodies[name]).sum(axis=1)
        reached = quality(name, name)
        figures[name] = {
            "tokens_per_second": round(tokens / seconds[name]),
            "ratio": round(seconds[first] / seconds[name], 2),
            "cosine_min": round(float(cosines.min()), 4),
            "cosine_mean": round(float(cosines.mean()), 4),
            "ndcg@10": round(reached, 4),
            "difference": round(reached - best, 4),
            "mixed": {
                "documents": round(quality(name, first) - best, 4),
                "queries": round(quality(first, name) - best, 4),
            },
        }
    return {
        "documents": len(texts),
        "queries": len(asked),
        "tokens": tokens,
        "engines": figures,
    }


def _in_turns(
    engines: Mapping[EngineName, Engine], texts: Sequence[str], prompt: str
) -> tuple[dict[EngineName, Vectors], dict[EngineName, float]]:
    """Return the texts' vectors and the seconds spent by each engine."""
    parts: dict[EngineName, list[Vectors]] = {name: [] for name in engines}
    seconds = dict.fromkeys(engines, 0.0)
    for engine in engines.values():
        engine.encode(texts[:1], prompt)
    for start in range(0, len(texts), _AT_ONCE):
        turn = list(engines)[:: 1 if start // _AT_ONCE % 2 else -1]
        for name in turn:
            began = time.perf_counter()
            parts[name].append(engines[name].encode(texts[start : start + _AT_ONCE], prompt))
            seconds[name] += time.perf_counter() - began
    return {name: np.concatenate(found) for name, found in parts.items()}, seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one JSON line for each judged set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int)
    given = parser.parse_args(arguments)
    settings = read_settings()
    names = engines_for(read_cpu_info(CPU_INFO))
    engines = {name: open_engine(name, settings) for name in names}
    for folder in given.folders:
        corpus = read_judged_corpus(folder)
        found = compare_engines(corpus, engines, settings=settings, limit=given.limit)
        sys.stdout.write(json.dumps({"set": folder.name, **found}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
