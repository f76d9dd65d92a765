"""Measures the time to the first quotation on screen, beside a bare embedding and vector query.

Usage: python -m eval.benchmarks.first_evidence [--chunks N] [--corpus DIR | --manuals DIR]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.domain import Answer, Manual, Page
from assistant.embeddings.encoder import Encoder
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import sentences_hash
from assistant.library.publishing import PreparedManual
from assistant.opening import Assistant, load_encoder
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.settings import Settings, read_settings
from eval.answers import EVALUATOR
from eval.judged_corpus import read_judged_corpus
from eval.metrics.ranking_metrics import percentile
from eval.retrieval import throwaway_assistant
from eval.sets.question_set import read_question_set
from ingest.pipeline import ingest_documents, ingest_paths

_WARM_UP = 3
_NOISE = 0.3  # length of the random vector added to a copy's vector of length 1
QUESTIONS = Path(__file__).parents[1] / "questions"


def first_evidence(
    *,
    settings: Settings,
    corpus: Path | None = None,
    manuals: Path = Path("manuals"),
    chunks: int = 2000,
    questions: int = 100,
    encoder: Encoder | None = None,
) -> dict[str, Any]:
    """Return median and p95 in milliseconds of both paths over the same questions, in turn.

    With `corpus` the index holds that judged set's first passages; without it the manuals and
    copies of their chunks with perturbed vectors. No question is asked twice: the encoder
    remembers the latest ones.
    """
    encoder = encoder or load_encoder(settings)
    with throwaway_assistant(settings, encoder=encoder) as assistant:
        if corpus:
            judged = read_judged_corpus(corpus)
            ingest_documents(assistant, judged.documents[:chunks])
            asked = list(dict.fromkeys(judged.queries.values()))
        else:
            ingest_paths(assistant, [manuals])
            _fill_with_copies(assistant, chunks)
            sets = [read_question_set(path) for path in sorted(QUESTIONS.glob("*.jsonl"))]
            asked = list(dict.fromkeys(case.question for cases in sets for case in cases))
        asked = asked[: questions + _WARM_UP]
        ours: list[float] = []
        bare: list[float] = []
        for number, question in enumerate(asked):
            if number % 2:
                bare.append(_bare_query(assistant, question))
            ours.append(_until_first_evidence(assistant, question))
            if not number % 2:
                bare.append(_bare_query(assistant, question))
        held = assistant.library.counts()["chunks"]
    ours, bare = ours[_WARM_UP:], bare[_WARM_UP:]
    figures = {"ours": _milliseconds(ours), "bare": _milliseconds(bare)}
    ratios = {name: round(figures["ours"][name] / figures["bare"][name], 2) for name in _SHARES}
    return {"chunks": held, "questions": len(ours), **figures, "ratio": ratios}


def _until_first_evidence(assistant: Assistant, question: str) -> float:
    """Return seconds until the first quotation, or the refusal, is handed over for showing."""
    shown: list[float] = []

    def show(answer: Answer) -> None:
        if answer.quotations or answer.finished:
            shown.append(time.perf_counter())

    began = time.perf_counter()
    assistant.answering.answer(question, reader=EVALUATOR, as_of=None, show=show)
    return (shown[0] if shown else time.perf_counter()) - began


def _bare_query(assistant: Assistant, question: str) -> float:
    began = time.perf_counter()
    vector = assistant.encoder.encode_queries([question])[0]
    assistant.library.index.search("bodies", vector, limit=10)
    return time.perf_counter() - began


def _fill_with_copies(assistant: Assistant, wanted: int) -> None:
    """Publish copies of the library's chunks, their vectors perturbed, until it holds `wanted`."""
    chance = np.random.default_rng(0)
    library = assistant.library
    contents = library.index_contents("bodies")
    originals = list(library.chunks(list(contents)).values())
    drafts: list[ChunkDraft] = []
    vectors = {}
    sentences: dict[str, str] = {}
    for number in range(max(0, wanted - len(originals))):
        chunk = originals[number % len(originals)]
        draft = ChunkDraft(
            (*chunk.heading_path, f"写し{number}"),
            chunk.first_page,
            chunk.last_page,
            chunk.kind,
            chunk.text,
            chunk.spans,
        )
        original = replace(draft, heading_path=chunk.heading_path)
        known = library.vectors.get([original.text_hash, original.heading_hash])
        for new, old in (
            (draft.text_hash, original.text_hash),
            (draft.heading_hash, original.heading_hash),
        ):
            noise = chance.normal(size=library.encoder.dimension)
            moved = known[old] + _NOISE * noise / np.linalg.norm(noise)
            vectors[new] = (moved / np.linalg.norm(moved)).astype(np.float32)
        drafts.append(draft)
        sentences[sentences_hash(draft.text_hash, len(draft.spans))] = sentences_hash(
            original.text_hash, len(draft.spans)
        )
    library.vectors.add(vectors)
    known_sentences = library.vectors.get_matrices(
        list(sentences.values()), library.encoder.dimension
    )
    library.vectors.add_matrices({new: known_sentences[old] for new, old in sentences.items()})
    copies = PreparedManual(
        Manual("copies", "写し"),
        b"copies",
        "copies.md",
        "1",
        [Page(None, None, "", "document")],
        drafts,
        None,
        OPERATOR_ACTOR,
    )
    if drafts:
        Publisher(library).publish(copies)


_SHARES = {"median": 0.5, "p95": 0.95}


def _milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    return {
        name: round((percentile(seconds, share) or 0.0) * 1000, 1)
        for name, share in _SHARES.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--corpus", type=Path, help="a judged retrieval set to index instead")
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    given = parser.parse_args(arguments)
    figures = first_evidence(settings=read_settings(), **vars(given))
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
